"""Reading and writing at places that are known only when the program runs.

Advanced indexing, x[rows, :, mask]: NumPy works out on the host, where the index is, at which cells the picked parts of
the array begin; the elements are moved on the GPU. Where several elements go to one place, one thread adds them in
their order. Atomic additions would be done in another order, and so round differently, in every run.
https://numpy.org/doc/stable/user/basics.indexing.html#advanced-indexing
"""

import math
import operator

import numpy as np

from kernels.cuda.array import Array, cast, copy, empty, from_numpy, in_float32, to_numpy
from kernels.cuda.block import larger, smaller
from kernels.cuda.device import cuda, device_function
from kernels.cuda.launch import elements, launch
from kernels.cuda.shape import expand, getitem, reshape
from kernels.cuda.strides import common_steps, place, steps_along

# -- x[index] ----------------------------------------------------------------------------------------------------------


def parts_of(array, index):
    """(starts, shape, steps): the cells at which the picked parts of array begin, as NumPy's rules arrange them; and a
    part's own shape, and steps for `place`. A part has all elements of the dims at the end that the index leaves whole.
    """
    index = [to_numpy(i) if isinstance(i, Array) else i for i in index]
    while index and isinstance(index[-1], slice) and index[-1] == slice(None):
        index.pop()
    dims = sum(i.ndim if is_mask(i) else i is not None for i in index)
    starts = np.broadcast_to(array.offset, array.shape[:dims])[tuple(index)]
    for d in range(dims):
        distance = np.arange(array.shape[d]) * (array.strides[d] // array.itemsize)  # from the start, along dim d
        distance = distance.reshape(-1, *[1] * (dims - 1 - d))
        starts = starts + np.broadcast_to(distance, array.shape[:dims])[tuple(index)]
    return starts, array.shape[dims:], steps_along(array, range(dims, array.ndim), 0)


def is_mask(i):
    return isinstance(i, np.ndarray) and i.dtype.kind == "b"


@cuda.jit
def read_parts(out, a, starts, shape, steps, n):
    """out[p * n + j] = element j of part p. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        out[i] = a[starts[i // n] + place(i % n, shape, steps)]


def index(array, index):
    """array[index] for a tuple of integer or boolean arrays, slices, ints and None: a copy."""
    starts, part, inner = parts_of(array, index)
    out = empty(starts.shape + part, array.dtype)
    if out.size:
        launch(read_parts, elements(out.size), out, array, from_numpy(starts), *inner, math.prod(part))
    return out


@cuda.jit
def write_parts(a, starts, bounds, sources, value, shape, steps, n, accumulate):
    """Write to the part of a at starts[p], or add to it, the parts of value number sources[bounds[p]] and following,
    before sources[bounds[p + 1]]. Grid: 1-d; one thread an element of a that is written to; global memory only."""
    for i in range(cuda.grid(1), starts.size * n, cuda.gridsize(1)):
        p, j = i // n, i % n
        at = starts[p] + place(j, shape, steps)
        if accumulate:
            for s in range(bounds[p], bounds[p + 1]):
                a[at] += value[sources[s] * n + j]
        else:
            a[at] = value[sources[bounds[p + 1] - 1] * n + j]  # of several, the last, as NumPy does


@in_float32
def index_put(array, index, value, accumulate):
    """array[index] = value, or += value where accumulate, in place. Values for a repeated place are all added."""
    starts, part, inner = parts_of(array, index)
    n = math.prod(part)
    value = expand(cast(value, array.dtype), starts.shape + part)
    if not value.size:
        return
    sources = np.argsort(starts, axis=None, kind="stable")  # the numbers of the parts, sorted by where they go
    starts, counts = np.unique(starts, return_counts=True)
    bounds = np.append(0, np.cumsum(counts))
    launch(
        write_parts, elements(starts.size * n), array, *map(from_numpy, (starts, bounds, sources)), copy(value), *inner,
        n, accumulate,
    )  # fmt: skip


# -- along one dim -----------------------------------------------------------------------------------------------------


@cuda.jit
def gather_kernel(out, a, a_steps, stride, index, index_steps, shape):
    """out[i] = the element number index[i] of the line of a that i is in. Grid: 1-d; one thread an element; global
    memory only. a_steps lead to the beginning of the line."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        out[i] = a[place(i, shape, a_steps) + index[place(i, shape, index_steps)] * stride]


def gather(array, dim, index):
    """out[i, j] = array[i, index[i, j]] for dim 1 of two, and so for any; index may be smaller in the other dims."""
    if array.ndim == 0 or index.ndim == 0:
        return reshape(gather(at_least_1d(array), 0, at_least_1d(index)), index.shape)
    out = empty(index.shape, array.dtype)
    if out.size:
        begin = expand(line_starts(array, dim, index.shape), index.shape)
        shape, begin_steps, index_steps = common_steps(index.shape, begin, index)
        launch(
            gather_kernel, elements(out.size), out, array, begin_steps, array.strides[dim] // array.itemsize,
            index, index_steps, shape,
        )  # fmt: skip
    return out


def at_least_1d(array):
    return reshape(array, (1,)) if array.ndim == 0 else array


def line_starts(array, dim, shape):
    """The elements 0 along dim, in as much of the array as `shape` spans in the other dims."""
    return getitem(array, tuple([slice(0, 1 if d == dim else n) for d, n in enumerate(shape)]))


def scattering(combine):
    """The kernel that scatters by `combine`, of what is there and what comes there."""
    combine = device_function(combine)

    @cuda.jit
    def scatter_lines(a, a_steps, index, index_steps, source, source_steps, shape, lines, n, strides):
        """Line by line: for j in 0, 1, ..., n - 1: a[index[j]] = combine(a[index[j]], source[j]). Grid: 1-d; one thread
        a line, which no other thread writes to; global memory only. strides: of a, index and source along the line."""
        a_stride, index_stride, source_stride = strides
        for i in range(cuda.grid(1), lines, cuda.gridsize(1)):
            a_start = place(i, shape, a_steps)
            index_start = place(i, shape, index_steps)
            source_start = place(i, shape, source_steps)
            for j in range(n):
                at = a_start + index[index_start + j * index_stride] * a_stride
                a[at] = combine(a[at], source[source_start + j * source_stride])

    return scatter_lines


def replaced(old, new):
    return new


SCATTERING = {
    None: scattering(replaced),
    "sum": scattering(operator.add),
    "prod": scattering(operator.mul),
    "amax": scattering(larger),
    "amin": scattering(smaller),
}


@in_float32
def scatter(array, dim, index, src, reduce):
    """array[i, index[i, j]] = src[i, j] for dim 1 of two, and so for any, in place; of several the last stays.

    reduce: "sum", "prod", "amax" or "amin" put together what comes to one place, and what was there; None replaces.
    """
    if array.ndim == 0 or index.ndim == 0:
        return scatter(at_least_1d(array), 0, at_least_1d(index), at_least_1d(src), reduce)
    if not index.size:
        return
    arrays = array, index, src
    begins = [line_starts(a, dim, index.shape) for a in arrays]
    shape, *steps = common_steps(begins[0].shape, *begins)
    lines, n = begins[0].size, index.shape[dim]
    launch(
        SCATTERING[reduce], elements(lines), array, steps[0], index, steps[1], src, steps[2], shape,
        lines, n, tuple([a.strides[dim] // a.itemsize for a in arrays]),
    )  # fmt: skip
