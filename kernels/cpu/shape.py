"""Views of arrays, and arrays put together."""

import numpy as np
from numpy.lib.stride_tricks import as_strided

reshape = np.reshape
permute = np.transpose
cat = np.concatenate


def view(array, shape):
    """The same memory in another shape. ValueError where the strides do not allow it."""
    return np.reshape(array, shape, copy=False)


def expand(array, shape):
    """Dims of size 1, and new ones at the front, repeated with stride 0. (np.broadcast_to would make it read-only.)"""
    new = len(shape) - array.ndim
    strides = [0 if d < new or array.shape[d - new] != n else array.strides[d - new] for d, n in enumerate(shape)]
    return as_strided(array, shape, strides)


def getitem(array, index):
    """A view of a part: index is a tuple of ints, slices and None."""
    return array[(*index, ...)]  # with the Ellipsis, NumPy gives a 0-d view where it would give a scalar
