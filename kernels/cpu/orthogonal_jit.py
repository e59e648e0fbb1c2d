"""Newton and Schulz's iteration on one matrix, whose numbers are bfloat16: 16 bits, in arrays of uint16.

Processors that multiply bfloat16 numbers take them in pairs, neighbours along the sum of a product, and add in float32:
500 GFLOP/s on one core, where float32 reaches 250. A and A^2 are symmetric, so half of each is enough. A tile of a
product, ROWS by up to WIDTH, stays in registers for the whole sum, and is rounded before it is written.
"""

import numba
import numpy as np

from kernels.cpu.product_jit import COLUMNS, ROWS, WIDTH, pack_panel
from kernels.cpu.reduce_jit import sum_of
from kernels.cpu.vectors_jit import (
    LANES,
    broadcast,
    get,
    load,
    multiply_add_pairs,
    put,
    registers,
    store,
    unrolled,
)

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")
inline = numba.njit(forceinline=True, error_model="numpy")


@inline
def widened(h):
    """A bfloat16 number as float32."""
    return np.uint32(np.uint32(h) << np.uint32(16)).view(np.float32)


@inline
def rounded(x):
    """A float32 number as bfloat16, halfway cases to the even one: kernels/bfloat16.py tells how."""
    bits = np.float32(x).view(np.uint32)
    nearest = np.uint32(bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)
    return np.uint16(nearest) if x == x else np.uint16(0x7FC0)


@inline
def pairs(x, panel):
    """The rows of x as pairs of neighbours, as many as are multiplied by a panel."""
    return x.view(np.float32)[:, : panel.shape[0]]


@unrolled
def tile(columns, rows, panel, sums):
    """sums[:, : columns LANES] = rows panel; rows (ROWS, depth) and panel (depth, WIDTH) of pairs."""
    totals, factors = registers(), registers()
    for i in range(ROWS * columns):
        put(totals, i, broadcast(np.float32(0)))
    for k in range(rows.shape[1]):
        line = panel[k]
        for v in range(columns):
            put(factors, v, load(line, v * LANES))
        for i in range(ROWS):
            pair = broadcast(rows[i, k])
            for v in range(columns):
                put(totals, i * columns + v, multiply_add_pairs(get(factors, v), pair, get(totals, i * columns + v)))
    for i in range(ROWS):
        row = sums[i]
        for v in range(columns):
            store(row, v * LANES, get(totals, i * columns + v))


@compiled
def pair_rows(x, left, right, panel):
    """The columns of x (2 depth, n) from left to right -> panel (depth, WIDTH): neighbours in a column as one pair."""
    bits = panel.view(np.uint32)
    for k in range(panel.shape[0]):
        even, odd, line = x[2 * k][left:right], x[2 * k + 1][left:right], bits[k]
        for j in range(even.size):
            line[j] = np.uint32(even[j]) | np.uint32(odd[j]) << np.uint32(16)


@compiled
def multiply(rows, panel, alpha, beta, old, out, left):
    """out[:, left : left + WIDTH] = alpha rows panel + beta old[:, left : left + WIDTH]; rows and panel of pairs.

    The last tile may reach beyond the rows.
    """
    sums, right = np.empty((ROWS, WIDTH), np.float32), left + WIDTH
    for top in range(0, rows.shape[0], ROWS):
        tile(COLUMNS, rows[top : top + ROWS], panel, sums)
        for i in range(ROWS):
            total, past, row = sums[i], old[top + i][left:right], out[top + i][left:right]
            for j in range(WIDTH):
                value = alpha * total[j]
                if beta != 0:
                    value += beta * widened(past[j])
                row[j] = rounded(value)


@compiled
def multiply_by_itself(x, n, panel, alpha, beta, old, out):
    """out = alpha x x^T + beta old, where old is symmetric, too; x of n rows of pairs."""
    for left in range(0, n, WIDTH):
        right = left + WIDTH
        pack_panel(x[left:right].T, panel)
        multiply(x[: min(n, right)], panel, alpha, beta, old, out, left)
        for top in range(0, left, WIDTH):  # the other side of the diagonal, a square at a time
            for j in range(left, right):
                row = out[j][top : top + WIDTH]
                for i in range(WIDTH):
                    row[i] = out[top + i, j]


@compiled
def normalize(x, scaled, eps):
    """scaled = x / max(norm of x, eps), in bfloat16."""
    total, squares = 0.0, np.empty(x.shape[1], np.float32)
    for i in range(x.shape[0]):
        row = scaled[i]
        for j in range(x.shape[1]):
            row[j] = rounded(x[i, j])
            squares[j] = widened(row[j]) * widened(row[j])
        total += sum_of(squares)
    norm = np.float32(np.sqrt(total))
    norm = widened(rounded(eps if norm < eps else norm))  # NaN stays
    for i in range(x.shape[0]):
        row = scaled[i]
        for j in range(x.shape[1]):
            row[j] = rounded(widened(row[j]) / norm)


@compiled
def orthogonalize(given, out, a, b, c, steps, eps):
    """Of a given (n, m), n <= m, to out (n, m). Around each matrix are zeros, so that all tiles are whole."""
    (n, m), one, zero = given.shape, np.float32(1), np.float32(0)
    height, width = [-(-size // WIDTH) * WIDTH for size in (n, m)]
    x, new = np.zeros((height, width), np.uint16), np.zeros((height, width), np.uint16)
    gram, polynomial = np.zeros((height, height), np.uint16), np.zeros((height, height), np.uint16)
    panels = np.empty((width // 2, WIDTH), np.float32)
    along_m, along_n = panels[: (m + 1) // 2], panels[: (n + 1) // 2]
    normalize(given, x, eps)
    for _ in range(steps):
        multiply_by_itself(pairs(x, along_m), n, along_m, one, zero, gram, gram)
        multiply_by_itself(pairs(gram, along_n), n, along_n, c, b, gram, polynomial)
        for left in range(0, m, WIDTH):
            pair_rows(x, left, left + WIDTH, along_n)
            multiply(pairs(polynomial, along_n)[:n], along_n, one, a, x, new, left)
        x, new = new, x
    for i in range(n):
        row, result = x[i], out[i]
        for j in range(m):
            result[j] = widened(row[j])
