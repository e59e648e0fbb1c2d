"""What L-BFGS does with vectors as long as all parameters together, which come from memory each time: as much as can be
done at once, on all cores. Of float32 and float64. Sums are made of parts, so their bits do not depend on the threads.
"""

import numpy as np

from kernels.cpu.threads import spread

SHORT = 8192  # numbers: up to here NumPy takes no longer, and needs no Numba
PART = 4096  # numbers of a part
NANOSECONDS = 0.1  # for a number of a vector, on one thread


def over_parts(loop, dtype, n, vectors, *arguments):
    """The results (parts) of loop(first, last, part, *vectors, ..., results), which visits the parts of n numbers."""
    results = np.empty(-(-n // PART), dtype)
    spread(lambda i, j: loop(i, j, PART, *vectors, *arguments, results), len(results), n * len(vectors) * NANOSECONDS)
    return results


def dot(x, y):
    """The sum of x y, for two vectors of one dtype."""
    if x.size <= SHORT:
        return np.asarray(np.dot(x, y))
    from kernels.cpu.lbfgs_jit import dots

    return np.asarray(over_parts(dots, np.float64, x.size, (x, y)).sum().astype(x.dtype))


def add_and_dot(x, y, alpha, scale, z):
    """x = scale (x + alpha y), in place; then the sum of x z. Vectors of one dtype."""
    alpha, scale = x.dtype.type(alpha), x.dtype.type(scale)
    if x.size <= SHORT:
        x += alpha * y
        x *= scale
        return dot(x, z)
    from kernels.cpu.lbfgs_jit import add_and_dots

    return np.asarray(over_parts(add_and_dots, np.float64, x.size, (x, y, z), alpha, scale).sum().astype(x.dtype))


def largest(x):
    """The largest magnitude in a vector; NaN wins."""
    if x.size <= SHORT:
        return np.abs(x).max()
    from kernels.cpu.lbfgs_jit import largest_bits

    bits = np.int32 if x.dtype == np.float32 else np.int64
    return over_parts(largest_bits, bits, x.size, (x.view(bits),)).max().view(x.dtype)
