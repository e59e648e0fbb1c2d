"""Sums of float32 in compiled loops, which keep the digits that a million additions one after the other would lose.

Sums of a few numbers are kept in float32, a vector of them at a time, and what these come to in float64. Memory is read
once, in its order: along the last dim row by row; along another one, WIDE neighbouring lines together, whose sums are
in registers. A sum of a million takes 45 to 70 us on one core over any dim, by NumPy through float64 240 to 340.
"""

import numba
import numpy as np

from kernels.cpu.math_jit import compiled
from kernels.cpu.vectors_jit import (
    LANES,
    add,
    broadcast,
    get,
    load,
    load_first,
    number,
    put,
    registers,
    store,
    store_first,
)

LONG = 4096  # numbers of a row whose sum is kept in float32: in 32 parts or more, which vectors hold
FEW = 16  # numbers of a line
WIDE = 512
MANY = 8  # vectors of lines that registers hold
PART = MANY * LANES

sums = numba.njit(  # several partial sums at a time, in the order that vectors want
    forceinline=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"}
)


@sums
def sum_of(row):
    """The sum of a row, in float64. (No slices: each is an array of its own, whose owners are counted.)"""
    total = 0.0
    for start in range(0, row.size, LONG):
        few = row.dtype.type(0)
        for i in range(start, min(start + LONG, row.size)):
            few += number(row, i)
        total += few
    return total


@compiled
def sum_rows(x, first, last, size, out):
    """x (A, n) -> out (A, parts): sums of `size` numbers each, in the parts from first to before last."""
    for a in range(x.shape[0]):
        if x.shape[1] <= size:
            out[a, 0] = sum_of(x[a])
        else:
            for part in range(first, last):
                out[a, part] = sum_of(x[a, part * size : part * size + size])


@compiled
def sum_few(x, here, rows, lines, out):
    """out (n) = the sum of so many rows of x, `lines` numbers apart, the first of which begins at element `here`."""
    sums, whole = registers(), out.size - out.size % PART
    for j in range(0, whole, PART):
        for v in range(MANY):
            put(sums, v, broadcast(np.float32(0)))
        for row in range(here + j, here + j + rows * lines, lines):
            for v in range(MANY):
                put(sums, v, add(get(sums, v), load(x, row + v * LANES)))
        for v in range(MANY):
            store(out, j + v * LANES, get(sums, v))
    for j in range(whole, out.size, LANES):
        put(sums, 0, broadcast(np.float32(0)))
        for row in range(here + j, here + j + rows * lines, lines):
            put(sums, 0, add(get(sums, 0), load_first(x, row, out.size - j)))
        store_first(out, j, get(sums, 0), out.size - j)


@compiled
def sum_lines(first, last, x, size, out):
    """x (A, n, B) -> out (A, parts, B): sums along n, of `size` numbers each.

    Of the pieces of WIDE lines, in each part of each of A, those from the first to before the last.
    """
    n, lines = x.shape[1:]
    parts, pieces = out.shape[1], -(-lines // WIDE)
    few, total = np.empty(WIDE, x.dtype), np.empty(WIDE)
    for i in range(first, last):
        a, part, left = i // pieces // parts, i // pieces % parts, i % pieces * WIDE
        right, end = min(left + WIDE, lines), min(part * size + size, n)
        several = few[: right - left]
        total[:] = 0
        for start in range(part * size, end, FEW):
            sum_few(x, (a * n + start) * lines + left, min(FEW, end - start), lines, several)
            for j in range(several.size):
                total[j] += several[j]
        for j in range(several.size):
            out[a, part, left + j] = total[j]
