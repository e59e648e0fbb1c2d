"""Views, which share memory with their array; and joining arrays. NumPy finds the layouts: see array.py."""

import numpy as np

from kernels.cuda.array import Array, copy, copy_into, empty


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


def cat(arrays, dim):
    """Arrays one behind the other along dim: each is copied into its part of a new one."""
    shape = list(arrays[0].shape)
    shape[dim] = sum(a.shape[dim] for a in arrays)
    out, start = empty(shape, arrays[0].dtype), 0
    for a in arrays:
        copy_into(getitem(out, (slice(None),) * dim + (slice(start, start + a.shape[dim]),)), a)
        start += a.shape[dim]
    return out
