"""Reductions over a tuple of dims."""

import numpy as np

FEW = 4096  # elements whose sum in float64 takes no longer (of a million, twice as long: 0.29 ms, not 0.14)


def sum(x, dims, keepdim):
    """The sum. Over other dims than the last, NumPy adds float32 one by one, with an error that grows with the length
    (130 ulp for 100,000 rows, torch 0.3): there, for few elements, and for float16, the sums are kept in float64."""
    wide = x.dtype == np.float16 or (x.dtype == np.float32 and (x.size <= FEW or any_outer(x, dims)))
    total = np.sum(x, axis=dims, keepdims=keepdim, dtype=np.float64 if wide else x.dtype)
    return total.astype(x.dtype) if wide else total


def any_outer(x, dims):
    """Whether a dim is reduced along which the elements are no neighbours in memory."""
    return not x.flags.c_contiguous or sorted(dims) != list(range(x.ndim - len(dims), x.ndim))


def prod(x, dims, keepdim):
    """The product."""
    return np.prod(x, axis=dims, keepdims=keepdim, dtype=x.dtype)


def amax(x, dims, keepdim):
    """The largest element; NaN wins."""
    return np.max(x, axis=dims, keepdims=keepdim)


def amin(x, dims, keepdim):
    """The smallest element; NaN wins."""
    return np.min(x, axis=dims, keepdims=keepdim)


def any(x, dims, keepdim):
    """Whether an element is not 0."""
    return np.any(x, axis=dims, keepdims=keepdim)


def all(x, dims, keepdim):
    """Whether no element is 0."""
    return np.all(x, axis=dims, keepdims=keepdim)


def argmax(x, dim, keepdim):
    """The place of the largest element along dim: the first of equal ones; NaN wins."""
    return np.argmax(x, axis=dim, keepdims=keepdim)


def argmin(x, dim, keepdim):
    """The place of the smallest element along dim: the first of equal ones; NaN wins."""
    return np.argmin(x, axis=dim, keepdims=keepdim)


def at(x, places, dim, keepdim):
    values = np.take_along_axis(x, places, dim)
    return (values, places) if keepdim else (values.squeeze(dim), places.squeeze(dim))


def max(x, dim, keepdim):
    """(largest elements, their places) along dim."""
    return at(x, np.argmax(x, axis=dim, keepdims=True), dim, keepdim)


def min(x, dim, keepdim):
    """(smallest elements, their places) along dim."""
    return at(x, np.argmin(x, axis=dim, keepdims=True), dim, keepdim)
