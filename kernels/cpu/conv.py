"""Convolution (cross-correlation, as all networks use it) of any number of dims, and its two gradients.

    y[n, o, i] = sum over c, u of  x[n, c, s i + d u - p] * weight[o, c, u]

where i and u have an element for every dim of the image, and x = 0 outside of it; with groups, an output channel sees
the input channels of its group only. There are two ways to compute it, each with its gradients:

    conv_columns.py    the definition: all windows side by side, and a matrix product
    conv_direct.py     a sum of shifted images, for float32

The letters of shapes: an image has the dims I (H, W, say), a window K, the result O.
"""

import math

import numpy as np

from kernels.cpu import conv_columns, conv_direct
from kernels.cpu.array import in_float32

# -- which way ---------------------------------------------------------------------------------------------------------


def way(dtype, image, weight_shape, result, stride, padding):
    """The module that computes such a convolution.

    Sums of shifted images take no columns and, on a core with AVX-512, 2/3 of the time of OpenBLAS's product, but also
    a share of it for the padding, about which lines are longer than results. Columns are cheap where many output
    channels use them. So with `waste` times as many places as results, the shifted images are sooner ready up to about
    1.2 + 50 / O (forward with both gradients, in ms, direct and columns: 64 channels, 3 x 3, 16 x 16 pixels, waste 1.1:
    29 and 41; 128 channels, 4 x 4 pixels, 1.6: 11 and 11; 256 channels, the same: 30 and 15; 16 channels, 5 x 5, no
    padding, 10 x 10 results, 2.0: 1.7 and 3.3). Windows of one pixel, for which an image is
    its columns, take 4 and 4; but BLAS's threads, which wait for more work by turning in circles, then disturb the next
    kernel: 6 and 9 with all that is around them.
    """
    if dtype != np.float32:
        return conv_columns
    waste = math.prod(conv_direct.plane_of(image, result, stride, padding)) / math.prod(result)
    return conv_direct if waste <= 1.2 + 50 / weight_shape[0] else conv_columns


def with_bias(y, bias):
    """y with bias (O), which may be None, added to every channel, in its memory."""
    return y if bias is None else np.add(y, bias.reshape(-1, *[1] * (y.ndim - 2)), out=y)  # (O) -> (O, 1, ...)


# -- the three of them -------------------------------------------------------------------------------------------------


@in_float32
def convolution(x, weight, shape, stride, padding, dilation, groups, bias=None):
    """x (N, C, I), weight (O, C/groups, K), bias (O) or None -> y (N, O, *O), which is the shape given."""
    if 0 in x.shape or 0 in shape:
        return with_bias(np.zeros(shape, x.dtype), bias)
    module = way(x.dtype, x.shape[2:], weight.shape, shape[2:], stride, padding)
    if module is conv_direct:
        return conv_direct.convolution(x, weight, shape, stride, padding, dilation, groups, bias)
    return with_bias(conv_columns.convolution(x, weight, shape, stride, padding, dilation, groups), bias)


@in_float32
def convolution_input(g, weight, shape, stride, padding, dilation, groups, bias=None):
    """The gradient for x, of the shape given: g (N, O, *O) spread over the windows by the weights; plus bias (C)."""
    if 0 in g.shape or 0 in shape:
        return with_bias(np.zeros(shape, g.dtype), bias)
    module = way(g.dtype, shape[2:], weight.shape, g.shape[2:], stride, padding)
    if module is conv_direct and np.isfinite(weight).all():  # else inf times a 0 that is no g
        return conv_direct.convolution_input(g, weight, shape, stride, padding, dilation, groups, bias)
    return with_bias(conv_columns.convolution_input(g, weight, shape, stride, padding, dilation, groups), bias)


@in_float32
def convolution_weight(g, x, shape, stride, padding, dilation, groups):
    """The gradient for the weight, of the shape given: every window of x times the g that it made, summed over them."""
    if 0 in g.shape or 0 in x.shape:
        return np.zeros(shape, g.dtype)
    module = way(g.dtype, x.shape[2:], shape, g.shape[2:], stride, padding)
    gw = module.convolution_weight(g, x, shape, stride, padding, dilation, groups)
    if module is conv_direct and not np.isfinite(gw).all():  # it may have taken inf or NaN in x times a 0 that is no g
        return conv_columns.convolution_weight(g, x, shape, stride, padding, dilation, groups)
    return gw
