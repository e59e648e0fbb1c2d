"""ResNet: blocks that learn what to add to their input, so that a deep network is never worse than a shallow one.

    y = relu(x + f(x))

With f = 0 a block passes its input on; and the gradient of x has that of y in it, whatever f is: it does not vanish on
its way through a hundred blocks. He, Zhang, Ren and Sun, Deep residual learning, https://arxiv.org/abs/1512.03385
"""

from functools import partial

from minitorch import nn
from minitorch.vision.models.weights import WeightsEnum, imagenet, with_weights


def conv3x3(in_planes, out_planes, stride=1):
    """3x3 with padding: the image keeps its size, over the stride. BatchNorm follows, whose shift is the bias."""
    return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=1, bias=False)


def conv1x1(in_planes, out_planes, stride=1):
    """1x1: other channels for the same pixels, or for every stride-th."""
    return nn.Conv2d(in_planes, out_planes, kernel_size=1, stride=stride, bias=False)


class BasicBlock(nn.Module):
    """relu(x + f(x)), where f is two 3x3 convolutions: (N, inplanes, H, W) -> (N, planes, H / stride, W / stride).

    downsample: what brings x to the shape of f(x) where they differ; None: nothing does.
    """

    expansion = 1  # channels that come out, over planes

    def __init__(self, inplanes, planes, stride=1, downsample=None):
        super().__init__()
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = downsample

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return self.relu(out + identity)


class Bottleneck(nn.Module):
    """relu(x + f(x)), where f is a 3x3 convolution of few channels between 1x1 ones, from many and back to many:
    (N, inplanes, H, W) -> (N, 4 planes, H / stride, W / stride).

    The stride is the 3x3 one's, as in torchvision; the paper has it at the first 1x1 one, which skips pixels unseen.
    """

    expansion = 4

    def __init__(self, inplanes, planes, stride=1, downsample=None):
        super().__init__()
        self.conv1 = conv1x1(inplanes, planes)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = conv3x3(planes, planes, stride)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = conv1x1(planes, planes * self.expansion)
        self.bn3 = nn.BatchNorm2d(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + identity)


class ResNet(nn.Module):
    """Scores (N, num_classes) of images (N, 3, H, W): four stages of blocks, whose numbers are `layers`.

    zero_init_residual: the last BatchNorm of every block begins with scale 0, so that each block first passes on its
    input (Goyal et al., https://arxiv.org/abs/1706.02677).
    """

    def __init__(self, block, layers, num_classes=1000, zero_init_residual=False):
        super().__init__()
        self.inplanes = 64  # channels that the next block gets
        self.conv1 = nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)  # 224 -> 112 pixels a side
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)  # -> 56
        self.layer1 = self.stage(block, 64, layers[0])
        self.layer2 = self.stage(block, 128, layers[1], stride=2)  # -> 28
        self.layer3 = self.stage(block, 256, layers[2], stride=2)  # -> 14
        self.layer4 = self.stage(block, 512, layers[3], stride=2)  # -> 7
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        self.reset_parameters(zero_init_residual)

    def stage(self, block, planes, blocks, stride=1):
        """`blocks` blocks; the first one makes the image smaller by `stride`."""
        out_planes = planes * block.expansion
        downsample = None
        if stride != 1 or self.inplanes != out_planes:
            downsample = nn.Sequential(conv1x1(self.inplanes, out_planes, stride), nn.BatchNorm2d(out_planes))
        first = block(self.inplanes, planes, stride, downsample)
        self.inplanes = out_planes
        return nn.Sequential(first, *[block(out_planes, planes) for _ in range(1, blocks)])

    def reset_parameters(self, zero_init_residual):
        """Draw new first values of the convolutions: each keeps the size of gradients (He et al., 2015)."""
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
            elif zero_init_residual and isinstance(layer, BasicBlock | Bottleneck):
                nn.init.zeros_((layer.bn2 if isinstance(layer, BasicBlock) else layer.bn3).weight)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))  # (N, C, 1, 1) -> (N, C)


class ResNet18_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnet18-f37072fd.pth", num_params=11_689_512, acc1=69.758, acc5=89.078)
    DEFAULT = IMAGENET1K_V1


class ResNet34_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnet34-b627a593.pth", num_params=21_797_672, acc1=73.314, acc5=91.42)
    DEFAULT = IMAGENET1K_V1


class ResNet50_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("resnet50-0676ba61.pth", num_params=25_557_032, acc1=76.13, acc5=92.862)
    IMAGENET1K_V2 = imagenet("resnet50-11ad3fa6.pth", 25_557_032, acc1=80.858, acc5=95.434, resize_size=232)
    DEFAULT = IMAGENET1K_V2


def resnet18(*, weights=None, progress=True, **kwargs):
    """ResNet with 17 convolutions on the way, and a linear layer."""
    return with_weights(partial(ResNet, BasicBlock, [2, 2, 2, 2]), ResNet18_Weights.verify(weights), progress, kwargs)


def resnet34(*, weights=None, progress=True, **kwargs):
    """ResNet with 33 convolutions on the way."""
    return with_weights(partial(ResNet, BasicBlock, [3, 4, 6, 3]), ResNet34_Weights.verify(weights), progress, kwargs)


def resnet50(*, weights=None, progress=True, **kwargs):
    """ResNet with 49 convolutions on the way: resnet34's stages, of bottlenecks."""
    return with_weights(partial(ResNet, Bottleneck, [3, 4, 6, 3]), ResNet50_Weights.verify(weights), progress, kwargs)
