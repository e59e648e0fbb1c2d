"""Reductions: sum, mean, product, questions; over all dims, over one, or over several.

`dim` None (or left out) reduces every dim; keepdim leaves the reduced dims in place, with size 1. Variance stands in
variance.py, extremes in extremes.py, the median and its kin in order.py.
https://docs.pytorch.org/docs/stable/torch.html#reduction-ops
"""

import math

import numpy as np

from minitorch.autograd.op import numpy_names, op
from minitorch.dtype import FLOATING
from minitorch.ops.compare import isnan
from minitorch.ops.half import rounded, wide
from minitorch.ops.like import ones_like
from minitorch.ops.scan import product_before, widened
from minitorch.ops.shape import view_as_shape
from minitorch.promotion import floating
from minitorch.size import normalize_dim, normalize_dims


def restore(y, dims, keepdim):
    """Give a reduced tensor its reduced dims back, with size 1, so that it broadcasts against the input."""
    if keepdim or not dims:
        return y
    sizes, ndim = iter(y.array.shape), y.array.ndim + len(dims)
    return view_as_shape(y, shape=tuple([1 if d in dims else next(sizes) for d in range(ndim)]))


def same(x, y):
    """Where x equals y, NaN counted as equal to NaN."""
    return (x == y) | (isnan(x) & isnan(y))


def count(input, dims):
    """How many elements go into each result of a reduction over dims."""
    return math.prod(input.array.shape[d] for d in dims)


@op
def sum(input, *, dim=None, keepdim=False, dtype=None):
    """Sum of the elements; in int64 for integers and booleans."""
    shape, dims = input.array.shape, normalize_dims(dim, input.array.ndim)
    array = input.kernels.sum(widened(input, dtype), dims, keepdim)
    return array, lambda g: repeated(g, dims=dims, shape=shape)


@op(label="ExpandBackward0")
def repeated(g, *, dims, shape):
    """The transpose of a sum over dims: g (with or without these dims, of size 1) for each element that was summed."""
    k, keepdim = g.kernels, g.array.ndim == len(shape)
    rows = k.view(g.array, tuple(1 if d in dims else n for d, n in enumerate(shape)))
    return k.expand(rows, shape), lambda h: sum(h, dim=dims, keepdim=keepdim)


def check_mean(name, dtype):
    """RuntimeError for a mean in a dtype that is not floating."""
    if not dtype.is_floating_point:
        raise RuntimeError(
            f"{name}(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. "
            f"Got: {dtype.word}"
        )


@op
def mean(input, *, dim=None, keepdim=False, dtype=None):
    """Sum over count."""
    check_mean("mean", input.dtype if dtype is None else dtype)
    k = input.kernels
    x = input.array if dtype is None else k.cast(input.array, dtype.numpy)
    shape, dims = input.array.shape, normalize_dims(dim, input.array.ndim)
    n, terms = count(input, dims), wide(k, x)
    array = k.div(k.sum(terms, dims, keepdim), k.full((), n, terms.dtype))
    return rounded(k, array, x.dtype), lambda g: repeated(g / (n or 1), dims=dims, shape=shape)


@op
def prod(input, *, dim=None, keepdim=False, dtype=None):
    """Product of the elements (over all dims, or over one); in int64 for integers and booleans."""
    dims = normalize_dims(dim if dim is None else normalize_dim(dim, input.array.ndim), input.array.ndim)
    array = input.kernels.prod(widened(input, dtype), dims, keepdim)
    return array, lambda g, y: restore(g, dims, keepdim) * product_of_others(input, restore(y, dims, keepdim), dims)


def product_of_others(x, y, dims):
    """For every element the product of all others: y / x; and where there are zeros, the product of all before it times
    that of all behind it."""
    if x.ndim == 0:
        return ones_like(x)
    if not bool((x == 0).any()):
        return y / x
    if len(dims) == 1:
        return product_before(x, dims[0]) * product_before(x, dims[0], reverse=True)
    flat = x.reshape(-1)
    return (product_before(flat, 0) * product_before(flat, 0, reverse=True)).reshape(x.shape)


@op
def nansum(input, *, dim=None, keepdim=False, dtype=None):
    """Sum of the elements that are not NaN; in int64 for integers and booleans."""
    k, dims = input.kernels, normalize_dims(dim, input.array.ndim)
    x = widened(input, dtype)
    array = k.sum(k.where(k.isnan(x), k.full((), 0, x.dtype), x), dims, keepdim)
    return array, lambda g: restore(g, dims, keepdim) * ~isnan(input)


@numpy_names
def nanmean(input, dim=None, keepdim=False, *, dtype=None):
    """Mean of the elements that are not NaN; NaN where there is none."""
    if input.array.dtype.kind not in FLOATING:
        kind = input.dtype.word
        raise RuntimeError(f"nanmean(): expected input to have floating point or complex dtype but got {kind}")
    check_mean("nanmean", input.dtype if dtype is None else dtype)
    return nansum(input, dim, keepdim, dtype=dtype) / (~isnan(input)).sum(dim, keepdim)


@op(promote=floating)
def logsumexp(input, *, dim, keepdim=False):
    """log of the sum of e^x over dims: the softmax is its derivative.

    Computed as m + log of the sum of e^(x - m): m, the largest x, changes nothing in exact arithmetic, and keeps e^x
    from overflowing. (An infinite m is taken as 0: inf - inf would be NaN.)
    """
    k, x, dims = input.kernels, input.array, normalize_dims(dim, input.array.ndim)
    zero = k.full((), 0, x.dtype)
    m = k.amax(x, dims, True) if x.size else zero
    m = k.where(k.isfinite(m), m, zero)
    array = k.add(m, k.log(k.sum(k.exp(k.sub(x, m)), dims, True)))
    shape = [1 if d in dims else n for d, n in enumerate(x.shape) if keepdim or d not in dims]
    return k.reshape(array, shape), lambda g, y: restore(g, dims, keepdim) * (input - restore(y, dims, keepdim)).exp()


# -- questions ---------------------------------------------------------------------------------------------------------


@numpy_names
def any(input, dim=None, keepdim=False):
    """Whether any element is not 0."""
    return truth(input, kernel=input.kernels.any, dim=dim, keepdim=keepdim)


@numpy_names
def all(input, dim=None, keepdim=False):
    """Whether no element is 0."""
    return truth(input, kernel=input.kernels.all, dim=dim, keepdim=keepdim)


@op
def truth(input, *, kernel, dim, keepdim):
    array = kernel(input.array, normalize_dims(dim, input.array.ndim), keepdim)
    return input.kernels.cast(array, input.array.dtype) if input.array.dtype == np.uint8 else array


@numpy_names
def count_nonzero(input, dim=None):
    """How many elements are not 0; in int64."""
    return (input != 0).sum(dim)
