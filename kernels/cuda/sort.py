"""Putting elements in order: a merge sort, in which a thread finds the place of one element.

Runs of 1, 2, 4, ... elements, which are in order, are merged pairwise. Where an element goes is its place in its own
run, plus how many elements of the other run come before it, which a binary search tells: so all threads work at once,
in log2(n) launches. (Faster sorts merge the short runs in shared memory, or sort by digits.)
https://developer.nvidia.com/gpugems/gpugems2/part-vi-simulation-and-numerical-algorithms/chapter-46-improved-gpu-sorting
"""

import numpy as np

import kernels.cpu as host
from kernels.cuda.array import arange, copy, empty, from_numpy, in_float32, to_numpy
from kernels.cuda.device import cuda, device_function
from kernels.cuda.launch import elements, launch
from kernels.cuda.shape import expand, getitem, permute


@device_function
def comes_before(a, b, descending):
    """Whether a is to stand before b; NaN is the largest."""
    if descending:
        return a > b or (a != a and b == b)
    return a < b or (b != b and a == a)


@cuda.jit
def merge_runs(out, out_places, a, places, n, run, descending):
    """Row by row of n elements, each pair of runs as one; places go along. Grid: 1-d; one thread an element; global
    memory only."""
    for i in range(cuda.grid(1), a.size, cuda.gridsize(1)):
        value, row, j = a[i], i // n * n, i % n
        left = j // (2 * run) * (2 * run)  # where the pair begins, and with it the left run
        middle, right = min(left + run, n), min(left + 2 * run, n)
        in_left = j < middle
        low, high = (middle, right) if in_left else (left, middle)  # the other run
        others = low
        while low < high:
            at = (low + high) // 2
            if in_left:  # of equals, those of the left run come first
                before = comes_before(a[row + at], value, descending)
            else:
                before = not comes_before(value, a[row + at], descending)
            if before:
                low = at + 1
            else:
                high = at
        to = row + (j if in_left else j - middle + left) + low - others
        out[to], out_places[to] = value, places[i]


@in_float32
def sort(array, dim, descending):
    """(values, indices) in order along dim, NaN as the largest; equal elements keep their order."""
    last = [*[d for d in range(array.ndim) if d != dim], dim]  # (..., n, ...) -> (..., n)
    values = copy(permute(array, last))
    n = array.shape[dim]
    places = copy(expand(arange(n), values.shape))
    run = 1
    while run < n and values.size:
        merged, merged_places = empty(values.shape, values.dtype), empty(values.shape, np.int64)
        launch(merge_runs, elements(values.size), merged, merged_places, values, places, n, run, descending)
        values, places, run = merged, merged_places, 2 * run
    back = sorted(range(array.ndim), key=last.__getitem__)
    return permute(values, back), permute(places, back)


def topk(array, k, dim, largest, sorted):
    """(values, indices) of the k largest (or smallest) elements along dim, in order: the first of all, sorted."""
    first = (slice(None),) * dim + (slice(k),)
    return tuple([copy(getitem(x, first)) for x in sort(array, dim, largest)])


def unique_rows(rows, in_order):
    """Which rows of a matrix are different: (first, inverse, counts), as kernels.cpu says. On the host, which has to
    know how many they are."""
    return tuple(map(from_numpy, host.unique_rows(to_numpy(rows), in_order)))
