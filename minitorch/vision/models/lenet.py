"""LeNet-5: the first of them, which read the digits on cheques.

LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998.
"""

from minitorch import nn


class LeNet(nn.Module):
    """Scores (N, num_classes) of images (N, 1, 28, 28).

    Twice a convolution and a pooling, which make the image smaller and the channels more, then three linear layers.
    As in Dive into Deep Learning (https://d2l.ai, 7.6); the paper's activation is a tanh: activation=nn.Tanh.
    """

    def __init__(self, num_classes=10, activation=nn.Sigmoid):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, kernel_size=5, padding=2), activation(),  # (N, 1, 28, 28) -> (N, 6, 28, 28)
            nn.AvgPool2d(2),  # -> (N, 6, 14, 14)
            nn.Conv2d(6, 16, kernel_size=5), activation(),  # -> (N, 16, 10, 10)
            nn.AvgPool2d(2),  # -> (N, 16, 5, 5)
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.Flatten(),  # -> (N, 400)
            nn.Linear(16 * 5 * 5, 120), activation(),
            nn.Linear(120, 84), activation(),
            nn.Linear(84, num_classes),
        )  # fmt: skip

    def forward(self, x):
        return self.classifier(self.features(x))
