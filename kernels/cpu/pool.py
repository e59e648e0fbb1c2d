"""Pooling: the largest element, or the mean, of every window of an image of one, two or three dims.

What is a window is told dim by dim, by *spans* (starts, ends, step): along that dim, window number i holds the elements
starts[., i], starts[., i] + step, ... before ends[., i]. So all kinds of pooling are one: windows of one size and
distance, those that divide an image of any size into so many parts, and random ones, for which starts and ends have a
row for every plane of the image (else one row for all). minitorch/ops/windows.py makes them.

An image has the dims I (H, W, say), a result, of one element a window, the dims O.
"""

import math

import numpy as np

from kernels.cpu.array import in_float32
from kernels.cpu.elementwise import trunc_divide
from kernels.cpu.threads import spread

LARGEST = 0.8  # nanoseconds for an element of the image, on one core


def volumes(x, dims):
    """(N, C, I) -> (N C, D, H, W), where dims in front that I does not have are 1."""
    shape = (math.prod(x.shape[:-dims]), *[1] * (3 - dims), *x.shape[-dims:])
    return np.ascontiguousarray(x).reshape(shape)


def of_three_dims(spans):
    """Spans of three dims: a dim that the image does not have is one window of one element."""
    whole = np.zeros((1, 1), np.int64), np.ones((1, 1), np.int64), 1
    return [whole] * (3 - len(spans)) + [*spans]


def size_of(spans):
    """O: the number of windows along every dim."""
    return [starts.shape[1] for starts, _, _ in spans]


@in_float32
def max_pool(x, spans):
    """(largest elements, their places): both (N, C, O). Of equal elements the first counts, of NaNs the last.

    A place is the number of an element in its plane, row by row. A window without elements (a dilated one that lies
    about the image) has the lowest number there is, and place -1.
    """
    from kernels.cpu.pool_jit import max_pool as loop

    shape = (*x.shape[: -len(spans)], *size_of(spans))
    values, places = np.empty(shape, x.dtype), np.empty(shape, np.int64)
    x = volumes(x, len(spans))
    if values.size:
        planes = [array.reshape(len(x), -1) for array in (x, values, places)]  # -> (N C, D H W), (N C, prod(O)) twice
        lowest = x.dtype.type(-np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min)
        arrays = x.shape[1:], tuple(of_three_dims(spans)), lowest, *planes
        spread(lambda first, last: loop(first, last, *arrays), len(x), x.size * LARGEST)
    return values, places


@in_float32
def avg_pool(x, spans, count):
    """The sum of every window over its count, a NumPy array (O): (N, C, O). Rounded towards 0 for integers."""
    from kernels.cpu.pool_jit import add_up

    out = np.zeros((*x.shape[: -len(spans)], *size_of(spans)), x.dtype)
    starts, ends, _ = zip(*of_three_dims(spans), strict=True)
    arrays = volumes(x, len(spans)), volumes(out, len(spans)), starts, ends
    spread(lambda first, last: add_up(first, last, *arrays), len(arrays[0]), x.size)
    count = count.astype(x.dtype)
    return np.divide(out, count, out=out) if x.dtype.kind == "f" else trunc_divide(out, count)


@in_float32
def avg_pool_backward(g, input_shape, spans, count):
    """Zeros of input_shape (N, C, I), to which every g (N, C, O) over its count is added all over its window."""
    from kernels.cpu.pool_jit import add_shares

    out = np.zeros(input_shape, g.dtype)
    starts, ends, _ = zip(*of_three_dims(spans), strict=True)
    arrays = volumes(g / count.astype(g.dtype), len(spans)), volumes(out, len(spans)), starts, ends
    spread(lambda first, last: add_shares(first, last, *arrays), len(arrays[0]), out.size)
    return out
