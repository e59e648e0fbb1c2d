"""Indexing: x[...] for reading and writing, index_put, take and put.

A basic index (ints, slices, Ellipsis, None) gives a view. An index with a tensor, a list or an array in it is an
advanced one: it gathers a copy, whose gradient is added into zeros at the same places (twice at a place taken twice).
https://numpy.org/doc/stable/user/basics.indexing.html
"""

import numpy as np

import kernels.cpu
from minitorch.autograd.inplace import blank, check_writable, inplace_parts, target
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.dtype import FLOATING, check_fits
from minitorch.ops.expand import expand
from minitorch.ops.gather import check_range
from minitorch.ops.like import scalar_like
from minitorch.ops.parts import part, selected
from minitorch.ops.shape import reshape

PARTS = (list, tuple, slice, np.ndarray, Variable)


def parse(input, key, writes=False):
    """x[key] as (basic index, advanced index): first a view is taken, then the rest is gathered from the view.

    The basic index holds ints, slices and None. The advanced one holds arrays, and slice(None) for the dims between
    them; it is None where the key is basic. An array of bool is NumPy's; one of int64 may lie where input does, so that
    nobody waits for the numbers. writes: refuse what must not be written, as torch does before it looks into arrays.
    """
    if (basic := ints_and_slices(input.array.shape, key)) is not None:
        return basic, None
    if isinstance(key, list) and len(key) < 32 and any(isinstance(k, PARTS) or k is Ellipsis or k is None for k in key):
        key = tuple(key)  # as in torch, a short list of indices is a tuple of them
    items = [as_item(k, input) for k in (key if isinstance(key, tuple) else (key,))]
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

    basic, advanced, arrays, d = [], [], [], 0
    for item in items:
        if item is None:
            basic.append(None)
            advanced.append(slice(None))
        elif is_array(item):
            basic += [slice(None)] * (item.ndim if is_mask(item) else 1)
            advanced.append(item)
            arrays.append((item, d))
            d += item.ndim if is_mask(item) else 1
        else:
            basic.append(checked(item, input.array.shape[d], d))
            if isinstance(item, slice):
                advanced.append(slice(None))
            d += 1
    if arrays and writes:
        check_writable(input, "setitem")
    for item, d in arrays:
        check_array(item, input, d)
    return tuple(basic), tuple(advanced) if arrays else None


def ints_and_slices(shape, key):
    """A key of these alone as a basic index, without the dims behind; None for any other key. (As most keys are such,
    parse looks here first: it would take three times as long.)"""
    items = key if type(key) is tuple else (key,)
    if len(items) > len(shape):
        return None
    for item in items:
        if type(item) is not int and type(item) is not slice:
            return None
    return tuple([checked(item, shape[d], d) for d, item in enumerate(items)])


def as_item(k, input):
    """One entry of a key for input: None, Ellipsis, an int, a slice, or an array of int64 or bool."""
    if k is None or k is Ellipsis or isinstance(k, slice):
        return k
    if isinstance(k, int | np.integer) and not isinstance(k, bool):
        return int(k)
    if isinstance(k, Variable):
        if k.array.dtype not in (np.int64, np.int32, np.uint8, np.bool_):
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors")
        if k.kernels is not input.kernels and k.kernels is not kernels.cpu:
            raise RuntimeError(
                f"indices should be either on cpu or on the same device as the indexed tensor ({input.device})"
            )
        if k.array.ndim and k.array.dtype.kind == "i":
            return k.kernels.cast(k.array, np.dtype(np.int64))  # a copy, which later writes to k do not change
        k = k.kernels.to_numpy(k.array)
        if k.dtype == np.uint8:
            k = k.astype(bool)  # a byte tensor is a mask, as in old torch
        if k.ndim == 0 and k.dtype.kind == "i":
            return int(k)
    array = np.asarray(k)
    if isinstance(k, list | tuple) and array.dtype.kind in FLOATING:
        array = array.astype(np.int64)  # as in torch, numbers in a list are cut off to whole ones
    if array.dtype.kind not in "iub":
        raise IndexError(
            "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got "
            f"{type(k).__name__})"
        )
    return array if array.dtype.kind == "b" else array.astype(np.int64)


def is_array(item):
    """Whether an entry of an index is an array: NumPy's, or one of another device."""
    return hasattr(item, "dtype")


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


def check_array(item, input, d):
    """IndexError for a mask of another shape or an index out of range, for dim d of input and the dims behind it."""
    shape = input.array.shape
    if is_mask(item):
        if item.shape != shape[d : d + item.ndim]:
            raise IndexError(
                f"The shape of the mask {list(item.shape)} at index {d} does not match the shape of the indexed tensor "
                f"{list(shape)} at index {d}"
            )
        return
    looking = kernels.cpu if isinstance(item, np.ndarray) else input.kernels
    wrong = looking.first_outside(item, -shape[d], shape[d] - 1)
    if wrong is not None:
        raise IndexError(f"index {wrong} is out of bounds for dimension {d} with size {shape[d]}")


@op(label="IndexBackward0", bits=True, once=True)
def taken(input, *, index):
    """Advanced reading: a copy of the elements at index."""
    shape = input.array.shape
    return (
        input.kernels.index(input.array, index),
        lambda g: written(blank(g, shape), g, index=index, accumulate=True),
    )


@op(label="IndexPutBackward0", once=True)
def written(input, values, *, index, accumulate):
    """Advanced writing: a copy of input with values, which broadcast, written (or added) at index."""
    array = target(input)
    try:
        input.kernels.index_put(array, index, values.array, accumulate)
    except (ValueError, TypeError):  # NumPy says TypeError where the index is one mask
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.array.shape)} cannot be broadcast to indexing result"
        ) from None
    return (
        array,
        (lambda g: g) if accumulate else (lambda g: written(g, g.new_zeros(()), index=index, accumulate=False)),
        lambda g: taken(g, index=index),
    )


write_ = inplace_parts(written)


def getitem(input, key):
    """input[key]."""
    basic, advanced = parse(input, key)
    if advanced is not None:
        return taken(viewed(input, basic), index=advanced)
    if int not in map(type, basic):
        return part(input, index=basic)
    # As in torch: x[0] is a select, as long as nothing else takes a part.
    whole = [slice(0, n, 1) for n in input.array.shape]
    alone = all(type(i) is int or i in whole for i in basic)
    return (selected if alone else part)(input, index=basic)


def viewed(input, basic):
    """The part of input that a basic index takes; input itself where that is all of it."""
    return input if basic == tuple(slice(0, n, 1) for n in input.array.shape) else part(input, index=basic)


def setitem(input, key, value):
    """input[key] = value, in place. value (a tensor or a number) broadcasts and takes the dtype of input."""
    if key is False:
        return
    key = None if key is True else key  # torch writes x[True] as x[None]: by copy_, in any dtype
    basic, advanced = parse(input, key, writes=True)
    if not isinstance(value, Variable):
        check_fits(value, input.array.dtype)
        value = scalar_like(input, value, input.array.dtype)
    elif value.array.ndim == 0:
        value = value.to(input.device)
    if advanced is None:
        place = part(input, index=basic)
        extra = value.array.ndim - place.array.ndim  # leading dims of size 1 may be too many, as in torch
        if extra > 0 and value.array.shape[:extra] == (1,) * extra:
            value = reshape(value, value.array.shape[extra:])
        place.copy_(expand(value, place.array.shape))
    else:
        leading = next((d for d, n in enumerate(value.array.shape) if n != 1), value.array.ndim)
        if leading:  # dims of size 1 that say nothing
            value = reshape(value, value.array.shape[leading:])
        write_(viewed(input, basic), fitted(input, advanced, value), index=advanced, accumulate=False)


def fitted(input, index, values):
    """values in the dtype of input: torch lets it be another one only where it writes one value by masks."""
    by_mask = all(is_mask(item) and item.ndim for item in index if is_array(item))
    if values.array.dtype != input.array.dtype and not (by_mask and values.array.size == 1):
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{input.dtype.word} for the destination and "
            f"{values.dtype.word} for the source."
        )
    if by_mask and values.array.size == 1:
        values = reshape(values, ()).clone()  # it may be an element of input
    return values.cast(input.array.dtype)


# -- the same by functions ---------------------------------------------------------------------------------------------


def index_put(input, indices, values, accumulate=False):
    """A copy of input with input[indices] = values, or += values with accumulate; indices: a tuple of tensors."""
    if not isinstance(values, Variable):
        raise TypeError(f"index_put(): argument 'values' (position 2) must be Tensor, not {type(values).__name__}")
    index = indices_of(input, indices, values)
    return written(input, fitted(input, index, values), index=index, accumulate=accumulate)


def indices_of(input, indices, values):
    """A tuple of tensors as an advanced index, at which values may be put: their shape is checked first."""
    if not len(indices):
        raise RuntimeError("index_put() needs at least one tensor of indices")
    for position, i in enumerate(indices):
        if not isinstance(i, Variable):
            raise TypeError(f"expected Tensor as element {position} in argument 0, but got {type(i).__name__}")
    dims = [(i.array.ndim, 1) if i.array.dtype.kind in "bu" else (1, i.array.ndim) for i in indices]  # used, made
    result = input.array.ndim - sum(used for used, _ in dims) + max(made for _, made in dims)
    if len(indices) <= input.array.ndim and values.array.ndim > result:
        raise RuntimeError(f"shape mismatch: values of shape {list(values.array.shape)} have more dims than the result")
    rest = input.array.shape[len(indices) :]
    if len(rest) == input.array.ndim - sum(used for used, _ in dims):  # (..., *rest): no index is a mask of many dims
        for n, wanted in zip(values.array.shape[::-1], rest[::-1], strict=False):
            if n not in (1, wanted):
                raise RuntimeError(
                    f"shape mismatch: values of shape {list(values.array.shape)} do not end in {list(rest)} (or ones)"
                )
    vectors = tuple(i if i.array.ndim or i.array.dtype.kind == "b" else i.unsqueeze(0) for i in indices)
    return parse(input, vectors)[1]


def take(input, index):
    """The elements of the flattened input at index, in the shape of index; -1 is the last."""
    return reshape(input, -1)[flat_index("take", input, index)]


def put(input, index, source, accumulate=False):
    """A copy of input with the elements of source written (or added) at index of the flattened input."""
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {input.dtype.name} and "
            f"source.dtype = {source.dtype.name}"
        )
    index = flat_index("put_", input, index)
    if source.array.size != index.array.size:
        raise IndexError(
            "put_(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.array.size}, index.numel() = {index.array.size}"
        )
    if not input.array.ndim:
        return reshape(put(reshape(input, -1), index, source, accumulate), ())
    flat = reshape(index, -1) % max(input.array.size, 1)
    key, step = (), input.array.size
    for n in input.array.shape:  # the index in each dim
        step //= max(n, 1)
        key = (*key, (flat // max(step, 1) % max(n, 1)).array)
    return written(input, reshape(source, -1), index=key, accumulate=accumulate)


def flat_index(name, input, index):
    """index, checked as one of the flattened input."""
    if index.array.dtype != np.int64:
        raise RuntimeError(f"{name}(): Expected a long tensor for index, but got {index.dtype.name}")
    if index.array.size and not input.array.size:
        raise IndexError(f"{name}(): tried to take from an empty tensor")
    check_range(index, input.array.size, "the elements", IndexError, negative=True)
    return index
