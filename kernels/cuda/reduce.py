"""Reductions: one result from all elements along some dims.

A block makes one result: each of its threads goes over every THREADS-th element of the *row* (the elements that are
reduced to one), and a tree in shared memory combines what the threads have (block.py). Where there are few long rows,
several blocks share a row, and their results are reduced in turn. Nothing depends on timing, so a run repeats to the bit.
https://developer.download.nvidia.com/assets/cuda/files/reduction.pdf
"""

import math
import operator

import numpy as np

from kernels.cuda.array import cast, empty, in_float32
from kernels.cuda.block import block_reduction, larger, smaller
from kernels.cuda.device import MOST_BLOCKS, THREADS, cuda, device_function, launch, rows
from kernels.cuda.shape import view
from kernels.cuda.strides import place, steps_along

LONG = 16 * THREADS  # elements that keep a block busy; longer rows are shared, where there are too few rows for all blocks


def rows_of(x, dims, keepdim):
    """x as rows of elements along dims: (shape of the results, their number, size of a row, where rows begin, where the
    elements of a row lie behind its beginning); the latter two are pairs (shape, steps) for `place`."""
    kept = [d for d in range(x.ndim) if d not in dims]
    shape = tuple([1 if d in dims else n for d, n in enumerate(x.shape) if keepdim or d not in dims])
    n = math.prod([x.shape[d] for d in dims])
    return shape, math.prod(shape), n, steps_along(x, kept, x.offset), steps_along(x, sorted(dims), 0)


def reduction(combine, identity):
    """The function that reduces by `combine`. identity(dtype) is the value that changes nothing (None: there is none)."""
    block_combine = block_reduction(combine)
    combine = device_function(combine)

    @cuda.jit
    def reduce_rows(out, a, start_shape, start_steps, row_shape, row_steps, n, parts, identity):
        """out[r * parts + p] = part p of row r of a, combined. Grid: 1-d; one block a part. Shared memory: a value per
        thread."""
        shared = cuda.shared.array(THREADS, out.dtype)
        for r in range(cuda.blockIdx.x, out.size, cuda.gridDim.x):
            start = place(r // parts, start_shape, start_steps)
            total = identity
            for j in range(r % parts * THREADS + cuda.threadIdx.x, n, parts * THREADS):
                total = combine(total, a[start + place(j, row_shape, row_steps)])
            total = block_combine(total, shared)
            if cuda.threadIdx.x == 0:
                out[r] = total

    @in_float32
    def reduce(x, dims, keepdim):
        shape, count, n, (start_shape, start_steps), (row_shape, row_steps) = rows_of(x, dims, keepdim)
        if n == 0 and count and identity is lowest or identity is highest and n == 0 and count:
            raise ValueError("zero-size array to reduction operation which has no identity")
        parts = rows(-(-n // LONG)) if n > LONG and count < MOST_BLOCKS else 1
        out = empty((count, parts), x.dtype)
        launch(
            reduce_rows, rows(out.size), out.cells, x.cells, start_shape, start_steps, row_shape, row_steps, n, parts,
            identity(x.dtype),
        )  # fmt: skip
        return view(out, shape) if parts == 1 else view(reduce(out, (1,), False), shape)

    return reduce
