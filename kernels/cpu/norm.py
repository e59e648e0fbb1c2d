"""Standardisation, which batch, layer, group and instance normalisation share, and its gradients.

    y = (x - mean) / sqrt(var + eps) * weight + bias

x is seen as `layout`, (N, C, S): for each c a mean and a variance, over all n and s. Row by row, the first `share`
numbers of x take the first weight and bias, the next `share` the second, ..., and after the last again the first.

Ioffe and Szegedy, arXiv 1502.03167, algorithm 1.
"""

import numpy as np

from kernels.cpu.reduce import sum
from kernels.cpu.threads import spread

FORWARD, BACKWARD = 0.15, 0.23  # nanoseconds for an element of float32, on one core
TOGETHER = 32  # of c: what they add to the gradient of a weight that they share is added up in the dtype of x


def rows_of(x, layout):
    """x as (N, C, S), contiguous. Where S is 1, as (1, C, N): columns are slow to walk along."""
    x = x.reshape(layout)
    x = x.transpose(2, 1, 0) if layout[2] == 1 else x  # (N, C, 1) -> (1, C, N)
    return np.ascontiguousarray(x, np.float32 if x.dtype == np.float16 else x.dtype)


def room_for(rows, layout, x):
    """(y, its rows): memory for a result in the shape of x, and as rows_of sees it. y owns it: as a gradient, it need
    not be copied."""
    y = np.empty(x.shape, rows.dtype)
    return y, np.empty_like(rows) if layout[2] == 1 else y.reshape(rows.shape)


def laid_back(y, rows, layout, x):
    """y, into which its rows are written if they are elsewhere, in the dtype of x."""
    if layout[2] == 1:
        y.reshape(layout)[...] = rows.transpose(2, 1, 0)  # (1, C, N) -> (N, C, 1)
    return y.astype(x.dtype, copy=False)


def shared(rows, layout, share, vector, default):
    """(share, vector) for these rows, in their dtype; for a vector that is None the default alone, which all numbers
    share."""
    if vector is None:
        return rows.shape[2], np.full(1, default, rows.dtype)
    return layout[0] if layout[2] == 1 < layout[0] else share, np.ascontiguousarray(vector, rows.dtype)


def standardize(x, weight, bias, layout, share, eps):
    """(y, mean, var): y as x, the mean and the biased variance (C). weight and bias: two vectors, or both None."""
    from kernels.cpu.norm_jit import standardize

    rows = rows_of(x, layout)
    (y, y_rows), (mean, var) = room_for(rows, layout, x), np.full((2, layout[1]), np.nan, rows.dtype)
    if x.size:
        (count, weight), (_, bias) = (shared(rows, layout, share, v, n) for v, n in ((weight, 1), (bias, 0)))
        arrays = rows, weight, bias, count, float(eps), y_rows, mean, var
        spread(lambda start, stop: standardize(start, stop, *arrays), rows.shape[1], x.size * FORWARD)
    return laid_back(y, y_rows, layout, x), mean.astype(x.dtype, copy=False), var.astype(x.dtype, copy=False)


def standardize_backward(g, x, weight, mean, var, layout, share, eps):
    """(gradient of x, of weight, of bias). With z = (x - mean) / sqrt(var + eps), over the n numbers of each c:

    gradient of bias = sum g,    of weight = sum g z,
    of x = (h - (sum h) / n - z (sum h z) / n) / sqrt(var + eps)  with h = weight g
    """
    from kernels.cpu.norm_jit import standardize_backward

    rows = rows_of(x, layout)
    channels = rows.shape[1]
    count, weight = shared(rows, layout, share, weight, 1)
    own = weight.size == channels and count == rows.shape[2]  # no two c share a weight, whose gradient is a sum
    together = 1 if own else TOGETHER
    pieces = -(-channels // together)
    gx, gx_rows = room_for(rows, layout, x)
    gv = np.zeros((2, 1 if own else pieces, weight.size), rows.dtype)
    if x.size:
        mean, var = (np.ascontiguousarray(v, rows.dtype) for v in (mean, var))
        arrays = together, rows_of(g, layout), rows, weight, mean, var, count, float(eps), gx_rows, *gv
        spread(lambda start, stop: standardize_backward(start, stop, *arrays), pieces, x.size * BACKWARD)
    gw, gb = sum(gv, (1,), False).astype(x.dtype, copy=False)
    return laid_back(gx, gx_rows, layout, x), gw, gb
