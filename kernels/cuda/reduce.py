"""Reductions: one result from all elements along some dims.

A block makes one result: each of its threads goes over every THREADS-th element of the *row* (the elements that are
reduced to one), and a tree in shared memory combines what the threads have (block.py). Where there are few long rows,
several blocks share a row, and their results are reduced in turn. Nothing depends on timing: a run repeats to the bit.
https://developer.download.nvidia.com/assets/cuda/files/reduction.pdf
"""

import math
import operator

import numpy as np

from kernels.cuda.array import cast, empty, in_float32
from kernels.cuda.block import block_reduction, larger, smaller
from kernels.cuda.device import MOST_BLOCKS, THREADS, cuda, device_function
from kernels.cuda.launch import launch, rows
from kernels.cuda.shape import reshape, view
from kernels.cuda.strides import place, steps_along

LONG = 16 * THREADS  # elements that keep a block busy: longer rows are shared where there are fewer rows than blocks


def rows_of(x, dims, keepdim):
    """x as rows of elements along dims: (shape of the results, their number, size of a row, where the rows begin, where
    the elements of a row lie behind its beginning). The latter two are pairs (shape, steps) for `place`."""
    kept = [d for d in range(x.ndim) if d not in dims]
    shape = tuple([1 if d in dims else n for d, n in enumerate(x.shape) if keepdim or d not in dims])
    n = math.prod([x.shape[d] for d in dims])
    return shape, math.prod(shape), n, steps_along(x, kept, x.offset), steps_along(x, sorted(dims), 0)


def reduction(combine, identity):
    """The function (x, dims, keepdim) that reduces by `combine`. identity(dtype) is the value that changes nothing."""
    block_combine = block_reduction(combine)
    combine = device_function(combine)

    @cuda.jit
    def reduce_rows(out, a, start_shape, start_steps, row_shape, row_steps, n, parts, identity):
        """out[r * parts + p] = part p of row r, combined. Grid: 1-d; one block a part; shared memory: a value a thread.

        a is in global memory; starts and rows are described above (rows_of)."""
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
        shape, count, n, starts, row = rows_of(x, dims, keepdim)
        parts = rows(-(-n // LONG)) if n > LONG and count < MOST_BLOCKS else 1
        out = empty((count, parts), x.dtype)
        launch(reduce_rows, rows(out.size), out, x, *starts, *row, n, parts, identity(x.dtype))
        return view(out if parts == 1 else reduce(out, (1,), False), shape)

    return reduce


def lowest(dtype):
    """The least value of a dtype."""
    if dtype.kind == "f":
        return dtype.type(-np.inf)
    return dtype.type(False if dtype.kind == "b" else np.iinfo(dtype).min)


def highest(dtype):
    """The greatest value of a dtype."""
    if dtype.kind == "f":
        return dtype.type(np.inf)
    return dtype.type(True if dtype.kind == "b" else np.iinfo(dtype).max)


sum = reduction(operator.add, lambda dtype: dtype.type(0))
prod = reduction(operator.mul, lambda dtype: dtype.type(1))
largest = reduction(larger, lowest)
smallest = reduction(smaller, highest)


def refuse_empty(x, dims):
    """NumPy's ValueError where an extreme of no elements is asked for."""
    if 0 in [x.shape[d] for d in dims]:
        raise ValueError("zero-size array to reduction operation which has no identity")


def amax(x, dims, keepdim):
    """The largest element; NaN if there is one."""
    refuse_empty(x, dims)
    return largest(x, dims, keepdim)


def amin(x, dims, keepdim):
    """The smallest element; NaN if there is one."""
    refuse_empty(x, dims)
    return smallest(x, dims, keepdim)


def any(x, dims, keepdim):
    """Whether any element is not 0: the largest truth value."""
    return largest(cast(x, np.bool_), dims, keepdim)


def all(x, dims, keepdim):
    """Whether no element is 0: the smallest truth value."""
    return smallest(cast(x, np.bool_), dims, keepdim)


# -- which one is extreme ----------------------------------------------------------------------------------------------


def search(is_better):
    """The function (x, dim, keepdim) -> (values, indices) of the element along dim that is better than all others; of
    equals the first. The first NaN is better than any number."""
    is_better = device_function(is_better)

    @device_function
    def comes_before(b, j, a, i):
        """Whether b, the element at j, is to be chosen rather than a, the one at i."""
        if a == b or (a != a and b != b):
            return j < i
        return is_better(b, a) or b != b

    @cuda.jit
    def search_rows(values, indices, a, start_shape, start_steps, stride, n):
        """The chosen one of each row of n. Grid: 1-d; one block a row; shared memory: a value and an index a thread."""
        shared_value = cuda.shared.array(THREADS, values.dtype)
        shared_index = cuda.shared.array(THREADS, indices.dtype)
        me = cuda.threadIdx.x
        for r in range(cuda.blockIdx.x, values.size, cuda.gridDim.x):
            start = place(r, start_shape, start_steps)
            value, index = a[start], 0
            for j in range(me, n, THREADS):
                candidate = a[start + j * stride]
                if comes_before(candidate, j, value, index):
                    value, index = candidate, j
            shared_value[me], shared_index[me] = value, index
            cuda.syncthreads()
            active = THREADS // 2
            while active > 0:
                if me < active:
                    other = me + active
                    if comes_before(shared_value[other], shared_index[other], shared_value[me], shared_index[me]):
                        shared_value[me], shared_index[me] = shared_value[other], shared_index[other]
                cuda.syncthreads()
                active //= 2
            if me == 0:
                values[r], indices[r] = shared_value[0], shared_index[0]
            cuda.syncthreads()  # nobody writes the next row's values before these are read

    @in_float32
    def find(x, dim, keepdim):
        if x.ndim == 0:
            values, indices = find(reshape(x, (1,)), 0, False)
            return view(values, ()), view(indices, ())
        refuse_empty(x, (dim,))
        shape, _, n, starts, _ = rows_of(x, (dim,), keepdim)
        values, indices = empty(shape, x.dtype), empty(shape, np.int64)
        stride = x.strides[dim] // x.itemsize
        launch(search_rows, rows(values.size), values, indices, x, *starts, stride, n)
        return values, indices

    return find


max = search(operator.gt)
min = search(operator.lt)


def argmax(x, dim, keepdim):
    """The index along dim of the largest element; of equals the first, and the first NaN if there is one."""
    return max(x, dim, keepdim)[1]


def argmin(x, dim, keepdim):
    """The index along dim of the smallest element; of equals the first, and the first NaN if there is one."""
    return min(x, dim, keepdim)[1]
