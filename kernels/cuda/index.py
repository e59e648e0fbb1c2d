"""Reading and writing at places that are known only when the program runs.

Advanced indexing, x[rows, :, columns]: kernels work out at which cells the picked parts of the array begin, and move
the elements; the host does not know the indices and need not wait for them. (Masks it must know.) Where several
elements go to one place, the places are sorted, so that these are neighbours, and one thread adds them in their order.
Atomic additions would be done in another order, and so round differently, in every run.
https://numpy.org/doc/stable/user/basics.indexing.html#advanced-indexing
"""

import operator

import numpy as np

from kernels.cuda.array import Array, arange, cast, copy, empty, from_numpy, full, in_float32
from kernels.cuda.block import larger, smaller
from kernels.cuda.device import cuda, device_function
from kernels.cuda.launch import elements, launch
from kernels.cuda.shape import expand, getitem, permute, reshape
from kernels.cuda.sort import sort
from kernels.cuda.strides import common_steps, place, steps_along

# -- x[key] ------------------------------------------------------------------------------------------------------------


def entries_of(key):
    """(None or a slice, array of indices or None) for each dim of the view that the slices take: an int is an array, a
    mask one for each of its dims. Masks are on the host: how many elements they pick decides the result's shape."""
    entries, whole = [], slice(None)
    for k in key:
        if k is None or isinstance(k, slice):
            entries.append((k, None))
        elif isinstance(k, Array):
            entries.append((whole, k))
        elif np.asarray(k).dtype.kind != "b":
            entries.append((whole, from_numpy(np.asarray(k, np.int64))))
        elif np.ndim(k) == 0:
            entries.append((None, from_numpy(np.zeros(int(k), np.int64))))  # of a new dim, its element or nothing
        else:
            entries += [(whole, from_numpy(indices)) for indices in np.nonzero(k)]
    return entries


@cuda.jit
def add_steps(starts, index, index_steps, shape, n, stride):
    """starts[i] += index[i] * stride. Grid: 1-d; one thread an index; global memory only.

    A negative index counts from the end of the n elements. One that is out of range becomes the nearest that is not, so
    that nothing beside the array is touched; finding it is the business of fault.py."""
    for i in range(cuda.grid(1), starts.size, cuda.gridsize(1)):
        at = index[place(i, shape, index_steps)]
        if at < 0:
            at += n
        starts[i] += min(max(at, 0), n - 1) * stride


def parts_of(array, key):
    """How array[key] is put together, by NumPy's rules: (starts, part, first).

    part      the picked parts, as an array that has the dims which no array of the key indexes, and any cell as its
              beginning; so that the part
    starts    at an index of the broadcast arrays begins that many cells behind it
    first     at which place among the dims of a part, in the result, the dims of starts come
    """
    entries = entries_of(key)
    view = getitem(array, tuple([taken for taken, _ in entries]))
    dims = [d for d, (_, indices) in enumerate(entries) if indices is not None]
    indices = [entries[d][1] for d in dims]
    try:
        starts = full(np.broadcast_shapes(*[i.shape for i in indices]), 0, np.int64)
    except ValueError as error:
        raise IndexError(f"shape mismatch: indexing arrays could not be broadcast together: {error}") from None
    for d, index in zip(dims, indices, strict=True):
        shape, index_steps = common_steps(starts.shape, index)
        n, stride = view.shape[d], view.strides[d] // view.itemsize
        launch(add_steps, elements(starts.size), starts, index, index_steps, shape, n, stride)
    rest = [n for d, n in enumerate(view.shape) if d not in dims]
    whole = tuple([slice(0, 1) if d in dims else slice(None) for d in range(view.ndim)])
    part = reshape(getitem(view, whole), rest) if view.size else empty(rest, array.dtype)
    return starts, part, dims[0] if dims == list(range(dims[0], dims[-1] + 1)) else 0


@cuda.jit
def read_parts(out, a, part_steps, starts, starts_steps, shape):
    """out[i] = the element of a that lies starts[i] cells behind that of the part. Grid: 1-d; one thread an element;
    global memory only."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        out[i] = a[place(i, shape, part_steps) + starts[place(i, shape, starts_steps)]]


def index(array, key):
    """array[key] for a tuple of integer or boolean arrays, slices, ints and None: a copy."""
    starts, part, first = parts_of(array, key)
    shape = part.shape[:first] + starts.shape + part.shape[first:]
    out = empty(shape, array.dtype)
    if out.size:
        # dims of the part before those of starts, dims of starts, the other dims of the part
        part = reshape(part, part.shape[:first] + (1,) * starts.ndim + part.shape[first:])
        starts = reshape(starts, starts.shape + (1,) * (len(shape) - first - starts.ndim))
        shape, part_steps, starts_steps = common_steps(shape, part, starts)
        launch(read_parts, elements(out.size), out, array, part_steps, starts, starts_steps, shape)
    return out


@cuda.jit
def write_parts(a, starts, sources, value, shape, steps, n, accumulate):
    """Write to the part of a that begins starts[p] cells behind the first one, or add to it, part sources[p] of value.
    Grid: 1-d; one thread an element of a part; global memory only.

    Equal starts are neighbours. Of the threads whose elements go to one cell, the first writes for all: the sum of all,
    in order, or the last one, as NumPy does."""
    count = starts.size
    for i in range(cuda.grid(1), count * n, cuda.gridsize(1)):
        p, j = i // n, i % n
        start = starts[p]
        if p == 0 or starts[p - 1] != start:
            at = start + place(j, shape, steps)
            if accumulate:
                while p < count and starts[p] == start:
                    a[at] += value[sources[p] * n + j]
                    p += 1
            else:
                while p + 1 < count and starts[p + 1] == start:
                    p += 1
                a[at] = value[sources[p] * n + j]


def is_one_mask(key):
    """Whether a mask is all that a key has beside slices."""
    arrays = [k for k in key if k is not None and not isinstance(k, slice)]
    return len(arrays) == 1 and isinstance(arrays[0], np.ndarray) and arrays[0].dtype.kind == "b"


@in_float32
def index_put(array, key, value, accumulate):
    """array[key] = value, or += value where accumulate, in place. Values for a repeated place are all added."""
    starts, part, first = parts_of(array, key)
    value = expand(cast(value, array.dtype), part.shape[:first] + starts.shape + part.shape[first:])
    if not value.size:
        return
    dims = range(first, first + starts.ndim)
    value = copy(permute(value, [*dims, *[d for d in range(value.ndim) if d not in dims]]))  # parts one after another
    starts = reshape(starts, (starts.size,))
    if starts.size == 1 or is_one_mask(key):  # no place occurs twice
        sources = arange(starts.size)
    else:
        starts, sources = sort(starts, 0, False)
    shape, steps = steps_along(part, range(part.ndim), part.offset)
    blocks = elements(starts.size * part.size)
    launch(write_parts, blocks, array, starts, sources, value, shape, steps, part.size, accumulate)


# -- along one dim -----------------------------------------------------------------------------------------------------


@cuda.jit
def gather_kernel(out, a, a_steps, n, stride, index, index_steps, shape):
    """out[i] = the element number index[i] of the line of a, of n elements, that i is in. Grid: 1-d; one thread an
    element; global memory only. a_steps lead to the beginning of the line."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        at = min(max(index[place(i, shape, index_steps)], 0), n - 1)  # as in add_steps
        out[i] = a[place(i, shape, a_steps) + at * stride]


def gather(array, dim, index):
    """out[i, j] = array[i, index[i, j]] for dim 1 of two, and so for any; index may be smaller in the other dims."""
    if array.ndim == 0 or index.ndim == 0:
        return reshape(gather(at_least_1d(array), 0, at_least_1d(index)), index.shape)
    out = empty(index.shape, array.dtype)
    if out.size:
        begin = expand(line_starts(array, dim, index.shape), index.shape)
        shape, begin_steps, index_steps = common_steps(index.shape, begin, index)
        launch(
            gather_kernel, elements(out.size), out, array, begin_steps, array.shape[dim],
            array.strides[dim] // array.itemsize, index, index_steps, shape,
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
    def scatter_lines(a, a_steps, index, index_steps, source, source_steps, shape, lines, n, size, strides):
        """Line by line: for j in 0, 1, ..., n - 1: a[index[j]] = combine(a[index[j]], source[j]). Grid: 1-d; one thread
        a line of a, of `size` elements, which no other thread writes to; global memory only. strides: of a, index and
        source along the line."""
        a_stride, index_stride, source_stride = strides
        for i in range(cuda.grid(1), lines, cuda.gridsize(1)):
            a_start = place(i, shape, a_steps)
            index_start = place(i, shape, index_steps)
            source_start = place(i, shape, source_steps)
            for j in range(n):
                within = min(max(index[index_start + j * index_stride], 0), size - 1)  # as in add_steps
                at = a_start + within * a_stride
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
        lines, n, array.shape[dim], tuple([a.strides[dim] // a.itemsize for a in arrays]),
    )  # fmt: skip
