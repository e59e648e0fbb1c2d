"""Reading and writing at places that arrays of indices name.

The definition is NumPy's, array[key] and ufunc.at. Long work goes by numbered rows (rows_of): NumPy's take copies them,
and a compiled loop adds them, in the order in which they come. Milliseconds, NumPy's way and so, on one core: 100,000
pairs x[i, j] 0.28 and 0.13, added 0.92 and 0.11; x[mask] of a million 4.2 and 0.6, added 8.4 and 0.6; 8192 rows of 128
added 7 and 0.12.
"""

import math

import numpy as np

from kernels.cpu.threads import spread

REDUCTIONS = {"sum": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}
LONG = 8192  # elements that are moved: from here on the preparation pays

# -- x[key] ------------------------------------------------------------------------------------------------------------


def rows_of(array, key):
    """(tables, rows, shape), with which array[key] is tables[:, rows], in that shape; None where it is short, or other.

    x[:, i, j] of x (A, N, M, B) takes rows of B elements out of A tables of N M, by the numbers i M + j; where B is 1,
    tables is (A, N M). Of a mask the numbers are those where it is True.
    """
    at = [d for d, item in enumerate(key) if not (isinstance(item, slice) and item == slice(None))]
    items = key[at[0] : at[-1] + 1]
    if not (array.flags.c_contiguous and all(isinstance(item, np.ndarray) and item.ndim for item in items)):
        return None
    after = array.shape[at[0] + sum(item.ndim if item.dtype == bool else 1 for item in items) :]
    if max(item.size for item in items) * math.prod(after) < LONG:
        return None
    rows, first, last = 0, at[0], at[0]
    for item in items:
        if item.dtype == bool:
            n, item, last = item.size, np.flatnonzero(item), last + item.ndim
        else:
            n, last = array.shape[last], last + 1
            if item.size and item.min() < 0:
                item = np.where(item < 0, item + n, item)
        try:
            rows = rows * n + item
        except ValueError:  # they do not broadcast: NumPy says so better
            return None
    before, named = array.shape[:first], array.shape[first:last]
    width = [] if math.prod(after) == 1 else [math.prod(after)]
    tables = array.reshape(math.prod(before), math.prod(named), *width)
    return tables, rows.reshape(-1).astype(np.int64, copy=False), (*before, *rows.shape, *after)


def index(array, key):
    """array[key] for a key with arrays of int64 or bool in it: a copy, row by row (NumPy's may lie otherwise)."""
    if (found := rows_of(array, key)) is None:
        return np.asarray(array[key], order="C")
    tables, rows, shape = found
    return tables.take(rows, 1).reshape(shape)


def index_put(array, key, value, accumulate):
    """array[key] = value in place; with accumulate += value, once for each time that a place is named."""
    found = rows_of(array, key)
    if found is None or (accumulate and not array.dtype == value.dtype == np.float32):
        if accumulate:
            np.add.at(array, key, value)
        else:
            array[key] = value
        return
    tables, rows, shape = found
    values = np.broadcast_to(value, shape).reshape(len(tables), rows.size, *tables.shape[2:])
    if not accumulate:
        for table, part in zip(tables, values, strict=True):
            table[rows] = part
    elif tables.ndim == 2:
        add_at(tables, np.broadcast_to(rows, values.shape), values)
    else:
        from kernels.cpu.index_jit import add_rows

        values = np.ascontiguousarray(values)
        spread(lambda a, b: add_rows(tables[a:b], rows, values[a:b]), len(tables), values.size * 0.12)


# -- gather, scatter ---------------------------------------------------------------------------------------------------


def places(index, dim):
    """Indices along one dim as a NumPy key: each element's own place in all other dims."""
    key = [np.arange(n).reshape(-1, *(1,) * (index.ndim - d - 1)) for d, n in enumerate(index.shape)]
    key[dim] = index
    return tuple(key)


def is_long(array, dim, index):
    """Whether it is for the compiled loops: along the last dim of rows without gaps, of which index has all."""
    alike = array.shape[:-1] == index.shape[:-1] and dim % array.ndim == array.ndim - 1
    return alike and array.dtype == np.float32 and array.flags.c_contiguous and index.size >= LONG


def gather(array, dim, index):
    """out[i, j, k] = array[i, index[i, j, k], k] for dim 1, and so for any dim; index may be smaller in other dims."""
    if array.ndim == 0:
        return array.reshape(1)[index]
    if not is_long(array, dim, index):
        return array[places(index, dim)]
    from kernels.cpu.index_jit import take_at

    out = np.empty(index.shape, array.dtype)
    rows, index, result = in_rows(array), in_rows(index, np.int64), in_rows(out)
    spread(lambda a, b: take_at(rows[a:b], index[a:b], result[a:b]), len(rows), index.size * 0.3)
    return out


def scatter(array, dim, index, src, reduce):
    """array[i, index[i, j, k], k] = src[i, j, k] in place for dim 1, and so for any dim; of several the last stays.

    reduce: "sum", "prod", "amax" or "amin" put together what comes to one place, and what was there; None replaces.
    """
    if array.ndim == 0:
        array, index, src = array.reshape(1), index.reshape(-1), src.reshape(-1)
    src = src[tuple(slice(n) for n in index.shape)]
    if reduce == "sum" and src.dtype == np.float32 and is_long(array, dim, index):
        add_at(array, index, src)
        return
    key = places(index, dim)
    if array.flags.c_contiguous and index.size:  # one index in place of several: ufunc.at is then ten times as fast
        key, src = np.ravel_multi_index(key, array.shape).reshape(-1), src.reshape(-1)
        array = array.reshape(-1)
    if reduce is None:
        array[key] = src
    else:
        REDUCTIONS[reduce].at(array, key, src)


def add_at(array, index, src):
    """array[..., index[..., i]] += src[..., i] for all i, one after another."""
    from kernels.cpu.index_jit import add_at

    rows, index, src = in_rows(array), in_rows(index, np.int64), in_rows(src)
    spread(lambda a, b: add_at(rows[a:b], index[a:b], src[a:b]), len(rows), index.size * 0.4)


def in_rows(array, dtype=None):
    """(..., n) -> (rows, n), without gaps"""
    return np.ascontiguousarray(array, dtype).reshape(-1, array.shape[-1])


def first_outside(array, low, high):
    """An element that is not from low to high, which is included: the largest, if that is above; None if there is none.

    On a GPU the answer is always None, as the host would have to wait for it: see kernels/cuda/fault.py.
    """
    if array.size == 0:
        return None
    if low == 0 and array.dtype == np.int64:  # as unsigned numbers, of which a negative one is large
        bits, most = array.view(np.uint64).reshape(-1), []
        spread(lambda i, j: most.append(bits[i:j].max()), bits.size, bits.size * 0.07)
        if max(most) <= high:
            return None
    least, most = array.min(), array.max()
    if not most <= high:
        return most.item()
    if not least >= low:
        return least.item()
    return None
