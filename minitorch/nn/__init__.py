"""Layers, losses and what holds them together. Begin with module.py, then linear.py.

https://docs.pytorch.org/docs/stable/nn.html
"""

from minitorch.nn import functional, init
from minitorch.nn.activation import GELU, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from minitorch.nn.batchnorm import BatchNorm1d, BatchNorm2d
from minitorch.nn.container import ModuleDict, ModuleList, Sequential
from minitorch.nn.conv import Conv2d
from minitorch.nn.dropout import Dropout
from minitorch.nn.flatten import Flatten, Unflatten
from minitorch.nn.linear import Identity, Linear
from minitorch.nn.loss import CrossEntropyLoss, MSELoss, NLLLoss
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.nn.pooling import AvgPool2d, MaxPool2d

__all__ = [
    "GELU",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Flatten",
    "Identity",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Unflatten",
    "functional",
    "init",
]
