"""Elements picked by their rank along a dim: on the host. The arrays are copied there, and the results back."""

import kernels.cpu as host
from kernels.cuda.array import from_numpy, to_numpy


def kthvalue(x, k, dim, keepdim):
    """(the k-th smallest elements along dim, their places). NaN is the largest."""
    return tuple(map(from_numpy, host.kthvalue(to_numpy(x), k, dim, keepdim)))


def median(x, dim, keepdim, ignore_nan):
    """(medians along dim, their places), as kernels.cpu says."""
    return tuple(map(from_numpy, host.median(to_numpy(x), dim, keepdim, ignore_nan)))


def mode(x, dim, keepdim):
    """(the most frequent elements along dim, their places): of equally frequent ones the smallest."""
    return tuple(map(from_numpy, host.mode(to_numpy(x), dim, keepdim)))
