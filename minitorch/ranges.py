"""Counted tensors: arange, linspace, logspace.

https://docs.pytorch.org/docs/stable/generated/torch.arange.html
"""

import math
from operator import index

import numpy as np

from kernels.cpu import cast
from minitorch.autograd.op import quiet
from minitorch.creation import make
from minitorch.dtype import bfloat16, check_fits, get_default_dtype, int64
from minitorch.dtype import bool as bool_
from minitorch.layout import strided_only
from minitorch.stream.fma import fma
from minitorch.stream.integer_range import INT64_MIN
from minitorch.tensor import Tensor


def number(name, value, argument):
    """A Python number for a number or a 0-d tensor."""
    if isinstance(value, Tensor) and value.array.ndim == 0:
        return value.item()
    if not isinstance(value, int | float | np.number):
        raise TypeError(f"{name}(): argument '{argument}' must be Number, not {type(value).__name__}")
    if isinstance(value, int) and not INT64_MIN <= value < -INT64_MIN:
        raise OverflowError("int too big to convert")
    return value


@strided_only
def arange(start, end=None, step=1, *, dtype=None, device=None, requires_grad=False):
    """start, start + step, ... up to and without end; arange(end) starts at 0. int64 if all three are integers.

    An integer dtype cuts start and step, and int64 end too, to integers. RuntimeError for step 0 and for a step that
    leads away from end; ValueError for a step that is cut to 0.
    """
    start, end = (0, start) if end is None else (start, end)
    start, end, step = (number("arange", x, n) for x, n in ((start, "start"), (end, "end"), (step, "step")))
    if dtype is bool_:
        raise NotImplementedError("\"arange_cpu\" not implemented for 'Bool'")
    if dtype is None:
        whole = all(isinstance(x, int | np.integer) for x in (start, end, step))
        dtype = int64 if whole else get_default_dtype()
    if not (step > 0 or step < 0):
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if dtype is int64:
        start, end, step = int(start), int(end), int(step)
        if step == 0:
            raise ValueError("step must be nonzero (an integer dtype cuts it to 0)")
    size = math.ceil((end - start) / step)
    if size > np.iinfo(np.int64).max:
        raise RuntimeError("invalid size, possible overflow?")
    i = np.arange(size)
    if not dtype.is_floating_point:
        return make(int(start) + int(step) * i, dtype, device, requires_grad)
    # torch counts in vectors of 32 bytes, two at a time, from each one's first value rounded to dtype; the rest singly.
    # (In a vector of a 16-bit dtype it counts in float32, else in float64, as it does to the first value.)
    lanes = 32 // dtype.itemsize
    first = np.where(i < len(i) // (2 * lanes) * 2 * lanes, i // lanes * lanes, i)
    work = np.dtype(np.float32 if dtype.itemsize == 2 else np.float64)

    def values():
        firsts = cast(cast(fma(first.astype(np.float64), step, start), dtype.numpy), work)
        return fma((i - first).astype(work), step, firsts)

    return make(quiet.run(values), dtype, device, requires_grad)


def ends(name, start, end, steps, dtype):
    """(start, end, steps, dtype) as numbers and a dtype. start and end may be 0-d tensors.

    TypeError where steps is no integer, RuntimeError where it is negative or the dtype does not hold an end.
    """
    if isinstance(steps, bool):
        raise TypeError(f"{name}(): argument 'steps' must be int, not bool")
    steps = index(steps)
    for which, x in (("start", start), ("end", end)):
        if isinstance(x, Tensor) and x.array.ndim:
            raise RuntimeError(
                f"{name} only supports 0-dimensional start and end tensors, but got {which} with {x.array.ndim} "
                "dimension(s)."
            )
    start, end = number(name, start, "start"), number(name, end, "end")
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    dtype = get_default_dtype() if dtype is None else dtype
    if steps > 1:
        if dtype is bool_:
            raise NotImplementedError(f"\"{name}_cpu\" not implemented for 'Bool'")
        for x in (start, end):
            check_fits(x, dtype.numpy)
    return start, end, steps, dtype


def evenly(start, end, step, steps, multiply_add):
    """start, start + step, ... and end, end - step, ...: each half is counted from its own end. NumPy arrays."""
    i = np.arange(steps).astype(type(step))
    return np.where(i < steps // 2, multiply_add(i, step, start), multiply_add(i[::-1], -step, end))


def rounded_twice(x, y, z):
    """x * y + z."""
    return x * y + z


@strided_only
def linspace(start, end, steps, *, dtype=None, device=None, requires_grad=False):
    """`steps` values from start to end, both included, at equal distances.

    An integer dtype cuts start and end to integers; what lies between is counted in float64, and cut.
    """
    start, end, steps, dtype = ends("linspace", start, end, steps, dtype)
    if steps < 2:
        check_fits(start, dtype.numpy)
        return make(np.array([start] * steps), dtype, device, requires_grad)
    real = np.float32 if dtype is bfloat16 else dtype.numpy.type
    if not dtype.is_floating_point:
        start, end, real = int(start), int(end), np.float64
    start, end = real(start), real(end)

    def values():
        return evenly(start, end, (end - start) / real(steps - 1), steps, rounded_twice if real is np.float16 else fma)

    return make(quiet.run(values), dtype, device, requires_grad)


@strided_only
def logspace(start, end, steps, base=10.0, *, dtype=None, device=None, requires_grad=False):
    """base ** x for `steps` values x from start to end, at equal distances. All but end - start is done in float64."""
    start, end, steps, dtype = ends("logspace", start, end, steps, dtype)

    def in_dtype(x):
        return cast(cast(np.asarray(x), dtype.numpy), np.dtype(np.float64))[()]

    def powers():
        if steps < 2:
            return np.power(float(base), np.array([start] * steps, np.float64))
        low, high = in_dtype(np.array([start, end]))
        return np.power(float(base), evenly(low, high, in_dtype(high - low) / (steps - 1), steps, rounded_twice))

    values = quiet.run(powers)
    if steps == 1:
        check_fits(values.item(), dtype.numpy)
    return make(values, dtype, device, requires_grad)
