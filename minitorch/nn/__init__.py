"""Layers, losses and what holds them together. Begin with module.py, then linear.py.

https://docs.pytorch.org/docs/stable/nn.html
"""

from minitorch.nn import functional, init, utils
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
from minitorch.nn.rnn import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell

__all__ = [
    "GELU",
    "GRU",
    "LSTM",
    "RNN",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Flatten",
    "GRUCell",
    "Identity",
    "LSTMCell",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "Parameter",
    "RNNCell",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Unflatten",
    "functional",
    "init",
    "utils",
]
