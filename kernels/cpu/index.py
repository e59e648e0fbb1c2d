"""Reading and writing at places that arrays of indices name."""

import numpy as np

from kernels.cpu.threads import spread

REDUCTIONS = {"sum": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


def index(array, key):
    """array[key] for a key with arrays of int64 or bool in it: a copy, row by row (NumPy's may lie otherwise)."""
    return np.asarray(array[key], order="C")


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


def scatter(array, dim, index, src, reduce):
    """array[i, index[i, j, k], k] = src[i, j, k] in place for dim 1, and so for any dim; of several the last stays.

    reduce: "sum", "prod", "amax" or "amin" put together what comes to one place, and what was there; None replaces.
    """
    if array.ndim == 0:
        array, index, src = array.reshape(1), index.reshape(-1), src.reshape(-1)
    src = src[tuple(slice(n) for n in index.shape)]
    alike = array.shape[:-1] == index.shape[:-1] and dim % array.ndim == array.ndim - 1
    if reduce == "sum" and array.dtype == np.float32 == src.dtype and array.flags.c_contiguous and alike and index.size:
        from kernels.cpu.index_jit import add_at  # six times as fast as ufunc.at below

        rows, index, src = (np.ascontiguousarray(a).reshape(-1, a.shape[-1]) for a in (array, index, src))
        spread(lambda first, last: add_at(first, last, rows, index, src), len(rows), index.size)
        return
    key = places(index, dim)
    if array.flags.c_contiguous and index.size:  # one index in place of several: ufunc.at is then ten times as fast
        key, src = np.ravel_multi_index(key, array.shape).reshape(-1), src.reshape(-1)
        array = array.reshape(-1)
    if reduce is None:
        array[key] = src
    else:
        REDUCTIONS[reduce].at(array, key, src)


def first_outside(array, low, high):
    """An element that is not from low to high, which is included: the largest, if that is above; None if there is none.

    On a GPU the answer is always None, as the host would have to wait for it: see kernels/cuda/fault.py.
    """
    if array.size:
        least, most = array.min(), array.max()
        if not most <= high:
            return most.item()
        if not least >= low:
            return least.item()
    return None
