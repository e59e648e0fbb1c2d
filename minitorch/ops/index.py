"""Reading and writing whole slices along one dim, at places that a vector of indices names.

    index_select    out[:, i] = input[:, index[i]]          for dim 1, and so for any dim
    index_add       out[:, index[i]] += source[:, i], the rest of out is input; and so index_copy, index_fill ...

https://docs.pytorch.org/docs/stable/generated/torch.index_add.html
"""

import numpy as np

from minitorch.autograd.inplace import blank, target
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.dtype import check_fits
from minitorch.ops.gather import as_vector, check_range, reduced
from minitorch.ops.like import scalar_like
from minitorch.ops.refusals import refuse_dtypes
from minitorch.size import normalize_dim


def along(dim, index):
    """The key that picks index along dim."""
    return (slice(None),) * dim + (index.array,)


@op(label="IndexSelectBackward0", bits=True)
def picked(input, index, *, dim):
    shape = input.array.shape
    return (
        input.kernels.index(input.array, along(dim, index)),
        lambda g: added(blank(g, shape), index, g, dim=dim),
        None,
    )


@op(label="IndexAddBackward0")
def added(input, index, source, *, dim):
    array = target(input)
    input.kernels.index_put(array, along(dim, index), source.array, True)
    return array, lambda g: g, None, lambda g: picked(g, index, dim=dim)


@op(label="IndexCopyBackward0")
def replaced(input, index, source, *, dim):
    array = target(input)
    input.kernels.index_put(array, along(dim, index), source.array, False)
    return array, lambda g: filled(g, index, g.new_zeros(()), dim=dim), None, lambda g: picked(g, index, dim=dim)


@op(label="IndexFillBackward0")
def filled(input, index, value, *, dim):
    array = target(input)
    input.kernels.index_put(array, along(dim, index), value.array, False)
    return (
        array,
        lambda g: filled(g, index, g.new_zeros(()), dim=dim),
        None,
        lambda g: (g - filled(g, index, g.new_zeros(()), dim=dim)).sum(),
    )


def lined(name, input, dim, index, dtypes=(np.int64, np.int32), errors=(RuntimeError, IndexError, IndexError), low=0):
    """(input, dim, index) with dim from the start and a vector as index, checked; a 0-d input as a vector.

    errors: torch's classes for an index of another dtype, of more dims, out of range (None: not looked at yet).
    """
    wrong_dtype, wrong_dims, out_of_range = errors
    d = normalize_dim(dim, input.array.ndim)
    if index.array.dtype not in dtypes:
        raise wrong_dtype(f"{name}(): Expected dtype int32/int64 for index but got: {index.dtype.name}")
    if index.array.ndim > 1:
        raise wrong_dims(f"{name}(): Index is supposed to be a vector, but got size {list(index.array.shape)}")
    if out_of_range:
        n = input.array.shape[d] if input.array.ndim else 1
        check_range(index, n, f"dimension {d}", out_of_range, negative=low < 0)
    return as_vector(input), d, as_vector(index)


def index_select(input, dim, index):
    """The slices along dim that index names, one after another."""
    x, d, index = lined("index_select", input, dim, index)
    if input.array.ndim == 0 and index.array.size != 1:
        raise RuntimeError(f"index_select(): Index to scalar can have only 1 value, got {index.array.size} value(s)")
    out = picked(x, index, dim=d)
    return out if input.array.ndim else out.squeeze(0)


def check_source(name, input, dim, index, source):
    """torch's errors: a source of another dtype, or that has not one slice of input's shape for each index."""
    if not isinstance(source, Variable):
        raise TypeError(f"{name}(): argument 'source' (position 3) must be Tensor, not {type(source).__name__}")
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"{name}(): self ({input.dtype.name}) and source ({source.dtype.name}) must have the same scalar type"
        )
    if source.array.ndim == 0 and index.array.size != 1:
        raise IndexError(f"{name}(): dim {dim} was given, but the source is 0-d and has no dims")
    wanted = (*input.array.shape[:dim], index.array.size, *input.array.shape[dim + 1 :])
    if source.array.shape != wanted:
        raise RuntimeError(
            f"{name}(): source of shape {list(source.array.shape)}: with {index.array.size} indices along dim {dim} of "
            f"{list(input.array.shape)} it must have shape {list(wanted)}"
        )


def index_add(input, dim, index, source, *, alpha=1):
    """A copy of input with alpha * source[i] added to slice index[i] along dim, for each i."""
    out_of_range = RuntimeError if input.array.ndim > 1 else IndexError  # torch's choice
    if input.array.ndim == 0 and source.array.ndim:
        raise RuntimeError(f"index_add(): source of shape {list(source.array.shape)} for a 0-d tensor must be 0-d, too")
    x, d, index = lined("index_add", input, dim, index, errors=(RuntimeError, IndexError, None))
    if input.array.ndim == 0:
        return index_add(x, 0, index, source.unsqueeze(0), alpha=alpha).squeeze(0)
    check_source("index_add", input, d, index, source)
    check_range(index, input.array.shape[d], f"dimension {d}", out_of_range)
    if alpha != 1:
        check_fits(alpha, source.array.dtype)
        source = source * scalar_like(source, alpha, source.array.dtype)
    return added(input, index, source, dim=d)


def index_copy(input, dim, index, source):
    """A copy of input with slice index[i] along dim replaced by source[i], for each i; of several the last stays."""
    errors = RuntimeError, IndexError, None
    x, d, index = lined("index_copy", input, dim, index, dtypes=(np.int64,), errors=errors)
    if x.array.ndim == 1 and source.array.ndim == 0 and index.array.size == 1:
        source = source.unsqueeze(0)
    if input.array.ndim == 0:
        return index_copy(x, 0, index, source).squeeze(0)
    if source.array.ndim not in (0, x.array.ndim):
        raise IndexError(
            "index_copy(): When source and destination are not scalars, their dimensionality must match. Source "
            f"dimensionality ({source.array.ndim}), destination dimensionality ({x.array.ndim})"
        )
    fits = source.array.shape[:d] == x.array.shape[:d] and source.array.shape[d + 1 :] == x.array.shape[d + 1 :]
    if fits and source.array.shape[d : d + 1] != index.array.shape:
        raise IndexError(
            f"index_copy(): Number of indices ({index.array.size}) should be equal to source.size(dim) "
            f"({source.array.shape[d] if source.array.ndim else 1})"
        )
    check_source("index_copy", x, d, index, source)
    check_range(index, x.array.shape[d], f"dimension {d}", IndexError)
    return replaced(input, index, source, dim=d)


def index_fill(input, dim, index, value):
    """A copy of input with the slices along dim that index names filled with value, a number or a 0-d tensor."""
    errors = IndexError, RuntimeError, IndexError
    x, d, index = lined("index_fill", input, dim, index, dtypes=(np.int64,), errors=errors, low=-1)
    if not isinstance(value, Variable):
        check_fits(value, input.array.dtype)
        value = scalar_like(input, value, input.array.dtype)
    elif value.array.ndim:
        raise RuntimeError(
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.array.ndim} dimension(s)."
        )
    elif value.array.dtype != input.array.dtype:
        check_fits(value.item(), input.array.dtype)
    if input.array.ndim == 0:
        return filled(x, index, value, dim=0).squeeze(0)
    return filled(input, index, value.to(input.device).cast(input.array.dtype), dim=d)


def index_reduce(input, dim, index, source, reduce, *, include_self=True):
    """A copy of input in which slice index[i] along dim has the prod, mean, amax or amin of all source[i] that come to
    it and, with include_self, of what was there."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    if input.array.ndim == 0 and source.array.ndim:
        raise RuntimeError(f"index_reduce(): source of shape {list(source.array.shape)} for a 0-d tensor must be 0-d")
    x, d, index = lined("index_reduce", input, dim, index, errors=(RuntimeError, IndexError, None))
    if source.array.ndim == 0 and index.array.size != 1:
        raise IndexError(f"index_reduce(): a source without dims for {index.array.size} indices")
    if input.array.ndim == 0:
        return index_reduce(x, 0, index, source.reshape(-1), reduce, include_self=include_self).squeeze(0)
    check_source("index_reduce", input, d, index, source)
    if not include_self or x.array.ndim == 1:
        refuse_dtypes("index_func_" if include_self else "index_reduce_func_exclude_input_init", input, "b")
    check_range(index, input.array.shape[d], f"dimension {d}", IndexError)
    places = index.reshape([-1 if e == d else 1 for e in range(input.array.ndim)]).expand(source.shape)
    return reduced(input, d, places, source, reduce, include_self)
