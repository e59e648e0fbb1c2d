"""Views, which share memory with their array; and joining arrays. NumPy finds the layouts: see array.py."""

import sys
from itertools import accumulate, pairwise

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from kernels.cuda.array import Array, copy, copy_into, empty
from kernels.cuda.layout import row_major


def view(array, shape):
    """The same elements in another shape. ValueError where only a copy could have it."""
    return Array(array.memory, array.layout.reshape(shape, copy=False))


def reshape(array, shape):
    """A view in another shape where the strides allow it, else a copy."""
    try:
        return view(array, shape)
    except ValueError:
        return view(copy(array), shape)


def permute(array, dims):
    """A view with its dims in another order."""
    return Array(array.memory, array.layout.transpose(dims))


def expand(array, shape):
    """A view in a larger shape: dims of size 1, and new ones in front, are repeated (with stride 0)."""
    return Array(array.memory, np.broadcast_to(array.layout, shape))


def getitem(array, index):
    """A view of part of the array, by a tuple of ints, slices and None."""
    return Array(array.memory, array.layout[index if ... in index else (*index, ...)])


def diagonal(array, offset, dim1, dim2):
    """A view of the elements with index[dim2] = index[dim1] + offset, as the last dim."""
    return Array(array.memory, np.diagonal(array.layout, offset, dim1, dim2))


def sliding(array, dim, size, step):
    """A view of the windows of `size` elements along dim, one every `step` elements; their elements as the last dim."""
    windows = sliding_window_view(array.layout, size, dim)
    return Array(array.memory, windows[(slice(None),) * dim + (slice(None, None, step),)])


def cat(arrays, dim):
    """Arrays one behind the other along dim: each is copied into its part of a new one."""
    shape = list(arrays[0].shape)
    shape[dim] = sum(a.shape[dim] for a in arrays)
    out, start = empty(shape, arrays[0].dtype), 0
    for a in arrays:
        copy_into(getitem(out, (slice(None),) * dim + (slice(start, start + a.shape[dim]),)), a)
        start += a.shape[dim]
    return out


def split(array, sizes, dim):
    """The inverse of cat: copies of the parts of these sizes along dim."""
    bounds = pairwise(accumulate(sizes, initial=0))
    return tuple([copy(getitem(array, (slice(None),) * dim + (slice(start, stop),))) for start, stop in bounds])


# -- the memory behind an array ----------------------------------------------------------------------------------------


def memory(array):
    """All elements of the memory that array lies in, as one dim."""
    return Array(array.memory, row_major((array.memory.cells.size,), array.dtype))


def offset(array):
    """How many elements of the memory lie before the first one of array."""
    return array.offset if array.size else 0


def strided(array, shape, strides, start):
    """The memory in this shape, from element `start` on; strides, counted in elements, from one to the next."""
    flat = memory(array).layout[start:]
    return Array(array.memory, as_strided(flat, shape, [step * array.itemsize for step in strides]))


def is_shared(array):
    """Whether anything else than one tensor refers to the memory: then it cannot be exchanged for a larger one."""
    return array.base is not None or sys.getrefcount(array) > 3  # the tensor, the caller's argument, getrefcount's own
