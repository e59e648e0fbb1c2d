"""Convolution as one matrix product: all windows laid side by side are a matrix ("im2col": Chellapilla, Puri, Simard,
2006), for BLAS:

    columns (groups, C/groups prod(K), N prod(O)),  weight (groups, O/groups, C/groups prod(K)),  y = weight columns

The gradients are the two products with one factor transposed. This is the definition of the three (see conv.py), for
all dtypes.
"""

import math

import numpy as np

from kernels.cpu.matmul import matmul
from kernels.cpu.windows import add_windows, inner, padded, windows


def columns_of(x, kernel_size, size, stride, padding, dilation, groups):
    """(N, C, I) -> (groups, C/groups prod(K), N prod(O)) for the first O (size) windows along every dim."""
    n, c, dims = *x.shape[:2], len(size)
    view = windows(padded(x, padding), kernel_size, stride, dilation, size)  # (N, C, K, O)
    view = view.transpose(*range(1, dims + 2), 0, *range(dims + 2, 2 * dims + 2))  # -> (C, K, N, O)
    return view.reshape(groups, c // groups * math.prod(kernel_size), n * math.prod(size))


def by_group(g, groups):
    """(N, O, *O) -> (groups, O/groups, N prod(O))."""
    n, o, *size = g.shape
    return g.swapaxes(0, 1).reshape(groups, o // groups, n * math.prod(size))


def with_bias(y, bias):
    """y with bias (O), which may be None, added to every channel, in its memory."""
    return y if bias is None else np.add(y, bias.reshape(-1, *[1] * (y.ndim - 2)), out=y)  # (O) -> (O, 1, ...)


def convolution(x, weight, shape, stride, padding, dilation, groups, bias=None):
    """x (N, C, I), weight (O, C/groups, K), bias (O) -> y (N, O, *O), which is the shape given."""
    n, o, *size = shape
    columns = columns_of(x, weight.shape[2:], size, stride, padding, dilation, groups)
    y = matmul(weight.reshape(groups, o // groups, columns.shape[1]), columns)  # (groups, O/groups, N prod(O))
    y = y.reshape(o, n, *size).swapaxes(0, 1)  # -> (O, N, *O) -> (N, O, *O)
    return with_bias(np.ascontiguousarray(y), bias)


def convolution_input(g, weight, shape, stride, padding, dilation, groups, bias=None):
    """The gradient for x, of the shape given: g (N, O, *O) spread over the windows by the weights; plus bias (C)."""
    n, c, *image = shape
    o, _, *kernel_size = weight.shape
    size, dims = g.shape[2:], len(image)
    matrix = weight.reshape(groups, o // groups, c // groups * math.prod(kernel_size))
    columns = matmul(matrix.swapaxes(1, 2), by_group(g, groups)).reshape(c, *kernel_size, n, *size)
    columns = columns.transpose(dims + 1, *range(dims + 1), *range(dims + 2, 2 * dims + 2))  # -> (N, C, K, O)
    whole = np.zeros((n, c, *[m + 2 * p for m, p in zip(image, padding, strict=True)]), g.dtype)
    return with_bias(inner(add_windows(columns, whole, stride, dilation), image, padding), bias)


def convolution_weight(g, x, shape, stride, padding, dilation, groups):
    """The gradient for the weight, of the shape given: every window of x times the g that it made, summed over them."""
    columns = columns_of(x, shape[2:], g.shape[2:], stride, padding, dilation, groups)
    return matmul(by_group(g, groups), columns.swapaxes(1, 2)).reshape(shape)
