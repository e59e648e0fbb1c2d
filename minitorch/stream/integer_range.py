"""Which integers `randint` and `random_` may draw, by dtype.

https://docs.pytorch.org/docs/stable/generated/torch.Tensor.random_.html
"""

import warnings

import numpy as np

from kernels.bfloat16 import BFLOAT16
from kernels.cpu import cast
from minitorch.dtype import FLOATING, largest

INT64_MIN = -(1 << 63)


def largest_integer(dtype):
    """The largest integer of a dtype; for a floating one, the end of those it holds all of: 2**24 for float32."""
    if dtype.kind in FLOATING:
        return 1 << digits_of(dtype)
    return 1 if dtype.kind == "b" else int(np.iinfo(dtype).max)


def digits_of(dtype):
    """The binary digits of a floating dtype, the leading one included."""
    return 8 if dtype is BFLOAT16 else np.finfo(dtype).nmant + 1


def check_range(low, high, dtype):
    """RuntimeError unless [low, high) fits the dtype. For a floating dtype, the range narrowed to what stays in it."""
    if dtype.kind in FLOATING:
        lower, upper = -largest(dtype), largest(dtype)
    else:
        lower, upper = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    for name, bound in (("from", low), ("to - 1", high - 1)):
        if not lower <= bound <= upper:
            raise RuntimeError(f"{name} is out of bounds for {dtype}")
    if dtype.kind not in FLOATING:
        return low, high
    digits = digits_of(dtype)
    for name, bound in (("from", low), ("to - 1", high - 1)):
        if abs(bound) > 1 << digits:
            warnings.warn(
                f"{name} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations {dtype} can "
                "support discrete uniform distribution only within this range.",
                stacklevel=5,
            )
    rounded = rounded_to(low + 1, dtype)
    if rounded < low:
        low = rounded + (1 << (abs(low + 1).bit_length() - digits))
    rounded = rounded_to(high - 1, dtype)
    if rounded >= high:
        high = rounded - (1 << (abs(high - 1).bit_length() - digits))
    if low >= high:
        raise RuntimeError(
            f"random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from={low} >= "
            f"to={high}"
        )
    return low, high


def rounded_to(integer, dtype):
    """An int64 rounded to a floating dtype, as int64 again: there 2**63 becomes -2**63, as C has it on x86."""
    rounded = int(cast(cast(np.asarray(integer, np.int64), dtype), np.dtype(np.float64)))
    return INT64_MIN if rounded == 1 << 63 else rounded
