"""Elements picked by their rank along a dim: the k-th smallest, the median, the most frequent.

Which of equal elements is picked is torch's choice; for kthvalue and mode it follows from how torch searches: see
order_jit.py.
"""

import numpy as np

from kernels.cpu.reduce import at


def rows_along(x, dim):
    """The rows of x along dim as a contiguous matrix of numbers that compiled loops compare."""
    rows = np.moveaxis(x, dim, -1)  # (..., n, ...) -> (..., n)
    comparable = {"float16": np.float32, "bool": np.uint8}.get(x.dtype.name, x.dtype)
    return np.ascontiguousarray(rows, comparable).reshape(-1, x.shape[dim])


def picked(x, places, dim, keepdim):
    """(elements of x, places) for one place a row."""
    shape = [1 if d == dim else n for d, n in enumerate(x.shape)]
    return at(x, places.reshape(shape), dim, keepdim)


def kthvalue(x, k, dim, keepdim):
    """(the k-th smallest elements along dim, their places). NaN is the largest."""
    from kernels.cpu.order_jit import kth

    return picked(x, kth(rows_along(x, dim), k - 1), dim, keepdim)


def median(x, dim, keepdim, ignore_nan):
    """(medians along dim, their places): of an even number of elements the lower one. Of a row with NaN the first NaN;
    with ignore_nan the median of the others. Equal elements have the ranks of a stable sort."""
    nan = x != x
    nans = nan.sum(dim, keepdims=True)
    rank = np.maximum(x.shape[dim] - nans - 1, 0) // 2
    value = np.take_along_axis(np.sort(x, dim), rank, dim)
    number = rank - (x < value).sum(dim, keepdims=True) + 1  # the median is this one among those that are equal to it
    places = np.argmax(np.cumsum(x == value, dim) == number, dim, keepdims=True)
    return at(x, places if ignore_nan else np.where(nans > 0, np.argmax(nan, dim, keepdims=True), places), dim, keepdim)


def mode(x, dim, keepdim):
    """(the most frequent elements along dim, their places): of equally frequent ones the smallest."""
    from kernels.cpu.order_jit import mode

    return picked(x, mode(rows_along(x, dim)), dim, keepdim)
