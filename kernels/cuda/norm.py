"""Batch normalization: each channel of x (N, C, ...) is shifted and scaled to mean 0 and variance 1 over all else.

    y = (x - mean) / sqrt(var + eps) * weight + bias        var: the mean of (x - mean)^2

Ioffe and Szegedy, Batch Normalization, 2015. https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
"""

import math as python_math

from kernels.cuda.array import empty, full, in_float32, packed
from kernels.cuda.block import block_sum
from kernels.cuda.device import THREADS, cuda, math
from kernels.cuda.launch import launch, rows

# In both kernels x is contiguous, seen as (N, C, S): element k of channel c is at (k // S * C + c) * S + k % S, for k
# below N S = n.


@cuda.jit
def batch_norm_kernel(y, mean, var, x, weight, bias, S, n, eps):
    """y, mean and var. Grid: 1-d; one block a channel, which it reads three times; shared memory: a value a thread.

    n and eps come in the dtype of x.
    """
    shared = cuda.shared.array(THREADS, x.dtype)
    C = mean.size
    zero = x.dtype.type(0)
    for c in range(cuda.blockIdx.x, C, cuda.gridDim.x):
        total = zero
        for k in range(cuda.threadIdx.x, x.size // C, THREADS):
            total += x[(k // S * C + c) * S + k % S]
        m = block_sum(total, shared) / n
        total = zero
        for k in range(cuda.threadIdx.x, x.size // C, THREADS):
            distance = x[(k // S * C + c) * S + k % S] - m
            total += distance * distance
        v = block_sum(total, shared) / n
        scale = weight[c] / math.sqrt(v + eps)
        for k in range(cuda.threadIdx.x, x.size // C, THREADS):
            at = (k // S * C + c) * S + k % S
            y[at] = (x[at] - m) * scale + bias[c]
        if cuda.threadIdx.x == 0:
            mean[c], var[c] = m, v


@cuda.jit
def batch_norm_backward_kernel(gx, gw, gb, g, x, weight, mean, var, S, n, eps):
    """The gradients of x, weight and bias. Grid: 1-d; one block a channel; shared memory: a value a thread.

    With z = (x - mean) / sqrt(var + eps):  gb = sum of g,  gw = sum of g z,  and because mean and var depend on x,
    gx = weight / sqrt(var + eps) * (g - gb / n - z gw / n).
    """
    shared = cuda.shared.array(THREADS, x.dtype)
    C = mean.size
    for c in range(cuda.blockIdx.x, C, cuda.gridDim.x):
        m, deviation = mean[c], math.sqrt(var[c] + eps)
        sum_g = sum_gz = x.dtype.type(0)
        for k in range(cuda.threadIdx.x, x.size // C, THREADS):
            at = (k // S * C + c) * S + k % S
            sum_g += g[at]
            sum_gz += g[at] * ((x[at] - m) / deviation)
        sum_g = block_sum(sum_g, shared)
        sum_gz = block_sum(sum_gz, shared)
        for k in range(cuda.threadIdx.x, x.size // C, THREADS):
            at = (k // S * C + c) * S + k % S
            gx[at] = weight[c] / deviation * (g[at] - sum_g / n - (x[at] - m) / deviation * (sum_gz / n))
        if cuda.threadIdx.x == 0:
            gb[c], gw[c] = sum_g, sum_gz


def settings(x, eps):
    """(S, n, eps): see above."""
    spread = python_math.prod(x.shape[2:])
    return spread, x.dtype.type(x.shape[0] * spread), x.dtype.type(eps)


def ones_or(weight, x):
    return full((x.shape[1],), 1, x.dtype) if weight is None else packed(weight)


@in_float32
def batch_norm(x, weight, bias, eps):
    """(y, mean, var), the latter two of shape (C,). weight and bias of None are 1 and 0."""
    channels = (x.shape[1],)
    y, mean, var = empty(x.shape, x.dtype), empty(channels, x.dtype), empty(channels, x.dtype)
    bias = full(channels, 0, x.dtype) if bias is None else packed(bias)
    launch(batch_norm_kernel, rows(mean.size), y, mean, var, packed(x), ones_or(weight, x), bias, *settings(x, eps))
    return y, mean, var


@in_float32
def batch_norm_backward(g, x, weight, mean, var, eps):
    """The gradients of x, weight and bias, from the gradient g of y and the mean and var that batch_norm gave."""
    gx, gw, gb = empty(x.shape, x.dtype), empty(mean.shape, x.dtype), empty(mean.shape, x.dtype)
    launch(
        batch_norm_backward_kernel, rows(mean.size), gx, gw, gb, packed(g), packed(x), ones_or(weight, x), packed(mean),
        packed(var), *settings(x, eps),
    )  # fmt: skip
    return gx, gw, gb
