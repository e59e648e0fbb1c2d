"""Activation functions as layers.

https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from minitorch.nn.module import Module
from minitorch.ops.activation import gelu, log_softmax, relu, sigmoid, softmax
from minitorch.ops.elementwise import tanh
from minitorch.tensor import Tensor


class ReLU(Module):
    """max(x, 0), written into the input with inplace=True."""

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, input):
        return Tensor.relu_(input) if self.inplace else relu(input)

    def extra_repr(self):
        return "inplace=True" if self.inplace else ""


class Sigmoid(Module):
    """1 / (1 + e^-x)."""

    def forward(self, input):
        return sigmoid(input)


class Tanh(Module):
    """(e^x - e^-x) / (e^x + e^-x)."""

    def forward(self, input):
        return tanh(input)


class GELU(Module):
    """x Phi(x), with Phi the normal distribution function; approximate="tanh" for its approximation by tanh."""

    def __init__(self, approximate="none"):
        super().__init__()
        self.approximate = approximate

    def forward(self, input):
        return gelu(input, approximate=self.approximate)

    def extra_repr(self):
        return f"approximate={self.approximate!r}"


class Softmax(Module):
    """e^x / sum of e^x along dim."""

    def __init__(self, dim=None):
        super().__init__()
        self.dim = dim

    def forward(self, input):
        return softmax(input, legacy_dim(input) if self.dim is None else self.dim)

    def extra_repr(self):
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """x - log(sum of e^x) along dim."""

    def __init__(self, dim=None):
        super().__init__()
        self.dim = dim

    def forward(self, input):
        return log_softmax(input, legacy_dim(input) if self.dim is None else self.dim)

    def extra_repr(self):
        return f"dim={self.dim}"


def legacy_dim(input):
    """The dim that torch chose before it had to be given."""
    return 0 if input.ndim in (0, 1, 3) else 1
