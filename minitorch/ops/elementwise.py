"""Operations that work element by element: arithmetic and the functions of one variable.

Each VJP is g times the derivative; operands broadcast, and the walk undoes it. https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops
"""

import math

from minitorch.autograd.op import check_tensors, op
from minitorch.autograd.variable import Variable
from minitorch.dtype import check_fits
from minitorch.ops.like import scalar_like, zeros_like
from minitorch.promotion import common, common_dtype, floating


def refuse_bool(x, message, error=RuntimeError):
    """An error for a bool tensor."""
    if x.array.dtype.kind == "b":
        raise error(message)


def without_bool(name, operands):
    """common, where a boolean operand is refused: subtraction's rule."""
    for x in operands:
        if isinstance(x, bool) or (isinstance(x, Variable) and x.array.dtype.kind == "b"):
            raise RuntimeError(
                "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a "
                "mask, use the `~` or `logical_not()` operator instead."
            )
    return common(name, operands)


def whole_exponent(name, operands):
    """common, where a negative whole exponent of integers is refused."""
    base, exponent = operands
    if isinstance(exponent, int) and exponent < 0 and isinstance(base, Variable) and base.array.dtype.kind in "iub":
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return common(name, operands)


def tensors_only(name, operands):
    """common, where Python numbers are refused."""
    return common(name, check_tensors(name, operands))


# -- arithmetic ----------------------------------------------------------------------------------------------------


@op(promote=common)
def add(input, other, *, alpha=1):
    """input + alpha * other."""
    b = other.array if alpha == 1 and alpha is not True else scaled(other, alpha)
    return input.kernels.add(input.array, b), lambda g: g, lambda g: g if alpha == 1 else g * alpha


@op(promote=without_bool)
def sub(input, other, *, alpha=1):
    """input - alpha * other."""
    b = other.array if alpha == 1 and alpha is not True else scaled(other, alpha)
    return input.kernels.sub(input.array, b), lambda g: g, lambda g: -g if alpha == 1 else g * -alpha


def scaled(x, alpha):
    """The array of alpha * x. RuntimeError for a fractional alpha with an integer tensor, or a boolean one."""
    if isinstance(alpha, bool) and x.array.dtype.kind != "b":
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and x.array.dtype.kind != "f":
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    return x.kernels.mul(x.array, x.kernels.full((), alpha, x.array.dtype))


@op(promote=common)
def mul(input, other):
    """input * other."""
    return input.kernels.mul(input.array, other.array), lambda g: g * other, lambda g: g * input


@op(promote=floating, label="DivBackward0")
def true_divide(input, other):
    """input / other, in a floating dtype."""
    return (
        input.kernels.div(input.array, other.array),
        lambda g: g / other,
        lambda g, y: -g * y / other,
    )


def no_derivative(g):
    raise RuntimeError("derivative for aten::floor_divide is not implemented")


@op(promote=common)
def floor_divide(input, other):
    """The largest whole number not above input / other. RuntimeError for an integer divided by 0; no derivative."""
    refuse_bool(input, "\"div_floor_cpu\" not implemented for 'Bool'", NotImplementedError)
    return input.kernels.floor_divide(input.array, other.array), no_derivative, no_derivative


@op(promote=common, label="DivBackward1")
def div_floor(input, other):
    refuse_bool(input, "\"div_floor_cpu\" not implemented for 'Bool'", NotImplementedError)
    array = input.kernels.floor_divide(input.array, other.array)
    return array, lambda g: zeros_like(g), lambda g: zeros_like(g)


@op(promote=common, label="DivBackward1")
def div_trunc(input, other):
    refuse_bool(input, "\"div_trunc_cpu\" not implemented for 'Bool'", NotImplementedError)
    array = input.kernels.trunc_divide(input.array, other.array)
    return array, lambda g: zeros_like(g), lambda g: zeros_like(g)


def remainder(input, other):
    """input - other * floor(input / other): it has the sign of other, as %. No derivative where input is a number."""
    return modulo(input, other) if isinstance(input, Variable) else modulo_of_number(input, other)


@op(promote=common, label="NotImplemented")
def modulo_of_number(input, other):
    def vjp(g):
        raise RuntimeError("derivative for aten::remainder is not implemented")

    refuse_bool(input, "\"remainder_cpu\" not implemented for 'Bool'", NotImplementedError)
    return input.kernels.remainder(input.array, other.array), vjp, vjp


@op(promote=common, label="RemainderBackward0")
def modulo(input, other):
    refuse_bool(input, "\"remainder_cpu\" not implemented for 'Bool'", NotImplementedError)
    array = input.kernels.remainder(input.array, other.array)
    return array, lambda g: g, lambda g: -g * div_floor(input, other)


def div(input, other, *, rounding_mode=None):
    """input / other; rounding_mode "floor" or "trunc" rounds it and keeps integers integers."""
    if rounding_mode is None:
        return true_divide(input, other)
    if rounding_mode == "floor":
        return div_floor(input, other)
    if rounding_mode == "trunc":
        return div_trunc(input, other)
    raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'")


def pow(input, exponent):
    """input ** exponent. d/dx x^p = p x^(p-1), 0 for p = 0;  d/dp x^p = x^p log x, 0 for x = 0 and p >= 0.

    The numbers 0.5 and -0.5 mean the square root, which differs at -inf and -0.
    """
    if isinstance(exponent, float) and exponent in (0.5, -0.5) and input.array.dtype.kind == "f":
        return root(input, exponent=exponent)
    return power(input, exponent)


@op(label="PowBackward0")
def root(input, *, exponent):
    k, y = input.kernels, input.kernels.sqrt(input.array)
    y = y if exponent > 0 else k.div(k.full((), 1, y.dtype), y)
    return y, lambda g: g * (exponent * input ** (exponent - 1))


@op(promote=whole_exponent, label="PowBackward0")
def power(input, exponent):
    refuse_bool(input, "\"pow\" not implemented for 'Bool'", NotImplementedError)
    return (
        input.kernels.pow(input.array, exponent.array),
        lambda g: where(exponent == 0, 0.0, g * (exponent * input ** (exponent - 1))),
        lambda g, y: g * where((input == 0) & (exponent >= 0), 0.0, y * input.log()),
    )


@op(promote=tensors_only)
def maximum(input, other):
    """The larger of the two; NaN wins. Where they are equal, each gets half of the gradient."""
    return (
        input.kernels.maximum(input.array, other.array),
        lambda g: where(input == other, g / 2, g).masked_fill(input < other, 0),
        lambda g: where(input == other, g / 2, g).masked_fill(input > other, 0),
    )


@op(promote=tensors_only)
def minimum(input, other):
    """The smaller of the two; NaN wins. Where they are equal, each gets half of the gradient."""
    return (
        input.kernels.minimum(input.array, other.array),
        lambda g: where(input == other, g / 2, g).masked_fill(input > other, 0),
        lambda g: where(input == other, g / 2, g).masked_fill(input < other, 0),
    )


def rsub(input, other):
    """other - input."""
    return sub(other, input)


def reverse_divide(input, other):
    """other / input."""
    return true_divide(other, input)


def reverse_floor_divide(input, other):
    """other // input."""
    return floor_divide(other, input)


def reverse_remainder(input, other):
    """other % input."""
    return remainder(other, input)


def reverse_pow(input, other):
    """other ** input."""
    return pow(other, input)


# -- choosing ------------------------------------------------------------------------------------------------------


@op(label="WhereBackward0")
def choose(condition, input, other):
    return (
        input.kernels.where(condition.array, input.array, other.array),
        None,
        lambda g: where(condition, g, 0),
        lambda g: where(condition, 0, g),
    )


def where(condition, input, other):
    """input where condition is true, other elsewhere; all three broadcast. What is not chosen gets gradient 0."""
    if condition.array.dtype.kind != "b":
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype}"
        )
    if not isinstance(input, Variable) and not isinstance(other, Variable):
        input = scalar_like(condition, input, common_dtype((input, other)))
    input, other = common("where", (input, other))
    return choose(condition, input, other)


def masked_fill(input, mask, value):
    """value where mask is true, input elsewhere. The result has the dtype of input."""
    if mask.array.dtype.kind != "b":
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype}")
    if not isinstance(value, Variable):
        check_fits(value, input.array.dtype)
        value = scalar_like(input, value, input.array.dtype)
    elif value.array.ndim:
        raise RuntimeError(
            f"masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.array.ndim} "
            "dimension(s)."
        )
    return choose(mask, value.cast(input.array.dtype), input)


def clamp(input, min=None, max=None):
    """min(max(input, min), max) for numbers min and max; the gradient passes where min <= input <= max."""
    if min is None and max is None:
        raise RuntimeError("clamp: At least one of 'min' or 'max' must not be None")
    bounds = [bound for bound in (min, max) if bound is not None]
    if any(isinstance(bound, Variable) for bound in bounds):
        raise TypeError("clamp(): min and max must be numbers; for tensors use minitorch.maximum and minitorch.minimum")
    return clamped(input.cast(common_dtype((input, *bounds))), min=min, max=max)


@op(label="ClampBackward1")
def clamped(input, *, min, max):
    return input.kernels.clamp(input.array, min, max), lambda g: where(between(input, min, max), g, 0)


def between(x, low, high):
    """Where low <= x <= high; None is no bound."""
    if low is None:
        return x <= high
    return x >= low if high is None else (x >= low) & (x <= high)


# -- functions of one variable -------------------------------------------------------------------------------------


@op
def neg(input):
    """-input."""
    refuse_bool(
        input,
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the "
        "`~` or `logical_not()` operator instead.",
    )
    return input.kernels.neg(input.array), lambda g: -g


def positive(input):
    """+input: input itself."""
    refuse_bool(input, "The `+` operator, on a bool tensor is not supported.")
    return input


@op
def abs(input):
    """|input|; the derivative at 0 is 0."""
    refuse_bool(input, "\"abs_cpu\" not implemented for 'Bool'", NotImplementedError)
    return input.kernels.abs(input.array), lambda g: g * input.sign()


@op
def sign(input):
    """-1, 0 or 1."""
    return input.kernels.sign(input.array), lambda g: zeros_like(g)


@op
def floor(input):
    """The largest whole number not above input."""
    refuse_bool(input, "\"floor_vml_cpu\" not implemented for 'Bool'", NotImplementedError)
    return input.kernels.floor(input.array), lambda g: zeros_like(g)


@op
def ceil(input):
    """The smallest whole number not below input."""
    refuse_bool(input, "\"ceil_vml_cpu\" not implemented for 'Bool'", NotImplementedError)
    return input.kernels.ceil(input.array), lambda g: zeros_like(g)


@op(promote=floating)
def exp(input):
    """e to the power of input."""
    return input.kernels.exp(input.array), lambda g, y: g * y


@op(promote=floating)
def log(input):
    """The natural logarithm."""
    return input.kernels.log(input.array), lambda g: g / input


@op(promote=floating)
def sqrt(input):
    """The square root: d sqrt(x) = 1 / (2 sqrt(x))."""
    return input.kernels.sqrt(input.array), lambda g, y: g / (2 * y)


@op(promote=floating)
def sin(input):
    """The sine of an angle in radians."""
    return input.kernels.sin(input.array), lambda g: g * input.cos()


@op(promote=floating)
def cos(input):
    """The cosine of an angle in radians."""
    return input.kernels.cos(input.array), lambda g: g * -input.sin()


@op(promote=floating)
def tanh(input):
    """(e^x - e^-x) / (e^x + e^-x); its derivative is 1 - tanh(x)^2."""
    return input.kernels.tanh(input.array), lambda g, y: g * (1 - y * y)


@op(promote=floating)
def erf(input):
    """The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x."""
    return input.kernels.erf(input.array), lambda g: g * (2 / math.sqrt(math.pi) * (-input * input).exp())


def reciprocal(input):
    """1 / input."""
    return true_divide(1, input)


def square(input):
    """input ** 2."""
    return pow(input, 2)
