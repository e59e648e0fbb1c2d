"""Matrix products (..., n, k) (..., k, m) -> (..., n, m), in three steps from simple to fast, and by cuBLAS.

    naive       the definition: a thread an element, which reads all it needs from global memory
    tiled       a block of TILE x TILE threads makes that many elements, and reads what they need through shared memory:
                each number is fetched from global memory once for TILE uses
    blocked     and each thread makes PER x PER of the elements, in registers: each number is fetched from shared memory
                once for PER uses, which is now what the time goes to
    cublas.py   NVIDIA's library, where it is installed

The sum over k runs in the same order in our three. S. Boehm measured such steps, against cuBLAS: 1, 13 and 69 percent.
https://siboehm.com/articles/22/CUDA-MMM https://docs.nvidia.com/cuda/cuda-c-programming-guide/#shared-memory
"""

import math

import numpy as np

from kernels.cuda import cublas
from kernels.cuda.array import empty, full, in_float32
from kernels.cuda.device import SIMULATED, cuda
from kernels.cuda.elementwise import add
from kernels.cuda.launch import elements, launch, rows
from kernels.cuda.shape import getitem, permute
from kernels.cuda.strides import common_steps, place

TILE = 2 if SIMULATED else 16
PER = 2 if SIMULATED else 4
SIDE = TILE * PER  # of the result's tile that a block makes in `blocked`
APART = SIDE + 1  # between the rows in shared memory: so that the threads that write a column use different banks

USE_CUBLAS = cublas.is_installed()  # the switch: False has our own kernels make all products


@cuda.jit
def multiply_naive(out, a, a_steps, b, b_steps, batch, sizes):
    """out[z, i, j] = sum over k of a[z, i, k] b[z, k, j]. Grid: 1-d; one thread an element; global memory only.

    sizes = (n, m, depth: the length of these sums, strides of a's rows and columns, and of b's)
    """
    n, m, depth, a_row, a_column, b_row, b_column = sizes
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        z = i // (n * m)
        a_start = place(z, batch, a_steps) + i // m % n * a_row
        b_start = place(z, batch, b_steps) + i % m * b_column
        total = out.dtype.type(0)
        for k in range(depth):
            total += a[a_start + k * a_column] * b[b_start + k * b_row]
        out[i] = total


@cuda.jit
def multiply_tiles(out, a, a_steps, b, b_steps, batch, sizes):
    """The same. Grid: 3-d (columns, rows, batch); a block is TILE x TILE threads, which make one tile of the result.

    Shared memory: a tile of a and one of b. The tiles move along k; what lies beyond the edge of a matrix counts as 0.
    """
    n, m, depth, a_row, a_column, b_row, b_column = sizes
    tile_a = cuda.shared.array((TILE, TILE), out.dtype)
    tile_b = cuda.shared.array((TILE, TILE), out.dtype)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    zero = out.dtype.type(0)
    for z in range(cuda.blockIdx.z, out.size // (n * m), cuda.gridDim.z):
        a_start = place(z, batch, a_steps)
        b_start = place(z, batch, b_steps)
        for top in range(cuda.blockIdx.y * TILE, n, cuda.gridDim.y * TILE):
            for left in range(cuda.blockIdx.x * TILE, m, cuda.gridDim.x * TILE):
                i, j = top + y, left + x
                total = zero
                for start in range(0, depth, TILE):
                    inside_a = i < n and start + x < depth
                    inside_b = start + y < depth and j < m
                    tile_a[y, x] = a[a_start + i * a_row + (start + x) * a_column] if inside_a else zero
                    tile_b[y, x] = b[b_start + (start + y) * b_row + j * b_column] if inside_b else zero
                    cuda.syncthreads()
                    for k in range(TILE):
                        total += tile_a[y, k] * tile_b[k, x]
                    cuda.syncthreads()
                if i < n and j < m:
                    out[(z * n + i) * m + j] = total


@cuda.jit
def multiply_blocks(out, a, a_steps, b, b_steps, batch, sizes):
    """The same. Grid: 3-d (columns, rows, batch); a block is TILE x TILE threads, which make SIDE x SIDE elements.

    Shared memory: SIDE rows of a, as columns, and SIDE columns of b, TILE numbers of each. Registers: a thread's sums,
    and the numbers of a and b that they now take in. Its elements are TILE apart, so that neighbouring threads read and
    write neighbouring cells."""
    n, m, depth, a_row, a_column, b_row, b_column = sizes
    tile_a = cuda.shared.array((TILE, APART), out.dtype)
    tile_b = cuda.shared.array((TILE, SIDE), out.dtype)
    sums = cuda.local.array((PER, PER), out.dtype)
    from_a = cuda.local.array(PER, out.dtype)
    from_b = cuda.local.array(PER, out.dtype)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    zero = out.dtype.type(0)
    for z in range(cuda.blockIdx.z, out.size // (n * m), cuda.gridDim.z):
        a_start = place(z, batch, a_steps)
        b_start = place(z, batch, b_steps)
        for top in range(cuda.blockIdx.y * SIDE, n, cuda.gridDim.y * SIDE):
            for left in range(cuda.blockIdx.x * SIDE, m, cuda.gridDim.x * SIDE):
                for r in range(PER):
                    for c in range(PER):
                        sums[r, c] = zero
                for start in range(0, depth, TILE):
                    for r in range(PER):
                        i, j = top + y + r * TILE, left + x + r * TILE
                        inside_a = i < n and start + x < depth
                        inside_b = start + y < depth and j < m
                        tile_a[x, y + r * TILE] = a[a_start + i * a_row + (start + x) * a_column] if inside_a else zero
                        tile_b[y, x + r * TILE] = b[b_start + (start + y) * b_row + j * b_column] if inside_b else zero
                    cuda.syncthreads()
                    for k in range(TILE):
                        for r in range(PER):
                            from_a[r] = tile_a[k, y + r * TILE]
                            from_b[r] = tile_b[k, x + r * TILE]
                        for r in range(PER):
                            for c in range(PER):
                                sums[r, c] += from_a[r] * from_b[c]
                    cuda.syncthreads()
                for r in range(PER):
                    for c in range(PER):
                        i, j = top + y + r * TILE, left + x + c * TILE
                        if i < n and j < m:
                            out[(z * n + i) * m + j] = sums[r, c]


def product(a, b, launch_kernel):
    """Check and broadcast the shapes, and have the result filled by launch_kernel(out, the kernels' arguments)."""
    (n, k), (inner, m) = a.shape[-2:], b.shape[-2:]
    if inner != k:
        raise ValueError(f"matmul: shapes {a.shape} and {b.shape} cannot be multiplied: {k} != {inner}")
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if 0 in (n, m, k, *batch):
        return full((*batch, n, m), 0, a.dtype)
    out = empty((*batch, n, m), a.dtype)
    corner = (..., 0, 0)  # the first element of every matrix
    batch, a_steps, b_steps = common_steps(batch, getitem(a, corner), getitem(b, corner))
    strides = [s // x.itemsize for x in (a, b) for s in x.strides[-2:]]
    launch_kernel(out, out, a, a_steps, b, b_steps, batch, (n, m, k, *strides))
    return out


@in_float32
def naive(a, b):
    """The product, as its definition says."""
    return product(a, b, lambda out, *arguments: launch(multiply_naive, elements(out.size), *arguments))


def launcher(kernel, side):
    """What launches a kernel whose blocks make side x side elements."""

    def launch_kernel(out, *arguments):
        *batch, n, m = out.shape
        blocks = rows(-(-m // side)), rows(-(-n // side)), rows(math.prod(batch))
        launch(kernel, blocks, *arguments, threads=(TILE, TILE))

    return launch_kernel


@in_float32
def tiled(a, b):
    """The product, tile by tile."""
    return product(a, b, launcher(multiply_tiles, TILE))


@in_float32
def blocked(a, b):
    """The product, in tiles and registers."""
    return product(a, b, launcher(multiply_blocks, SIDE))


@in_float32
def matmul(a, b):
    """The product, by cuBLAS if it is there, else in registers where the matrices fill a block of threads with them."""

    def launch_fastest(out, *arguments):
        if not (USE_CUBLAS and out.dtype.kind == "f" and cublas.multiply(out, *arguments)):
            kernel, side = (multiply_blocks, SIDE) if min(out.shape[-2:]) >= SIDE else (multiply_tiles, TILE)
            launcher(kernel, side)(out, *arguments)

    return product(a, b, launch_fastest)


def affine(x, weight, bias):
    """x W^T + b: (rows, in) (out, in) (out) -> (rows, out)."""
    return add(matmul(x, permute(weight, (1, 0))), bias)
