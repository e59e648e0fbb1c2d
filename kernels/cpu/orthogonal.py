"""Muon's directions: matrices made orthogonal, roughly, by Newton and Schulz's iteration in bfloat16.

For x of n rows and m >= n columns, scaled to have a Frobenius norm of 1, repeat with A = x x^T

    x = a x + (b A + c A^2) x

and round every product to bfloat16. The definition is `orthogonal` in minitorch/optim/muon.py.
"""

import numpy as np

from kernels.cpu.optim import one_thread_each

RATE = 200  # multiplications with additions in a nanosecond, by one core that multiplies bfloat16 numbers


def orthogonal(matrices):
    """The results for matrices of float32 or float64, each given with its settings: (x, (a, b, c), steps, eps). The
    norm counts as eps at least. Each is worked on by one thread, for most models have many."""
    from kernels.cpu.orthogonal_jit import orthogonalize

    parts, nanoseconds = [], []
    for x, coefficients, steps, eps in matrices:
        wide = np.ascontiguousarray(x if x.shape[0] <= x.shape[1] else x.T, np.float32)
        parts.append((wide, np.empty_like(wide), *map(np.float32, coefficients), steps, np.float32(eps)))
        nanoseconds.append(2 * max(steps, 0) * x.size * min(x.shape) / RATE)
    one_thread_each(orthogonalize, parts, nanoseconds)
    results = [out if out.shape == x.shape else out.T for (_, out, *_), (x, *_) in zip(parts, matrices, strict=True)]
    return [out.astype(x.dtype, copy=False) for out, (x, *_) in zip(results, matrices, strict=True)]
