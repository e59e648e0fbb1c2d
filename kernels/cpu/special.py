"""The error function, the gamma function and their kin: NumPy has none of them; kernels/scalar.py says how they go."""

from kernels.cpu.elementwise import through_float64
from kernels.cpu.loops import apply


def erf(x):
    """2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x."""
    from kernels.cpu.special_jit import erf

    return apply(erf, x, nanoseconds=0.25)


@through_float64
def erfc(x):
    """1 - erf(x)."""
    from kernels.cpu.special_jit import erfc

    return apply(erfc, x)


@through_float64
def erfinv(x):
    """The y whose erf is x; NaN beyond -1 and 1."""
    from kernels.cpu.special_jit import erfinv

    return apply(erfinv, x)


@through_float64
def lgamma(x):
    """log |gamma(x)|."""
    from kernels.cpu.special_jit import lgamma

    return apply(lgamma, x)


@through_float64
def digamma(x):
    """The derivative of log gamma(x)."""
    from kernels.cpu.special_jit import digamma

    return apply(digamma, x)


@through_float64
def zeta(s, q):
    """Hurwitz's zeta function."""
    from kernels.cpu.special_jit import zeta

    return apply(zeta, s, q)
