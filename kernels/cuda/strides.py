"""Visiting arrays of any strides together: element number i of each, in the order of one shape."""

import functools

import numpy as np

from kernels.cuda.device import device_function


@device_function
def place(i, shape, steps):
    """The cell of element number i (row by row) of an array: steps[0] is the cell of the first one, steps[1 + d] the
    number of cells from one to the next along dim d."""
    at = steps[0]
    for d in range(len(shape) - 1, 0, -1):
        at += i % shape[d] * steps[d + 1]
        i //= shape[d]
    return at + i * steps[1]


def common_steps(shape, *arrays, order=None):
    """(shape, steps of each array): how to visit all elements of arrays that broadcast to shape, for `place`.

    Dims that lie in memory one behind the other are visited as one. So contiguous arrays, whatever their shape, are
    visited along a single dim, where `place` has nothing to divide. order: the dims from the outermost to the
    innermost, where the visit is not row by row.
    """
    layouts = [a.layout if a.shape == shape else np.broadcast_to(a.layout, shape) for a in arrays]
    if order is not None:
        layouts = [layout.transpose(order) for layout in layouts]
        shape = layouts[0].shape
    shape, strides = merge_dims(shape, tuple(layout.strides for layout in layouts))
    return shape, *[
        (a.offset, *[s // a.itemsize for s in array_strides]) for a, array_strides in zip(arrays, strides, strict=True)
    ]


@functools.lru_cache(4096)
def memory_order(shape, strides):
    """The dims from the outermost to the innermost in memory, of arrays of that shape with these strides, or None if
    that is their own order. The first array that tells two dims apart decides; an expanded one (stride 0) does not.

    An insertion sort from the last dim on, which passes over dims that no array tells apart: that of torch's
    TensorIterator. (minitorch/stream/order.py has the same for one array.)
    """

    def is_inside(a, b):
        """Whether dim a lies inside dim b (True), outside (False), or cannot be told (None)."""
        for steps in strides:
            here, there = (steps[a], shape[a]), (steps[b], shape[b])
            if here[0] and there[0] and here != there:
                return here < there
        return None

    order = list(range(len(shape)))
    for start in reversed(range(len(shape) - 1)):
        at = start
        for after in range(start + 1, len(shape)):
            inside = is_inside(order[at], order[after])
            if inside:
                order[at], order[after] = order[after], order[at]
                at = after
            elif inside is False:
                break
    return None if order == sorted(order) else tuple(order)


def steps_along(array, dims, start):
    """(shape, steps): how to visit the elements along some dims of an array only, from the cell `start` on."""
    shape, (strides,) = merge_dims(tuple(array.shape[d] for d in dims), (tuple(array.strides[d] for d in dims),))
    return shape, (start, *[s // array.itemsize for s in strides])


@functools.lru_cache(4096)
def merge_dims(shape, strides):
    """Fewer dims for the same visit: (shape, strides of each array) without sizes of 1, and without dims that the one
    before them can take along, because in every array its stride is the whole length of the dim."""
    merged = []  # (size, stride in every array)
    for n, *inner in zip(shape, *strides, strict=True):
        if n == 1:
            continue
        if merged and all(outer == n * s for outer, s in zip(merged[-1][1:], inner, strict=True)):
            merged[-1] = (merged[-1][0] * n, *inner)
        else:
            merged.append((n, *inner))
    shape, *strides = zip(*merged, strict=True) if merged else [(1,)] + [(0,)] * len(strides)
    return shape, strides
