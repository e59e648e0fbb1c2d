"""One pass over long vectors, each, in parts: results[part] is what comes of it. All visit parts first to last - 1."""

import numpy as np

from kernels.cpu.math_jit import compiled
from kernels.cpu.reduce_jit import sums


@sums
def dot(x, y):
    """The sum of x y, in the dtype of x."""
    total = x.dtype.type(0)
    for i in range(x.size):
        total += x[i] * y[i]
    return total


@compiled
def dots(first, last, size, x, y, results):
    """Sums of x y."""
    for part in range(first, last):
        start, stop = part * size, part * size + size
        results[part] = dot(x[start:stop], y[start:stop])


@compiled
def add_and_dots(first, last, size, x, y, z, alpha, scale, results):
    """x = scale (x + alpha y), and sums of x z, which is read while x is still in the first cache."""
    for part in range(first, last):
        start, stop = part * size, part * size + size
        here, other = x[start:stop], y[start:stop]
        for i in range(here.size):
            here[i] = scale * (here[i] + alpha * other[i])
        results[part] = dot(here, z[start:stop])


@sums
def largest(bits):
    """The largest magnitude."""
    integer = bits.dtype.type  # said each time, for what Numba computes from int32 is int64
    magnitude, found = integer(np.iinfo(bits.dtype).max), integer(0)  # magnitude: all bits but the sign
    for i in range(bits.size):
        here = integer(bits[i] & magnitude)
        found = here if here > found else found
    return found


@compiled
def largest_bits(first, last, size, bits, results):
    """Largest magnitudes of floating-point numbers, as bits: those of NaN are beyond those of infinity."""
    for part in range(first, last):
        results[part] = largest(bits[part * size : part * size + size])
