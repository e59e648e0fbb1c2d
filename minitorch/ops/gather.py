"""Gather and scatter: reading and writing along one dim, at a place of its own for each element.

For dim 1 of three, and so for any dim:

    gather     out[i][j][k] = input[i][index[i][j][k]][k]
    scatter    out[i][index[i][j][k]][k] = src[i][j][k], the rest of out is input

Each is the other's gradient, but for what scatter does where several elements come to one place: it replaces, adds,
multiplies, or keeps an extreme. index may be smaller than the tensors in every dim (but not larger than input in a dim
other than `dim`); a 0-d tensor counts as a vector of one element.
https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_reduce_.html
"""

import math

import numpy as np

from minitorch.autograd.inplace import blank, target
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.dtype import FLOATING, check_fits
from minitorch.ops.elementwise import where
from minitorch.ops.like import full_like, ones_like, scalar_like, zeros_like
from minitorch.size import normalize_dim


def check_index(name, input, dim, index, src=None):
    """torch's errors: an index of another dtype or rank, or larger than input (but for dim) or src, or out of range."""
    if index.array.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index")
    for what, x in (("input", input), ("src", src)):
        if x is not None and max(index.array.ndim, 1) != max(x.array.ndim, 1):
            fewer = what == "src" and 0 < x.array.ndim < index.array.ndim
            # torch compares size by size, and misses one of src unless it finds one too small before.
            fewer = fewer and all(n <= m for n, m in zip(index.array.shape, x.array.shape, strict=False))
            raise (IndexError if fewer else RuntimeError)(
                f"Index tensor must have the same number of dimensions as {what} tensor ({name})"
            )
    shape, n = index.array.shape or (1,), input.array.shape or (1,)
    if any(d != dim and size > n[d] for d, size in enumerate(shape)):
        raise RuntimeError(
            f"Size does not match: expected index {list(shape)} to be no larger than self {list(n)} apart from "
            f"dimension {dim} ({name})"
        )
    if src is not None and any(size > m for size, m in zip(shape, src.array.shape or (1,), strict=True)):
        raise RuntimeError(f"Expected index {list(shape)} to be no larger than src {list(src.array.shape)} ({name})")
    check_range(index, n[dim], f"dimension {dim}", RuntimeError)


def check_range(index, n, what, error, negative=False):
    """`error` where an index is not below n, or is negative (below -n, where those count from the end)."""
    wrong = index.kernels.first_outside(index.array, -n if negative else 0, n - 1)
    if wrong is not None:
        raise error(f"index {wrong} is out of bounds for {what} with size {n}")


# -- the two of them ---------------------------------------------------------------------------------------------------


@op(label="GatherBackward0", bits=True)
def gathered(input, index, *, dim):
    shape = input.array.shape
    return (
        input.kernels.gather(input.array, dim, index.array),
        lambda g: brought_back(g, index, shape, dim),
        None,
    )


@op(label="ScatterAddBackward0")
def added(input, index, src, *, dim):
    array = target(input)
    input.kernels.scatter(array, dim, index.array, src.array, "sum")
    return array, lambda g: g, None, lambda g: gathered(g, index, dim=dim)


@op(label="ScatterBackward0")
def replaced(input, index, src, *, dim):
    array = target(input)
    input.kernels.scatter(array, dim, index.array, src.array, None)
    return (
        array,
        lambda g: replaced(g, index, g.new_zeros(()).expand(index.shape), dim=dim),
        None,
        lambda g: gathered(g, index, dim=dim),
    )


def brought_back(g, index, shape, dim):
    """The gradient of what index chose along dim: g at the chosen places, added up, and zeros elsewhere."""
    return added(blank(g, shape), index, g, dim=dim)


def gather(input, dim, index, *, sparse_grad=False):
    """out[i][j][k] = input[i][index[i][j][k]][k] for dim 1, and so for any dim. sparse_grad changes nothing here."""
    dim = normalize_dim(dim, input.array.ndim)
    if index.array.size == 0:  # whatever its rank and dtype
        return input.reshape(-1)[:0].reshape(index.shape)
    check_index("gather", input, dim, index)
    out = gathered(as_vector(input), as_vector(index), dim=dim)
    return out if index.array.ndim else out.squeeze(0)


def as_vector(x):
    """A 0-d tensor as a vector of one element; any other as it is."""
    return x if x.array.ndim else x.unsqueeze(0)


def scattering(name, input, dim, index, src):
    """(dim, index, src) of a scatter, checked, with the rank of input; None where index is empty: nothing to do.

    src may be a number. A 0-d index is one of a single element; of a 0-d input, index and src stay vectors.
    """
    dim = normalize_dim(dim, input.array.ndim)
    if index.array.size == 0:
        return None
    if not isinstance(src, Variable):
        check_fits(src, input.array.dtype)
        src = scalar_like(input, src, input.array.dtype).expand(index.array.shape)
    elif src.array.dtype != input.array.dtype:
        raise RuntimeError("scatter(): Expected self.dtype to be equal to src.dtype")
    check_index(name, input, dim, index, src)
    return dim, as_vector(index), as_vector(src)


def scatter_add(input, dim, index, src):
    """A copy of input with out[i][index[i][j][k]][k] += src[i][j][k] for dim 1, and so for any dim."""
    if not isinstance(src, Variable):
        raise TypeError(f"scatter_add(): argument 'src' (position 3) must be Tensor, not {type(src).__name__}")
    found = scattering("scatter_add", input, dim, index, src)
    if found is None:
        return input.clone()
    dim, index, src = found
    return added(input, index, src, dim=dim)


REDUCTIONS = {"add": "sum", "multiply": "prod"}  # scatter's words for what scatter_reduce calls by these


def scatter(input, dim, index, src=None, *, value=None, reduce=None):
    """A copy of input with out[i][index[i][j][k]][k] = src[i][j][k] for dim 1, and so for any dim.

    src may be a number, also by the name `value`. Which of several that come to one place stays is not promised (here
    the last does). reduce: "add" or "multiply" to what is there; torch then gives no gradient.
    """
    src = value if src is None else src
    if reduce is not None and reduce not in REDUCTIONS:
        raise RuntimeError("reduce argument must be either add or multiply.")
    found = scattering("scatter", input, dim, index, src)
    if found is None:
        return input.clone()
    dim, index, src = found
    if reduce is None:
        return replaced(input, index, src, dim=dim)
    return combined(input, index, src, dim=dim, reduce=REDUCTIONS[reduce])


@op(label="ScatterBackward0")
def combined(input, index, src, *, dim, reduce):
    def refuse(g):
        raise RuntimeError("derivative for aten::scatter is not implemented (with reduce=: see scatter_reduce)")

    array = target(input)
    input.kernels.scatter(array, dim, index.array, src.array, reduce)
    return array, refuse, None, refuse


# -- scatter_reduce ----------------------------------------------------------------------------------------------------


@op(label="ScatterReduceBackward0")
def product(input, index, src, *, dim):
    """What is there times all that comes there. The gradient of a factor is the product of all others: y / factor, or
    where the factor is the only 0 among those that come, the product of the rest, multiplied out."""
    array = input.kernels.copy(input.array)  # its old values are needed, also where it is written in place
    input.kernels.scatter(array, dim, index.array, src.array, "prod")

    def src_vjp(g, y):
        zero = src == 0
        zeros = added(zeros_like(y), index, zero.to(y.dtype), dim=dim)
        only = zero & (gathered(zeros, index, dim=dim) == 1)
        rest = product(input, index, src.masked_fill(only, 1), dim=dim)
        quotient = gathered(y, index, dim=dim) / src.masked_fill(zero, 1)
        return gathered(g, index, dim=dim) * where(only, gathered(rest, index, dim=dim), quotient)

    return array, lambda g: g * product(ones_like(g), index, src, dim=dim), None, src_vjp


@op(label="ScatterReduceBackward0")
def extreme(input, index, src, *, dim, reduce, include_self):
    """The largest ("amax") or smallest ("amin") of what comes and, if included, what was there.

    Equal ones share the gradient. As in torch, what was there counts as one of them also where it is not included.
    """
    k = input.kernels
    array = k.copy(input.array)
    if not include_self:
        nothing = k.full(index.array.shape, identity(reduce, array.dtype), array.dtype)
        k.scatter(array, dim, index.array, nothing, None)
    k.scatter(array, dim, index.array, src.array, reduce)

    def vjp(g, y):
        chosen = (input == y).to(g.dtype)
        chosen_src = (src == gathered(y, index, dim=dim)).to(g.dtype)
        share = g / added(chosen, index, chosen_src, dim=dim)
        own = chosen * share
        if not include_self:
            own = replaced(own, index, g.new_zeros(()).expand(index.shape), dim=dim)
        return own, None, chosen_src * gathered(share, index, dim=dim)

    return array, vjp


def mean(input, index, src, *, dim, include_self):
    """The mean of what is there (if included) and what comes there; rounded down for integers."""
    if input.array.dtype.kind == "b":
        raise NotImplementedError("\"scatter_gather_tensor_cpu_reduce_mean\" not implemented for 'Bool'")
    count = added(full_like(input, int(include_self)), index, ones_like(src), dim=dim).clamp(min=1).detach()
    total = added(input, index, src, dim=dim)
    return total / count if input.array.dtype.kind in FLOATING else total // count


def identity(reduce, dtype):
    """The number that changes nothing."""
    if reduce in ("sum", "mean", "prod"):
        return int(reduce == "prod")
    if dtype.kind in FLOATING:
        return -math.inf if reduce == "amax" else math.inf
    low, high = (False, True) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    return low if reduce == "amax" else high


def scatter_reduce(input, dim, index, src, reduce, *, include_self=True):
    """A copy of input in which each place that index names has the sum, prod, mean, amax or amin of what comes to it
    (by the rule of scatter) and, with include_self, of what was there."""
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    found = scattering("scatter_reduce", input, dim, index, src)
    return input.clone() if found is None else reduced(input, *found, reduce, include_self)


def reduced(input, dim, index, src, reduce, include_self):
    if reduce in ("amax", "amin"):
        return extreme(input, index, src, dim=dim, reduce=reduce, include_self=include_self)
    if not include_self:  # what was there makes way
        nothing = scalar_like(input, identity(reduce, input.array.dtype), input.array.dtype)
        input = replaced(input, index, nothing.expand(index.shape), dim=dim)
    if reduce == "sum":
        return added(input, index, src, dim=dim)
    if reduce == "prod":
        return product(input, index, src, dim=dim)
    return mean(input, index, src, dim=dim, include_self=include_self)


# -- the same for flat and broadcast indices ---------------------------------------------------------------------------


def take_along_dim(input, indices, dim=None):
    """gather with an index that broadcasts against input in the other dims, which may count from the end (torch
    takes it modulo the size); without dim, gather of the flattened input."""
    if indices.array.dtype != np.int64:
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {indices.dtype.name}")
    if dim is None:
        return gather(input.reshape(-1), 0, indices.reshape(-1))
    if input.array.ndim != indices.array.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{input.array.ndim} dimensions for input, and {indices.array.ndim} dimensions for indices"
        )
    if input.array.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    d = normalize_dim(dim, input.array.ndim)
    n, m = input.array.shape[d], indices.array.shape[d]
    others = broadcast_shape("take_along_dim", *[(*x.shape[:d], 1, *x.shape[d + 1 :]) for x in (input, indices)])
    index = indices.expand(*others[:d], m, *others[d + 1 :])
    return gather(input.expand(*others[:d], n, *others[d + 1 :]), d, index % max(n, 1))


def broadcast_shape(name, *shapes):
    """The shape to which shapes broadcast; RuntimeError where they do not."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise RuntimeError(f"{name}(): shapes {' and '.join(str(list(s)) for s in shapes)} do not broadcast") from None
