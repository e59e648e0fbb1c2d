"""The windows that a convolution slides over an image, of any number of dims.

Along one dim, an input of n elements, padded by p on both sides, has windows of k elements with distance d (dilation)
between them; each starts s (stride) after the last. Their number is

    floor((n + 2 p - d (k - 1) - 1) / s) + 1

Below, an image has the dims I (H, W, say), a window K (kh, kw) and the results, one a window, O (oh, ow).
"""

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided


def output_size(image, kernel_size, stride, padding, dilation):
    """The number of windows along every dim."""
    settings = zip(image, kernel_size, stride, padding, dilation, strict=True)
    return tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in settings)


def padded(x, padding):
    """x (..., I) between `padding` zeros on both sides of each dim of the image."""
    if not any(padding):
        return x
    *batch, image = *x.shape[: -len(padding)], x.shape[-len(padding) :]
    out = np.zeros((*batch, *[n + 2 * p for n, p in zip(image, padding, strict=True)]), x.dtype)
    inner(out, image, padding)[...] = x
    return out


def inner(x, image, padding):
    """The view of x (..., I + 2 padding) that leaves its padding out."""
    return x[(..., *[slice(p, p + n) for n, p in zip(image, padding, strict=True)])]


def windows(x, kernel_size, stride, dilation, size):
    """All windows as a view: (..., I) -> (..., K, O). Windows overlap: do not write to it."""
    steps = x.strides[-len(size) :]
    apart = [step * d for step, d in zip(steps, dilation, strict=True)]
    starts = [step * s for step, s in zip(steps, stride, strict=True)]
    strides = (*x.strides[: -len(size)], *apart, *starts)
    return as_strided(x, (*x.shape[: -len(size)], *kernel_size, *size), strides, writeable=False)


def add_windows(columns, out, stride, dilation):
    """The transpose of windows: add columns (..., K, O) to the places of out (..., I) that they show."""
    dims = len(stride)
    kernel_size, size = columns.shape[-2 * dims : -dims], columns.shape[-dims:]
    for offset in np.ndindex(*kernel_size):
        shown = [
            slice(u * d, u * d + s * (o - 1) + 1, s) for u, d, s, o in zip(offset, dilation, stride, size, strict=True)
        ]
        out[(..., *shown)] += columns[(..., *offset, *[slice(None)] * dims)]
    return out


def unfold(x, kernel_size, dilation, padding, stride):
    """Every window as a column: (N, C, I) -> (N, C prod(K), prod(O))."""
    n, c, *image = x.shape
    size = output_size(image, kernel_size, stride, padding, dilation)
    view = windows(padded(x, padding), kernel_size, stride, dilation, size)  # (N, C, K, O)
    return view.reshape(n, c * math.prod(kernel_size), math.prod(size))


def fold(columns, image, kernel_size, dilation, padding, stride):
    """The transpose of unfold: columns (N, C prod(K), prod(O)) added up where they come from, (N, C, I)."""
    n, c = columns.shape[0], columns.shape[1] // math.prod(kernel_size)
    size = output_size(image, kernel_size, stride, padding, dilation)
    columns = columns.reshape(n, c, *kernel_size, *size)  # -> (N, C, K, O)
    whole = np.zeros((n, c, *[m + 2 * p for m, p in zip(image, padding, strict=True)]), columns.dtype)
    return inner(add_windows(columns, whole, stride, dilation), image, padding)
