"""Batch normalisation over all dims but the channels (dim 1), and its gradients.

    y = (x - mean) / sqrt(var + eps) * weight + bias

Ioffe and Szegedy, arXiv 1502.03167, algorithm 1.
"""

import numpy as np

from kernels.cpu.reduce import sum


def over_channels(x):
    """The dims that are averaged, how many elements that is, and the shape of a channel's number that fits x."""
    dims = (0, *range(2, x.ndim))
    return dims, x.size // max(x.shape[1], 1), (-1 if x.shape[1] else 0, *(1,) * (x.ndim - 2))


def batch_norm(x, weight, bias, eps):
    """(y, mean, biased variance) for x (N, C, ...); weight and bias (C) may be None."""
    dims, n, shape = over_channels(x)
    mean = sum(x, dims, False) / x.dtype.type(n)
    centered = x - mean.reshape(shape)
    var = sum(centered * centered, dims, False) / x.dtype.type(n)
    y = centered
    scale = 1 / np.sqrt(var + x.dtype.type(eps))
    y *= (scale if weight is None else scale * weight).reshape(shape)
    if bias is not None:
        y += bias.reshape(shape)
    return y, mean, var


def batch_norm_backward(g, x, weight, mean, var, eps):
    """(gradient of x, of weight, of bias). With z = (x - mean) / sqrt(var + eps),

    gradient of bias = sum g,    of weight = sum g z,
    of x = weight / sqrt(var + eps) (g - (sum g) / n - z (sum g z) / n)
    """
    dims, n, shape = over_channels(x)
    scale = 1 / np.sqrt(var + x.dtype.type(eps))
    z = (x - mean.reshape(shape)) * scale.reshape(shape)
    g_bias = sum(g, dims, False)
    g_weight = sum(g * z, dims, False)
    n = x.dtype.type(n)
    z *= (g_weight / n).reshape(shape)
    gx = g - (g_bias / n).reshape(shape)
    gx -= z
    gx *= (scale if weight is None else scale * weight).reshape(shape)
    return gx, g_weight, g_bias
