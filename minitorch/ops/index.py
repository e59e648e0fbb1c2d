"""Indexing: x[...] for reading and writing, gather and scatter_add.

A basic index (ints, slices, Ellipsis, None) gives a view. An index with a tensor, a list or an array in it is an
advanced one: it gathers a copy, whose gradient is added into zeros at the same places (twice at a place taken twice).
https://numpy.org/doc/stable/user/basics.indexing.html
"""

import numpy as np

from minitorch.autograd.inplace import assign, check_writable
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.ops.like import scalar_like
from minitorch.ops.shape import part, reshape, selected
from minitorch.size import normalize_dim

PARTS = (list, tuple, slice, np.ndarray, Variable)


def parse(input, key):
    """x[key] as (basic index, advanced index): first a view is taken, then the rest is gathered from the view.

    The basic index holds ints, slices and None. The advanced one holds arrays (int64 or bool), and slice(None) for the
    dims between them; it is None where the key is basic.
    """
    if isinstance(key, list) and len(key) < 32 and any(isinstance(k, PARTS) or k is Ellipsis or k is None for k in key):
        key = tuple(key)  # as in torch, a short list of indices is a tuple of them
    items = [as_item(k) for k in (key if isinstance(key, tuple) else (key,))]
    used = sum(item.ndim if is_mask(item) else item is not None for item in items if item is not Ellipsis)
    missing = input.array.ndim - used
    if missing < 0:
        raise IndexError(f"too many indices for tensor of dimension {input.array.ndim}")
    spread = next((i for i, item in enumerate(items) if item is Ellipsis), None)
    items = [item for i, item in enumerate(items) if item is not Ellipsis or i == spread]  # a second one is nothing
    if spread is None:
        items += [slice(None)] * missing
    else:
        items[spread : spread + 1] = [slice(None)] * missing

    basic, advanced, d = [], [], 0
    for item in items:
        if item is None:
            basic.append(None)
            advanced.append(slice(None))
        elif isinstance(item, np.ndarray):
            basic += [slice(None)] * (item.ndim if is_mask(item) else 1)
            advanced.append(item)
            check_array(item, input.array.shape, d)
            d += item.ndim if is_mask(item) else 1
        else:
            basic.append(checked(item, input.array.shape[d], d))
            if isinstance(item, slice):
                advanced.append(slice(None))
            d += 1
    has_arrays = any(isinstance(item, np.ndarray) for item in advanced)
    return tuple(basic), tuple(advanced) if has_arrays else None


def as_item(k):
    """One entry of a key: None, Ellipsis, an int, a slice, or a NumPy array of int64 or bool."""
    if k is None or k is Ellipsis or isinstance(k, slice):
        return k
    if isinstance(k, int | np.integer) and not isinstance(k, bool):
        return int(k)
    if isinstance(k, Variable):
        k = k.kernels.to_numpy(k.array)
        if k.dtype.kind == "f":
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if k.dtype == np.uint8:
            k = k.astype(bool)  # a byte tensor is a mask, as in old torch
        if k.ndim == 0 and k.dtype.kind == "i":
            return int(k)
    array = np.asarray(k)
    if isinstance(k, list | tuple) and array.dtype.kind == "f":
        array = array.astype(np.int64)  # as in torch, numbers in a list are cut off to whole ones
    if array.dtype.kind not in "iub":
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
            f"{type(k).__name__})"
        )
    return array if array.dtype.kind == "b" else array.astype(np.int64)


def is_mask(item):
    return isinstance(item, np.ndarray) and item.dtype.kind == "b"


def checked(item, n, d):
    """An int or slice of a dim of n elements, checked, from the start."""
    if isinstance(item, slice):
        if item.step is not None and item.step <= 0:
            raise ValueError("step must be greater than zero")
        start, stop, step = item.indices(n)
        return slice(start, max(start, stop), step)
    if not -n <= item < n:
        raise IndexError(f"index {item} is out of bounds for dimension {d} with size {n}")
    return item % n


def check_array(item, shape, d):
    """IndexError for a mask of another shape or an index out of range."""
    if is_mask(item):
        if item.shape != shape[d : d + item.ndim]:
            raise IndexError(
                f"The shape of the mask {list(item.shape)} at index {d} does not match the shape of the indexed tensor "
                f"{list(shape)} at index {d}"
            )
    elif item.size and not (-shape[d] <= item.min() and item.max() < shape[d]):
        wrong = item.min() if item.min() < -shape[d] else item.max()
        raise IndexError(f"index {wrong} is out of bounds for dimension {d} with size {shape[d]}")


@op(label="IndexBackward0")
def taken(input, *, index):
    """Advanced reading: a copy of the elements at index."""
    shape = input.array.shape
    return input.kernels.index(input.array, index), lambda g: put(g.new_zeros(shape), g, index=index, accumulate=True)


@op(label="IndexPutBackward0")
def put(input, values, *, index, accumulate):
    """A copy of input with values written (or added) at index."""
    array = input.kernels.copy(input.array)
    input.kernels.index_put(array, index, values.array, accumulate)
    if accumulate:
        return array, lambda g: g, lambda g: taken(g, index=index)
    shape = values.array.shape
    return (
        array,
        lambda g: put(g, g.new_zeros(shape), index=index, accumulate=False),
        lambda g: taken(g, index=index),
    )


def getitem(input, key):
    """input[key]."""
    basic, advanced = parse(input, key)
    if advanced is None:
        # As in torch: x[0] is a select, x[1:] a slice.
        whole = [slice(0, n, 1) for n in input.array.shape]
        selects = [i for i in basic if not (isinstance(i, slice) and i in whole)]
        take = selected if selects and all(isinstance(i, int) for i in selects) else part
        return take(input, index=basic)
    return taken(part(input, index=basic), index=advanced)


def setitem(input, key, value):
    """input[key] = value, in place. value (a tensor or a number) broadcasts and takes the dtype of input."""
    basic, advanced = parse(input, key)
    if not isinstance(value, Variable):
        value = scalar_like(input, value, input.array.dtype)
    elif value.array.ndim == 0:
        value = value.to(input.device)
    viewed = part(input, index=basic)
    if advanced is None:
        extra = value.array.ndim - viewed.array.ndim  # leading dims of size 1 may be too many, as in torch
        if extra > 0 and value.array.shape[:extra] == (1,) * extra:
            value = reshape(value, value.array.shape[extra:])
        viewed.copy_(value)
    else:
        check_writable(input, "setitem")
        one_by_mask = value.array.size == 1 and all(
            is_mask(item) and item.ndim for item in advanced if isinstance(item, np.ndarray)
        )
        if one_by_mask:
            value = reshape(value, ())
        elif value.array.dtype != input.array.dtype:
            raise RuntimeError(
                "Index put requires the source and destination dtypes match, got "
                f"{input.dtype.type_name.removesuffix('Tensor')} for the destination and "
                f"{value.dtype.type_name.removesuffix('Tensor')} for the source."
            )
        assign(viewed, put(viewed, value.cast(input.array.dtype), index=advanced, accumulate=False), "setitem")


# -- along one dim -----------------------------------------------------------------------------------------------------


def check_gather(name, input, dim, index, src=None):
    """torch's errors: an index of another rank, dtype, or larger than input (but for dim) or than src."""
    if index.array.dtype != np.int64 and index.array.dtype != np.int32:
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    if max(index.array.ndim, 1) != max(input.array.ndim, 1):
        raise RuntimeError("Index tensor must have the same number of dimensions as input tensor")
    shape, n = index.array.shape, input.array.shape
    if any(d != dim and size > n[d] for d, size in enumerate(shape) if n):
        raise RuntimeError(
            f"Size does not match: expected index {list(shape)} to be no larger than self {list(n)} apart from "
            f"dimension {dim}"
        )
    if src is not None and any(size > m for size, m in zip(shape, src.array.shape, strict=False)):
        raise RuntimeError(f"Expected index {list(shape)} to be no larger than src {list(src.array.shape)}")
    if index.array.size:
        values, bound = index.kernels.to_numpy(index.array), n[dim] if n else 1
        if values.min() < 0 or values.max() >= bound:
            wrong = values.min() if values.min() < 0 else values.max()
            raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {bound}")


@op(label="GatherBackward0")
def gathered(input, index, *, dim):
    shape = input.array.shape
    return (
        input.kernels.gather(input.array, dim, index.array),
        lambda g: scattered(g.new_zeros(shape), index, g, dim=dim),
        None,
    )


@op(label="ScatterAddBackward0")
def scattered(input, index, src, *, dim):
    array = input.kernels.copy(input.array)
    input.kernels.scatter_add(array, dim, index.array, src.array)
    return array, lambda g: g, None, lambda g: gathered(g, index, dim=dim)


def gather(input, dim, index):
    """out[i][j][k] = input[i][index[i][j][k]][k] for dim 1, and so for any dim."""
    dim = normalize_dim(dim, input.array.ndim)
    if index.array.size == 0 and index.dtype.name in ("int32", "int64"):
        return input.new_empty(index.shape)  # whatever its rank
    check_gather("gather", input, dim, index)
    if index.array.ndim < input.array.ndim:  # a 0-d index of a vector
        return gathered(input, index.unsqueeze(0), dim=dim).squeeze(0)
    return gathered(input, index, dim=dim)


def scatter_add(input, dim, index, src):
    """A copy of input with out[i][index[i][j][k]][k] += src[i][j][k] for dim 1, and so for any dim."""
    dim = normalize_dim(dim, input.array.ndim)
    check_gather("scatter_add", input, dim, index, src)
    if src.array.dtype != input.array.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    if index.array.ndim < input.array.ndim:  # a 0-d index of a vector
        index, src = index.unsqueeze(0), src.reshape(-1)
    return scattered(input, index, src, dim=dim)


def nonzero(input, *, as_tuple=False):
    """The indices of the elements that are not 0, one row each: (count, ndim); as_tuple: one vector for each dim."""
    if as_tuple:
        return nonzero(input.unsqueeze(0) if input.array.ndim == 0 else input).unbind(1)
    found = np.argwhere(input.kernels.to_numpy(input.array)).astype(np.int64)
    return input.wrap(input.kernels.from_numpy(found))
