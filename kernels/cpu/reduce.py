"""Reductions over a tuple of dims."""

import math

import numpy as np

from kernels.cpu.loops import is_long
from kernels.cpu.threads import spread

FEW = 4096  # elements whose sum in float64 takes no longer (of a million, twice as long: 0.29 ms, not 0.14)
MANY = 1 << 17  # elements whose extremes are looked for in pieces
PART = 1 << 16  # numbers whose sum is one piece of work: of a million, on one core 50 to 70 us


def sum(x, dims, keepdim):
    """The sum. Over other dims than the last, NumPy adds float32 one by one, with an error that grows with the length
    (130 ulp for 100,000 rows, torch 0.3): there, for few elements, and for float16, the sums are kept in float64. Of
    long float32 arrays compiled loops make them (reduce_jit.py)."""
    if is_long(x) and x.flags.c_contiguous and dims:
        y = sum_of_neighbours(x, sorted(dims))
        return y.reshape([1 if d in dims else n for d, n in enumerate(x.shape)]) if keepdim else y
    wide = x.dtype == np.float16 or (x.dtype == np.float32 and (x.size <= FEW or any_outer(x, dims)))
    total = np.add.reduce(x, dims, np.float64 if wide else x.dtype, keepdims=keepdim)  # np.sum begins 0.9 us later
    return total.astype(x.dtype) if wide else total


def sum_of_neighbours(x, dims):
    """The sum over the last of dims and those beside it, and then over the others."""
    first = end = dims.pop() + 1
    first -= 1
    while dims and dims[-1] == first - 1:
        first = dims.pop()
    before, n, behind = x.shape[:first], math.prod(x.shape[first:end]), x.shape[end:]
    y = sum_of_middle(x.reshape(math.prod(before), n, math.prod(behind)))  # -> (A, n, B) -> (A, B)
    y = y.reshape(before + behind)
    return sum(y, tuple(dims), False) if dims else y


def sum_of_middle(x):
    """x (A, n, B) -> (A, B): the sum along n; where that is long, of parts that are kept in float64."""
    from kernels.cpu.reduce_jit import WIDE, sum_lines, sum_rows

    a, n, lines = x.shape
    size = 1 + PART // (lines if lines < WIDE else WIDE)
    parts, nanoseconds = -(-n // size), x.size * 0.07
    out = np.empty((a, parts, lines), np.float32 if parts == 1 else np.float64)
    if lines > 1:
        spread(lambda i, j: sum_lines(i, j, x, size, out), a * parts * -(-lines // WIDE), nanoseconds)
    else:  # in arrays of two dims, which Numba takes for numbers without gaps
        rows, sums = x.reshape(a, n), out.reshape(a, parts)  # (A, n, 1) -> (A, n), (A, parts, 1) -> (A, parts)
        if parts > 1:
            spread(lambda i, j: sum_rows(rows, i, j, size, sums), parts, nanoseconds)
        else:
            spread(lambda i, j: sum_rows(rows[i:j], 0, 1, size, sums[i:j]), a, nanoseconds)
    return out.reshape(a, lines) if parts == 1 else out.sum(1).astype(np.float32)


def any_outer(x, dims):
    """Whether a dim is reduced along which the elements are no neighbours in memory."""
    return not x.flags.c_contiguous or sorted(dims) != list(range(x.ndim - len(dims), x.ndim))


def prod(x, dims, keepdim):
    """The product."""
    return np.prod(x, axis=dims, keepdims=keepdim, dtype=x.dtype)


def amax(x, dims, keepdim):
    """The largest element; NaN wins."""
    return in_pieces(np.max, x, dims, keepdim, x.dtype)


def amin(x, dims, keepdim):
    """The smallest element; NaN wins."""
    return in_pieces(np.min, x, dims, keepdim, x.dtype)


def in_pieces(function, x, axis, keepdim, dtype):
    """A reduction by NumPy, of long arrays in pieces along the first dim that stays: argmax of a million numbers in
    rows of 128 takes 0.31 ms, so 0.08."""
    if x.size < MANY:
        return function(x, axis, keepdims=keepdim)
    reduced = axis if isinstance(axis, tuple) else (axis % x.ndim,)
    stay = [d for d, n in enumerate(x.shape) if d not in reduced and n > 1]
    if not stay:
        return function(x, axis, keepdims=keepdim)
    out = np.empty([1 if d in reduced else n for d, n in enumerate(x.shape)], dtype)
    before = (slice(None),) * stay[0]

    def run(start, stop):
        part = (*before, slice(start, stop))
        function(x[part], axis, out[part], keepdims=True)

    spread(run, x.shape[stay[0]], x.size * 0.2)
    return out if keepdim else out.squeeze(reduced)


def any(x, dims, keepdim):
    """Whether an element is not 0."""
    return np.any(x, axis=dims, keepdims=keepdim)


def all(x, dims, keepdim):
    """Whether no element is 0."""
    return np.all(x, axis=dims, keepdims=keepdim)


def argmax(x, dim, keepdim):
    """The place of the largest element along dim: the first of equal ones; NaN wins."""
    return in_pieces(np.argmax, x, dim, keepdim, np.int64)


def argmin(x, dim, keepdim):
    """The place of the smallest element along dim: the first of equal ones; NaN wins."""
    return in_pieces(np.argmin, x, dim, keepdim, np.int64)


def at(x, places, dim, keepdim):
    values = np.take_along_axis(x, places, dim)
    return (values, places) if keepdim else (values.squeeze(dim), places.squeeze(dim))


def max(x, dim, keepdim):
    """(largest elements, their places) along dim."""
    return at(x, argmax(x, dim, True), dim, keepdim)


def min(x, dim, keepdim):
    """(smallest elements, their places) along dim."""
    return at(x, argmin(x, dim, True), dim, keepdim)
