"""The two loops of conv_direct.py, compiled: a weighted sum of shifted rows of numbers, and its transpose.

A tile of sums, ROWS by COLUMNS vectors, stays in registers while all shifts pass: COLUMNS vectors read serve ROWS
multiplications each. Measured on one core with AVX-512, 144 shifts, in GFLOP/s: 8 x 3 vectors 250, which is what the
core can do, 4 x 3 240, 2 x 3 150, 1 x 3 90; sums kept in the first cache, four rows with four shifts at a time, 180
(OpenBLAS with AVX2: 120).
"""

import numba

from kernels.cpu.vectors_jit import (
    LANES,
    REGISTERS,
    add,
    broadcast,
    get,
    load,
    multiply_add,
    number,
    put,
    registers,
    store,
    total,
    unrolled,
)

ROWS = REGISTERS // 4
COLUMNS = 3
TAPS = 96  # summed up by themselves: a sum of a thousand numbers, one after the other, loses digits
TILE = 2 * COLUMNS * LANES  # numbers of a row at a time

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")


@unrolled
def tile_of_sums(rows, columns, y, r, j, x, starts, k, first, last, weight, bias):
    """y[r : r + rows, j : j + columns LANES]: the bias or, from the second part of the taps on, y, plus the taps."""
    sums, shifted = registers(), registers()
    for i in range(rows * columns):
        put(sums, i, broadcast(numba.float32(0)))
    for t in range(first, last):
        for v in range(columns):
            put(shifted, v, load(x, starts[t, k] + j + v * LANES))
        for i in range(rows):
            w = broadcast(number(weight, (r + i) * len(starts) + t))
            for v in range(columns):
                put(sums, i * columns + v, multiply_add(w, get(shifted, v), get(sums, i * columns + v)))
    for i in range(rows):
        for v in range(columns):
            at = (r + i) * y.shape[1] + j + v * LANES
            before = load(y, at) if first > 0 else broadcast(bias[r + i])
            store(y, at, add(before, get(sums, i * columns + v)))


@compiled
def shifted_sums(y, bias, x, starts, weight):
    """y[r] = bias[r] + sum over t of weight[r, t] x[starts[t, k] : starts[t, k] + y.shape[1]], k the group of row r.

    The rows have TILE numbers at least; the last tile may have some of the one before it.
    """
    groups = starts.shape[1]
    rows = y.shape[0] // groups
    for k in range(groups):
        for j in range(0, y.shape[1], TILE):
            j = min(j, y.shape[1] - TILE)
            for first in range(0, max(len(starts), 1), TAPS):  # once for no taps, too: then y is the bias
                last = min(first + TAPS, len(starts))
                r, end = k * rows, (k + 1) * rows
                while r < end:
                    if end - r >= ROWS:
                        tile_of_sums(ROWS, COLUMNS, y, r, j, x, starts, k, first, last, weight, bias)
                        tile_of_sums(ROWS, COLUMNS, y, r, j + TILE // 2, x, starts, k, first, last, weight, bias)
                        r += ROWS
                    elif end - r >= 4:
                        tile_of_sums(4, COLUMNS, y, r, j, x, starts, k, first, last, weight, bias)
                        tile_of_sums(4, COLUMNS, y, r, j + TILE // 2, x, starts, k, first, last, weight, bias)
                        r += 4
                    elif end - r >= 2:
                        tile_of_sums(2, COLUMNS, y, r, j, x, starts, k, first, last, weight, bias)
                        tile_of_sums(2, COLUMNS, y, r, j + TILE // 2, x, starts, k, first, last, weight, bias)
                        r += 2
                    else:
                        tile_of_sums(1, COLUMNS, y, r, j, x, starts, k, first, last, weight, bias)
                        tile_of_sums(1, COLUMNS, y, r, j + TILE // 2, x, starts, k, first, last, weight, bias)
                        r += 1


@unrolled
def tile_of_products(rows, taps, g, r, x, starts, k, t, out):
    """out[r : r + rows, t : t + taps]"""
    sums, factors = registers(), registers()
    for i in range(rows * taps):
        put(sums, i, broadcast(numba.float32(0)))
    for j in range(0, g.shape[1], LANES):
        for i in range(rows):
            put(factors, i, load(g, (r + i) * g.shape[1] + j))
        for u in range(taps):
            shifted = load(x, starts[t + u, k] + j)
            for i in range(rows):
                put(sums, i * taps + u, multiply_add(get(factors, i), shifted, get(sums, i * taps + u)))
    for i in range(rows):
        for u in range(taps):
            out[r + i, t + u] = total(get(sums, i * taps + u))


@compiled
def shifted_products(g, x, starts, out):
    """out[r, t] = sum over j of g[r, j] x[starts[t, k] + j], with k the group of row r.

    The rows are as long as a multiple of LANES. The last four rows of a group, and the last four taps, may be some of
    the four before them.
    """
    taps, groups = starts.shape
    rows = g.shape[0] // groups
    for k in range(groups):
        first = k * rows
        if taps < 4:
            for r in range(first, first + rows):
                for t in range(taps):
                    tile_of_products(1, 1, g, r, x, starts, k, t, out)
        elif rows < 4:
            for r in range(first, first + rows):
                for t in range(0, taps, 4):
                    tile_of_products(1, 4, g, r, x, starts, k, min(t, taps - 4), out)
        else:
            for r in range(0, rows, 4):
                for t in range(0, taps, 4):
                    tile_of_products(4, 4, g, first + min(r, rows - 4), x, starts, k, min(t, taps - 4), out)
