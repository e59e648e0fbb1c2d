"""Putting elements in order: on the host. The arrays are copied there, and the results back.

(A sort on the GPU is a merge or radix sort in many passes, a lesson of its own:
https://developer.nvidia.com/gpugems/gpugems2/part-vi-simulation-and-numerical-algorithms/chapter-46-improved-gpu-sorting)
"""

import kernels.cpu as host
from kernels.cuda.array import from_numpy, to_numpy


def sort(array, dim, descending):
    """(values, indices) in order along dim, NaN as the largest; equal elements keep their order."""
    return tuple(map(from_numpy, host.sort(to_numpy(array), dim, descending)))


def topk(array, k, dim, largest, sorted):
    """(values, indices) of the k largest (or smallest) elements along dim, in order."""
    return tuple(map(from_numpy, host.topk(to_numpy(array), k, dim, largest, sorted)))


def unique_rows(rows, in_order):
    """Which rows of a matrix are different: (first, inverse, counts), as kernels.cpu says."""
    return tuple(map(from_numpy, host.unique_rows(to_numpy(rows), in_order)))
