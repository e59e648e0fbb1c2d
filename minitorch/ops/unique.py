"""Which values there are, and how often: unique, bincount, isin, histc.

https://docs.pytorch.org/docs/stable/generated/torch.unique.html
"""

import math

import numpy as np

from minitorch import dtype as dtypes
from minitorch.autograd.variable import Variable
from minitorch.ops.index import index_select
from minitorch.ops.like import ones_like, scalar_like
from minitorch.ops.sorting import searchsorted, sort
from minitorch.promotion import common_dtype
from minitorch.size import normalize_dim


def kinds(input, dim, in_order):
    """(values, inverse, counts) of the different elements, or with dim of the different slices along it."""
    input = input.detach()
    if dim is None:
        first, inverse, counts = distinct(input.reshape(-1, 1), in_order)
        return input.reshape(-1)[first], inverse.reshape(input.shape), counts
    if input.array.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    d = normalize_dim(dim, input.array.ndim)
    n = input.array.shape[d]
    if input.array.size == 0 and n:
        raise RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
    first, inverse, counts = distinct(input.movedim(d, 0).reshape(n, input.array.size // max(n, 1)), in_order)
    return index_select(input, d, first), inverse, counts


def distinct(rows, in_order):
    """The rows of a matrix that differ; see kernels.cpu.unique_rows."""
    return (rows.wrap(array) for array in rows.kernels.unique_rows(rows.array, in_order))


def asked(result, return_inverse, return_counts):
    """The values, with what else was asked for."""
    values, inverse, counts = result
    wanted = (values, *([inverse] if return_inverse else []), *([counts] if return_counts else []))
    return wanted if len(wanted) > 1 else values


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The different elements in order (always, whatever `sorted`); dim: the different slices along dim.

    return_inverse: for each element where it is among them; return_counts: how often each is there. No NaN equals
    another one.
    """
    return asked(kinds(input, dim, False), return_inverse, return_counts)


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """unique, where only neighbours that are equal are made one, and the order stays."""
    return asked(kinds(input, dim, True), return_inverse, return_counts)


def bincount(input, weights=None, minlength=0):
    """out[i] = how often i is in input, or the sum of the weights that stand where it is."""
    if input.array.dtype.kind not in "iu":
        raise NotImplementedError(f"\"bincount_cpu\" not implemented for '{input.dtype.name}'")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if input.array.ndim != 1 or (input.array.size and int(input.min()) < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and weights.array.shape != input.array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    if input.array.size == 0:
        return input.new_zeros(minlength, dtype=dtypes.int64)
    if weights is None:
        weights = ones_like(input, dtype=dtypes.int64)
    elif weights.dtype is not dtypes.float32:
        weights = weights.double()
    size = max(int(input.max()) + 1, minlength)
    return weights.new_zeros(size).index_add(0, input.long(), weights.detach())


def isin(elements, test_elements, *, assume_unique=False, invert=False):
    """For each element whether it is among test_elements; one of the two may be a number. invert: whether it is not."""
    if not isinstance(elements, Variable) and not isinstance(test_elements, Variable):
        raise TypeError("isin(): one of elements and test_elements must be a Tensor")
    dtype = np.dtype(common_dtype((elements, test_elements)))
    if dtype.kind == "b":
        raise RuntimeError("Unsupported input type encountered for isin(): Bool")
    tensor = elements if isinstance(elements, Variable) else test_elements
    x, tests = [
        y.detach().cast(dtype) if isinstance(y, Variable) else scalar_like(tensor, y, dtype)
        for y in (elements, test_elements)
    ]
    if tests.array.size == 0:
        return x.new_full(x.shape, invert, dtype=dtypes.bool)
    row = sort(tests.reshape(-1)).values
    nearest = row[searchsorted(row, x).clamp(max=row.array.size - 1)]
    return nearest != x if invert else nearest == x


def histc(input, bins=100, min=0, max=0):
    """How many elements lie in each of `bins` equal parts of [min, max], or of the input's own range if these are
    equal; in the dtype of input. What lies outside, and NaN, is not counted; max belongs to the last part."""
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"histogram_cpu\" not implemented for '{input.dtype.name}'")
    if bins <= 0:
        raise RuntimeError(f"histc(): bins must be > 0, but got {bins}")
    x = input.detach().reshape(-1)
    if min == max and x.numel():
        min, max = x.min().item(), x.max().item()
    if min == max:
        min, max = min - 1, max + 1
    if not (math.isfinite(min) and math.isfinite(max)):
        raise RuntimeError(f"histc(): range of [{min}, {max}] is not finite")
    if min > max:
        raise RuntimeError("histc(): max must be larger than min")
    x = x[(x >= min) & (x <= max)]
    place = ((x - min) * bins / (max - min)).long().clamp(max=bins - 1)
    return x.new_zeros(bins).index_add(0, place, ones_like(x))
