"""What L-BFGS does with vectors as long as all parameters together, by the kernels of elements and of sums."""

from kernels.cuda.array import copy_into, full
from kernels.cuda.elementwise import abs, add, mul
from kernels.cuda.reduce import amax, sum


def dot(x, y):
    """The sum of x y, for two vectors of one dtype."""
    return sum(mul(x, y), (0,), False)


def add_and_dot(x, y, alpha, scale, z):
    """x = scale (x + alpha y), in place; then the sum of x z. Vectors of one dtype."""
    alpha, scale = full((), alpha, x.dtype), full((), scale, x.dtype)
    copy_into(x, mul(scale, add(x, mul(alpha, y))))
    return dot(x, z)


def largest(x):
    """The largest magnitude in a vector; NaN wins."""
    return amax(abs(x), (0,), False)
