"""Softmax and its logarithm along one dim.

    softmax(x)_i = e^(x_i - m) / sum_j e^(x_j - m)        log_softmax(x)_i = x_i - m - log sum_j e^(x_j - m)

m, the largest x_j, changes nothing in exact arithmetic, and keeps e^x from overflowing.
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
"""

from kernels.cuda.array import empty, in_float32
from kernels.cuda.block import block_max, block_sum, larger
from kernels.cuda.device import THREADS, cuda, device_function, math
from kernels.cuda.launch import launch, rows
from kernels.cuda.reduce import rows_of
from kernels.cuda.shape import permute, reshape
from kernels.cuda.strides import place


@device_function
def row_max(a, start, stride, n, shared):
    """m: the largest of the n elements from `start` on."""
    m = a[start]
    for j in range(cuda.threadIdx.x, n, THREADS):
        m = larger(m, a[start + j * stride])
    return block_max(m, shared)


@device_function
def row_sum(a, start, stride, n, m, shared):
    """The sum of e^(x - m) over the row."""
    total = a.dtype.type(0)
    for j in range(cuda.threadIdx.x, n, THREADS):
        total += math.exp(a[start + j * stride] - m)
    return block_sum(total, shared)


@cuda.jit
def softmax_rows(out, a, start_shape, start_steps, stride, n):
    """Row by row, out (rows, n). Grid: 1-d; one block a row, read three times from global memory (the cache, mostly).
    Shared memory: one value a thread."""
    shared = cuda.shared.array(THREADS, out.dtype)
    for r in range(cuda.blockIdx.x, out.size // n, cuda.gridDim.x):
        start = place(r, start_shape, start_steps)
        m = row_max(a, start, stride, n, shared)
        total = row_sum(a, start, stride, n, m, shared)
        for j in range(cuda.threadIdx.x, n, THREADS):
            out[r * n + j] = math.exp(a[start + j * stride] - m) / total


@cuda.jit
def log_softmax_rows(out, a, start_shape, start_steps, stride, n):
    """Row by row, out (rows, n). Grid, block and memory as softmax_rows."""
    shared = cuda.shared.array(THREADS, out.dtype)
    for r in range(cuda.blockIdx.x, out.size // n, cuda.gridDim.x):
        start = place(r, start_shape, start_steps)
        m = row_max(a, start, stride, n, shared)
        log_total = math.log(row_sum(a, start, stride, n, m, shared))
        for j in range(cuda.threadIdx.x, n, THREADS):
            out[r * n + j] = a[start + j * stride] - m - log_total


@in_float32
def along(x, dim, kernel):
    """Run a kernel on the rows of x along dim. Results come out row by row, so dim is the last one in memory."""
    if x.ndim == 0:
        return reshape(along(reshape(x, (1,)), 0, kernel), ())
    _, count, n, starts, _ = rows_of(x, (dim,), False)
    last = [*[d for d in range(x.ndim) if d != dim], dim]  # (..., n, ...) -> (..., n)
    out = empty([x.shape[d] for d in last], x.dtype)
    launch(kernel, rows(count if n else 0), out, x, *starts, x.strides[dim] // x.itemsize, n)
    return permute(out, sorted(range(x.ndim), key=last.__getitem__))


def softmax(x, dim):
    """e^x, divided by its sum along dim."""
    return along(x, dim, softmax_rows)


def log_softmax(x, dim):
    """The logarithm of softmax, also where softmax itself would round to 0."""
    return along(x, dim, log_softmax_rows)
