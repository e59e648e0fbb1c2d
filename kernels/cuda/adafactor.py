"""Steps of Adafactor, in place, by the kernels of elements and of sums, one after the other."""

from kernels.cuda.array import copy_into, full
from kernels.cuda.elementwise import add, div, fmax, maximum, mul, sqrt, sub
from kernels.cuda.reduce import sum


def adafactor(steps):
    """Take steps (arrays, settings) of float32 or float64.

    arrays: p and g (..., n, m), row (..., n, 1), column (..., 1, m); or where p has one dim or none, p, g and variance.
    settings: b, the part of what is new in the averages; rho, the length of the step where p has a root mean square of
    1; shrink, the decay of p; sign, -1 to maximize; eps1, eps2, d.
    """
    for arrays, settings in steps:
        step(*arrays, settings=settings)


def step(p, g, *averages, settings):
    """The step of one parameter; see minitorch/optim/adafactor.py."""
    b, rho, shrink, sign, eps1, eps2, d, one = (full((), number, p.dtype) for number in (*settings, 1))
    square = mul(g, g)
    if len(averages) == 1:
        (v,) = averages
        copy_into(v, add(v, mul(b, sub(square, v))))
    else:
        for average, dim in zip(averages, (p.ndim - 1, p.ndim - 2), strict=True):
            copy_into(average, add(average, mul(b, sub(mean(square, (dim,)), average))))
        row, column = averages
        v = div(mul(row, column), maximum(mean(row, (p.ndim - 2,)), eps1))
    u = div(g, maximum(sqrt(v), eps1))
    rate = div(mul(mul(sign, rho), fmax(eps2, rms(p))), fmax(one, div(rms(u), d)))
    copy_into(p, sub(mul(shrink, p), mul(rate, u)))


def mean(x, dims):
    """The mean along dims, which are kept."""
    total = sum(x, dims, True)
    return div(total, full((), x.size // total.size, x.dtype))


def rms(x):
    """The root of the mean square, of no dims but those of length 1."""
    return sqrt(mean(mul(x, x), tuple(range(x.ndim))))
