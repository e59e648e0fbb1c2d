"""DenseNet: every layer gets what all layers before it have found, joined along the channels.

Where ResNet adds, y = x + f(x), DenseNet joins, y = [x, f(x)]. Each layer adds a few channels (`growth_rate`); between
dense blocks a transition halves channels, height and width.
Huang, Liu, van der Maaten and Weinberger, Densely connected convolutional networks, https://arxiv.org/abs/1608.06993
"""

import re

from minitorch import cat, nn
from minitorch.nn import functional as F
from minitorch.vision.models.weights import WeightsEnum, imagenet, with_weights


class DenseLayer(nn.Module):
    """growth_rate new channels from (N, in_channels, H, W): 1x1 to bn_size * growth_rate channels, then 3x3."""

    def __init__(self, in_channels, growth_rate, bn_size=4, drop_rate=0.0):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(in_channels, bn_size * growth_rate, kernel_size=1, bias=False)
        self.norm2 = nn.BatchNorm2d(bn_size * growth_rate)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(bn_size * growth_rate, growth_rate, kernel_size=3, padding=1, bias=False)
        self.drop_rate = drop_rate

    def forward(self, x):
        x = self.conv1(self.relu1(self.norm1(x)))
        x = self.conv2(self.relu2(self.norm2(x)))
        return F.dropout(x, self.drop_rate, self.training)


class DenseBlock(nn.ModuleDict):
    """num_layers dense layers: (N, in_channels, H, W) -> (N, in_channels + num_layers * growth_rate, H, W)."""

    def __init__(self, num_layers, in_channels, growth_rate, bn_size=4, drop_rate=0.0):
        super().__init__()
        for i in range(num_layers):
            layer = DenseLayer(in_channels + i * growth_rate, growth_rate, bn_size, drop_rate)
            self[f"denselayer{i + 1}"] = layer

    def forward(self, x):
        found = [x]
        for layer in self.values():
            found.append(layer(cat(found, 1)))
        return cat(found, 1)


class Transition(nn.Sequential):
    """Fewer channels, and half the height and width: (N, in_channels, H, W) -> (N, out_channels, H / 2, W / 2)."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size=1, bias=False)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)


class DenseNet(nn.Module):
    """Scores (N, num_classes) of images (N, 3, H, W): dense blocks of `block_config` layers, transitions between."""

    def __init__(
        self, growth_rate=32, block_config=(6, 12, 24, 16), num_init_features=64, bn_size=4, drop_rate=0.0,
        num_classes=1000,
    ):  # fmt: skip
        super().__init__()
        channels = num_init_features
        self.features = nn.Sequential()
        self.features.conv0 = nn.Conv2d(3, channels, kernel_size=7, stride=2, padding=3, bias=False)
        self.features.norm0 = nn.BatchNorm2d(channels)
        self.features.relu0 = nn.ReLU(inplace=True)
        self.features.pool0 = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        for i, layers in enumerate(block_config, start=1):
            block = DenseBlock(layers, channels, growth_rate, bn_size, drop_rate)
            self.features.add_module(f"denseblock{i}", block)
            channels += layers * growth_rate
            if i < len(block_config):
                self.features.add_module(f"transition{i}", Transition(channels, channels // 2))
                channels //= 2
        self.features.norm5 = nn.BatchNorm2d(channels)
        self.classifier = nn.Linear(channels, num_classes)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values of the convolutions: each keeps the size of its input (He et al., 2015)."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, x):
        x = F.relu(self.features(x), inplace=True)
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)  # (N, C, H, W) -> (N, C, 1, 1) -> (N, C)
        return self.classifier(x)


class DenseNet121_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("densenet121-a639ec97.pth", num_params=7_978_856, acc1=74.434, acc5=91.972)
    DEFAULT = IMAGENET1K_V1

    def get_state_dict(self, *args, **kwargs):
        """As of any weights. The file is old: where the names have norm1 it has norm.1."""
        old = super().get_state_dict(*args, **kwargs)
        return {re.sub(r"(denselayer\d+\.(?:norm|conv))\.(\d)", r"\1\2", name): x for name, x in old.items()}


def densenet121(*, weights=None, progress=True, **kwargs):
    """DenseNet with 120 convolutions and a linear layer, and fresh or trained weights; kwargs are DenseNet's."""
    return with_weights(DenseNet, DenseNet121_Weights.verify(weights), progress, kwargs)
