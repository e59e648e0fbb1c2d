"""Convolution (cross-correlation, as all networks use it) of any number of dims, and its two gradients.

    y[n, o, i] = sum over c, u of  x[n, c, s i + d u - p] * weight[o, c, u]

where i and u have an element for every dim of the image, and x = 0 outside of it; with groups, an output channel sees
the input channels of its group only. There are four ways to compute it, each with its gradients:

    conv_columns.py    the definition: all windows side by side, and a matrix product
    conv_direct.py     a sum of shifted images, for float32
    conv_pairs.py      the same, with fewer products, for windows of three lines and many channels
    conv_pixels.py     windows of one pixel, for float32: a product with nothing to copy

The letters of shapes: an image has the dims I (H, W, say), a window K, the result O.
"""

import functools
import math

import numpy as np

from kernels.cpu import conv_columns, conv_direct, conv_pairs, conv_pixels
from kernels.cpu.array import in_float32

FAST = conv_direct, conv_pairs  # which take some zeros for x or g
MANY = 256  # channels, from which on conv_pixels.py, with a stride, takes longer than conv_columns.py
LONG = 200  # pixels of a result, from which on there are enough to sum up for conv_pairs.convolution_weight

# -- which way ---------------------------------------------------------------------------------------------------------


@functools.lru_cache(1000)  # a network asks for the same few at every step: 9 us each
def way(dtype, image, weight_shape, result, stride, padding, dilation, groups):
    """The module that computes such a convolution.

    Sums of shifted images take no columns, but a share of their time for the padding, about which lines are longer than
    results: `waste` times. And columns are cheap where many output channels use them. Direct over columns, forward with
    both gradients: 64 channels, 3 x 3, 8 x 8 pixels (waste 1.1) 0.23; 256 channels, 4 x 4 (1.25) 0.70; the same from
    2 x 2 (1.5) 1.2, 512 of them 2.8; 16 channels, 5 x 5 without padding, 10 x 10 results (1.4) 0.25; 120 such with 1
    result (5) 3.4. Windows of one pixel that conv_pixels.py does not take are columns as they are.
    Pixels over columns, with a stride of 2: 16 channels 0.54, 64 0.55, 128 0.64, 256 1.2.

    conv_pairs.py over conv_direct.py, where both can: 64 channels, 16 x 16, 0.82 forward and 0.9 for the weight; 16
    channels, 32 x 32, 0.92 and 0.95; 128 channels, 8 x 8, 0.8 and 1.05 (see convolution_weight).
    """
    kernel_size = weight_shape[2:]
    if dtype != np.float32:
        return conv_columns
    if max(kernel_size) == 1:
        few = max(stride) == 1 or weight_shape[1] < MANY
        return conv_pixels if few and conv_pixels.suits(result, padding) else conv_columns
    plane, results = conv_direct.plane_of(image, result, stride, padding), conv_direct.volume(result, 1)
    waste = math.prod(plane[1:]) / math.prod(results[1:])
    if waste > 1.4 + 10 / weight_shape[0]:
        return conv_columns
    return conv_pairs if conv_pairs.suits(weight_shape, result, stride, dilation, groups) else conv_direct


# -- the three of them -------------------------------------------------------------------------------------------------


@in_float32
def convolution(x, weight, shape, stride, padding, dilation, groups, bias=None):
    """x (N, C, I), weight (O, C/groups, K), bias (O) or None -> y (N, O, *O), which is the shape given."""
    if 0 in x.shape or 0 in shape:
        return conv_columns.with_bias(np.zeros(shape, x.dtype), bias)
    module = way(x.dtype, x.shape[2:], weight.shape, shape[2:], stride, padding, dilation, groups)
    return module.convolution(x, weight, shape, stride, padding, dilation, groups, bias)


@in_float32
def convolution_input(g, weight, shape, stride, padding, dilation, groups, bias=None):
    """The gradient for x, of the shape given: g (N, O, *O) spread over the windows by the weights; plus bias (C)."""
    if 0 in g.shape or 0 in shape:
        return conv_columns.with_bias(np.zeros(shape, g.dtype), bias)
    module = way(g.dtype, shape[2:], weight.shape, g.shape[2:], stride, padding, dilation, groups)
    if module in FAST and not np.isfinite(weight).all():  # inf times a 0 that is no g
        module = conv_columns
    return module.convolution_input(g, weight, shape, stride, padding, dilation, groups, bias)


@in_float32
def convolution_weight(g, x, shape, stride, padding, dilation, groups):
    """The gradient for the weight, of the shape given: every window of x times the g that it made, summed over them."""
    if 0 in g.shape or 0 in x.shape:
        return np.zeros(shape, g.dtype)
    module = way(g.dtype, x.shape[2:], shape, g.shape[2:], stride, padding, dilation, groups)
    if module is conv_pairs and math.prod(g.shape[2:]) < LONG:
        module = conv_direct
    gw = module.convolution_weight(g, x, shape, stride, padding, dilation, groups)
    if module in FAST and not np.isfinite(gw).all():  # it may have taken inf or NaN in x times a 0 that is no g
        return conv_columns.convolution_weight(g, x, shape, stride, padding, dilation, groups)
    return gw
