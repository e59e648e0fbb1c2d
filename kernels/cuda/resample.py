"""A sparse matrix times the lines of an array along one dim: every element of the result is a sum of a few weighted
elements of the same line. Interpolation, its gradient and its averaging are such matrices."""

from kernels.cuda.array import empty, in_float32, packed
from kernels.cuda.device import cuda
from kernels.cuda.launch import elements, launch


@cuda.jit
def resample_kernel(y, x, starts, sources, weights, n, m, B):
    """y[a, j, b], as below. Grid: 1-d; one thread an element of y, which it sums up in order; global memory only."""
    for i in range(cuda.grid(1), y.size, cuda.gridsize(1)):
        a, j, b = i // (m * B), i // B % m, i % B
        total = y.dtype.type(0)
        for t in range(starts[j], starts[j + 1]):
            total += weights[t] * x[(a * n + sources[t]) * B + b]
        y[i] = total


@in_float32
def resample(x, starts, sources, weights):
    """x (A, n, B) -> y (A, m, B):  y[a, j, b] = sum over t, from starts[j] to starts[j + 1], of
    weights[t] * x[a, sources[t], b].  starts (m + 1) and sources are of int64, weights of the dtype of x."""
    A, n, B = x.shape
    y = empty((A, starts.size - 1, B), x.dtype)
    launch(
        resample_kernel, elements(y.size), y, packed(x), packed(starts), packed(sources), packed(weights), n,
        starts.size - 1, B,
    )  # fmt: skip
    return y
