"""What layers compute, as functions.

https://docs.pytorch.org/docs/stable/nn.functional.html
"""

from minitorch.ops.activation import gelu, log_softmax, relu, sigmoid, softmax
from minitorch.ops.conv import conv2d
from minitorch.ops.dropout import dropout
from minitorch.ops.elementwise import tanh
from minitorch.ops.loss import cross_entropy, mse_loss, nll_loss
from minitorch.ops.matmul import linear
from minitorch.ops.norm import batch_norm
from minitorch.ops.pool import avg_pool2d, max_pool2d

__all__ = [
    "avg_pool2d",
    "batch_norm",
    "conv2d",
    "cross_entropy",
    "dropout",
    "gelu",
    "linear",
    "log_softmax",
    "max_pool2d",
    "mse_loss",
    "nll_loss",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
]
