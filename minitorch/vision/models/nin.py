"""Network in network: a small network at every pixel, and a mean over the image where others have linear layers.

Lin, Chen and Yan, Network in network, https://arxiv.org/abs/1312.4400; as in Dive into Deep Learning (https://d2l.ai,
8.3), torchvision has none.
"""

from minitorch import nn


class NiNBlock(nn.Sequential):
    """A convolution, then two of 1x1: they see one pixel only, a linear layer over its channels."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__(
            nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding), nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, kernel_size=1), nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, kernel_size=1), nn.ReLU(inplace=True),
        )  # fmt: skip


class NiN(nn.Sequential):
    """Scores (N, num_classes) of images (N, 3, H, W), which have at least 67 pixels a side; 224 as a rule.

    The last block has a channel a class, and its mean over the image is the score: there is no linear layer, which
    would hold most parameters and overfit.
    """

    def __init__(self, num_classes=1000, in_channels=3, dropout=0.5):
        super().__init__(
            NiNBlock(in_channels, 96, kernel_size=11, stride=4),  # 224 -> 54 pixels a side
            nn.MaxPool2d(3, stride=2),  # -> 26
            NiNBlock(96, 256, kernel_size=5, padding=2),
            nn.MaxPool2d(3, stride=2),  # -> 12
            NiNBlock(256, 384, kernel_size=3, padding=1),
            nn.MaxPool2d(3, stride=2),  # -> 5
            nn.Dropout(dropout),
            NiNBlock(384, num_classes, kernel_size=3, padding=1),
            nn.AdaptiveAvgPool2d(1),  # (N, num_classes, 5, 5) -> (N, num_classes, 1, 1)
            nn.Flatten(),
        )
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values: each convolution keeps the size of its input (He et al., 2015)."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)
