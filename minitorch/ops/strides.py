"""Views by strides: any shape over the memory of a tensor, windows that slide over it, and the memory in another size.

Element [i, j, ...] of a tensor lies at  storage_offset + i * stride[0] + j * stride[1] + ...  of its memory.
"""

import math

import numpy as np

from minitorch.autograd.inplace import link_view, view
from minitorch.autograd.op import op
from minitorch.size import normalize_dim, unpack_sizes

# -- windows -----------------------------------------------------------------------------------------------------------


@view("UnfoldBackward0")
def windows(input, *, dim, size, step):
    shape = input.array.shape
    array = input.kernels.sliding(input.array, dim, size, step)
    return array, lambda g: summed_windows(g, shape=shape, dim=dim, size=size, step=step)


@op(label="UnfoldBackwardBackward0")
def summed_windows(input, *, shape, dim, size, step):
    """The transpose of taking windows: each of their elements added at its place.

    Elements at one place in their windows never meet, so that one addition adds all of them."""
    k, array = input.kernels, input.kernels.full(shape, 0, input.array.dtype)
    before, reach = (slice(None),) * dim, step * (input.array.shape[dim] - 1) + 1
    for i in range(size):
        places = k.getitem(array, (*before, slice(i, i + reach, step)))
        k.copy_into(places, k.add(places, k.getitem(input.array, (*(slice(None),) * (input.array.ndim - 1), i))))
    return array, lambda g: windows(g, dim=dim, size=size, step=step)


def unfold(input, dimension, size, step):
    """A view of the windows of `size` elements along a dim, one every `step` elements: their number takes the place of
    the dim, and their elements are a new last one. (..., n, ...) -> (..., (n - size) // step + 1, ..., size)"""
    for name, value in (("size", size), ("step", step)):
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"unfold(): argument '{name}' must be int, not {type(value).__name__}")
    d = normalize_dim(dimension, input.array.ndim)
    if size < 0:
        raise RuntimeError(f"unfold: size is {size} but must be >= 0")
    if step <= 0:
        raise RuntimeError(f"unfold: step is {step} but must be > 0")
    n = input.array.shape[d] if input.array.ndim else 1
    if size > n:
        raise RuntimeError(f"unfold: maximum size for tensor at dimension {d} is {n} but size is {size}")
    if input.array.ndim == 0:
        return input.reshape(1)[:size]
    return windows(input, dim=d, size=size, step=step)


# -- any strides -------------------------------------------------------------------------------------------------------


def places(shape, strides, start):
    """Where in memory the elements lie: start + i * strides[0] + j * strides[1] + ..., as an array of that shape."""
    steps = [np.arange(n, dtype=np.int64) * step for n, step in zip(shape, strides, strict=True)]
    grid = np.full(shape, start, np.int64)
    for axis, values in enumerate(steps):
        grid += values.reshape([-1 if d == axis else 1 for d in range(len(shape))])
    return grid


@op(label="AsStridedBackward0", bits=True)
def by_strides(input, *, shape, strides, start):
    before = input.array.shape, tuple(s // input.array.itemsize for s in input.array.strides)
    first = input.kernels.offset(input.array)

    def vjp(g):
        """g is added up in a memory of zeros, and read as input lies there. Where several elements of input share a
        place, they share its gradient."""
        to, source = places(*before, first), places(shape, strides, start)
        cells = 1 + max(to.max(initial=0), source.max(initial=0))
        sharers = np.bincount(to.reshape(-1), minlength=cells)[to]
        index, back, share = (g.wrap(g.kernels.from_numpy(a)) for a in (source, to, sharers.astype(g.array.dtype)))
        return g.new_zeros(cells).put(index, g, accumulate=True).take(back) / share

    return input.kernels.strided(input.array, shape, strides, start), vjp


def as_strided(input, size, stride, storage_offset=None):
    """A view of the memory of input in any shape and strides, which may overlap; from storage_offset on, by default
    from the first element of input."""
    shape, strides = unpack_sizes((size,)), unpack_sizes((stride,))
    first = input.kernels.offset(input.array)
    start = first if storage_offset is None else storage_offset
    if len(shape) != len(strides):
        raise RuntimeError(f"as_strided: mismatch in length of strides and shape: {list(strides)} and {list(shape)}")
    if min(strides, default=0) < 0:
        raise RuntimeError(f"as_strided: Negative strides are not supported, got strides: {list(strides)}")
    if min(shape, default=0) < 0 or start < 0:
        raise RuntimeError(f"as_strided: negative size in {list(shape)}, or invalid storage offset {start}")
    cells = input.kernels.memory(input.array).size
    needed = start + sum((n - 1) * step for n, step in zip(shape, strides, strict=True)) + 1
    if math.prod(shape) and needed > cells:
        raise RuntimeError(
            f"as_strided: sizes {list(shape)}, strides {list(strides)}, storage offset {start} need a memory of "
            f"{needed} elements, but it has {cells}"
        )
    layout = input.array.strides

    def replay(other):
        if other.array.strides != layout:
            raise RuntimeError("as_strided: its tensor lies otherwise in memory by now, so this view cannot be redone")
        return as_strided(other, shape, strides, start - first + other.kernels.offset(other.array))

    return link_view(by_strides(input, shape=shape, strides=strides, start=start), input, replay)


# -- the memory itself -------------------------------------------------------------------------------------------------


def storage_offset(input):
    """How many elements of the memory lie before the first one of input."""
    return input.kernels.offset(input.array)


def resize_(input, *sizes):
    """Another shape over the same memory, row by row from the first element on, in place.

    Where the memory is too small, it is exchanged for a larger one (the new elements are 0 here): refused where views
    of it exist, which torch would take along. RuntimeError for a tensor that requires grad."""
    shape = unpack_sizes(sizes)
    if input.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    if min(shape, default=0) < 0:
        raise RuntimeError(f"resize_: Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    if shape == input.array.shape:
        return input
    k, n, start = input.kernels, math.prod(shape), input.kernels.offset(input.array)
    if n and start + n > k.memory(input.array).size:
        if start or input.kernels.is_shared(input.array):
            raise RuntimeError(
                f"resize_: {list(shape)} needs more memory than there is, and views share it: resize a clone() instead"
            )
        larger, old = k.full((n,), 0, input.array.dtype), k.memory(input.array)
        k.copy_into(k.getitem(larger, (slice(0, old.size),)), old)
        input.array = larger
    input.array = k.view(k.getitem(k.memory(input.array), (slice(start, start + n),)), shape)
    input.turned = (*input.turned, refuse_views)
    return input


def refuse_views(tensor):
    """What becomes of the views that a tensor had before resize_: their history cannot be made again."""
    raise RuntimeError(f"this view was made before its base was resized to {list(tensor.array.shape)}")


def resize_as_(input, other):
    """resize_ to the shape of other."""
    return resize_(input, other.array.shape)
