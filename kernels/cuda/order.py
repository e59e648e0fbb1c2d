"""Elements picked by their rank along a dim.

Medians are looked up in the sorted array. For the others, which of equal elements is picked follows from how the CPU
searches: they are found on the host, where the arrays are copied, and the results back.
"""

import numpy as np

import kernels.cpu as host
from kernels.cuda.array import cast, from_numpy, full, to_numpy
from kernels.cuda.elementwise import floor_divide, gt, isnan, maximum, sub, where
from kernels.cuda.index import gather
from kernels.cuda.reduce import sum
from kernels.cuda.shape import reshape
from kernels.cuda.sort import sort


def kthvalue(x, k, dim, keepdim):
    """(the k-th smallest elements along dim, their places). NaN is the largest."""
    return tuple(map(from_numpy, host.kthvalue(to_numpy(x), k, dim, keepdim)))


def median(x, dim, keepdim, ignore_nan):
    """(medians along dim, their places), as kernels.cpu says: NaNs are the last of a sorted row, in their order."""

    def number(n):
        return full((), n, np.int64)

    values, places = sort(x, dim, False)
    nans = sum(cast(isnan(x), np.dtype(np.int64)), (dim,), True)
    count = sub(number(x.shape[dim]), nans)
    rank = maximum(floor_divide(sub(count, number(1)), number(2)), number(0))
    if not ignore_nan:
        rank = where(gt(nans, number(0)), count, rank)
    shape = [n for d, n in enumerate(x.shape) if d != dim] if not keepdim else rank.shape
    return tuple([reshape(gather(found, dim, rank), shape) for found in (values, places)])


def mode(x, dim, keepdim):
    """(the most frequent elements along dim, their places): of equally frequent ones the smallest."""
    return tuple(map(from_numpy, host.mode(to_numpy(x), dim, keepdim)))
