"""Smooth activation functions, and their derivatives times g. Formulas: kernels/scalar.py.

Long float32 arrays go through compiled loops (activation_jit.py): one pass where NumPy needs one for each operation.
"""

from functools import partial

import numpy as np

from kernels.cpu.array import in_float32
from kernels.cpu.elementwise import exp, log1p
from kernels.cpu.loops import apply, is_long


@in_float32
def relu_backward(g, y):
    """g where y is above 0, or NaN."""
    if not is_long(y):
        return np.where(y <= 0, y.dtype.type(0), g)
    from kernels.cpu.activation_jit import relu_backward

    return apply(relu_backward, g, y, nanoseconds=0.1)


def sigmoid(x):
    """1 / (1 + e^-x)."""
    if not is_long(x):
        return (1 / (1 + np.exp(-x.astype(np.float64)))).astype(x.dtype)
    from kernels.cpu.activation_jit import sigmoid

    return apply(sigmoid, x, nanoseconds=0.17)


@in_float32
def sigmoid_backward(g, y):
    """g y (1 - y)."""
    if not is_long(y):
        return g * (1 - y) * y
    from kernels.cpu.activation_jit import sigmoid_backward

    return apply(sigmoid_backward, g, y, nanoseconds=0.1)


@in_float32
def tanh_backward(g, y):
    """g (1 - y^2)."""
    if not is_long(y):
        return g * (1 - y * y)
    from kernels.cpu.activation_jit import tanh_backward

    return apply(tanh_backward, g, y, nanoseconds=0.1)


@in_float32
def silu(x):
    """x sigmoid(x)."""
    if not is_long(x):
        return x * sigmoid(x)
    from kernels.cpu.activation_jit import silu

    return apply(silu, x, nanoseconds=0.18)


@in_float32
def silu_backward(g, x):
    """g s (1 + x (1 - s)), where s is sigmoid(x)."""
    if not is_long(x):
        s = sigmoid(x)
        return g * (s * (1 + x * (1 - s)))
    from kernels.cpu.activation_jit import silu_backward

    return apply(silu_backward, g, x, nanoseconds=0.24)


@in_float32
def softplus(x, beta, threshold):
    """log(1 + e^(beta x)) / beta; x itself where beta x > threshold."""
    beta, threshold = x.dtype.type(beta), x.dtype.type(threshold)
    if not is_long(x):
        z = x * beta
        bend = log1p(exp(-np.abs(z)))
        return np.where(z > threshold, x, (np.maximum(z, 0) + bend) / beta)
    from kernels.cpu.activation_jit import softplus

    return apply(partial(softplus, beta, threshold), x, nanoseconds=0.45)


@in_float32
def softplus_backward(g, x, beta, threshold):
    """g sigmoid(beta x); g itself where beta x > threshold."""
    beta, threshold = x.dtype.type(beta), x.dtype.type(threshold)
    if not is_long(x):
        z = x * beta
        return np.where(z > threshold, g, g * sigmoid(z))
    from kernels.cpu.activation_jit import softplus_backward

    return apply(partial(softplus_backward, beta, threshold), g, x, nanoseconds=0.3)


def gelu(x, approximate):
    """x times the normal distribution function, or its approximation by tanh."""
    from kernels.cpu.activation_jit import gelu, gelu_tanh

    return apply(gelu_tanh if approximate == "tanh" else gelu, x, nanoseconds=0.3)


def gelu_backward(g, x, approximate):
    """g times the derivative of gelu at x."""
    from kernels.cpu.activation_jit import gelu_backward, gelu_tanh_backward

    return apply(gelu_tanh_backward if approximate == "tanh" else gelu_backward, g, x, nanoseconds=0.35)
