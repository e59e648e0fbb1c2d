"""Which operands an elementwise operation takes: functions for `@op(promote=...)`, and refusals.

Each takes the name of the operation and its operands (tensors and Python numbers), and gives tensors of one dtype.
"""

from minitorch.autograd.op import check_tensors
from minitorch.autograd.variable import Variable
from minitorch.promotion import common, floating


def check_tensor(name, x, argument="input", position=1):
    """TypeError unless x is a tensor."""
    if not isinstance(x, Variable):
        raise TypeError(f"{name}(): argument '{argument}' (position {position}) must be Tensor, not {type(x).__name__}")


def tensors_only(name, operands):
    """common, where Python numbers are refused."""
    return common(name, check_tensors(name, operands))


def floating_tensors(name, operands):
    """floating, where Python numbers are refused."""
    return floating(name, check_tensors(name, operands))


def common_first(name, operands):
    """common, where the first operand must be a tensor."""
    check_tensor(name, operands[0])
    return common(name, operands)


def floating_first(name, operands):
    """floating, where the first operand must be a tensor."""
    check_tensor(name, operands[0])
    return floating(name, operands)


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


def some_missing(name, operands):
    """common of the operands that are not None."""
    cast = iter(common(name, check_tensors(name, [x for x in operands if x is not None])))
    return [None if x is None else next(cast) for x in operands]
