"""exp, log, log1p, tanh, erf and sigmoid for compiled loops. Of float64 they are the C library's; of float32 they are
polynomials without branches, and a loop over them is compiled to vector instructions, 8 or 16 numbers at a time: of a
million numbers exp takes 0.18 ms, by the library 2.5. All their arithmetic is in float32.

Each brings its argument near 0 by an exact identity, takes a polynomial there (its coefficients make the largest error
as small as can be), and goes back. The largest errors over all float32 numbers, in units in the last place:

    exp 1.1    tanh 1.6    log 0.9    log1p 1.5    erf 1.4    sigmoid 2.5 (where e^-x overflows it is 0)
"""

import math
import sys
import types

import numba
import numpy as np
from numba.extending import overload

from kernels import scalar

compiled = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})  # loops
inline = numba.njit(forceinline=True, error_model="numpy", fastmath={"contract"})  # what they call

ONE, TWO, HALF = np.float32(1), np.float32(2), np.float32(0.5)
INF, NAN = np.float32(np.inf), np.float32(np.nan)

PER_LOG_TWO = np.float32(1 / np.log(2))
# log 2 in two parts, of which the first has so few digits that its products with whole numbers are exact
LOG_TWO_HIGH, LOG_TWO_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)

# A small number added to this one loses its digits behind the point: the lowest bits are the number, rounded.
ROUNDER = np.float32(3 << 22)
ROUNDER_BITS = ROUNDER.view(np.int32)

SMALLEST_NORMAL = np.float32(2.0**-126)
ROOT_HALF_BITS = np.sqrt(HALF).view(np.int32)


@inline
def power_of_two(n):
    """2^n for a whole number n from -126 to 127, which is the exponent in its bits."""
    return np.int32((n + 127) << 23).view(np.float32)


@inline
def split(x):
    """(n, r): x is n log 2 + r, n is whole, and r lies between -(log 2) / 2 and (log 2) / 2."""
    shifted = x * PER_LOG_TWO + ROUNDER
    n = shifted - ROUNDER
    r = x - n * LOG_TWO_HIGH
    return np.int32(np.float32(shifted).view(np.int32) - ROUNDER_BITS), r - n * LOG_TWO_LOW


@inline
def expm1_near(r):
    """e^r - 1 for r between -(log 2) / 2 and (log 2) / 2."""
    p = np.float32(1.39517192e-3)
    p = p * r + np.float32(8.36959822e-3)
    p = p * r + np.float32(4.16661873e-2)
    p = p * r + np.float32(1.66665129e-1)
    p = p * r + np.float32(0.50000001)
    return r + p * (r * r)


@inline
def exp32(x):
    """2^n e^r. The factor 2^n is two factors, for it alone is out of range where e^x is very large or very small."""
    x = np.float32(89) if x > np.float32(89) else x  # NaN stays NaN
    x = np.float32(-104) if x < np.float32(-104) else x
    n, r = split(x)
    half = np.int32(n >> 1)
    return (ONE + expm1_near(r)) * power_of_two(half) * power_of_two(np.int32(n - half))


@inline
def tanh32(x):
    """x times a polynomial of x^2 near 0; from 0.35 on t / (t + 2) with t = e^2|x| - 1 = 2^n (e^r - 1) + 2^n - 1."""
    square, size = x * x, abs(x)
    p = np.float32(1.94253733e-2)
    p = p * square + np.float32(-5.37236742e-2)
    p = p * square + np.float32(1.33323563e-1)
    p = p * square + np.float32(-3.33333211e-1)
    near = x + p * (square * x)
    size = np.float32(10) if size > np.float32(10) else size  # tanh is 1 from 9.02 on
    n, r = split(size + size)
    scale = power_of_two(n)
    t = scale * expm1_near(r) + (scale - ONE)
    return np.copysign(near if size < np.float32(0.35) else t / (t + TWO), x)


@inline
def exponent(x):
    """The k for which x / 2^k lies between sqrt(1/2) and sqrt(2)."""
    return np.int32(np.int32(np.float32(x).view(np.int32) - ROOT_HALF_BITS) >> 23)


@inline
def scaled(x, k):
    """x / 2^k, by its bits."""
    return np.int32(np.float32(x).view(np.int32) - np.int32(k << 23)).view(np.float32)


@inline
def log_of_parts(k, f):
    """k log 2 + log(1 + f), for 1 + f between sqrt(1/2) and sqrt(2)."""
    p = np.float32(-7.85961151e-2)
    p = p * f + np.float32(1.28816475e-1)
    p = p * f + np.float32(-1.31287548e-1)
    p = p * f + np.float32(1.41811919e-1)
    p = p * f + np.float32(-1.6624554e-1)
    p = p * f + np.float32(2.00022863e-1)
    p = p * f + np.float32(-2.50008104e-1)
    p = p * f + np.float32(3.33333167e-1)
    square = f * f
    y = p * f * square + k * LOG_TWO_LOW
    return (f + (y - HALF * square)) + k * LOG_TWO_HIGH


@inline
def log_at_edges(y, x):
    """y, but -inf for x = 0, NaN below, and x itself for inf and NaN."""
    y = y if x > 0 else (-INF if x == 0 else NAN)
    return y if x < INF else x


@inline
def log32(x):
    """k log 2 + log(1 + f), where x is 2^k (1 + f), and 1 + f lies between sqrt(1/2) and sqrt(2)."""
    small = x < SMALLEST_NORMAL
    y = x * np.float32(2.0**23) if small else x
    k = exponent(y)
    n = np.float32(k) - np.float32(23) if small else np.float32(k)
    return log_at_edges(log_of_parts(n, scaled(y, k) - ONE), x)


@inline
def log1p32(x):
    """As the logarithm of u = 1 + x, rounded; what the rounding took away, x - (u - 1), is added to f."""
    u = ONE + x
    k = exponent(u)
    scale = power_of_two(np.int32(-k) if k < 127 else np.int32(0))  # (x is then so large that nothing was taken)
    f = (scaled(u, k) - ONE) + (x - (u - ONE)) * scale
    return np.copysign(log_at_edges(log_of_parts(np.float32(k), f), u), x)  # -0 stays -0


@inline
def erf32(x):
    """x times a polynomial of x^2 near 0; from 0.93 on 1 - e^q with a polynomial q of |x|."""
    square, size = x * x, abs(x)
    p = np.float32(-5.97689618e-4)
    p = p * square + np.float32(4.99098077e-3)
    p = p * square + np.float32(-2.67655674e-2)
    p = p * square + np.float32(1.12818028e-1)
    p = p * square + np.float32(-3.76124943e-1)
    p = p * square + np.float32(1.2837915e-1)
    near = x + p * x
    size = np.float32(4) if size > np.float32(4) else size  # erf is 1 from 3.92 on
    q = np.float32(2.13532076e-4)
    q = q * size + np.float32(-3.21131121e-3)
    q = q * size + np.float32(2.28785911e-2)
    q = q * size + np.float32(-1.05244633e-1)
    q = q * size + np.float32(-6.35730952e-1)
    q = q * size + np.float32(-1.12851076)
    n, r = split(q * size)
    far = ONE - (ONE + expm1_near(r)) * power_of_two(n)
    return near if size < np.float32(0.93) else np.copysign(far, x)


@inline
def normal32(x):
    """(Phi(x), e^(-x^2 / 2)), where Phi is the normal distribution function, by one exponential: Phi(-|x|) is that
    times a polynomial of 1 / (1 + p |x|). With one term more than in Abramowitz and Stegun, 7.1.26, the error of Phi is
    1e-8; its digits for negative x, which 1 + erf loses, are kept."""
    power = exp32(-HALF * x * x)
    t = ONE / (ONE + np.float32(0.275) * abs(x))
    p = np.float32(-0.114858445)
    p = p * t + np.float32(0.451999176)
    p = p * t + np.float32(-0.330994154)
    p = p * t + np.float32(0.333932898)
    p = p * t + np.float32(4.21112369e-2)
    p = p * t + np.float32(0.117809293)
    tail = p * t * power
    return ONE - tail if x > 0 else tail, power


@inline
def gelu32(x):
    """x Phi(x)"""
    return x * normal32(x)[0]


@inline
def gelu_backward32(g, x):
    """g (Phi(x) + x phi(x)), where phi is the density e^(-x^2 / 2) / sqrt(2 pi)."""
    cdf, power = normal32(x)
    return g * (cdf + x * (np.float32(scalar.ROOT_HALF_OVER_PI) * power))


def by_dtype(single, double):
    """The function that is `single` for a float32 and `double` for a float64; only compiled code can call it."""

    def function(*x):
        raise NotImplementedError

    @overload(function, jit_options={"forceinline": True})
    def choose(*x):
        return (lambda *x: single(*x)) if x[-1] == numba.float32 else (lambda *x: double(*x))

    return function


exp = by_dtype(exp32, math.exp)
log = by_dtype(log32, math.log)
log1p = by_dtype(log1p32, math.log1p)
tanh = by_dtype(tanh32, math.tanh)
erf = by_dtype(erf32, math.erf)


def of(body):
    """A function of kernels/scalar.py, in which `math` is this file."""
    return inline(types.FunctionType(body.__code__, {**body.__globals__, "math": sys.modules[__name__]}, body.__name__))


sigmoid = of(scalar.sigmoid)
gelu = by_dtype(gelu32, of(scalar.gelu))
gelu_backward = by_dtype(gelu_backward32, of(scalar.gelu_backward))
