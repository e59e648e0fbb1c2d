"""Where the windows of a pooling lie, and torch's checks of the numbers that say it.

A span (starts, ends, step) tells it for one dim: window number i holds the elements starts[., i], starts[., i] + step,
... before ends[., i], all of them inside the input. starts and ends are NumPy arrays of int64 with one row for all
planes of an image, or a row for each.
"""

import functools
import math
from typing import NamedTuple

import numpy as np


class Span(NamedTuple):
    """The windows along one dim."""

    starts: np.ndarray
    ends: np.ndarray
    step: int


def output_size(n, k, s, p, d, ceil_mode):
    """floor((n + 2 p - d (k - 1) - 1) / s) + 1: how many windows of k elements with distance d fit into n elements
    padded by p, each s after the last. With ceil_mode one more may begin, if in the input or its left padding."""
    span = n + 2 * p - d * (k - 1) - 1
    size = span // s + 1
    if ceil_mode and span % s and size * s < n + p:
        size += 1
    return size


@functools.lru_cache(1000)  # a network asks for the same few at every step: 6 us each
def regular(n, k, s, p, d=1, ceil_mode=False):
    """The Span of windows of k elements, distance d, stride s, on n elements padded by p, which are left out."""
    starts = np.arange(output_size(n, k, s, p, d, ceil_mode)) * s - p
    ends = np.minimum(starts + d * (k - 1) + 1, n)
    starts += np.maximum(-(starts // d), 0) * d  # the first element that is not in the padding
    return Span(starts[None], ends[None], d)


def adaptive(n, size):
    """The Span of `size` windows that cover n elements evenly: from floor(i n / size) to ceil((i + 1) n / size)."""
    i = np.arange(size)
    return Span((i * n // size)[None], (-(-(i + 1) * n // size))[None], 1)


def fractional(n, size, k, samples):
    """The Span of `size` windows of k elements, a row for every plane, from one sample u in [0, 1) each.

    They begin at floor((i + u) a) - floor(u a) with a = (n - k) / (size - 1), the last one at n - k: strides mix two
    neighbouring whole numbers, in an order that u decides (Graham, Fractional max-pooling, 2014).
    """
    starts = np.full((len(samples), size), n - k)
    if size > 1:
        a, u = samples.dtype.type((n - k) / (size - 1)), samples[:, None]
        starts[:, :-1] = ((np.arange(size - 1, dtype=samples.dtype) + u) * a).astype(int) - (u * a).astype(int)
    return Span(starts, starts + k, 1)


def lengths(span):
    """How many elements every window has along that dim, for windows without distances."""
    return np.maximum(span.ends - span.starts, 0)[0]


def lengths_with_padding(n, k, s, p, ceil_mode):
    """The same, where elements of the padding count, too (but not those beyond it, where ceil_mode reaches)."""
    starts = np.arange(output_size(n, k, s, p, 1, ceil_mode)) * s - p
    return np.minimum(starts + k, n + p) - starts


def product(along):
    """The products of the lengths along every dim: the number of elements of every window."""
    return math.prod(np.ix_(*along))


# -- checks ------------------------------------------------------------------------------------------------------------


def ints(value, dims, name, what, spread=True):
    """A tuple of ints, one for every dim, of one int or as many (spread: also of a tuple of one). TypeError or
    RuntimeError otherwise."""
    if isinstance(value, int):
        return (value,) * dims
    if not isinstance(value, list | tuple) or not all(isinstance(n, int) for n in value):
        raise TypeError(f"{name}(): argument '{what}' must be int or tuple of ints, not {value!r}")
    if len(value) != dims and not (len(value) == 1 and spread):
        raise RuntimeError(
            f"{name}: expected {what} to be a single integer value or a list of {dims} values to match the dimensions, "
            f"but got {what}={list(value)}"
        )
    return tuple(value) * (dims // len(value))


def repeated(value, dims):
    """A tuple of a value for every dim, from one value, or a sequence that is taken as it is."""
    return tuple(value) if isinstance(value, list | tuple) else (value,) * dims


def check_rank(name, dims, input):
    """RuntimeError unless input is (N, C, I) or (C, I), with no size 0 but for N."""
    x = input.array.shape
    if len(x) not in (dims + 1, dims + 2) or 0 in x[-dims - 1 :]:
        raise RuntimeError(
            f"{name}: Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with optional 0 dim batch size for "
            f"input, but got: {list(x)}"
        )


def check_window(name, dims, input, kernel_size, stride, padding, dilation, ceil_mode):
    """(kernel_size, stride, padding, dilation) as tuples, after torch's checks of them. Stride None is kernel_size."""
    kernel_size = ints(kernel_size, dims, name, "kernel_size")
    stride = kernel_size if stride is None or stride in ([], ()) else ints(stride, dims, name, "stride")
    padding, dilation = ints(padding, dims, name, "padding"), ints(dilation, dims, name, "dilation")
    check_rank(name, dims, input)
    for what, values in (("kernel_size", kernel_size), ("stride", stride), ("dilation", dilation)):
        if min(values) <= 0:
            raise RuntimeError(f"{name}: {what} should be greater than zero, but got {what}: {values}")
    image = input.array.shape[-dims:]
    for n, k, s, p, d in zip(image, kernel_size, stride, padding, dilation, strict=True):
        if p < 0:
            raise RuntimeError(f"{name}: pad must be non-negative, but got pad: {p}")
        if 2 * p > d * (k - 1) + 1:
            raise RuntimeError(
                f"{name}: pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and "
                f"dilation={d}"
            )
        if output_size(n, k, s, p, d, ceil_mode) < 1:
            raise RuntimeError(
                f"{name}: Given input size: {tuple(image)}. Calculated output size is too small: the window {k} "
                f"(dilation {d}) is larger than the padded input {n + 2 * p}"
            )
    return kernel_size, stride, padding, dilation
