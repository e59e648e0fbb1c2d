"""Elements by their rank: median, k-th value, mode, quantiles. NaN ranks above all numbers.

Of an even number of elements the median is the lower of the two in the middle: always an element, as the k-th value and
the mode are, and the one whose index is returned gets the gradient. Which of equal elements that is, is torch's choice.
https://docs.pytorch.org/docs/stable/generated/torch.median.html
"""

import functools
import math

import numpy as np

from minitorch import return_types
from minitorch.autograd.op import numpy_names, op
from minitorch.autograd.variable import Variable
from minitorch.ops.compare import isnan
from minitorch.ops.elementwise import where
from minitorch.ops.extremes import along, shared_evenly, to_chosen
from minitorch.ops.like import full_like, scalar_like
from minitorch.ops.reduce import same
from minitorch.ops.refusals import refuse_bool
from minitorch.ops.sorting import sort
from minitorch.size import normalize_dim


@op(label="MedianBackward0")
def median_of_all(input, *, ignore_nan):
    k, n = input.kernels, input.array.size
    if n:
        refuse_bool(input, "\"median_cpu\" not implemented for 'Bool'", NotImplementedError)
        array = k.median(k.reshape(input.array, (n,)), 0, False, ignore_nan)[0]
    else:
        array = k.cast(k.full((), math.nan, np.dtype(np.float64)), input.array.dtype)
    return array, lambda g, y: shared_evenly(g, same(input, y), None)


@op(label="MedianBackward1")
def median_along(input, *, dim, keepdim, ignore_nan):
    refuse_bool(input, "\"median_out\" not implemented for 'Bool'", NotImplementedError)
    values, indices = input.kernels.median(input.array, dim, keepdim, ignore_nan)
    return (values, indices), to_chosen(input, indices, dim, keepdim)


@op(label="KthvalueBackward0")
def kth_along(input, *, k, dim, keepdim):
    values, indices = input.kernels.kthvalue(input.array, k, dim, keepdim)
    return (values, indices), to_chosen(input, indices, dim, keepdim)


@op(label="ModeBackward0")
def mode_along(input, *, dim, keepdim):
    values, indices = input.kernels.mode(input.array, dim, keepdim)
    return (values, indices), to_chosen(input, indices, dim, keepdim)


@numpy_names
def median(input, dim=None, keepdim=False):
    """median(x): of all elements; equal ones share the gradient. median(x, dim): (values, indices) along dim.

    NaN where there is one; the index is then that of the first.
    """
    if dim is None:
        return median_of_all(input, ignore_nan=False)
    pick = functools.partial(median_along, ignore_nan=False)
    return return_types.median(*along("median", pick, input, dim, keepdim))


@numpy_names
def nanmedian(input, dim=None, keepdim=False):
    """The median of the elements that are not NaN; NaN where there is none."""
    if dim is None:
        return median_of_all(input, ignore_nan=True)
    pick = functools.partial(median_along, ignore_nan=True)
    return return_types.nanmedian(*along("median", pick, input, dim, keepdim))


@numpy_names
def kthvalue(input, k, dim=-1, keepdim=False):
    """(values, indices) of the k-th smallest elements along dim; k counts from 1."""
    if not isinstance(k, int) or isinstance(k, bool):
        raise TypeError(f"kthvalue(): argument 'k' (position 2) must be int, not {type(k).__name__}")
    d = normalize_dim(dim, input.array.ndim)
    n = input.array.shape[d] if input.array.ndim else 1
    if n and not 1 <= k <= n:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {d}: {k} of {n}")
    if input.array.ndim:
        refuse_bool(input, "\"kthvalue_cpu\" not implemented for 'Bool'", NotImplementedError)
    return return_types.kthvalue(*along("kthvalue", functools.partial(kth_along, k=k), input, dim, keepdim))


@numpy_names
def mode(input, dim=-1, keepdim=False):
    """(values, indices) of the most frequent elements along dim; of equally frequent ones the smallest. No NaN counts
    as equal to another. (torch does not order NaN here, and with some among the elements may miss the mode.)"""
    return return_types.mode(*along("mode", mode_along, input, dim, keepdim))


# -- quantiles ---------------------------------------------------------------------------------------------------------

INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


@numpy_names
def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """The q-quantiles along dim, or of all elements: what stands at rank q (n - 1) of the n in order.

    q: a number, or a vector of them, which makes a first dim. A rank between two elements is interpolated: "linear",
    "midpoint", or one of the two ("lower", "higher", "nearest"). NaN where an element is NaN.
    """
    return at_ranks(input, q, dim, keepdim, interpolation, ignore_nan=False)


@numpy_names
def nanquantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """quantile of the elements that are not NaN; NaN where there is none."""
    return at_ranks(input, q, dim, keepdim, interpolation, ignore_nan=True)


def at_ranks(input, q, dim, keepdim, interpolation, ignore_nan):
    q = check_quantile(input, q, interpolation)
    d = None if dim is None else normalize_dim(dim, input.array.ndim)
    x = input.reshape(-1) if d is None or input.array.ndim == 0 else input.movedim(d, -1)  # (..., n)
    x = sort(x, -1).values
    # (..., 1 or quantiles); NaN stand last
    last = (~isnan(x)).sum(-1, keepdim=True).clamp(min=1) - 1 if ignore_nan else x.shape[-1] - 1
    ranks = (q.reshape(-1) * last).expand(*x.shape[:-1], q.numel())
    if not ignore_nan:
        ranks = where(isnan(x).any(-1, keepdim=True), last, ranks)
    y = between(x, ranks, interpolation)
    if keepdim:  # (..., quantiles) -> (..., 1, ..., quantiles)
        y = y.unsqueeze(d) if d is not None and input.array.ndim else y.reshape(*[1] * input.array.ndim, q.numel())
    return y.movedim(-1, 0) if q.array.ndim else y.squeeze(-1)


def between(x, ranks, interpolation):
    """What stands in the sorted rows x at these ranks, which may lie between two elements."""
    low, fraction = ranks.floor(), ranks - ranks.floor()
    below, above = x.gather(-1, low.long()), x.gather(-1, ranks.ceil().long())
    if interpolation == "lower":
        return below
    if interpolation == "higher":
        return above
    if interpolation == "nearest":  # of two equally near ones that of even rank
        return where((fraction > 0.5) | ((fraction == 0.5) & (low % 2 == 1)), above, below)
    weight = full_like(fraction, 0.5) if interpolation == "midpoint" else fraction
    span = above - below
    return where(weight < 0.5, below + weight * span, above - (1 - weight) * span)  # exact at both ends


def check_quantile(input, q, interpolation):
    """q as a tensor without history; torch's RuntimeErrors."""
    if input.array.dtype.name not in ("float32", "float64"):
        raise RuntimeError(f"quantile() input tensor must be either float or double dtype, not {input.dtype.name}")
    if input.array.size == 0:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(f"quantile() interpolation must be one of {', '.join(INTERPOLATIONS)}, got {interpolation}")
    if not isinstance(q, Variable):
        if not 0 <= q <= 1:
            raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q}")
        q = scalar_like(input, q, input.array.dtype)
    if q.array.ndim > 1:
        raise RuntimeError(f"quantile() q must be a scalar or 1D tensor, not of {q.array.ndim} dims")
    if q.dtype is not input.dtype:
        raise RuntimeError(f"quantile() q must have the dtype of the input, {input.dtype.name}, not {q.dtype.name}")
    if q.kernels.first_outside(q.array, 0, 1) is not None:
        raise RuntimeError("quantile() q must be in the range [0, 1]")
    return q.detach()
