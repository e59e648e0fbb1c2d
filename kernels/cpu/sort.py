"""Putting elements in order. NaN is the largest of all, as in torch."""

import numpy as np


def sort(array, dim, descending):
    """(values, indices) in order along dim; equal elements keep their order (also in a descending one).

    Descending is ascending read backwards, and so that equal elements keep their order, of the array read backwards.
    """
    if not descending:
        indices = np.argsort(array, axis=dim, kind="stable")
    else:
        indices = np.flip(array.shape[dim] - 1 - np.argsort(np.flip(array, dim), axis=dim, kind="stable"), dim)
    return np.take_along_axis(array, indices, dim), np.ascontiguousarray(indices)


def topk(array, k, dim, largest, sorted):
    """(values, indices) of the k largest (or smallest) elements along dim; in order, if sorted."""
    from kernels.cpu.topk_jit import topk as first_of

    rows = np.moveaxis(array, dim, -1)  # (..., n, ...) -> (..., n)
    keys = np.ascontiguousarray(rows, np.float32 if array.dtype == np.float16 else None)
    found = first_of(keys.reshape(-1, array.shape[dim]), k, largest, sorted) if k and array.size else ()
    indices = np.reshape(found, (*rows.shape[:-1], k)).astype(np.int64)
    indices = np.ascontiguousarray(np.moveaxis(indices, -1, dim))
    return np.take_along_axis(array, indices, dim), indices


def unique_rows(rows, in_order):
    """Which rows of a matrix are different: (first, inverse, counts).

    first: the number of the first row of each kind, the kinds in lexicographic order; inverse: the kind of each row;
    counts: how many rows each kind has. in_order: only neighbours count as equal, and the kinds stay in their order.
    """
    n = len(rows)
    order = np.arange(n) if in_order or rows.shape[1] == 0 else np.lexsort(rows.T[::-1])
    new = np.ones(n, bool)
    new[1:] = (rows[order[1:]] != rows[order[:-1]]).any(1)
    starts = np.flatnonzero(new)
    inverse = np.empty(n, np.int64)
    inverse[order] = np.cumsum(new) - 1
    return order[starts], inverse, np.diff(starts, append=n)
