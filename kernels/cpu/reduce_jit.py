"""Sums of float32 in compiled loops, which keep the digits that a million additions one after the other would lose.

Sums of a few numbers are kept in float32, a vector of them at a time, and what these come to in float64. Memory is read
once, in its order: along the last dim row by row; along another one, WIDE neighbouring lines together. Of a million
numbers, a sum over any dim takes 50 to 70 us on one core, by NumPy through float64 240 to 340.
"""

import numba
import numpy as np

from kernels.cpu.math_jit import compiled

LONG = 4096  # numbers of a row whose sum is kept in float32: in 32 parts or more, which vectors hold
FEW = 16  # numbers of a line
WIDE = 512

sums = numba.njit(  # several partial sums at a time, in the order that vectors want
    forceinline=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"}
)


@sums
def sum_of(row):
    """The sum of a row, in float64."""
    total = 0.0
    for start in range(0, row.size, LONG):
        part, few = row[start : start + LONG], row.dtype.type(0)
        for i in range(part.size):
            few += part[i]
        total += few
    return total


@compiled
def sum_rows(x, first, last, size, out):
    """x (A, n) -> out (A, parts), in float64: sums of `size` numbers each, in the parts from first to before last."""
    for a in range(x.shape[0]):
        row, totals = x[a], out[a]
        for part in range(first, last):
            totals[part] = sum_of(row[part * size : part * size + size])


@compiled
def sum_lines(first, last, x, size, out):
    """x (A, n, B) -> out (A, parts, B), in float64: sums along n, of `size` numbers each.

    Of the pieces of WIDE lines, in each part of each of A, those from the first to before the last.
    """
    n, lines = x.shape[1:]
    parts, pieces = out.shape[1], -(-lines // WIDE)
    few = np.empty(WIDE, x.dtype)
    for i in range(first, last):
        a, part, left = i // pieces // parts, i // pieces % parts, i % pieces * WIDE
        right, end = min(left + WIDE, lines), min(part * size + size, n)
        several, total = few[: right - left], out[a][part][left:right]
        total[:] = 0
        for start in range(part * size, end, FEW):
            several[:] = 0
            for k in range(start, min(start + FEW, end)):
                row = x[a][k][left:right]  # not x[a, k, left:right]: numbers apart, for all that Numba knows
                for j in range(several.size):
                    several[j] += row[j]
            for j in range(several.size):
                total[j] += several[j]
