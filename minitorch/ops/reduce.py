"""Reductions: sum, mean, product, variance, extremes; over all dims, over one, or over several.

`dim` None (or left out) reduces every dim; keepdim leaves the reduced dims in place, with size 1.
https://docs.pytorch.org/docs/stable/torch.html#reduction-ops
"""

import math

import numpy as np

from minitorch import return_types
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.ops.compare import isnan
from minitorch.ops.elementwise import maximum, minimum, refuse_bool, where
from minitorch.ops.like import ones_like
from minitorch.size import normalize_dim, normalize_dims


def restore(y, dims, keepdim):
    """Give a reduced tensor its reduced dims back, with size 1, so that it broadcasts against the input."""
    if not keepdim:
        for d in sorted(dims):
            y = y.unsqueeze(d)
    return y


def count(input, dims):
    """How many elements go into each result of a reduction over dims."""
    return math.prod(input.array.shape[d] for d in dims)


def widened(input, dtype):
    """The array that sum and prod work on: in `dtype` if given, otherwise integers and booleans as int64."""
    if dtype is None:
        return input.array if input.array.dtype.kind == "f" else input.kernels.cast(input.array, np.dtype(np.int64))
    return input.kernels.cast(input.array, dtype.numpy)


@op
def sum(input, *, dim=None, keepdim=False, dtype=None):
    """Sum of the elements; in int64 for integers and booleans."""
    if dtype is not None and not dtype.is_floating_point and input.requires_grad:
        raise RuntimeError(f"Autograd not support dtype: {dtype.type_name.removesuffix('Tensor')}")
    shape, dims = input.array.shape, normalize_dims(dim, input.array.ndim)
    array = input.kernels.sum(widened(input, dtype), dims, keepdim)
    return array, lambda g: restore(g, dims, keepdim).expand(shape)


@op
def mean(input, *, dim=None, keepdim=False, dtype=None):
    """Sum over count."""
    x = input.array if dtype is None else input.kernels.cast(input.array, dtype.numpy)
    if x.dtype.kind != "f":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: "
            + input.dtype.type_name.removesuffix("Tensor")
        )
    shape, dims = input.array.shape, normalize_dims(dim, input.array.ndim)
    n = count(input, dims)
    array = input.kernels.div(input.kernels.sum(x, dims, keepdim), input.kernels.full((), n, x.dtype))
    return array, lambda g: (restore(g, dims, keepdim) / (n or 1)).expand(shape)


@op
def prod(input, *, dim=None, keepdim=False, dtype=None):
    """Product of the elements (over all dims, or over one); in int64 for integers and booleans."""
    dims = normalize_dims(dim if dim is None else normalize_dim(dim, input.array.ndim), input.array.ndim)
    array = input.kernels.prod(widened(input, dtype), dims, keepdim)
    return array, lambda g, y: restore(g, dims, keepdim) * product_of_others(input, restore(y, dims, keepdim), dims)


def product_of_others(x, y, dims):
    """For every element the product of all others: y / x; and where there are zeros, multiplied out.

    Multiplied out: n copies of the n elements, with 1 on the diagonal, so that copy i lacks element i.
    """
    if x.ndim == 0:
        return ones_like(x)
    if not bool((x == 0).any()):
        return y / x
    kept = [d for d in range(x.ndim) if d not in dims]
    order = [*kept, *dims]
    last = x.permute(*order).flatten(len(kept))  # (kept..., n)
    n = last.shape[-1]
    diagonal = x.wrap(x.kernels.from_numpy(np.eye(n, dtype=bool)))
    copies = last.unsqueeze(-2).expand(*last.shape[:-1], n, n)  # (kept..., n) -> (kept..., n copies, n)
    others = copies.masked_fill(diagonal, 1).prod(-1)  # (kept..., n)
    return others.reshape([x.shape[d] for d in order]).permute(*np.argsort(order).tolist())  # as x


def var(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    """Variance: the sum of (x - mean)^2 over n - correction. unbiased=False is correction=0."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None:
        correction = 1 if unbiased else 0
    if input.array.dtype.kind != "f":
        raise RuntimeError("std and var only support floating point and complex dtypes")
    everything = dim is None or dim == () or input.array.ndim == 0
    dims = normalize_dims(dim, input.array.ndim)
    return variance(input, dims=dims, keepdim=keepdim, correction=correction, everything=everything)


@op(label="VarBackward0")
def variance(input, *, dims, keepdim, correction, everything):
    k, n = input.kernels, count(input, dims)
    degrees = n - correction if n > correction else 0
    number = lambda value: k.full((), value, input.array.dtype)  # noqa: E731
    centered = k.sub(input.array, k.div(k.sum(input.array, dims, True), number(n)))
    array = k.div(k.sum(k.mul(centered, centered), dims, keepdim), number(degrees))

    def vjp(g):
        g, mean = restore(g, dims, keepdim), input.mean(dims, keepdim=True)
        if degrees == 0 and everything:
            return g * where(input == mean, math.nan, math.inf).to(g.dtype)
        factor = 2 / (n - correction) if n != correction else math.inf
        return factor * (g * (input - mean))

    return array, vjp


def std(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    """Standard deviation: the square root of the variance."""
    return root(var(input, dim, unbiased, keepdim, correction=correction))


@op(label="StdBackward0")
def root(input):
    """The square root, with gradient 0 at 0."""
    return input.kernels.sqrt(input.array), lambda g, y: (g / (2 * y)).masked_fill(y == 0, 0)


def any(input, dim=None, keepdim=False):
    """Whether any element is not 0."""
    return truth(input, kernel=input.kernels.any, dim=dim, keepdim=keepdim)


def all(input, dim=None, keepdim=False):
    """Whether no element is 0."""
    return truth(input, kernel=input.kernels.all, dim=dim, keepdim=keepdim)


@op
def truth(input, *, kernel, dim, keepdim):
    array = kernel(input.array, normalize_dims(dim, input.array.ndim), keepdim)
    return input.kernels.cast(array, input.array.dtype) if input.array.dtype == np.uint8 else array


# -- extremes ---------------------------------------------------------------------------------------------------------


def refuse_empty(name, input, dims=None, error=RuntimeError):
    """torch's errors where an extreme of no elements is asked for: over all dims (None), or over some."""
    if input.array.size == 0:
        if dims is None or dims == ():
            raise error(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
                "with the 'dim' argument."
            )
        for d in (dims,) if isinstance(dims, int) else dims:
            d = normalize_dim(d, input.array.ndim)
            if input.array.shape[d] == 0:
                raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")


def shared_evenly(g, chosen, dims):
    """The gradient of an extreme: the chosen elements share g evenly."""
    chosen = chosen.cast(g.array.dtype)
    return g * chosen / chosen.sum(dims, keepdim=True)


@op
def amax(input, *, dim=(), keepdim=False):
    """The largest element over dims; elements that are equal to it share its gradient evenly."""
    refuse_empty("amax", input, dim)
    dims = normalize_dims(dim, input.array.ndim)
    return (
        input.kernels.amax(input.array, dims, keepdim),
        lambda g, y: shared_evenly(restore(g, dims, keepdim), input == restore(y, dims, keepdim), dims),
    )


@op
def amin(input, *, dim=(), keepdim=False):
    """The smallest element over dims; elements that are equal to it share its gradient evenly."""
    refuse_empty("amin", input, dim)
    dims = normalize_dims(dim, input.array.ndim)
    return (
        input.kernels.amin(input.array, dims, keepdim),
        lambda g, y: shared_evenly(restore(g, dims, keepdim), input == restore(y, dims, keepdim), dims),
    )


@op(label="MaxBackward1")
def max_of_all(input):
    dims = tuple(range(input.array.ndim))
    return input.kernels.amax(input.array, dims, False), lambda g, y: shared_evenly(g, same(input, y), None)


@op(label="MinBackward1")
def min_of_all(input):
    dims = tuple(range(input.array.ndim))
    return input.kernels.amin(input.array, dims, False), lambda g, y: shared_evenly(g, same(input, y), None)


def same(x, y):
    """Where x equals y, NaN counted as equal to NaN."""
    return (x == y) | (isnan(x) & isnan(y))


@op(label="MaxBackward0")
def max_along(input, *, dim, keepdim):
    values, indices = input.kernels.max(input.array, dim, keepdim)
    return (values, indices), to_chosen(input, indices, dim, keepdim)


@op(label="MinBackward0")
def min_along(input, *, dim, keepdim):
    values, indices = input.kernels.min(input.array, dim, keepdim)
    return (values, indices), to_chosen(input, indices, dim, keepdim)


def to_chosen(input, indices, dim, keepdim):
    """The VJP of an extreme along one dim: each gradient goes to the one element that was chosen."""
    shape, index = input.array.shape, input.wrap(indices)

    def vjp(g):
        chosen, arriving = restore(index, (dim,), keepdim), restore(g[0], (dim,), keepdim)
        return g[0].new_zeros(shape).scatter_add(dim, chosen, arriving)

    return vjp


def max(input, dim=None, keepdim=False):
    """max(x): the largest element. max(x, dim): (values, indices) along dim. max(x, y): element by element.

    Of equal elements along a dim the first is chosen, and gets all of the gradient; NaN counts as the largest. Of equal
    elements of max(x) all share the gradient.
    """
    if isinstance(dim, Variable):
        return maximum(input, dim)
    if dim is None:
        refuse_empty("max", input)
        return max_of_all(input)
    return return_types.max(*along("max", max_along, input, dim, keepdim))


def min(input, dim=None, keepdim=False):
    """min(x): the smallest element. min(x, dim): (values, indices) along dim. min(x, y): element by element."""
    if isinstance(dim, Variable):
        return minimum(input, dim)
    if dim is None:
        refuse_empty("min", input)
        return min_of_all(input)
    return return_types.min(*along("min", min_along, input, dim, keepdim))


def along(name, operation, input, dim, keepdim):
    """(values, indices) of an extreme along one dim; a 0-d tensor counts as a vector of one element."""
    d = normalize_dim(dim, input.array.ndim)
    refuse_empty(name, input, d)
    if input.array.ndim == 0:
        return operation(input.unsqueeze(0), dim=0, keepdim=False)
    return operation(input, dim=d, keepdim=keepdim)


@op
def argmax(input, *, dim=None, keepdim=False):
    """The index of the largest element along dim, or in the flattened input; of equal ones the first."""
    return position("argmax", input, input.kernels.argmax, dim, keepdim)


@op
def argmin(input, *, dim=None, keepdim=False):
    """The index of the smallest element along dim, or in the flattened input; of equal ones the first."""
    return position("argmin", input, input.kernels.argmin, dim, keepdim)


def position(name, input, kernel, dim, keepdim):
    if dim is not None and not isinstance(dim, int):
        raise TypeError(f"{name}(): argument 'dim' (position 2) must be int, not {type(dim).__name__}")
    refuse_bool(input, f"{name}(): does not support bool input")
    d = None if dim is None else normalize_dim(dim, input.array.ndim)
    refuse_empty(name, input, d, IndexError)
    if d is not None and input.array.ndim:
        return kernel(input.array, d, keepdim)
    flat = kernel(input.kernels.reshape(input.array, (input.array.size,)), 0, False)
    return input.kernels.reshape(flat, (1,) * input.array.ndim if keepdim else ())
