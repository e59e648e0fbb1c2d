"""softmax and its logarithm along one dim. The largest element is subtracted first, so that nothing overflows.

Long float32 arrays go through compiled loops (softmax_jit.py).
"""

import math

import numpy as np

from kernels.cpu.array import in_float32
from kernels.cpu.elementwise import exp, log
from kernels.cpu.loops import is_long
from kernels.cpu.reduce import sum
from kernels.cpu.threads import spread

SHORT = 1024  # elements: NumPy takes 16 us for 128 rows of 10, the loops 5
NANOSECONDS = 0.35  # for an element, on one core
TOGETHER = 1 << 15  # numbers of neighbouring lines: more leave the second cache, of 64 lines and fewer memory is far


def centered(x, dim):
    """x minus its largest element along dim."""
    return x - np.max(x, axis=dim, keepdims=True) if x.size else x.copy()


@in_float32
def softmax(x, dim):
    """e^x / sum of e^x."""
    if is_long(x, SHORT):
        return by_line(x, dim=dim, logarithm=False)
    e = exp(centered(x, dim))
    return e / sum(e, (dim,), True)


@in_float32
def log_softmax(x, dim):
    """x - log(sum of e^x)."""
    if is_long(x, SHORT):
        return by_line(x, dim=dim, logarithm=True)
    z = centered(x, dim)
    return z - log(sum(exp(z), (dim,), True))


@in_float32
def softmax_backward(g, y, dim):
    """y (g - sum of g y)."""
    if is_long(y, SHORT):
        return by_line(g, y, dim=dim, logarithm=False)
    return y * (g - sum(g * y, (dim,), True))


@in_float32
def log_softmax_backward(g, y, dim):
    """g - e^y (sum of g)."""
    if is_long(y, SHORT):
        return by_line(g, y, dim=dim, logarithm=True)
    return g - exp(y) * sum(g, (dim,), True)


@in_float32
def nll_of_softmax_backward(share, y, classes):
    """The gradient for x of the sum of -share y[class], y = log_softmax(x): share (e^y - 1 at the class). y (N, C)."""
    gx = np.empty_like(y)
    if is_long(y, SHORT):
        from kernels.cpu.softmax_jit import nll_of_softmax_rows_backward as run

        arrays = share, y, classes, gx
        spread(lambda i, j: run(*[x[i:j] for x in arrays]), len(y), y.size * 0.2)
        return gx
    np.multiply(exp(y), share[:, None], out=gx)
    gx[np.arange(len(y)), classes] -= share
    return gx


def by_line(*inputs, dim, logarithm):
    """The compiled loops over inputs (x), or (g, y) for backward, along dim."""
    from kernels.cpu import softmax_jit as loops

    shape, out = inputs[0].shape, np.empty(inputs[0].shape, np.float32)
    n, lines = shape[dim], math.prod(shape[dim % len(shape) + 1 :])
    arrays = [np.ascontiguousarray(x) for x in (*inputs, out)]
    if lines == 1:
        rows = [x.reshape(-1, n) for x in arrays]  # (..., n) -> (A, n)
        run = loops.softmax_rows if len(inputs) == 1 else loops.softmax_rows_backward
        spread(lambda i, j: run(*[x[i:j] for x in rows], logarithm), len(rows[0]), out.size * NANOSECONDS)
    else:
        flat = [x.reshape(-1) for x in arrays]  # (A, n, lines) -> (A n lines)
        run = loops.softmax_lines if len(inputs) == 1 else loops.softmax_lines_backward
        wide = min(max(TOGETHER // n // 16 * 16, 64), 512)
        blocks = out.size // (n * lines) * -(-lines // wide)
        spread(lambda i, j: run(*flat, n, lines, wide, i, j, logarithm), blocks, out.size * NANOSECONDS)
    return out
