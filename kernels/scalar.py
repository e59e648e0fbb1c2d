"""Functions of one element, written once: Numba compiles them for the CPU and for CUDA.

Constants take the type of x, as in type(x)(0.5): a bare 0.5 is a float64, and would take a float32 x with it.
"""

import math

ROOT_HALF = math.sqrt(0.5)
ROOT_TWO_OVER_PI = math.sqrt(2 / math.pi)
ROOT_HALF_OVER_PI = math.sqrt(0.5 / math.pi)
CUBE = 0.044715  # in the tanh approximation of gelu


def sigmoid(x):
    """1 / (1 + e^-x)."""
    one = type(x)(1)
    return one / (one + math.exp(-x))


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
