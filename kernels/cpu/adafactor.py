"""Steps of Adafactor, in place: three passes over a parameter, which lies in the second cache meanwhile.

The rule in plain operations is `update` in minitorch/optim/adafactor.py, which goes over memory a dozen times.
"""

import numpy as np

from kernels.cpu.optim import any_twice, one_thread_each

NANOSECONDS = 0.5  # for a number of the parameter, on one thread


def adafactor(steps):
    """Take steps (arrays, settings) of float32 or float64. Each is made by one thread.

    arrays: p and g (..., n, m), row (..., n, 1), column (..., 1, m); or where p has one dim or none, p, g and variance.
    settings: b, rho, shrink, sign, eps1, eps2 and d, which adafactor_jit.py explains.
    """
    from kernels.cpu.adafactor_jit import step

    parts = []
    for (p, g, *averages), settings in steps:
        n, m = p.shape[-2:] if p.ndim > 1 else (1, p.size)
        row, column = averages if p.ndim > 1 else (np.empty((1, 0), p.dtype), *averages)
        shapes = (-1, n, m), (-1, n, m), (p.size // (n * m), -1), (-1, m)  # (..., n, m) -> (batch, n, m)
        flat = [a.reshape(shape) for a, shape in zip((p, g, row, column), shapes, strict=True)]
        parts.append((*flat, tuple(map(p.dtype.type, settings))))
    together = any_twice([p for p, *_ in parts])
    one_thread_each(step, parts, [0 if together else p.size * NANOSECONDS for p, *_ in parts])
    for ((p, _, *averages), _), (*flat, _) in zip(steps, parts, strict=True):
        for array, result in zip((p, *averages), (flat[0], *flat[-len(averages) :]), strict=True):
            if not array.flags.c_contiguous:  # the result is a copy
                array[...] = result.reshape(array.shape)
