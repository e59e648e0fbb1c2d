"""Operations that choose: by a mask, the larger, the smaller, what lies between bounds.

The gradient goes to what was chosen; at ties it goes where torch sends it.
"""

import numpy as np

from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.dtype import FLOATING, check_fits, finfo
from minitorch.ops.elementwise.operands import check_tensor, floating_first, some_missing, tensors_only
from minitorch.ops.like import scalar_like, zeros_like
from minitorch.ops.refusals import refuse_dtypes
from minitorch.promotion import common, common_dtype

# -- by a mask ---------------------------------------------------------------------------------------------------------


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
    check_tensor("where", condition, "condition")
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
    elif value.array.dtype != input.array.dtype:
        check_fits(value.item(), input.array.dtype)
    return choose(mask, value.cast(input.array.dtype), input)


# -- the larger, the smaller -------------------------------------------------------------------------------------------


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


@op(promote=tensors_only)
def fmax(input, other):
    """The larger of the two; a number wins over NaN. Where they are equal, input gets the whole gradient."""
    return (
        input.kernels.fmax(input.array, other.array),
        lambda g: where((input >= other) | other.isnan(), g, 0),
        lambda g: where((input >= other) | other.isnan(), 0, g),
    )


@op(promote=tensors_only)
def fmin(input, other):
    """The smaller of the two; a number wins over NaN. Where they are equal, input gets the whole gradient."""
    return (
        input.kernels.fmin(input.array, other.array),
        lambda g: where((input <= other) | other.isnan(), g, 0),
        lambda g: where((input <= other) | other.isnan(), 0, g),
    )


# -- bounds ------------------------------------------------------------------------------------------------------------


def clamp(input, min=None, max=None):
    """min(max(input, min), max), for two numbers or two tensors, of which one may be missing.

    The gradient passes where min <= input <= max; elsewhere the bound gets it, of a tensor.
    """
    check_tensor("clamp", input)
    bounds = [bound for bound in (min, max) if bound is not None]
    if not bounds:
        raise RuntimeError("clamp: At least one of 'min' or 'max' must not be None")
    tensors = sum(isinstance(bound, Variable) for bound in bounds)
    if not tensors:
        return clamp_to_numbers(input.cast(common_dtype((input, *bounds))), min=min, max=max)
    if tensors < len(bounds):
        raise TypeError("clamp(): min and max must both be numbers or both be tensors")
    return clamp_to_tensors(input, min, max)


def clamp_min(input, min):
    """max(input, min)."""
    check_bound("clamp_min", min)
    return clamp(input, min=min)


def clamp_max(input, max):
    """min(input, max)."""
    check_bound("clamp_max", max)
    return clamp(input, max=max)


def check_bound(name, bound):
    """TypeError for None."""
    if bound is None:
        raise TypeError(f"{name}() needs a bound: a number or a Tensor, not None")


@op(label="ClampBackward1")
def clamp_to_numbers(input, *, min, max):
    refuse_dtypes("clamp_scalar_cpu", input, "b")
    for bound in (min, max):
        if bound is not None:
            check_fits(bound, input.array.dtype)
    return input.kernels.clamp(input.array, min, max), lambda g: where(between(input, min, max), g, 0)


def between(x, low, high):
    """Where low <= x <= high; None is no bound."""
    if low is None:
        return x <= high
    return x >= low if high is None else (x >= low) & (x <= high)


@op(promote=some_missing, label="ClampBackward0")
def clamp_to_tensors(input, min, max):
    if min is not None and max is not None:
        refuse_dtypes("clamp_cpu", input, "b")
    array = input.array
    if min is not None:
        array = input.kernels.maximum(array, min.array)
    if max is not None:
        array = input.kernels.minimum(array, max.array)

    def below(g):
        return where(input < min if max is None else (input < min) & (min < max), g, 0)

    def above(g):
        return where(input > max if min is None else (input > max) | (max < min), g, 0)

    return array, lambda g: where(between(input, min, max), g, 0), below, above


# -- by sign or kind of number -----------------------------------------------------------------------------------------


def nan_to_num(input, nan=None, posinf=None, neginf=None):
    """input with other numbers for NaN, inf and -inf: 0, the largest and the smallest of its dtype unless given."""
    check_tensor("nan_to_num", input)
    if input.array.dtype.kind not in FLOATING:
        return input.clone()
    limits = finfo(input.dtype)
    numbers = (nan, 0.0), (posinf, limits.max), (neginf, limits.min)
    return replace_nonfinite(input, numbers=[default if value is None else value for value, default in numbers])


@op(label="NanToNumBackward0")
def replace_nonfinite(input, *, numbers):
    k, y = input.kernels, input.array
    masks = k.isnan(y), k.eq(y, like(input, np.inf)), k.eq(y, like(input, -np.inf))
    for mask, number in zip(masks, numbers, strict=True):
        y = k.where(mask, like(input, number), y)
    return y, lambda g: where(input.isfinite(), g, 0)


def like(input, number):
    """A number as a 0-d array of the kernels and dtype of input."""
    return input.kernels.full((), number, input.array.dtype)


@op(promote=floating_first)
def copysign(input, other):
    """|input| with the sign of other. The derivative is 1, -1, or 0 where input is 0."""
    array = input.kernels.copysign(input.array, other.array)
    return (
        array,
        lambda g, y: g * where(input == 0, 0, y / input),
        lambda g: zeros_like(g),
    )


def heaviside(input, values):
    """The step: 0 for input < 0, 1 for input > 0, and values where input is 0. No derivative."""
    check_tensor("heaviside", input)
    check_tensor("heaviside", values, "values", 2)
    if input.array.dtype != values.array.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    return step(input, values)


def no_derivative(g):
    raise RuntimeError("derivative for aten::heaviside is not implemented")


@op(label="NotImplemented")
def step(input, values):
    k, x = input.kernels, input.array
    zero, one = k.full((), 0, x.dtype), k.full((), 1, x.dtype)
    return k.where(k.eq(x, zero), values.array, k.where(k.gt(x, zero), one, zero)), no_derivative, no_derivative
