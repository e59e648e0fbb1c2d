"""Networks for images, from LeNet to DenseNet, each a step on from the one before. Begin with lenet.py.

Names of modules and parameters are torchvision's, so that its state_dicts load (weights.py).
https://docs.pytorch.org/vision/stable/models.html
"""

from minitorch.vision.models.alexnet import AlexNet, AlexNet_Weights, alexnet
from minitorch.vision.models.densenet import (
    DenseBlock,
    DenseLayer,
    DenseNet,
    DenseNet121_Weights,
    Transition,
    densenet121,
)
from minitorch.vision.models.googlenet import (
    BasicConv2d,
    GoogLeNet,
    GoogLeNet_Weights,
    GoogLeNetOutputs,
    Inception,
    InceptionAux,
    googlenet,
)
from minitorch.vision.models.lenet import LeNet
from minitorch.vision.models.nin import NiN, NiNBlock
from minitorch.vision.models.resnet import (
    BasicBlock,
    Bottleneck,
    ResNet,
    ResNet18_Weights,
    ResNet34_Weights,
    ResNet50_Weights,
    resnet18,
    resnet34,
    resnet50,
)
from minitorch.vision.models.vgg import (
    VGG,
    VGG11_BN_Weights,
    VGG11_Weights,
    VGG13_BN_Weights,
    VGG13_Weights,
    VGG16_BN_Weights,
    VGG16_Weights,
    VGG19_BN_Weights,
    VGG19_Weights,
    vgg11,
    vgg11_bn,
    vgg13,
    vgg13_bn,
    vgg16,
    vgg16_bn,
    vgg19,
    vgg19_bn,
)
from minitorch.vision.models.weights import Weights, WeightsEnum
