"""Comparisons and logic. Their results are booleans: no gradient flows through them.

https://docs.pytorch.org/docs/stable/torch.html#comparison-ops
"""

import functools
import math

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.inplace import assign, check_writable, inplace
from minitorch.autograd.op import op
from minitorch.dtype import FLOATING, get_default_dtype
from minitorch.dtype import bool as bool_
from minitorch.ops.elementwise.operands import check_tensor, common_first, tensors_only
from minitorch.ops.like import zeros_like


@op(promote=common_first)
def eq(input, other):
    """input == other."""
    return input.kernels.eq(input.array, other.array)


@op(promote=common_first)
def ne(input, other):
    """input != other."""
    return input.kernels.ne(input.array, other.array)


@op(promote=common_first)
def lt(input, other):
    """input < other."""
    return input.kernels.lt(input.array, other.array)


@op(promote=common_first)
def le(input, other):
    """input <= other."""
    return input.kernels.le(input.array, other.array)


@op(promote=common_first)
def gt(input, other):
    """input > other."""
    return input.kernels.gt(input.array, other.array)


@op(promote=common_first)
def ge(input, other):
    """input >= other."""
    return input.kernels.ge(input.array, other.array)


@op
def isnan(input):
    """Where input is not a number."""
    return input.kernels.isnan(input.array)


@op
def isinf(input):
    """Where input is plus or minus infinity."""
    return input.kernels.isinf(input.array)


@op
def isfinite(input):
    """Where input is neither infinite nor NaN."""
    return input.kernels.isfinite(input.array)


@op
def signbit(input):
    """Where input is negative, -0.0 too."""
    return input.kernels.signbit(input.array)


def isposinf(input):
    """Where input is infinity."""
    return eq(input, math.inf)


def isneginf(input):
    """Where input is minus infinity."""
    return eq(input, -math.inf)


def isreal(input):
    """Where input is a real number: everywhere, without complex dtypes."""
    check_tensor("isreal", input)
    return zeros_like(input, dtype=bool_) == 0


@op
def logical_not(input):
    """True where input is 0."""
    return input.kernels.logical_not(input.array)


@op(promote=tensors_only)
def logical_and(input, other):
    """True where both are not 0."""
    return input.kernels.logical_and(input.array, other.array)


@op(promote=tensors_only)
def logical_or(input, other):
    """True where at least one is not 0."""
    return input.kernels.logical_or(input.array, other.array)


@op(promote=tensors_only)
def logical_xor(input, other):
    """True where exactly one is not 0."""
    return input.kernels.logical_xor(input.array, other.array)


def equal(input, other):
    """Whether two tensors have the same shape and the same elements, as a Python bool."""
    check_tensor("equal", input)
    check_tensor("equal", other, "other", 2)
    return input.array.shape == other.array.shape and bool(eq(input, other).all())


def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Where |input - other| <= atol + rtol * |other|."""
    check_tensor("isclose", input)
    check_tensor("isclose", other, "other", 2)
    if input.array.dtype != other.array.dtype:
        raise RuntimeError(f"{input.dtype} did not match {other.dtype}")
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if tolerance < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {tolerance}")
    close = eq(input, other)
    if rtol or atol:
        dtype = input.array.dtype if input.array.dtype.kind in FLOATING else get_default_dtype().numpy
        input, other = input.cast(dtype), other.cast(dtype)
        difference = (input - other).abs()
        close = close | (isfinite(difference) & (difference <= atol + (rtol * other).abs()))
    return close | (isnan(input) & isnan(other)) if equal_nan else close


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are close (see isclose), as a Python bool."""
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


# -- in place ----------------------------------------------------------------------------------------------------------


def inplace_comparison(operation):
    """The in-place twin of a comparison: 1 where it holds, 0 elsewhere, in the dtype of input, whose gradient is 0."""

    @functools.wraps(operation)
    def compared(input, other):
        return written_over(input, operation(input, other))

    return inplace(compared)


@op(label="ComparisonBackward0")
def written_over(input, truth):
    return input.kernels.cast(truth.array, input.array.dtype), lambda g: zeros_like(g), None


def inplace_logic(operation):
    """The in-place twin of a logical operation. torch defines no derivative for it and leaves the history of input as
    it was: gradients flow as if nothing had been written."""
    name = operation.__name__ + "_"

    @functools.wraps(operation)
    def write(input, *others):
        check_writable(input, name)
        with no_grad():
            return assign(input, operation(input, *others), name)

    write.__name__ = write.__qualname__ = name
    return write
