"""Arithmetic: sums, products, quotients, remainders, powers.

Each VJP is g times the derivative; operands broadcast, and the walk undoes it.
https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops
"""

import numpy as np

from kernels.bfloat16 import BFLOAT16
from minitorch.autograd.inplace import check_writable, inplace
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.dtype import FLOATING
from minitorch.ops.elementwise.choosing import like, where
from minitorch.ops.elementwise.operands import check_tensor, common_first, tensors_only, whole_exponent, without_bool
from minitorch.ops.like import ones_like, scalar_like, zeros_like
from minitorch.ops.refusals import floating_only, refuse_dtypes
from minitorch.promotion import common, floating

# -- sums and products -------------------------------------------------------------------------------------------------


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


def rsub(input, other, *, alpha=1):
    """other - alpha * input."""
    check_tensor("rsub", input)
    return sub(other, input, alpha=alpha)


def scaled(x, alpha):
    """The array of alpha * x. RuntimeError for a fractional alpha with an integer tensor, or a boolean one."""
    if isinstance(alpha, bool) and x.array.dtype.kind != "b":
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and x.array.dtype.kind not in FLOATING:
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    return x.kernels.mul(x.array, like(x, alpha))


@op(promote=common)
def mul(input, other):
    """input * other."""
    return input.kernels.mul(input.array, other.array), lambda g: g * other, lambda g: g * input


# -- quotients ---------------------------------------------------------------------------------------------------------


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
    refuse_dtypes("div_floor_cpu", input, "b")
    return input.kernels.floor_divide(input.array, other.array), no_derivative, no_derivative


@op(promote=common, label="DivBackward1")
def div_floor(input, other):
    refuse_dtypes("div_floor_cpu", input, "b")
    array = input.kernels.floor_divide(input.array, other.array)
    return array, lambda g: zeros_like(g), lambda g: zeros_like(g)


@op(promote=common, label="DivBackward1")
def div_trunc(input, other):
    refuse_dtypes("div_trunc_cpu", input, "b")
    array = input.kernels.trunc_divide(input.array, other.array)
    return array, lambda g: zeros_like(g), lambda g: zeros_like(g)


def remainder(input, other):
    """input - other * floor(input / other): it has the sign of other, as %. No derivative where input is a number."""
    return modulo(input, other) if isinstance(input, Variable) else modulo_of_number(input, other)


def no_derivative_of_remainder(g):
    raise RuntimeError("derivative for aten::remainder is not implemented")


@op(promote=common, label="NotImplemented")
def modulo_of_number(input, other):
    refuse_dtypes("remainder_cpu", input, "b")
    array = input.kernels.remainder(input.array, other.array)
    return array, no_derivative_of_remainder, no_derivative_of_remainder


@op(promote=common, label="RemainderBackward0")
def modulo(input, other):
    refuse_dtypes("remainder_cpu", input, "b")
    array = input.kernels.remainder(input.array, other.array)
    return array, lambda g: g, lambda g: -g * div_floor(input, other)


@op(promote=common_first)
def fmod(input, other):
    """input - other * trunc(input / other): it has the sign of input, as in C."""
    refuse_dtypes("fmod_cpu", input, "b")
    array = input.kernels.fmod(input.array, other.array)
    return array, lambda g: g, lambda g: -g * div_trunc(input, other)


def div(input, other, *, rounding_mode=None):
    """input / other; rounding_mode "floor" or "trunc" rounds it and keeps integers integers."""
    if rounding_mode is None:
        return true_divide(input, other)
    if rounding_mode == "floor":
        return div_floor(input, other)
    if rounding_mode == "trunc":
        return div_trunc(input, other)
    raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'")


# -- powers ------------------------------------------------------------------------------------------------------------


def pow(input, exponent):
    """input ** exponent. d/dx x^p = p x^(p-1), 0 for p = 0;  d/dp x^p = x^p log x, 0 for x = 0 and p >= 0.

    Booleans have no powers, but those by a boolean number.
    """
    if isinstance(exponent, int | float) and isinstance(input, Variable):
        if input.array.dtype.kind in FLOATING:
            if input.array.dtype is BFLOAT16:
                exponent = scalar_like(input, exponent, BFLOAT16).item()  # torch rounds it to bfloat16 first
            return power_by_number(input, exponent=exponent)
        if isinstance(exponent, bool) and input.array.dtype.kind == "b":
            return input.clone() if exponent else ones_like(input)
    return power(input, exponent)


@op(label="PowBackward0")
def power_by_number(input, *, exponent):
    """The exponents 0.5 and -0.5 mean the square root, which differs at -inf and -0."""
    k, x = input.kernels, input.array
    if exponent == 2:
        y = k.mul(x, x)
    elif exponent == 0.5:
        y = k.sqrt(x)
    elif exponent == -0.5:
        y = k.div(like(input, 1), k.sqrt(x))
    else:
        y = k.pow(x, like(input, exponent))
    return y, lambda g: g * (exponent * pow(input, exponent - 1)) if exponent else zeros_like(g)


@op(promote=whole_exponent, label="PowBackward0")
def power(input, exponent):
    refuse_dtypes("pow", input, "b")
    return (
        input.kernels.pow(input.array, exponent.array),
        lambda g: where(exponent == 0, 0.0, g * (exponent * input ** (exponent - 1))),
        lambda g, y: g * where((input == 0) & (exponent >= 0), 0.0, y * input.log()),
    )


def float_power(input, exponent):
    """input ** exponent in float64."""
    base, exponent = [x.double() if isinstance(x, Variable) else float(x) for x in (input, exponent)]
    return pow(base, exponent)


def float_power_(input, exponent):
    """input ** exponent, written into input, which must be float64."""
    check_writable(input, "float_power_")
    if input.array.dtype != np.float64:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {input.dtype.word} but the operation's result requires dtype "
            "Double"
        )
    return inplace(float_power)(input, exponent)


# -- three operands ----------------------------------------------------------------------------------------------------


@op(promote=tensors_only)
def addcmul(input, tensor1, tensor2, *, value=1):
    """input + value * tensor1 * tensor2."""
    refuse_dtypes("addcmul_cpu_out", input, "b")
    k, product = input.kernels, times(tensor1, value)
    return (
        k.add(input.array, k.mul(product, tensor2.array)),
        lambda g: g,
        lambda g: g * (tensor2 * value),
        lambda g: g * (tensor1 * value),
    )


def addcdiv(input, tensor1, tensor2, *, value=1):
    """input + value * tensor1 / tensor2. RuntimeError where both are integers or booleans."""
    for argument, x in enumerate((input, tensor1, tensor2), 1):
        check_tensor("addcdiv", x, ("input", "tensor1", "tensor2")[argument - 1], argument)
    if not (tensor1.is_floating_point() or tensor2.is_floating_point()):
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported. Use input + value * minitorch.trunc(tensor1 / "
            "tensor2) for the old result, or make tensor1 or tensor2 a floating tensor"
        )
    return add_quotient(input, tensor1, tensor2, value=value)


@op(promote=tensors_only, label="AddcdivBackward0")
def add_quotient(input, tensor1, tensor2, *, value):
    k, product = input.kernels, times(tensor1, value)
    return (
        k.add(input.array, k.div(product, tensor2.array)),
        lambda g: g,
        lambda g: g * (value / tensor2),
        lambda g: -g * (value * tensor1 / (tensor2 * tensor2)),
    )


def times(x, value):
    """The array of x times a number."""
    return x.array if value == 1 else x.kernels.mul(x.array, like(x, value))


def lerp(input, end, weight):
    """input + weight * (end - input), for a number or a tensor weight: from input at 0 to end at 1.

    RuntimeError unless all tensors have one dtype; a 0-d weight may have another.
    """
    for argument, x in enumerate((input, end), 1):
        check_tensor("lerp", x, ("input", "end")[argument - 1], argument)
    by_number = not isinstance(weight, Variable)
    if by_number:
        weight = scalar_like(input, weight, input.array.dtype)
    elif weight.array.ndim == 0:
        weight = weight.cast(input.array.dtype)
    for name, x in (("end", end), ("weight", weight)):
        if x.array.dtype != input.array.dtype:
            raise RuntimeError(f"expected dtype {input.dtype.name} for `{name}` but got dtype {x.dtype.name}")
    floating_only(f"lerp_kernel_{'scalar' if by_number else 'tensor'}", input)
    return interpolate(input, end, weight)


@op(label="LerpBackward0")
def interpolate(input, end, weight):
    """From the nearer end, so that weight 1 gives `end` exactly."""
    k, w = input.kernels, weight.array
    way = k.sub(end.array, input.array)
    from_input = k.add(input.array, k.mul(w, way))
    from_end = k.sub(end.array, k.mul(way, k.sub(like(input, 1), w)))
    return (
        k.where(k.lt(k.abs(w), like(input, 0.5)), from_input, from_end),
        lambda g: g * (1 - weight),
        lambda g: g * weight,
        lambda g: g * (end - input),
    )
