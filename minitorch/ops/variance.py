"""How far elements lie from their mean: variance, standard deviation, covariance, correlation.

    var = sum of (x - mean)^2 / (n - correction)        std = sqrt(var)

correction 1 (Bessel's) makes the variance of a sample an unbiased estimate of that of what it was drawn from.
https://docs.pytorch.org/docs/stable/generated/torch.var.html
"""

import math
import warnings

from minitorch.autograd.op import numpy_names, op
from minitorch.dtype import FLOATING, get_default_dtype
from minitorch.ops.elementwise import where
from minitorch.ops.half import rounded, wide
from minitorch.ops.reduce import count, restore
from minitorch.size import normalize_dims


def spread(name, input, dim, unbiased, keepdim, correction):
    """The variance, for `name`; unbiased, where given, is another way to say which correction: 1 or 0."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None:
        correction = 1 if unbiased else 0
    if input.array.dtype.kind not in FLOATING:
        raise RuntimeError(f"{name} only support floating point and complex dtypes")
    correction = 1 if correction is None else correction
    dims = normalize_dims(dim, input.array.ndim)
    if count(input, dims) <= correction:
        warnings.warn(
            f"{name}: degrees of freedom is <= 0. Correction should be strictly less than the number of elements that "
            "are reduced to one",
            stacklevel=4,
        )
    everything = dim is None or dim == () or input.array.ndim == 0
    return variance(input, dims=dims, keepdim=keepdim, correction=correction, everything=everything)


@op(label="VarBackward0")
def variance(input, *, dims, keepdim, correction, everything):
    """First the first element is taken off all, then the mean of that: so equal elements have variance 0, not the
    square of what rounding left of their mean, and large ones that differ little keep their digits."""
    k, x, n = input.kernels, wide(input.kernels, input.array), count(input, dims)
    degrees = n - correction if n > correction else 0
    number = lambda value: k.full((), value, x.dtype)
    first = k.getitem(x, tuple([slice(0, 1) if d in dims else slice(None) for d in range(x.ndim)]))
    shifted = k.sub(x, first)
    centered = k.sub(shifted, k.div(k.sum(shifted, dims, True), number(n)))
    array = k.div(k.sum(k.mul(centered, centered), dims, keepdim), number(degrees))

    def vjp(g):
        g, mean = restore(g, dims, keepdim), input.mean(dims, keepdim=True)
        if degrees == 0 and everything:
            return g * where(input == mean, math.nan, math.inf).to(g.dtype)
        factor = 2 / (n - correction) if n != correction else math.inf
        return factor * g * (input - mean)

    return rounded(k, array, input.array.dtype), vjp


@op(label="StdBackward0")
def root(input):
    """The square root, with gradient 0 at 0."""
    return input.kernels.sqrt(input.array), lambda g, y: (g / (2 * y)).masked_fill(y == 0, 0)


@numpy_names
def var(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    """Variance, over all dims or over some. unbiased=False is correction=0."""
    return spread("std and var", input, dim, unbiased, keepdim, correction)


@numpy_names
def std(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    """Standard deviation: the square root of the variance. Its gradient at 0 is 0."""
    return root(spread("std and var", input, dim, unbiased, keepdim, correction))


@numpy_names
def var_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    """(variance, mean)."""
    found = spread("var_mean", input, dim, unbiased, keepdim, correction)
    return found, input.mean(None if isinstance(dim, bool) else dim, keepdim)


@numpy_names
def std_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=1):
    """(standard deviation, mean)."""
    found = spread("std_mean", input, dim, unbiased, keepdim, correction)
    return root(found), input.mean(None if isinstance(dim, bool) else dim, keepdim)


def cov(input, *, correction=1, fweights=None, aweights=None):
    """Covariances of variables, the rows of input, over observations, its columns: (variables, variables).

    fweights (whole numbers): how often each observation was made; aweights: how much it counts.
    https://docs.pytorch.org/docs/stable/generated/torch.cov.html
    """
    if not isinstance(correction, int):
        raise TypeError(f"cov(): argument 'correction' must be int, not {type(correction).__name__}")
    if input.array.ndim > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions, but it has {input.array.ndim}")
    if input.array.dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input")
    x = input if input.array.ndim == 2 else input.reshape(1, -1)
    x = x if x.is_floating_point() else x.to(get_default_dtype())
    named = {"fweights": fweights, "aweights": aweights}
    given = [check_weights(name, weights, x) for name, weights in named.items() if weights is not None]
    w = math.prod(given[1:], start=given[0]) if given else x.new_ones(x.shape[1])
    total = w.sum()
    lost = correction if aweights is None else correction * (w * aweights).sum() / total
    centered = x - (x * w).sum(1, keepdim=True) / total
    return ((centered @ (centered * w).t()) / (total - lost).clamp(min=0)).squeeze()


def check_weights(name, weights, x):
    """torch's RuntimeErrors for weights of observations."""
    if weights.array.shape != x.array.shape[1:]:
        raise RuntimeError(f"cov(): expected {name} to hold a number for each of the {x.shape[1]} observations")
    kinds, kind = ("iu", "integral") if name == "fweights" else ("f", "floating point")
    if weights.array.dtype.kind not in kinds:
        raise RuntimeError(f"cov(): expected {name} to have {kind} dtype, not {weights.dtype.name}")
    if not bool((weights >= 0).all()):
        raise RuntimeError(f"cov(): {name} cannot be negative")
    return weights


def corrcoef(input):
    """Correlations: covariances, divided by the standard deviations of both variables; between -1 and 1."""
    c = cov(input)
    if c.array.ndim == 0:
        return c / c
    deviations = c.diagonal().sqrt()
    return (c / deviations.unsqueeze(1) / deviations).clamp(-1, 1)
