"""Operations on the bits of integers, and their common divisors and multiples. No gradient flows through them.

https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops
"""

from minitorch.autograd.op import op
from minitorch.ops.elementwise.arithmetic import div
from minitorch.ops.elementwise.choosing import where
from minitorch.ops.elementwise.operands import tensors_only
from minitorch.ops.refusals import refuse_dtypes
from minitorch.promotion import common


@op
def bitwise_not(input):
    """~input: each bit turned; for booleans, not."""
    refuse_dtypes("bitwise_not_cpu", input, "f")
    return input.kernels.bitwise_not(input.array)


@op(promote=common)
def bitwise_and(input, other):
    """input & other."""
    refuse_dtypes("bitwise_and_cpu", input, "f")
    return input.kernels.bitwise_and(input.array, other.array)


@op(promote=common)
def bitwise_or(input, other):
    """input | other."""
    refuse_dtypes("bitwise_or_cpu", input, "f")
    return input.kernels.bitwise_or(input.array, other.array)


@op(promote=common)
def bitwise_xor(input, other):
    """input ^ other."""
    refuse_dtypes("bitwise_xor_cpu", input, "f")
    return input.kernels.bitwise_xor(input.array, other.array)


@op(promote=common)
def bitwise_left_shift(input, other):
    """input << other: times 2^other. 0 where other is negative, or all bits are gone."""
    refuse_dtypes("lshift_cpu", input, "fb")
    return input.kernels.shift_left(input.array, other.array)


@op(promote=common)
def bitwise_right_shift(input, other):
    """input >> other: input / 2^other, rounded down. 0 or -1 where other is negative, or all bits are gone."""
    refuse_dtypes("rshift_cpu", input, "fb")
    return input.kernels.shift_right(input.array, other.array)


@op(promote=tensors_only)
def gcd(input, other):
    """The greatest common divisor, 0 of 0 and 0."""
    refuse_dtypes("gcd_cpu", input, "fb")
    return input.kernels.gcd(input.array, other.array)


def lcm(input, other):
    """The least common multiple, |input * other| / gcd; 0 where one is 0."""
    divisor = gcd(input, other)
    return (div(input, where(divisor == 0, 1, divisor), rounding_mode="trunc") * other).abs()
