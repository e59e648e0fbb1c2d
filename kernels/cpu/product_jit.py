"""The product of two float32 matrices, as Goto and van de Geijn build it ("Anatomy of High-Performance Matrix
Multiplication", 2008) and BLIS after them:

    a tile of the result, ROWS by COLUMNS vectors, stays in registers,  while
    a panel of b, DEPTH by COLUMNS vectors, comes from the first cache or the second,  and
    a block of a, DEPTH by up to HEIGHT rows, from the second.

Both are copied first, in the order in which the tile takes them, so whatever strides the matrices have costs little.
In GFLOP/s on one core with AVX-512: 250 from 256 x 256 on, 270 being what it can do.
"""

import numba
import numpy as np
from numba import types

from kernels.cpu.vectors_jit import (
    LANES,
    REGISTERS,
    broadcast,
    get,
    load,
    load_first,
    multiply_add,
    number,
    put,
    registers,
    store,
    store_first,
    transpose,
    unrolled,
)

ROWS = REGISTERS // 4
COLUMNS = 3
WIDTH = COLUMNS * LANES
DEPTH = 256
HEIGHT = 512

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")
inline = numba.njit(forceinline=True, error_model="numpy")


@unrolled
def tile(columns, a, here, b, out, top, left, right, first):
    """out[top : top + ROWS, left:right] = a' b, or += unless first; a and b (depth, WIDTH), and of a the ROWS columns
    whose numbers begin at element `here`. From left to right lie as many columns as `columns` vectors hold, or some
    less. (Places in the whole arrays: a tile's slices have owners, to count them takes 15 ns.)

    Sums of sums of up to DEPTH products are more exact than sums of all.
    """
    sums, factors, one = registers(), registers(), broadcast(np.float32(1))
    for i in range(ROWS * columns):
        put(sums, i, broadcast(np.float32(0)))
    for k in range(b.shape[0]):
        for v in range(columns):
            put(factors, v, load(b, k * WIDTH + v * LANES))
        for i in range(ROWS):
            factor = broadcast(number(a, here + k * WIDTH + i))
            for v in range(columns):
                put(sums, i * columns + v, multiply_add(factor, get(factors, v), get(sums, i * columns + v)))
    stride = out.strides[0] // out.itemsize
    for i in range(ROWS):
        if top + i < out.shape[0]:
            for v in range(columns):
                total, place = get(sums, i * columns + v), (top + i) * stride + left + v * LANES
                if v < columns - 1:
                    store(out, place, total if first else multiply_add(one, load(out, place), total))
                else:
                    n = right - left - v * LANES
                    store_first(out, place, total if first else multiply_add(one, load_first(out, place, n), total), n)


@inline
def repeat(row, out, top, left, right):
    """out[top : top + ROWS, left:right] = row[left:right]; neither the row nor those of out have gaps."""
    stride = out.strides[0] // out.itemsize
    for i in range(top, min(top + ROWS, len(out))):
        for j in range(left, right, LANES):
            store_first(out, i * stride + j, load_first(row, j, right - j), right - j)


@compiled
def strip(rows, panel, bias, out, left, right, first):
    """out[:, left:right] = rows panel + bias[left:right] first, then += rows panel; rows (panels, depth, WIDTH), panel
    (depth, WIDTH), bias (n) or of no elements."""
    vectors = -(-(right - left) // LANES)
    anew = first and bias.size == 0
    for top in range(0, out.shape[0], ROWS):
        here = top // WIDTH * (rows.strides[0] // rows.itemsize) + top % WIDTH
        if first and bias.size:
            repeat(bias, out, top, left, right)
        if vectors == 3:
            tile(3, rows, here, panel, out, top, left, right, anew)
        elif vectors == 2:
            tile(2, rows, here, panel, out, top, left, right, anew)
        else:
            tile(1, rows, here, panel, out, top, left, right, anew)


@inline
def strips(n):
    """How many strips n columns have."""
    return -(-n // WIDTH)


@inline
def left_of(p, n):
    """Where strip p of n columns begins. Each has COLUMNS vectors or one less: one vector would take as long as two."""
    return p * -(-n // LANES) // strips(n) * LANES


@compiled
def pack_panel(b, panel):
    """b (depth, up to WIDTH) -> panel (depth, WIDTH), whose other columns are any numbers."""
    depth, columns = b.shape
    across, along = b.strides[1] // b.itemsize, b.strides[0] // b.itemsize
    whole = columns - columns % LANES
    if across == 1:
        for k in range(depth):
            for left in range(0, whole, LANES):
                store(panel, k * WIDTH + left, load(b, k * along + left))
            for j in range(whole, columns):
                panel[k, j] = b[k, j]
        return
    done = depth - depth % LANES if along == 1 else 0
    for left in range(0, columns, LANES):
        square, last = registers(), min(left + LANES, columns) - 1
        for k in range(0, done, LANES):
            for i in range(LANES):
                put(square, i, load(b, min(left + i, last) * across + k))
            transpose(square)
            for i in range(LANES):
                store(panel, (k + i) * WIDTH + left, get(square, i))
    for k in range(done, depth):
        for j in range(columns):
            panel[k, j] = b[k, j]


@compiled
def pack_rows(a, panels):
    """a (rows, depth) -> panels (rows / WIDTH, depth, WIDTH)"""
    for p in range(strips(a.shape[0])):
        pack_panel(a[p * WIDTH : (p + 1) * WIDTH].T, panels[p])


matrix, matrices = (types.Array(types.float32, ndim, "A", readonly=True) for ndim in (2, 3))  # of any strides
row = types.Array(types.float32, 1, "C", readonly=True)


@numba.njit(
    types.void(matrix, matrix, row, types.float32[:, :], types.boolean), nogil=True, cache=True, error_model="numpy"
)
def multiply(a, b, bias, out, add):
    """out = a b + bias, or out += a b where add is true: (m, depth), (depth, n) -> (m, n); the rows of out are
    contiguous. The bias has n elements, or none."""
    (m, n), depth = out.shape, a.shape[1]
    rows = np.empty((strips(min(m, HEIGHT)), min(depth, DEPTH), WIDTH), np.float32)
    panel = np.empty((min(depth, DEPTH), WIDTH), np.float32)
    for start in range(0, max(depth, 1), DEPTH):  # once where there is nothing to sum up: it is 0
        ks = slice(start, min(start + DEPTH, depth))
        for top in range(0, m, HEIGHT):
            block, here = a[top : top + HEIGHT, ks], out[top : top + HEIGHT]
            packed, part = rows[:, : block.shape[1]], panel[: block.shape[1]]
            pack_rows(block, packed)
            for p in range(strips(n)):
                left, right = left_of(p, n), min(left_of(p + 1, n), n)
                pack_panel(b[ks, left:right], part)
                strip(packed, part, bias, here, left, right, start == 0 and not add)


@numba.njit(types.void(matrices, matrices, row, types.float32[:, :, :]), nogil=True, cache=True, error_model="numpy")
def products(a, b, bias, out):
    """out[i] = a[i] b[i] + bias: (batch, m, depth), (batch, depth, n) -> (batch, m, n), whose rows are contiguous."""
    for i in range(len(out)):
        multiply(a[i], b[i], bias, out[i], False)


@numba.njit(
    types.void(matrix, types.Array(types.float32, 2, "C", readonly=True), row, types.float32[:, :, ::1]),
    nogil=True,
    cache=True,
    error_model="numpy",
)
def columns_times_rows(a, b, bias, out):
    """out[i, j, k] = a[i, j] b[i, k] + bias[k]; the bias has as many elements as b[i], or none."""
    for i in range(len(out)):
        numbers = b[i]
        for j in range(out.shape[1]):
            factor, result = a[i, j], out[i, j]
            for k in range(result.size):
                result[k] = factor * numbers[k]
            if bias.size:
                for k in range(result.size):
                    result[k] += bias[k]


@numba.njit(types.void(matrix, types.float32[:, :, ::1]), nogil=True, cache=True, error_model="numpy")
def pack(b, panels):
    """b (depth, n) -> panels (n/WIDTH, depth, WIDTH), for many products with the same b."""
    for p in range(panels.shape[0]):
        pack_panel(b[:, left_of(p, b.shape[1]) : left_of(p + 1, b.shape[1])], panels[p])


@numba.njit(
    types.void(matrix, types.float32[:, :, ::1], types.float32[:, :], types.boolean),
    nogil=True,
    cache=True,
    error_model="numpy",
)
def product_with_packed(a, panels, out, add):
    """out (m, n) = a b, or out += a b where add is true, for b that has been packed."""
    (m, depth), n, none = a.shape, out.shape[1], np.empty(0, np.float32)
    rows = np.empty((strips(min(m, HEIGHT)), min(depth, DEPTH), WIDTH), np.float32)
    for start in range(0, max(depth, 1), DEPTH):  # once where there is nothing to sum up: it is 0
        stop = min(start + DEPTH, depth)
        for top in range(0, m, HEIGHT):
            block = a[top : top + HEIGHT, start:stop]
            packed = rows[:, : stop - start]
            pack_rows(block, packed)
            for p in range(panels.shape[0]):
                left, right = left_of(p, n), min(left_of(p + 1, n), n)
                strip(packed, panels[p, start:stop], none, out[top : top + HEIGHT], left, right, start == 0 and not add)
