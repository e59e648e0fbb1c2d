"""VGG: blocks of 3x3 convolutions, each block half as large and twice as wide as the one before.

Two 3x3 convolutions see 5x5 pixels, as one of 5x5 does, with 18 weights instead of 25 and a nonlinearity more: deep and
narrow beats shallow and wide. Simonyan and Zisserman, Very deep convolutional networks, https://arxiv.org/abs/1409.1556
"""

from functools import partial

from minitorch import nn
from minitorch.vision.models.weights import WeightsEnum, imagenet, with_weights

# the channels of the convolutions, block by block; a pooling ends each block
BLOCKS = {
    "vgg11": ((64,), (128,), (256, 256), (512, 512), (512, 512)),
    "vgg13": ((64, 64), (128, 128), (256, 256), (512, 512), (512, 512)),
    "vgg16": ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)),
    "vgg19": ((64, 64), (128, 128), (256, 256, 256, 256), (512, 512, 512, 512), (512, 512, 512, 512)),
}


def make_layers(blocks, batch_norm=False, in_channels=3):
    """The convolutions of all blocks and the poolings after them, one after the other: (N, 3, H, W) -> (N, C, H', W').

    Every block halves H and W, by its pooling of 2x2.
    """
    layers = []
    for block in blocks:
        for channels in block:
            layers.append(nn.Conv2d(in_channels, channels, kernel_size=3, padding=1))
            layers += [nn.BatchNorm2d(channels), nn.ReLU(inplace=True)] if batch_norm else [nn.ReLU(inplace=True)]
            in_channels = channels
        layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
    return nn.Sequential(*layers)


class VGG(nn.Module):
    """Scores (N, num_classes) of images (N, 3, H, W), by `features` that end with 512 channels, such as make_layers'.

    hidden: the width of the two hidden linear layers, which hold most parameters. Ours: for small images, less does.
    """

    def __init__(self, features, num_classes=1000, init_weights=True, dropout=0.5, hidden=4096):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, hidden), nn.ReLU(inplace=True), nn.Dropout(dropout),
            nn.Linear(hidden, hidden), nn.ReLU(inplace=True), nn.Dropout(dropout),
            nn.Linear(hidden, num_classes),
        )  # fmt: skip
        if init_weights:
            self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values: each convolution keeps the size of gradients (He et al., 2015)."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(layer.bias)
            elif isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, 0, 0.01)
                nn.init.zeros_(layer.bias)

    def forward(self, x):
        x = self.avgpool(self.features(x))
        return self.classifier(x.flatten(1))  # (N, 512, 7, 7) -> (N, 25088)


class VGG11_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vgg11-8a719046.pth", num_params=132_863_336, acc1=69.02, acc5=88.628)
    DEFAULT = IMAGENET1K_V1


class VGG11_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vgg11_bn-6002323d.pth", num_params=132_868_840, acc1=70.37, acc5=89.81)
    DEFAULT = IMAGENET1K_V1


class VGG13_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vgg13-19584684.pth", num_params=133_047_848, acc1=69.928, acc5=89.246)
    DEFAULT = IMAGENET1K_V1


class VGG13_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vgg13_bn-abd245e5.pth", num_params=133_053_736, acc1=71.586, acc5=90.374)
    DEFAULT = IMAGENET1K_V1


class VGG16_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vgg16-397923af.pth", num_params=138_357_544, acc1=71.592, acc5=90.382)
    DEFAULT = IMAGENET1K_V1


class VGG16_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vgg16_bn-6c64b313.pth", num_params=138_365_992, acc1=73.36, acc5=91.516)
    DEFAULT = IMAGENET1K_V1


class VGG19_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vgg19-dcbb9e9d.pth", num_params=143_667_240, acc1=72.376, acc5=90.876)
    DEFAULT = IMAGENET1K_V1


class VGG19_BN_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vgg19_bn-c79401a0.pth", num_params=143_678_248, acc1=74.218, acc5=91.842)
    DEFAULT = IMAGENET1K_V1


def vgg(blocks, batch_norm, weights, progress, kwargs):
    """VGG of these blocks; first values are not drawn where others come from a file."""
    if weights is not None:
        kwargs["init_weights"] = False
    return with_weights(partial(VGG, make_layers(BLOCKS[blocks], batch_norm)), weights, progress, kwargs)


def vgg11(*, weights=None, progress=True, **kwargs):
    """VGG with 8 convolutions and 3 linear layers, "A" in the paper."""
    return vgg("vgg11", False, VGG11_Weights.verify(weights), progress, kwargs)


def vgg11_bn(*, weights=None, progress=True, **kwargs):
    """vgg11 with batch normalisation after every convolution."""
    return vgg("vgg11", True, VGG11_BN_Weights.verify(weights), progress, kwargs)


def vgg13(*, weights=None, progress=True, **kwargs):
    """VGG with 10 convolutions, "B" in the paper."""
    return vgg("vgg13", False, VGG13_Weights.verify(weights), progress, kwargs)


def vgg13_bn(*, weights=None, progress=True, **kwargs):
    """vgg13 with batch normalisation after every convolution."""
    return vgg("vgg13", True, VGG13_BN_Weights.verify(weights), progress, kwargs)


def vgg16(*, weights=None, progress=True, **kwargs):
    """VGG with 13 convolutions, "D" in the paper."""
    return vgg("vgg16", False, VGG16_Weights.verify(weights), progress, kwargs)


def vgg16_bn(*, weights=None, progress=True, **kwargs):
    """vgg16 with batch normalisation after every convolution."""
    return vgg("vgg16", True, VGG16_BN_Weights.verify(weights), progress, kwargs)


def vgg19(*, weights=None, progress=True, **kwargs):
    """VGG with 16 convolutions, "E" in the paper."""
    return vgg("vgg19", False, VGG19_Weights.verify(weights), progress, kwargs)


def vgg19_bn(*, weights=None, progress=True, **kwargs):
    """vgg19 with batch normalisation after every convolution."""
    return vgg("vgg19", True, VGG19_BN_Weights.verify(weights), progress, kwargs)
