"""Scans, compiled: the recurrence, which NumPy has not, and sums of float32, in half its time and with no copies.

Of a million numbers a sum along the last dim takes 0.4 ms on one core, and 0.6 where rows go one by one: each addition
waits for the one before it. NumPy through float64 takes 2.5 ms, from the end on 4.
"""

import numpy as np
from numba import njit

from kernels.cpu.math_jit import compiled

WIDE = 512  # neighbouring lines that go together, so that memory is read in its order


@njit(cache=True, error_model="numpy")
def recurrence(factor, x, y, reverse):
    """y_i = factor_i y_(i-1) + x_i along the middle dim of three; reverse: y_i = factor_i y_(i+1) + x_i."""
    before, n, behind = x.shape
    for b in range(before):
        for i in range(n):
            here = n - 1 - i if reverse else i
            last = here + 1 if reverse else here - 1
            for k in range(behind):
                y[b, here, k] = x[b, here, k] + (factor[b, here, k] * y[b, last, k] if i else 0.0)


@compiled
def cumsum_rows(x, y, reverse):
    """x (A, n) -> y: sums along each row, four rows at a time."""
    n, fours = x.shape[1], x.shape[0] // 4 * 4
    for a in range(0, fours, 4):
        x0, x1, x2, x3 = x[a], x[a + 1], x[a + 2], x[a + 3]
        y0, y1, y2, y3 = y[a], y[a + 1], y[a + 2], y[a + 3]
        sum0 = sum1 = sum2 = sum3 = 0.0
        for i in range(n):
            here = n - 1 - i if reverse else i
            sum0 += x0[here]
            sum1 += x1[here]
            sum2 += x2[here]
            sum3 += x3[here]
            y0[here], y1[here], y2[here], y3[here] = sum0, sum1, sum2, sum3
    for a in range(fours, x.shape[0]):
        total = 0.0
        for i in range(n):
            here = n - 1 - i if reverse else i
            total += x[a, here]
            y[a, here] = total


@compiled
def cumsum_lines(first, last, x, y, reverse):
    """x (A, n, B) -> y: sums along n, for the pieces of WIDE lines in each of A, from the first to before the last."""
    n, lines = x.shape[1:]
    pieces = -(-lines // WIDE)
    sums = np.empty(WIDE)
    for piece in range(first, last):
        a, left = piece // pieces, piece % pieces * WIDE
        right = min(left + WIDE, lines)
        total = sums[: right - left]
        total[:] = 0
        for i in range(n):
            here = n - 1 - i if reverse else i
            row, out = x[a][here][left:right], y[a][here][left:right]
            for j in range(total.size):
                total[j] += row[j]
                out[j] = total[j]
