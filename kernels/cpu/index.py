"""Reading and writing at places that arrays of indices name."""

import numpy as np


def index(array, key):
    """array[key] for a key with arrays of int64 or bool in it: a copy."""
    return array[key]


def index_put(array, key, value, accumulate):
    """array[key] = value in place; with accumulate += value, once for each time that a place is named."""
    if accumulate:
        np.add.at(array, key, value)
    else:
        array[key] = value


def places(index, dim):
    """Indices along one dim as a NumPy key: each element's own place in all other dims."""
    key = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    key[dim] = index
    return tuple(key)


def gather(array, dim, index):
    """out[i, j, k] = array[i, index[i, j, k], k] for dim 1, and so for any dim; index may be smaller in other dims."""
    return array[places(index, dim)] if array.ndim else array.reshape(1)[index]


def scatter_add(array, dim, index, src):
    """array[i, index[i, j, k], k] += src[i, j, k] in place for dim 1, and so for any dim."""
    if array.ndim == 0:
        array[()] += src[: index.size].sum() if src.ndim else src * index.size
        return
    src = src[tuple(slice(n) for n in index.shape)]
    np.add.at(array, places(index, dim), src)
