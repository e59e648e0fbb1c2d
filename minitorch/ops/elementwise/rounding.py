"""Sign, size and fraction of a number. Their results are piecewise linear: derivatives are -1, 0 or 1."""

from minitorch.autograd.op import op
from minitorch.ops.elementwise.operands import check_tensor
from minitorch.ops.like import zeros_like
from minitorch.ops.refusals import refuse_bool, refuse_dtypes

# -- sign --------------------------------------------------------------------------------------------------------------


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
    check_tensor("positive", input)
    refuse_bool(input, "The `+` operator, on a bool tensor is not supported.")
    return input


@op
def abs(input):
    """|input|; the derivative at 0 is 0."""
    refuse_dtypes("abs_cpu", input, "b")
    return input.kernels.abs(input.array), lambda g: g * input.sign()


@op
def sign(input):
    """-1, 0 or 1."""
    return input.kernels.sign(input.array), lambda g: zeros_like(g)


@op
def sgn(input):
    """sign, under the name that torch has for complex numbers too."""
    return input.kernels.sign(input.array), lambda g: zeros_like(g)


# -- fraction ----------------------------------------------------------------------------------------------------------


@op
def floor(input):
    """The largest whole number not above input."""
    refuse_dtypes("floor_vml_cpu", input, "b")
    return input.kernels.floor(input.array), lambda g: zeros_like(g)


@op
def ceil(input):
    """The smallest whole number not below input."""
    refuse_dtypes("ceil_vml_cpu", input, "b")
    return input.kernels.ceil(input.array), lambda g: zeros_like(g)


@op
def trunc(input):
    """input without its fraction."""
    refuse_dtypes("trunc_vml_cpu", input, "b")
    return input.kernels.trunc(input.array), lambda g: zeros_like(g)


@op
def frac(input):
    """The fraction: input - trunc(input)."""
    refuse_dtypes("frac_cpu", input, "biu")
    return input.kernels.sub(input.array, input.kernels.trunc(input.array)), lambda g: g


def round(input, *, decimals=None):
    """The nearest whole number, or floating number of so many decimals (-2: hundreds); halves go to the even one."""
    check_tensor("round", input)
    if decimals is None:
        return round_to_whole(input)
    if not isinstance(decimals, int):
        raise TypeError(f"round(): argument 'decimals' must be int, not {type(decimals).__name__}")
    return round_to(input, decimals=decimals)


@op(label="RoundBackward0")
def round_to_whole(input):
    refuse_dtypes("round_vml_cpu", input, "b")
    return input.kernels.round(input.array), lambda g: zeros_like(g)


@op(label="RoundBackward1")
def round_to(input, *, decimals):
    refuse_dtypes("round_cpu", input, "biu")
    k = input.kernels
    unit = k.full((), 10.0 ** (decimals if decimals > 0 else -decimals), input.array.dtype)
    up, down = (k.mul, k.div) if decimals > 0 else (k.div, k.mul)
    return down(k.round(up(input.array, unit)), unit), lambda g: zeros_like(g)
