"""Powers, exponentials and logarithms of one variable, and sums of exponentials."""

import math

from minitorch.autograd.op import op
from minitorch.ops.elementwise.arithmetic import pow, true_divide
from minitorch.ops.elementwise.choosing import like, where
from minitorch.ops.elementwise.operands import check_tensor, tensors_only
from minitorch.ops.refusals import refuse_dtypes
from minitorch.promotion import floating

# -- powers ------------------------------------------------------------------------------------------------------------


def reciprocal(input):
    """1 / input."""
    check_tensor("reciprocal", input)
    return true_divide(1, input)


def square(input):
    """input ** 2."""
    check_tensor("square", input)
    return pow(input, 2)


@op(promote=floating)
def sqrt(input):
    """The square root: d sqrt(x) = 1 / (2 sqrt(x))."""
    return input.kernels.sqrt(input.array), lambda g, y: g / (2 * y)


@op(promote=floating)
def rsqrt(input):
    """1 / sqrt(x); its derivative is -y^3 / 2."""
    k = input.kernels
    return k.div(like(input, 1), k.sqrt(input.array)), lambda g, y: -0.5 * g * y**3


# -- exponentials ------------------------------------------------------------------------------------------------------


@op(promote=floating)
def exp(input):
    """e to the power of input."""
    return input.kernels.exp(input.array), lambda g, y: g * y


@op(promote=floating)
def exp2(input):
    """2 to the power of input."""
    return input.kernels.exp2(input.array), lambda g, y: g * y * math.log(2)


@op(promote=floating)
def expm1(input):
    """e^x - 1, which keeps its digits near 0."""
    return input.kernels.expm1(input.array), lambda g, y: g * (y + 1)


# -- logarithms --------------------------------------------------------------------------------------------------------


@op(promote=floating)
def log(input):
    """The natural logarithm."""
    return input.kernels.log(input.array), lambda g: g / input


@op(promote=floating)
def log2(input):
    """The logarithm to base 2."""
    return input.kernels.log2(input.array), lambda g: g / (input * math.log(2))


@op(promote=floating)
def log10(input):
    """The logarithm to base 10."""
    return input.kernels.log10(input.array), lambda g: g / (input * math.log(10))


@op(promote=floating)
def log1p(input):
    """log(1 + x), which keeps its digits near 0."""
    return input.kernels.log1p(input.array), lambda g: g / (input + 1)


@op(promote=floating)
def logit(input, *, eps=None):
    """log(x / (1 - x)), the inverse of sigmoid: NaN outside 0 ... 1, or, with eps, x is first clamped to
    eps ... 1 - eps, and gets gradient 0 beyond."""
    k, x = input.kernels, input.array
    if eps is not None:
        x = k.clamp(x, eps, 1 - eps)
    low, high, outside = (0, 1, math.nan) if eps is None else (eps, 1 - eps, 0.0)

    def vjp(g):
        x = input + 0.0  # the derivative at -0.0, too, is infinity
        return where((x < low) | (x > high), outside, g / (x * (1 - x)))

    return k.log(k.div(x, k.sub(like(input, 1), x))), vjp


@op(promote=floating)
def xlogy(input, other):
    """x log(y), and 0 where x is 0, unless y is NaN: for entropies."""
    k, x, y = input.kernels, input.array, other.array
    product = k.where(k.eq(x, like(input, 0)), like(input, 0), k.mul(x, k.log(y)))

    def vjp(g):
        return xlogy(g, other).masked_fill((input == 0) & (other <= 0), 0)

    return k.where(k.isnan(y), like(input, math.nan), product), vjp, lambda g: g * input / other


@op(promote=tensors_only)
def logaddexp(input, other):
    """log(e^x + e^y), without overflow. Each gets its share, sigmoid(x - y), of the gradient."""
    refuse_dtypes("logaddexp_cpu", input, "biu")
    array = input.kernels.logaddexp(input.array, other.array)
    return array, lambda g: g / (1 + (other - input).exp()), lambda g: g / (1 + (input - other).exp())


@op(promote=tensors_only)
def logaddexp2(input, other):
    """log2(2^x + 2^y), without overflow."""
    refuse_dtypes("logaddexp2_cpu", input, "biu")
    array = input.kernels.logaddexp2(input.array, other.array)
    return array, lambda g: g / (1 + (other - input).exp2()), lambda g: g / (1 + (input - other).exp2())
