"""AlexNet: LeNet made large, with ReLU, dropout and maximum pooling; it won ImageNet's contest of 2012.

Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks, 2012. The channels
are those of Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014, as in torchvision.
"""

from minitorch import nn
from minitorch.vision.models.weights import WeightsEnum, imagenet, with_weights


class AlexNet(nn.Module):
    """Scores (N, num_classes) of images (N, 3, H, W), which have at least 63 pixels a side; 224 as a rule.

    hidden: the width of the two hidden linear layers, which hold 9 of 10 parameters. Ours: for small images, less does.
    """

    def __init__(self, num_classes=1000, dropout=0.5, hidden=4096):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2), nn.ReLU(inplace=True),  # 224 -> 55 pixels a side
            nn.MaxPool2d(kernel_size=3, stride=2),  # -> 27
            nn.Conv2d(64, 192, kernel_size=5, padding=2), nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),  # -> 13
            nn.Conv2d(192, 384, kernel_size=3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, kernel_size=3, padding=1), nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),  # -> 6
        )  # fmt: skip
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(256 * 6 * 6, hidden), nn.ReLU(inplace=True),
            nn.Dropout(dropout), nn.Linear(hidden, hidden), nn.ReLU(inplace=True),
            nn.Linear(hidden, num_classes),
        )  # fmt: skip

    def forward(self, x):
        x = self.avgpool(self.features(x))
        return self.classifier(x.flatten(1))  # (N, 256, 6, 6) -> (N, 9216)


class AlexNet_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("alexnet-owt-7be5be79.pth", num_params=61_100_840, acc1=56.522, acc5=79.066)
    DEFAULT = IMAGENET1K_V1


def alexnet(*, weights=None, progress=True, **kwargs):
    """AlexNet with fresh or trained weights; kwargs are AlexNet's."""
    return with_weights(AlexNet, AlexNet_Weights.verify(weights), progress, kwargs)
