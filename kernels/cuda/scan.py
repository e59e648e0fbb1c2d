"""Scans along one dim: every result is made of the elements up to its own place; or from it on, with reverse.

Where the order of combining is free (sums, products), a block scans a row, THREADS elements at a time, in steps of
doubling reach (block.py). The recurrence and the extremes with their places go row by row, one thread each: as fast
where there are many rows, and no more than the loop that they mean.
https://developer.nvidia.com/gpugems/gpugems3/part-vi-gpu-computing/chapter-39-parallel-prefix-sum-scan-cuda
"""

import operator

import numpy as np

from kernels.cuda.array import empty, in_float32
from kernels.cuda.block import block_scan, larger
from kernels.cuda.device import THREADS, cuda, device_function, math
from kernels.cuda.launch import elements, launch, rows
from kernels.cuda.reduce import rows_of
from kernels.cuda.shape import permute
from kernels.cuda.strides import place


def row_by_row(x, dim):
    """An empty array for the results of rows along dim: dim is the last one in memory, (..., n, ...) -> (..., n)."""
    return empty([n for d, n in enumerate(x.shape) if d != dim] + [x.shape[dim]], x.dtype)


def in_place_of(x, dim, out):
    """Results that lie row by row, with their dims in the order of x: (..., n) -> (..., n, ...)."""
    return permute(out, [*range(dim), x.ndim - 1, *range(dim, x.ndim - 1)])


def rows_along(x, dim):
    """(where the rows of x along dim begin, as a shape and steps for `place`; cells from one element to the next)."""
    return *rows_of(x, (dim,), False)[3], x.strides[dim] // x.itemsize


# -- sums and products -------------------------------------------------------------------------------------------------


def scan(combine, identity):
    """The function (x, dim, reverse) that scans by `combine`. identity is the number that changes nothing."""
    scan_of_block = block_scan(combine)
    combine = device_function(combine)

    @cuda.jit
    def scan_rows(out, a, start_shape, start_steps, stride, n, reverse, identity):
        """Row by row, out (rows, n). Grid: 1-d; one block a row; shared memory: a value a thread.

        carry: what all elements before those that are now in the threads come to."""
        shared = cuda.shared.array(THREADS, out.dtype)
        me = cuda.threadIdx.x
        for r in range(cuda.blockIdx.x, out.size // n, cuda.gridDim.x):
            start, carry = place(r, start_shape, start_steps), identity
            for first in range(0, n, THREADS):
                j = first + me
                at = n - 1 - j if reverse else j
                value = a[start + at * stride] if j < n else identity
                value = combine(carry, scan_of_block(value, shared))
                if j < n:
                    out[r * n + at] = value
                carry = combine(carry, shared[THREADS - 1])
                cuda.syncthreads()  # nobody writes the next values before all have read this one

    @in_float32
    def along(x, dim, reverse):
        n, out = x.shape[dim], row_by_row(x, dim)
        launch(scan_rows, rows(x.size // max(n, 1)), out, x, *rows_along(x, dim), n, reverse, x.dtype.type(identity))
        return in_place_of(x, dim, out)

    return along


def log_of_sum(a, b):
    """log(e^a + e^b)."""
    m = larger(a, b)
    return m if math.isinf(m) or math.isnan(m) else m + math.log1p(math.exp(-abs(a - b)))


cumsum = scan(operator.add, 0)
cumprod = scan(operator.mul, 1)
log_scan = scan(log_of_sum, -np.inf)


def logcumsumexp(x, dim):
    """y_i = log(e^x_1 + ... + e^x_i)."""
    return log_scan(x, dim, False)


# -- one after the other -----------------------------------------------------------------------------------------------


@cuda.jit
def recur_rows(out, a, a_shape, a_steps, a_stride, b, b_shape, b_steps, b_stride, n, reverse):
    """Row by row, out (rows, n). Grid: 1-d; one thread a row; global memory only."""
    for r in range(cuda.grid(1), out.size // n, cuda.gridsize(1)):
        a_start, b_start = place(r, a_shape, a_steps), place(r, b_shape, b_steps)
        value = out.dtype.type(0)
        for i in range(n):
            at = n - 1 - i if reverse else i
            before = a[a_start + at * a_stride] * value if i else value
            value = before + b[b_start + at * b_stride]
            out[r * n + at] = value


@in_float32
def recurrence(factor, x, dim, reverse):
    """y_i = factor_i y_(i-1) + x_i; reverse: y_i = factor_i y_(i+1) + x_i."""
    n, out = x.shape[dim], row_by_row(x, dim)
    blocks = elements(x.size // max(n, 1))
    launch(recur_rows, blocks, out, factor, *rows_along(factor, dim), x, *rows_along(x, dim), n, reverse)
    return in_place_of(x, dim, out)


def extreme_scan(is_as_good):
    """The function (x, dim) -> (values, indices) of the element up to each place that is as good as all others."""
    is_as_good = device_function(is_as_good)

    @cuda.jit
    def extreme_rows(values, indices, a, start_shape, start_steps, stride, n):
        """Row by row, values and indices (rows, n). Grid: 1-d; one thread a row; global memory only."""
        for r in range(cuda.grid(1), values.size // n, cuda.gridsize(1)):
            start, index = place(r, start_shape, start_steps), 0
            value = a[start]
            for i in range(n):
                candidate = a[start + i * stride]
                if candidate != candidate or (value == value and is_as_good(candidate, value)):
                    value, index = candidate, i
                values[r * n + i], indices[r * n + i] = value, index

    @in_float32
    def along(x, dim):
        n, values = x.shape[dim], row_by_row(x, dim)
        indices = empty(values.shape, np.int64)
        launch(extreme_rows, elements(x.size // max(n, 1)), values, indices, x, *rows_along(x, dim), n)
        return in_place_of(x, dim, values), in_place_of(x, dim, indices)

    return along


cummax = extreme_scan(operator.ge)
cummin = extreme_scan(operator.le)
