"""Views of arrays, and arrays put together."""

import sys
from itertools import accumulate, pairwise

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from kernels.cpu.array import COPIED, PLAIN
from kernels.cpu.threads import spread


def reshape(array, shape):
    """The same elements, row by row, in another shape: a view where the strides allow it."""
    return array.reshape(shape)  # np.reshape would take four times as long to begin, np.transpose twice


def permute(array, dims):
    """A view with the dims in another order."""
    return array.transpose(dims)


def cat(arrays, dim):
    """Arrays one behind the other along dim, row by row (NumPy's may lie otherwise); long ones on all cores."""
    if dim == 0 or sum(x.size for x in arrays) < PLAIN:
        return np.asarray(np.concatenate(arrays, dim), order="C")
    shape = list(arrays[0].shape)
    shape[dim] = sum(x.shape[dim] for x in arrays)
    out = np.empty(shape, arrays[0].dtype)
    spread(lambda i, j: np.concatenate([x[i:j] for x in arrays], dim, out[i:j]), len(out), out.size * COPIED)
    return out


def split(array, sizes, dim):
    """The inverse of cat: copies of the parts of these sizes along dim; long ones on all cores."""
    bounds = pairwise(accumulate(sizes, initial=0))
    views = [array[(*(slice(None),) * dim, slice(start, stop))] for start, stop in bounds]
    parts = tuple([np.empty(x.shape, x.dtype) for x in views])

    def run(i, j):
        for part, x in zip(parts, views, strict=True):
            np.copyto(part[i:j], x[i:j])

    spread(run, len(array), array.size * COPIED)
    return parts


def view(array, shape):
    """The same memory in another shape. ValueError where the strides do not allow it."""
    return array.reshape(shape, copy=False)


def expand(array, shape):
    """Dims of size 1, and new ones at the front, repeated with stride 0. (np.broadcast_to would make it read-only.)"""
    new = len(shape) - array.ndim
    strides = [0 if d < new or array.shape[d - new] != n else array.strides[d - new] for d, n in enumerate(shape)]
    if array.flags.c_contiguous and array.size:
        return np.ndarray(shape, array.dtype, array, strides=strides)  # the same, in a third of the time
    return as_strided(array, shape, strides)


def getitem(array, index):
    """A view of a part: index is a tuple of ints, slices and None."""
    return array[(*index, ...)]  # with the Ellipsis, NumPy gives a 0-d view where it would give a scalar


def diagonal(array, offset, dim1, dim2):
    """A view of the elements with index[dim2] = index[dim1] + offset, as the last dim."""
    part = np.diagonal(array, offset, dim1, dim2)
    part.flags.writeable = array.flags.writeable  # np.diagonal's is read-only
    return part


def sliding(array, dim, size, step):
    """A view of the windows of `size` elements along dim, one every `step` elements; their elements as the last dim."""
    windows = sliding_window_view(array, size, dim, writeable=True)
    return windows[(slice(None),) * dim + (slice(None, None, step),)]


# -- the memory behind an array ----------------------------------------------------------------------------------------


def memory(array):
    """All elements of the memory that array lies in, as one dim."""
    owner, base = array, array.base
    while base is not None:
        owner = base if isinstance(base, np.ndarray) else owner
        base = getattr(base, "base", None)
    return owner.ravel(order="K").view(array.dtype)  # a view: an owner has no gaps


def offset(array):
    """How many elements of the memory lie before the first one of array."""
    return (array.ctypes.data - memory(array).ctypes.data) // array.itemsize


def strided(array, shape, strides, start):
    """The memory in this shape, from element `start` on; strides, counted in elements, from one to the next."""
    return as_strided(memory(array)[start:], shape, [step * array.itemsize for step in strides])


def is_shared(array):
    """Whether anything else than one tensor refers to the memory: then it cannot be exchanged for a larger one."""
    if sys.getrefcount(array) > 3:  # the tensor, the argument here, and getrefcount's own
        return True
    return array.base is not None and (array.base.base is not None or sys.getrefcount(array.base) > 2)
