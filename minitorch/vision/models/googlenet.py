"""GoogLeNet: Inception blocks look with windows of several sizes at once, and join what they find.

Szegedy et al., Going deeper with convolutions, https://arxiv.org/abs/1409.4842
"""

from collections import namedtuple

from minitorch import cat, nn
from minitorch.nn import functional as F
from minitorch.vision.models.weights import WeightsEnum, imagenet, with_weights

GoogLeNetOutputs = namedtuple("GoogLeNetOutputs", ["logits", "aux_logits2", "aux_logits1"])


class BasicConv2d(nn.Module):
    """A convolution, batch normalisation (which the paper did not have yet), ReLU."""

    def __init__(self, in_channels, out_channels, **kwargs):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=False, **kwargs)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Inception(nn.Module):
    """Four ways side by side: (N, in_channels, H, W) -> (N, ch1x1 + ch3x3 + ch5x5 + pool_proj, H, W).

    Before the larger windows a convolution of 1x1 brings the channels down to ch3x3red and ch5x5red: so they cost
    little. The way that is 5x5 in the paper has 3x3 here, as torchvision's weights have
    (https://github.com/pytorch/vision/issues/906).
    """

    def __init__(self, in_channels, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj):
        super().__init__()
        self.branch1 = BasicConv2d(in_channels, ch1x1, kernel_size=1)
        self.branch2 = nn.Sequential(
            BasicConv2d(in_channels, ch3x3red, kernel_size=1),
            BasicConv2d(ch3x3red, ch3x3, kernel_size=3, padding=1),
        )
        self.branch3 = nn.Sequential(
            BasicConv2d(in_channels, ch5x5red, kernel_size=1),
            BasicConv2d(ch5x5red, ch5x5, kernel_size=3, padding=1),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(kernel_size=3, stride=1, padding=1, ceil_mode=True),
            BasicConv2d(in_channels, pool_proj, kernel_size=1),
        )

    def forward(self, x):
        return cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class InceptionAux(nn.Module):
    """Scores from half way, whose loss brings gradients to the lower layers: (N, in_channels, H, W) -> (N, classes)."""

    def __init__(self, in_channels, num_classes, dropout=0.7):
        super().__init__()
        self.conv = BasicConv2d(in_channels, 128, kernel_size=1)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.fc2 = nn.Linear(1024, num_classes)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = self.conv(F.adaptive_avg_pool2d(x, (4, 4)))  # (N, C, H, W) -> (N, C, 4, 4) -> (N, 128, 4, 4)
        x = F.relu(self.fc1(x.flatten(1)), inplace=True)  # -> (N, 2048) -> (N, 1024)
        return self.fc2(self.dropout(x))


class GoogLeNet(nn.Module):
    """Scores (N, num_classes) of images (N, 3, H, W); in training, with aux_logits, GoogLeNetOutputs of three such.

    aux_logits       two more classifiers from half way; the loss is then logits' + 0.3 (aux_logits1's + aux_logits2's)
    transform_input  images are normalised with ImageNet's means and deviations: bring them to 0.5 and 0.5 first, with
                     which the pretrained weights were trained
    """

    def __init__(
        self, num_classes=1000, aux_logits=True, transform_input=False, init_weights=True, dropout=0.2, dropout_aux=0.7
    ):
        super().__init__()
        self.aux_logits, self.transform_input = aux_logits, transform_input
        self.conv1 = BasicConv2d(3, 64, kernel_size=7, stride=2, padding=3)  # 224 -> 112 pixels a side
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)  # -> 56
        self.conv2 = BasicConv2d(64, 64, kernel_size=1)
        self.conv3 = BasicConv2d(64, 192, kernel_size=3, padding=1)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)  # -> 28
        self.inception3a = Inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = Inception(256, 128, 128, 192, 32, 96, 64)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)  # -> 14
        self.inception4a = Inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = Inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = Inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = Inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = Inception(528, 256, 160, 320, 32, 128, 128)
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)  # -> 7
        self.inception5a = Inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = Inception(832, 384, 192, 384, 48, 128, 128)
        self.aux1 = InceptionAux(512, num_classes, dropout_aux) if aux_logits else None
        self.aux2 = InceptionAux(528, num_classes, dropout_aux) if aux_logits else None
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(1024, num_classes)
        if init_weights:
            self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values, small ones: N(0, 0.01^2) without what is beyond two."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.trunc_normal_(layer.weight, mean=0.0, std=0.01, a=-2, b=2)

    def forward(self, x):
        if self.transform_input:
            x = normalised_by_halves(x)
        x = self.maxpool1(self.conv1(x))
        x = self.maxpool2(self.conv3(self.conv2(x)))
        x = self.maxpool3(self.inception3b(self.inception3a(x)))
        x = self.inception4a(x)
        aux1 = self.aux1(x) if self.aux_logits and self.training else None
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        aux2 = self.aux2(x) if self.aux_logits and self.training else None
        x = self.maxpool4(self.inception4e(x))
        x = self.inception5b(self.inception5a(x))
        x = self.fc(self.dropout(self.avgpool(x).flatten(1)))  # (N, 1024, 1, 1) -> (N, 1024)
        return GoogLeNetOutputs(x, aux2, aux1) if self.aux_logits and self.training else x


def normalised_by_halves(x):
    """Images (N, 3, H, W) normalised as (x - 0.5) / 0.5, from (x - mean) / std with ImageNet's means and deviations."""
    means, deviations = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    channels = zip(x.split(1, 1), means, deviations, strict=True)  # three of (N, 1, H, W)
    return cat([channel * (std / 0.5) + (mean - 0.5) / 0.5 for channel, mean, std in channels], 1)


class GoogLeNet_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("googlenet-1378be20.pth", num_params=6_624_904, acc1=69.778, acc5=89.53)
    DEFAULT = IMAGENET1K_V1


def googlenet(*, weights=None, progress=True, **kwargs):
    """GoogLeNet with fresh or trained weights; kwargs are GoogLeNet's.

    With trained ones the images are transformed as they need it, and there are no auxiliary classifiers: asked for by
    aux_logits=True, those are not well trained.
    """
    weights = GoogLeNet_Weights.verify(weights)
    if weights is None:
        return GoogLeNet(**kwargs)
    kept = kwargs.get("aux_logits", False)
    kwargs = {"transform_input": True, **kwargs, "aux_logits": True, "init_weights": False}  # the file has them
    net = with_weights(GoogLeNet, weights, progress, kwargs)
    if not kept:
        net.aux_logits, net.aux1, net.aux2 = False, None, None
    return net
