"""A sparse matrix times the lines of an array along one dim: every element of the result is a sum of a few weighted
elements of the same line. Interpolation, its gradient and its averaging are such matrices."""

import numpy as np


def resample(x, starts, sources, weights):
    """x (A, n, B) -> y (A, m, B):  y[a, j, b] = sum over t, from starts[j] to starts[j + 1], of
    weights[t] * x[a, sources[t], b].  starts (m + 1) and sources are of int64, weights of the dtype of x."""
    from kernels.cpu.resample_jit import resample

    dtype = np.dtype(np.float32) if x.dtype == np.float16 else x.dtype
    y = np.zeros((x.shape[0], starts.size - 1, x.shape[2]), dtype)
    resample(np.ascontiguousarray(x, dtype), starts, sources, weights.astype(dtype), y)
    return y.astype(x.dtype, copy=False)
