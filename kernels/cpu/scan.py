"""Scans along one dim: every result is made of the elements up to its own place; or from it on, with reverse.

Sums and products are kept in float64 and rounded at every place, as in torch.
"""

import math

import numpy as np

from kernels.cpu.loops import is_long
from kernels.cpu.threads import spread

NANOSECONDS = 0.4  # that a float32 sum takes for an element, on one core


def accumulate(function, x, dim, reverse):
    """What function makes of all elements up to each place, one after the other."""
    wide = x.astype(np.float64, copy=False) if x.dtype.kind == "f" else x
    if reverse:
        wide = np.flip(wide, dim)
    y = function.accumulate(wide, axis=dim, dtype=wide.dtype)
    return np.ascontiguousarray(np.flip(y, dim) if reverse else y, x.dtype)


def cumsum(x, dim, reverse):
    """y_i = x_1 + ... + x_i. Long float32 arrays go through compiled loops (scan_jit.py)."""
    if not is_long(x):
        return accumulate(np.add, x, dim, reverse)
    from kernels.cpu.scan_jit import WIDE, cumsum_lines, cumsum_rows

    n, lines = x.shape[dim], math.prod(x.shape[dim % x.ndim + 1 :])
    y = np.empty(x.shape, x.dtype)
    parts = [np.ascontiguousarray(a).reshape(-1, n, lines) for a in (x, y)]  # (..., n, ...) -> (A, n, B)
    if lines > 1:
        pieces = len(parts[0]) * -(-lines // WIDE)
        spread(lambda i, j: cumsum_lines(i, j, *parts, reverse), pieces, x.size * NANOSECONDS)
    else:
        rows = [a[:, :, 0] for a in parts]
        spread(lambda i, j: cumsum_rows(*[a[i:j] for a in rows], reverse), len(rows[0]), x.size * NANOSECONDS)
    return y


def cumprod(x, dim, reverse):
    """y_i = x_1 ... x_i."""
    return accumulate(np.multiply, x, dim, reverse)


def logcumsumexp(x, dim):
    """y_i = log(e^x_1 + ... + e^x_i), by log(e^a + e^b) = max(a, b) + log(1 + e^-|a - b|), which overflows nowhere."""
    return accumulate(np.logaddexp, x, dim, False)


def recurrence(factor, x, dim, reverse):
    """y_i = factor_i y_(i-1) + x_i; reverse: y_i = factor_i y_(i+1) + x_i."""
    from kernels.cpu.scan_jit import recurrence

    before, n, behind = np.prod(x.shape[:dim], dtype=int), x.shape[dim], np.prod(x.shape[dim + 1 :], dtype=int)
    y = np.empty((before, n, behind))
    parts = [np.ascontiguousarray(a, np.float64).reshape(y.shape) for a in (factor, x)]
    recurrence(*parts, y, reverse)
    return y.reshape(x.shape).astype(x.dtype, copy=False)


def cummax(x, dim):
    """(largest elements up to each place, their places): of equal ones the last; NaN wins."""
    return last_extreme(x, np.maximum, dim)


def cummin(x, dim):
    """(smallest elements up to each place, their places): of equal ones the last; NaN wins."""
    return last_extreme(x, np.minimum, dim)


def last_extreme(x, function, dim):
    """An element that is as extreme as all before it stands at its own place; the others look back to the last such."""
    extreme = (x == function.accumulate(x, axis=dim)) | (x != x)
    place = np.arange(x.shape[dim]).reshape([-1 if d == dim else 1 for d in range(x.ndim)])
    places = np.maximum.accumulate(np.where(extreme, place, 0), axis=dim)
    return np.take_along_axis(x, places, dim), places
