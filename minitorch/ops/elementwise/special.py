"""The error function and the gamma function, with their inverses and derivatives.

https://docs.pytorch.org/docs/stable/special.html; the formulas: https://dlmf.nist.gov/5, https://dlmf.nist.gov/7
"""

import math

from minitorch.autograd.op import op
from minitorch.ops.elementwise.choosing import like
from minitorch.ops.elementwise.operands import check_tensor
from minitorch.promotion import floating


@op(promote=floating)
def erf(input):
    """The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x."""
    return input.kernels.erf(input.array), lambda g: g * (2 / math.sqrt(math.pi) * (-input * input).exp())


@op(promote=floating)
def erfc(input):
    """1 - erf(x), which keeps its digits for large x."""
    return input.kernels.erfc(input.array), lambda g: g * (-2 / math.sqrt(math.pi) * (-input * input).exp())


@op(promote=floating)
def erfinv(input):
    """The inverse of erf; NaN outside -1 ... 1."""
    return input.kernels.erfinv(input.array), lambda g, y: g * (math.sqrt(math.pi) / 2 * (y * y).exp())


@op(promote=floating)
def lgamma(input):
    """log |gamma(x)|; gamma(n + 1) is n!. Its derivative is digamma."""
    return input.kernels.lgamma(input.array), lambda g: g * digamma(input)


@op(promote=floating)
def digamma(input):
    """The derivative of log gamma(x), the logarithm's cousin. Its derivative is polygamma(1, x)."""
    return input.kernels.digamma(input.array), lambda g: g * polygamma(1, input)


def polygamma(n, input):
    """The n-th derivative of digamma: (-1)^(n+1) n! zeta(n + 1, x), Hurwitz's zeta; n = 0 is digamma itself."""
    if not isinstance(n, int):
        raise TypeError(f"polygamma(): argument 'n' (position 1) must be int, not {type(n).__name__}")
    check_tensor("polygamma", input, "input", 2)
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    return derivative_of_digamma(input, n=n) if n else digamma(input)


@op(promote=floating, label="PolygammaBackward0")
def derivative_of_digamma(input, *, n):
    k = input.kernels
    zeta = k.zeta(like(input, n + 1), input.array)
    factor = (1 if n % 2 else -1) * float(math.factorial(n))
    return k.mul(zeta, like(input, factor)), lambda g: g * polygamma(n + 1, input)
