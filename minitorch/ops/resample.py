"""Resampling along one dim: each element of the result is a weighted sum of a few elements of the input.

That is a product with a sparse matrix, whose gradient is the product with its transpose. The weights make the
difference between interpolation by straight lines or by cubics, averaging, and smoothing: a function for each, all of
which give a Matrix.
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
"""

import math
from typing import NamedTuple

import numpy as np

from minitorch.autograd.op import op


class Matrix(NamedTuple):
    """A sparse matrix (m, n), row by row: row j has weights[t] in column sources[t], starts[j] <= t < starts[j + 1]."""

    columns: int
    starts: np.ndarray
    sources: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, columns, sources, weights, keep=None):
        """From sources and weights (m, k), or of these what `keep` (m, k) says."""
        keep = np.ones(sources.shape, bool) if keep is None else keep
        return cls(columns, np.append(0, np.cumsum(keep.sum(1))), sources[keep], weights[keep])

    def transposed(self):
        """The matrix (n, m)."""
        rows = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        order = np.argsort(self.sources, kind="stable")
        counts = np.bincount(self.sources, minlength=self.columns)
        return Matrix(len(self.starts) - 1, np.append(0, np.cumsum(counts)), rows[order], self.weights[order])


@op
def resample(input, *, dim, matrix):
    """The lines along dim, multiplied by the matrix: a size of n becomes one of m."""
    k, shape = input.kernels, input.array.shape
    before, after = shape[:dim], shape[dim + 1 :]
    lines = k.reshape(input.array, (math.prod(before), shape[dim], math.prod(after)))  # (..., n, ...) -> (A, n, B)
    weights = matrix.weights.astype(input.array.dtype, copy=False)
    array = k.resample(lines, *(k.from_numpy(a) for a in (matrix.starts, matrix.sources, weights)))
    array = k.reshape(array, (*before, len(matrix.starts) - 1, *after))  # (A, m, B) -> (..., m, ...)
    return array, lambda g: resample(g, dim=dim, matrix=matrix.transposed())


# -- where the elements of the result lie in the input -----------------------------------------------------------------


def step(n, m, align_corners, scale, real):
    """How far apart the elements of the result are, measured in elements of the input, in the type `real`."""
    if align_corners:
        return real(n - 1) / real(m - 1) if m > 1 else real(0)
    return real(1 / scale) if scale else real(n) / real(m)


def positions(n, m, align_corners, scale, real):
    """Where the m elements lie among the n. align_corners: the first and the last ones coincide; otherwise elements
    are cells, whose outer edges coincide."""
    i, s = np.arange(m, dtype=real), step(n, m, align_corners, scale, real)
    return i * s if align_corners else (i + real(0.5)) * s - real(0.5)


def nearest(n, m, scale, real, exact):
    """The numbers of the elements whose cell holds the centers of the new cells; or if not exact, the left edges."""
    i, s = np.arange(m, dtype=real), step(n, m, False, scale, real)
    place = (i + real(0.5)) * s if exact else i * s
    return np.minimum(np.floor(place.astype(np.float32)).astype(np.int64), n - 1)


# -- weights -----------------------------------------------------------------------------------------------------------


def linear(n, m, align_corners, scale, real):
    """Two neighbours, each the more, the nearer it is."""
    if n == m:
        i = np.arange(n)
        return Matrix.of(n, np.stack([i, i], 1), np.tile(real([1, 0]), (n, 1)))
    place = np.maximum(positions(n, m, align_corners, scale, real), real(0))
    left = np.minimum(np.floor(place).astype(np.int64), n - 1)
    t = np.clip(place - left.astype(real), real(0), real(1))
    return Matrix.of(n, np.stack([left, np.minimum(left + 1, n - 1)], 1), np.stack([1 - t, t], 1))


def near_cubic(x, a):
    """The cubic convolution kernel for |x| <= 1 (Keys, 1981)."""
    return ((a + 2) * x - (a + 3)) * x * x + 1


def far_cubic(x, a):
    """The same for 1 <= |x| <= 2."""
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a


def cubic(n, m, align_corners, scale, real):
    """Four neighbours by the cubic convolution kernel with a = -0.75; beyond the ends, the outermost elements."""
    place = positions(n, m, align_corners, scale, real)
    left = np.minimum(np.floor(place).astype(np.int64), n - 1)
    return Matrix.of(n, *four_neighbours(n, left, np.clip(place - left.astype(real), real(0), real(1))))


def four_neighbours(n, left, t):
    """(sources, weights) of the elements left - 1, ..., left + 2 for a place at a distance t from left."""
    a, t = -0.75, t.astype(np.float64)  # the cubics cancel: in float32 that would be felt
    weights = far_cubic(t + 1, a), near_cubic(t, a), near_cubic(1 - t, a), far_cubic(2 - t, a)
    return np.clip(left[:, None] + np.arange(-1, 3), 0, n - 1), np.stack(weights, 1)


def area(n, m, real):
    """The mean of all elements that the new cell touches."""
    i = np.arange(m)
    first, last = i * n // m, -(-(i + 1) * n // m)
    sources = first[:, None] + np.arange(int((last - first).max(initial=0)))
    weights = np.broadcast_to(1 / (last - first).astype(real)[:, None], sources.shape)
    return Matrix.of(n, sources, weights, sources < last[:, None])


def triangle(x):
    return np.maximum(1 - x, 0)


def keys(x):
    """The cubic convolution kernel with a = -0.5, 0 from |x| = 2 on."""
    a = x.dtype.type(-0.5)
    return np.where(x < 1, near_cubic(x, a), np.where(x < 2, far_cubic(x, a), 0))


def lanczos(x):
    """sinc(x) sinc(x / 3), 0 from |x| = 3 on."""
    return np.where(x < 3, np.sinc(x) * np.sinc(x / 3), 0)


FILTERS = {"bilinear": (triangle, 2), "bicubic": (keys, 4), "lanczos": (lanczos, 6)}  # and how wide they are


def smoothed(n, m, align_corners, scale, real, mode):
    """The filter of that mode, made so wide, where the result is smaller, that it takes all elements in."""
    shape, width = FILTERS[mode]
    s = step(n, m, align_corners, scale, real)
    wider = max(s, real(1))
    support, center = real(width * 0.5) * wider, s * (np.arange(m, dtype=real) + real(0.5))
    first = np.maximum((center - support + real(0.5)).astype(np.int64), 0)
    last = np.minimum((center + support + real(0.5)).astype(np.int64), n)
    sources = first[:, None] + np.arange(int((last - first).max(initial=0)))
    keep = sources < last[:, None]
    weights = shape(np.abs((sources + 0.5 - center[:, None].astype(np.float64)) / wider)) * keep
    return Matrix.of(n, sources, weights / weights.sum(1, keepdims=True), keep)
