"""Comparisons, logic and bits. Their results are booleans or integers: no gradient flows through them.

https://docs.pytorch.org/docs/stable/torch.html#comparison-ops
"""

from minitorch.autograd.op import op
from minitorch.dtype import get_default_dtype
from minitorch.promotion import common


@op(promote=common)
def eq(input, other):
    """input == other."""
    return input.kernels.eq(input.array, other.array)


@op(promote=common)
def ne(input, other):
    """input != other."""
    return input.kernels.ne(input.array, other.array)


@op(promote=common)
def lt(input, other):
    """input < other."""
    return input.kernels.lt(input.array, other.array)


@op(promote=common)
def le(input, other):
    """input <= other."""
    return input.kernels.le(input.array, other.array)


@op(promote=common)
def gt(input, other):
    """input > other."""
    return input.kernels.gt(input.array, other.array)


@op(promote=common)
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
def logical_not(input):
    """True where input is 0."""
    return input.kernels.logical_not(input.array)


@op(promote=common)
def logical_and(input, other):
    """True where both are not 0."""
    return input.kernels.logical_and(input.array, other.array)


@op(promote=common)
def logical_or(input, other):
    """True where at least one is not 0."""
    return input.kernels.logical_or(input.array, other.array)


@op(promote=common)
def logical_xor(input, other):
    """True where exactly one is not 0."""
    return input.kernels.logical_xor(input.array, other.array)


def refuse_float(name, *tensors):
    """NotImplementedError for a floating tensor: it has no bits to work on."""
    for x in tensors:
        if x.array.dtype.kind == "f":
            raise NotImplementedError(
                f"\"{name}_cpu\" not implemented for '{x.dtype.type_name.removesuffix('Tensor')}'"
            )


@op
def bitwise_not(input):
    """~input: each bit turned; for booleans, not."""
    refuse_float("bitwise_not", input)
    return input.kernels.bitwise_not(input.array)


@op(promote=common)
def bitwise_and(input, other):
    """input & other."""
    refuse_float("bitwise_and", input)
    return input.kernels.bitwise_and(input.array, other.array)


@op(promote=common)
def bitwise_or(input, other):
    """input | other."""
    refuse_float("bitwise_or", input)
    return input.kernels.bitwise_or(input.array, other.array)


@op(promote=common)
def bitwise_xor(input, other):
    """input ^ other."""
    refuse_float("bitwise_xor", input)
    return input.kernels.bitwise_xor(input.array, other.array)


def equal(input, other):
    """Whether two tensors have the same shape and the same elements, as a Python bool."""
    return input.array.shape == other.array.shape and bool(eq(input, other).all())


def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Where |input - other| <= atol + rtol * |other|."""
    if input.array.dtype != other.array.dtype:
        raise RuntimeError(f"{input.dtype} did not match {other.dtype}")
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if tolerance < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {tolerance}")
    close = eq(input, other)
    if rtol or atol:
        dtype = input.array.dtype if input.array.dtype.kind == "f" else get_default_dtype().numpy
        input, other = input.cast(dtype), other.cast(dtype)
        difference = (input - other).abs()
        close = close | (isfinite(difference) & (difference <= atol + (rtol * other).abs()))
    return close | (isnan(input) & isnan(other)) if equal_nan else close


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are close (see isclose), as a Python bool."""
    return bool(isclose(input, other, rtol, atol, equal_nan).all())
