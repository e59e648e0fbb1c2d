"""Functions of one element, written once: Numba compiles them for the CPU and for CUDA.

Constants take the type of x, as in type(x)(0.5): a bare 0.5 is a float64, and would take a float32 x with it.
"""

import math

LOG_TWO = math.log(2)
ROOT_HALF = math.sqrt(0.5)
ROOT_TWO_OVER_PI = math.sqrt(2 / math.pi)
ROOT_HALF_OVER_PI = math.sqrt(0.5 / math.pi)
CUBE = 0.044715  # in the tanh approximation of gelu
# B_2k / (2k)! of the Bernoulli numbers 1/6, -1/30, 1/42, -1/30, 5/66, -691/2730, 7/6
BERNOULLI = (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600)


def sigmoid(x):
    """1 / (1 + e^-x)."""
    one = type(x)(1)
    return one / (one + math.exp(-x))


def sigmoid_backward(g, y):
    """g times the derivative of sigmoid where it is y."""
    return g * (type(y)(1) - y) * y


def relu(x):
    """max(x, 0); NaN stays."""
    return type(x)(0) if x < 0 else x


def relu_backward(g, y):
    """g where relu is y above 0, or NaN."""
    return type(y)(0) if y <= 0 else g


def tanh_backward(g, y):
    """g times the derivative of tanh where it is y."""
    return g * (type(y)(1) - y * y)


def silu(x):
    """x sigmoid(x)."""
    return x / (type(x)(1) + math.exp(-x))


def silu_backward(g, x):
    """g times the derivative of silu at x."""
    one = type(x)(1)
    s = one / (one + math.exp(-x))
    return g * (s * (one + x * (one - s)))


def softplus_backward(g, x, beta, threshold):
    """g times the derivative of softplus at x, sigmoid(beta x); g itself where beta x is above the threshold."""
    one, z = type(x)(1), x * beta
    t = math.exp(-abs(z))  # sigmoid(z) without overflow: 1 / (1 + e^-z), or e^z / (1 + e^z)
    y = g * (one if z > 0 else t) / (one + t)
    return g if z > threshold else y


def gelu(x):
    """x times the normal distribution function: x (1 + erf(x / sqrt 2)) / 2. Hendrycks and Gimpel, arXiv 1606.08415."""
    return type(x)(0.5) * x * (type(x)(1) + math.erf(x * type(x)(ROOT_HALF)))


def gelu_backward(g, x):
    """g times (the normal distribution function at x, plus x times its density)."""
    cdf = type(x)(0.5) * (type(x)(1) + math.erf(x * type(x)(ROOT_HALF)))
    pdf = type(x)(ROOT_HALF_OVER_PI) * math.exp(type(x)(-0.5) * x * x)
    return g * (cdf + x * pdf)


def gelu_tanh(x):
    """x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2."""
    inner = type(x)(ROOT_TWO_OVER_PI) * (x + type(x)(CUBE) * x * x * x)
    return type(x)(0.5) * x * (type(x)(1) + math.tanh(inner))


def gelu_tanh_backward(g, x):
    """g times the derivative of gelu_tanh at x."""
    one, half = type(x)(1), type(x)(0.5)
    inner = type(x)(ROOT_TWO_OVER_PI) * (x + type(x)(CUBE) * x * x * x)
    t = math.tanh(inner)
    slope = type(x)(ROOT_TWO_OVER_PI) * (one + type(x)(3 * CUBE) * x * x)
    return g * (half * (one + t) + half * x * (one - t * t) * slope)


# -- special functions -------------------------------------------------------------------------------------------------


def erfinv(x):
    """The y whose erf(y) is x: a guess that is off by 0.2 %, then twice Halley's step, which cubes the error.

    The guess is Winitzki's; from 1/2 on, 1 - x and erfc(y), which keep their digits, stand for x and erf(y).
    """
    one = type(x)(1)
    size = abs(x)
    if size >= one:
        return math.copysign(type(x)(math.inf), x) if size == one else type(x)(math.nan)
    a = type(x)(0.147)
    logarithm = math.log1p(-size) + math.log1p(size)  # log(1 - x^2)
    half = type(x)(2 / math.pi) / a + type(x)(0.5) * logarithm
    root = math.sqrt(half * half - logarithm / a)
    y = math.sqrt(-logarithm / a / (root + half) if half > 0 else root - half)
    for _ in range(2):
        error = math.erf(y) - size if size < type(x)(0.5) else (one - size) - math.erfc(y)
        step = error / (type(x)(2 / math.sqrt(math.pi)) * math.exp(-y * y))
        y -= step / (one + y * step)
    return math.copysign(y, x)


def digamma(x):
    """The derivative of log gamma(x), by three formulas (Abramowitz and Stegun 6.3): for x < 0 the reflection
    psi(x) = psi(1 - x) - pi / tan(pi x), then psi(x) = psi(x + 1) - 1 / x up to 10, and from there the series of
    log x - 1 / 2x - 1 / 12x^2 + ..."""
    one, result = type(x)(1), type(x)(0)
    if x == 0:
        return math.copysign(type(x)(math.inf), -x)
    if x < 0:
        if x == math.floor(x):
            return type(x)(math.nan)
        beyond = x - math.floor(x + type(x)(0.5))  # a whole number of periods less: exact
        result -= type(x)(math.pi) / math.tan(type(x)(math.pi) * beyond)
        x = one - x
    while x < type(x)(10):
        result -= one / x
        x += one
    z = one / (x * x)
    series = type(x)(1 / 132) - z * (type(x)(691 / 32760) - z * type(x)(1 / 12))
    series = type(x)(1 / 120) - z * (type(x)(1 / 252) - z * (type(x)(1 / 240) - z * series))
    return result + math.log(x) - type(x)(0.5) / x - z * (type(x)(1 / 12) - z * series)


def zeta(s, q):
    """Hurwitz's zeta function: the sum of (q + n)^-s over n = 0, 1, 2, ... for s > 1; for q < 0 with a whole s only.

    The terms up to q + n = 10 + 2 s are added one by one, the rest is Euler's and Maclaurin's formula with the
    Bernoulli numbers.
    """
    one = type(q)(1)
    if s <= one:
        return type(q)(math.inf if s == one else math.nan)
    if q <= 0:
        if q == math.floor(q):
            return type(q)(math.inf)
        if s != math.floor(s):
            return type(q)(math.nan)
    if q == type(q)(math.inf):
        return type(q)(0)
    total = type(q)(0)
    while q < type(q)(10) + s + s:
        total += q**-s
        q += one
    term = q**-s
    total += term * (q / (s - one) + type(q)(0.5))
    term *= s / q
    for k in range(len(BERNOULLI)):
        total += term * type(q)(BERNOULLI[k])
        term *= (s + type(q)(2 * k + 1)) * (s + type(q)(2 * k + 2)) / (q * q)
    return total


# -- two inputs --------------------------------------------------------------------------------------------------------


def logaddexp(a, b):
    """log(e^a + e^b), without overflow; equal inputs may be infinite."""
    if a == b:
        return a + type(a)(LOG_TWO)
    return (a if a > b else b) + math.log1p(math.exp(-abs(a - b)))


def logaddexp2(a, b):
    """log2(2^a + 2^b), without overflow."""
    if a == b:
        return a + type(a)(1)
    scale = type(a)(LOG_TWO)
    return (a if a > b else b) + math.log1p(math.exp(-abs(a - b) * scale)) / scale
