"""Softmax and its logarithm along one dim.

    softmax(x)_i = e^(x_i - m) / sum_j e^(x_j - m)        log_softmax(x)_i = x_i - m - log sum_j e^(x_j - m)

m, the largest x_j, changes nothing in exact arithmetic, and keeps e^x from overflowing.
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
"""

from kernels.cuda.array import empty, in_float32, packed
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


@cuda.jit
def softmax_backward_rows(out, g, y, g_shape, g_steps, y_shape, y_steps, g_stride, y_stride, n):
    """y (g - sum of g y), row by row, out (rows, n). Grid, block and memory as softmax_rows."""
    shared = cuda.shared.array(THREADS, out.dtype)
    for r in range(cuda.blockIdx.x, out.size // n, cuda.gridDim.x):
        g_start, y_start = place(r, g_shape, g_steps), place(r, y_shape, y_steps)
        part = out.dtype.type(0)
        for j in range(cuda.threadIdx.x, n, THREADS):
            part += g[g_start + j * g_stride] * y[y_start + j * y_stride]
        total = block_sum(part, shared)
        for j in range(cuda.threadIdx.x, n, THREADS):
            out[r * n + j] = y[y_start + j * y_stride] * (g[g_start + j * g_stride] - total)


@cuda.jit
def log_softmax_backward_rows(out, g, y, g_shape, g_steps, y_shape, y_steps, g_stride, y_stride, n):
    """g - e^y (sum of g), row by row, out (rows, n). Grid, block and memory as softmax_rows."""
    shared = cuda.shared.array(THREADS, out.dtype)
    for r in range(cuda.blockIdx.x, out.size // n, cuda.gridDim.x):
        g_start, y_start = place(r, g_shape, g_steps), place(r, y_shape, y_steps)
        part = out.dtype.type(0)
        for j in range(cuda.threadIdx.x, n, THREADS):
            part += g[g_start + j * g_stride]
        total = block_sum(part, shared)
        for j in range(cuda.threadIdx.x, n, THREADS):
            out[r * n + j] = g[g_start + j * g_stride] - math.exp(y[y_start + j * y_stride]) * total


@in_float32
def along(kernel, dim, *inputs):
    """Run a kernel on the rows of arrays along dim. Results come out row by row, so dim is the last one in memory."""
    x = inputs[0]
    if x.ndim == 0:
        return reshape(along(kernel, 0, *[reshape(a, (1,)) for a in inputs]), ())
    _, count, n, _, _ = rows_of(x, (dim,), False)
    starts = [part for a in inputs for part in rows_of(a, (dim,), False)[3]]
    last = [*[d for d in range(x.ndim) if d != dim], dim]  # (..., n, ...) -> (..., n)
    out = empty([x.shape[d] for d in last], x.dtype)
    launch(kernel, rows(count if n else 0), out, *inputs, *starts, *[a.strides[dim] // a.itemsize for a in inputs], n)
    return permute(out, sorted(range(x.ndim), key=last.__getitem__))


def softmax(x, dim):
    """e^x, divided by its sum along dim."""
    return along(softmax_rows, dim, x)


def log_softmax(x, dim):
    """The logarithm of softmax, also where softmax itself would round to 0."""
    return along(log_softmax_rows, dim, x)


def softmax_backward(g, y, dim):
    """The gradient of softmax for its input, from its result y."""
    return along(softmax_backward_rows, dim, g, y)


def log_softmax_backward(g, y, dim):
    """The gradient of log_softmax for its input, from its result y."""
    return along(log_softmax_backward_rows, dim, g, y)


@cuda.jit
def nll_of_softmax_backward_rows(out, share, y, classes):
    """share (e^y - 1 at the class), row by row. Grid: 1-d; one block a row; global memory only; all contiguous."""
    n = out.size // share.size
    for r in range(cuda.blockIdx.x, share.size, cuda.gridDim.x):
        for j in range(cuda.threadIdx.x, n, THREADS):
            at = r * n + j
            value = math.exp(y[at]) * share[r]
            out[at] = value - share[r] if j == classes[r] else value


@in_float32
def nll_of_softmax_backward(share, y, classes):
    """The gradient for x of the sum of -share y[class], y = log_softmax(x): share (e^y - 1 at the class). y (N, C)."""
    out = empty(y.shape, y.dtype)
    launch(
        nll_of_softmax_backward_rows, rows(share.size if y.size else 0), out, packed(share), packed(y), packed(classes)
    )
    return out
