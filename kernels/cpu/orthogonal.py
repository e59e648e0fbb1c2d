"""Muon's directions: matrices made orthogonal, roughly, by Newton and Schulz's iteration in bfloat16.

For x of n rows and m >= n columns, scaled to have a Frobenius norm of 1, repeat with A = x x^T

    x = a x + (b A + c A^2) x

and round every product to bfloat16. The definition is `orthogonal` in minitorch/optim/muon.py.
"""

import numpy as np

from kernels.cpu.threads import spread

RATE = 200  # multiplications with additions in a nanosecond, by one core that multiplies bfloat16 numbers


def orthogonal(matrices):
    """The results for matrices of float32 or float64, each given with its settings: (x, (a, b, c), steps, eps). The
    norm counts as eps at least. Each is worked on by one thread, for most models have many."""
    from kernels.cpu.orthogonal_jit import orthogonalize

    work, total = [], 0  # total: multiplications for all
    for x, coefficients, steps, eps in matrices:
        wide = np.ascontiguousarray(x if x.shape[0] <= x.shape[1] else x.T, np.float32)
        settings = [*map(np.float32, coefficients), steps, np.float32(eps)]
        count = 2 * max(steps, 0) * x.size * min(x.shape)
        work.append((total + count // 2, wide, np.empty_like(wide), settings, x))
        total += count

    def run(start, stop):
        for middle, wide, out, settings, _ in work:
            if start <= middle < stop:
                orthogonalize(wide, out, *settings)

    spread(run, total + 1, total / RATE)
    return [(out if out.shape == x.shape else out.T).astype(x.dtype, copy=False) for _, _, out, _, x in work]
