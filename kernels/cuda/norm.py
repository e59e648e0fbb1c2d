"""Standardisation, which batch, layer, group and instance normalisation share, and its gradients.

    y = (x - mean) / sqrt(var + eps) * weight + bias        var: the mean of (x - mean)^2

x is seen as `layout`, (N, C, S): for each c a mean and a variance, over all n and s. Row by row, the first `share`
numbers of x take the first weight and bias, the next `share` the second, ..., and after the last again the first.

Ioffe and Szegedy, Batch Normalization, 2015. https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
"""

from kernels.cuda.array import empty, full, in_float32, packed
from kernels.cuda.block import block_sum
from kernels.cuda.device import THREADS, cuda, math
from kernels.cuda.launch import launch, rows
from kernels.cuda.reduce import sum
from kernels.cuda.shape import view

# In both kernels x is contiguous: element k of c is at (k // S * C + c) * S + k % S, for k below N S = n.


@cuda.jit
def standardize_kernel(y, mean, var, x, weight, bias, S, share, n, eps):
    """y, mean and var. Grid: 1-d; one block a c, whose numbers it reads three times; shared memory: a value a thread.

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
        deviation = math.sqrt(v + eps)
        for k in range(cuda.threadIdx.x, x.size // C, THREADS):
            at = (k // S * C + c) * S + k % S
            w = at // share % weight.size
            y[at] = (x[at] - m) * (weight[w] / deviation) + bias[w]
        if cuda.threadIdx.x == 0:
            mean[c], var[c] = m, v


@cuda.jit
def standardize_backward_kernel(gx, gz, g, x, weight, mean, var, S, share, n, eps):
    """gx and g z, with z = (x - mean) / sqrt(var + eps) and h = weight g. Because mean and var depend on x,

        gx = (h - (sum h) / n - z (sum h z) / n) / sqrt(var + eps)

    Grid: 1-d; one block a c; shared memory: a value a thread.
    """
    shared = cuda.shared.array(THREADS, x.dtype)
    C = mean.size
    for c in range(cuda.blockIdx.x, C, cuda.gridDim.x):
        m, deviation = mean[c], math.sqrt(var[c] + eps)
        sum_h = sum_hz = x.dtype.type(0)
        for k in range(cuda.threadIdx.x, x.size // C, THREADS):
            at = (k // S * C + c) * S + k % S
            h, z = weight[at // share % weight.size] * g[at], (x[at] - m) / deviation
            gz[at] = g[at] * z
            sum_h += h
            sum_hz += h * z
        sum_h = block_sum(sum_h, shared)
        sum_hz = block_sum(sum_hz, shared)
        for k in range(cuda.threadIdx.x, x.size // C, THREADS):
            at = (k // S * C + c) * S + k % S
            h, z = weight[at // share % weight.size] * g[at], (x[at] - m) / deviation
            gx[at] = (h - sum_h / n - z * (sum_hz / n)) / deviation


def settings(x, layout, share, eps):
    """(S, share, n, eps): see above."""
    N, _, S = layout
    return S, max(share, 1), x.dtype.type(N * S), x.dtype.type(eps)


def vector(v, default, dtype):
    """v, or where it is None the default alone."""
    return full((1,), default, dtype) if v is None else packed(v)


@in_float32
def standardize(x, weight, bias, layout, share, eps):
    """(y, mean, var): y as x, the mean and the biased variance (C). weight and bias: two vectors, or both None."""
    y, mean, var = empty(x.shape, x.dtype), *(full(layout[1:2], float("nan"), x.dtype) for _ in range(2))
    launch(
        standardize_kernel, rows(mean.size if x.size else 0), y, mean, var, packed(x), vector(weight, 1, x.dtype),
        vector(bias, 0, x.dtype), *settings(x, layout, share, eps),
    )  # fmt: skip
    return y, mean, var


@in_float32
def standardize_backward(g, x, weight, mean, var, layout, share, eps):
    """The gradients of x, weight and bias, from the gradient g of y and the mean and var that standardize gave."""
    g, weight = packed(g), vector(weight, 1, x.dtype)
    gx, gz = empty(x.shape, x.dtype), empty(x.shape, x.dtype)
    launch(
        standardize_backward_kernel, rows(mean.size if x.size else 0), gx, gz, g, packed(x), weight, packed(mean),
        packed(var), *settings(x, layout, share, eps),
    )  # fmt: skip
    times = x.size // max(weight.size * share, 1)  # that each weight is used in turn
    return gx, *(sum(view(a, (times, weight.size, share)), (0, 2), False) for a in (gz, g))
