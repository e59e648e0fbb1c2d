"""Convolution whose window is one pixel ("1 x 1": Lin, Chen, Yan, "Network in Network", 2014), for float32.

It takes every pixel by itself: a product of the weight and the channels, for which an image (C, I) is a matrix already,
(C, prod(I)), and its rows are the rows of numbers of conv_direct.py, with nothing to copy. A stride s takes every s-th
pixel: these are an image of their own.
"""

import math

import numpy as np

from kernels.cpu.threads import spread

MACS = 110  # multiplications with additions in a nanosecond, by one core
PIECES = 4  # of the images for the gradient of the weight, whose sums are added up at the end


def suits(result, padding):
    """Are the results pixels of the image, and as many as the loops of conv_jit.py need?"""
    from kernels.cpu.conv_jit import LANES, TILE

    pixels = math.prod(result)
    return max(padding) == 0 and pixels >= TILE and pixels % LANES == 0


def taken(x, stride):
    """The pixels of x (N, C, I) that the windows take: a view."""
    return x[(..., *[slice(None, None, s) for s in stride])]


def starts_of(x, groups):
    """Where the channels of an image begin: (C/groups, groups)."""
    starts = np.arange(0, math.prod(x.shape[1:]), math.prod(x.shape[2:])).reshape(groups, x.shape[1] // groups)
    return np.ascontiguousarray(starts.T)


def rows_of(x):
    """(N, C, I) -> (N, C, prod(I)), contiguous."""
    return np.ascontiguousarray(x).reshape(*x.shape[:2], -1)


def convolution(x, weight, shape, stride, padding, dilation, groups, bias=None):
    """x (N, C, I), weight (O, C/groups, 1...), bias (O) -> y (N, O, I), which is the shape given."""
    from kernels.cpu.conv_rows_jit import sums_of_pixels

    x, outer = taken(x, stride), shape[1]
    starts = starts_of(x, groups)
    weight = np.ascontiguousarray(weight).reshape(outer, len(starts))  # (O, C/groups, 1, ...) -> (O, C/groups)
    bias = np.zeros(outer, np.float32) if bias is None else np.ascontiguousarray(bias)
    y = np.empty(shape, np.float32)
    arrays = rows_of(x).reshape(len(x), -1), rows_of(y), starts, weight, bias  # (N, C prod(I)), (N, O, prod(I))
    spread(lambda first, last: sums_of_pixels(first, last, *arrays), len(x), y.size * len(starts) / MACS)
    return y


def convolution_input(g, weight, shape, stride, padding, dilation, groups, bias=None):
    """The gradient for x, of the shape given: the same with the weight transposed, and nothing for pixels not taken."""
    outer, inner = g.shape[1] // groups, shape[1] // groups
    weight = weight.reshape(groups, outer, inner).swapaxes(1, 2)  # (O, C/groups) -> (groups, C/groups, O/groups)
    weight = weight.reshape(shape[1], outer)  # -> (C, O/groups)
    gx = convolution(g, weight, (*shape[:2], *g.shape[2:]), (1,) * len(stride), padding, dilation, groups, bias)
    if gx.shape == shape:
        return gx
    whole = np.zeros(shape, np.float32)
    if bias is not None:
        whole += bias.reshape(-1, *[1] * len(stride))  # (C) -> (C, 1, ...)
    taken(whole, stride)[...] = gx
    return whole


def convolution_weight(g, x, shape, stride, padding, dilation, groups):
    """The gradient for the weight, of the shape given: products of the rows of g and of x, summed over the images."""
    from kernels.cpu.conv_rows_jit import products_of_pixels

    x = taken(x, stride)
    starts = starts_of(x, groups)
    sums = np.zeros((PIECES, *shape[:2]), np.float32)
    arrays = rows_of(g), rows_of(x).reshape(len(x), -1), starts, sums  # (N, O, prod(I)), (N, C prod(I))
    spread(lambda first, last: products_of_pixels(first, last, *arrays), PIECES, g.size * len(starts) / MACS)
    return sums.sum(0).reshape(shape)  # (O, C/groups, 1, ...)
