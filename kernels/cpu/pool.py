"""Pooling over windows of images (N, C, H, W): the largest element, or the mean.

The places of the largest elements are flat indices into each H by W plane, so that the gradient is a scatter to them,
and the gradient of that a gather from them.
"""

import numpy as np

from kernels.cpu.elementwise import trunc_divide
from kernels.cpu.windows import add_windows, output_size, padded, windows


def end_of_last_window(size, k, s, d):
    """How many elements all windows together span along one dim."""
    return (size - 1) * s + d * (k - 1) + 1


def lay_out(image, kernel_size, stride, padding, dilation, ceil_mode):
    """The number of windows along both dims, and how much padding the last ones need at the end beyond `padding`."""
    size, extra = [], []
    for n, k, s, p, d in zip(image, kernel_size, stride, padding, dilation, strict=True):
        size.append(output_size(n, k, s, p, d, ceil_mode))
        extra.append(max(end_of_last_window(size[-1], k, s, d) - (n + 2 * p), 0))
    return size, extra


def max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode):
    """(largest elements, their places): both (N, C, oh, ow). Of equal elements the first counts, of NaNs the last.

    A dilated window that holds padding only has the lowest number there is, and place -1.
    """
    n, c, h, w = x.shape
    size, extra = lay_out((h, w), kernel_size, stride, padding, dilation, ceil_mode)
    view = windows(padded(x, padding, 0, extra), kernel_size, stride, dilation, size)  # (N, C, kh, kw, oh, ow)
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    values = np.full((n, c, *size), lowest, x.dtype)
    places = np.full((n, c, *size), -1)
    i, j = np.ogrid[: size[0], : size[1]]
    for u, v in np.ndindex(*kernel_size):
        row, column = i * stride[0] - padding[0] + u * dilation[0], j * stride[1] - padding[1] + v * dilation[1]
        inside = (row >= 0) & (row < h) & (column >= 0) & (column < w)
        candidate = view[:, :, u, v]
        better = inside & ((candidate > values) | np.isnan(candidate) | (places < 0))
        np.copyto(values, candidate, where=better)
        np.copyto(places, row * w + column, where=better)
    return values, places


def max_pool2d_backward(g, indices, input_shape):
    """Zeros of input_shape, to which every g (N, C, oh, ow) is added at its place."""
    n, c, h, w = input_shape
    planes = np.arange(n * c).reshape(n, c, 1, 1) * (h * w)
    somewhere = indices >= 0
    out = np.zeros(n * c * h * w, g.dtype)
    np.add.at(out, (indices + planes)[somewhere], g[somewhere])
    return out.reshape(input_shape)


def max_pool2d_gather(x, indices):
    """The elements of x (N, C, H, W) at the places: (N, C, oh, ow); 0 for place -1."""
    n, c, h, w = x.shape
    planes = np.arange(n * c).reshape(n, c, 1, 1) * (h * w)
    somewhere = indices >= 0
    out = np.zeros(indices.shape, x.dtype)
    out[somewhere] = x.reshape(-1)[(indices + planes)[somewhere]]
    return out


def counts(image, size, kernel_size, stride, padding, count_include_pad, divisor_override, dtype):
    """What each window's sum is divided by, (oh, ow): how many of its elements are in the image (and its padding)."""
    if divisor_override is not None:
        return np.asarray(divisor_override, dtype)
    along = []
    for n, o, k, s, p in zip(image, size, kernel_size, stride, padding, strict=True):
        start = np.arange(o) * s - p
        end = np.minimum(start + k, n + p)
        if not count_include_pad:
            start, end = np.maximum(start, 0), np.minimum(end, n)
        along.append(end - start)
    return (along[0][:, None] * along[1]).astype(dtype)


def avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """The mean of every window: (N, C, oh, ow)."""
    image, one = x.shape[2:], (1, 1)
    size, extra = lay_out(image, kernel_size, stride, padding, one, ceil_mode)
    view = windows(padded(x, padding, 0, extra), kernel_size, stride, one, size)  # (N, C, kh, kw, oh, ow)
    total = np.zeros((*x.shape[:2], *size), x.dtype)
    for u, v in np.ndindex(*kernel_size):
        total += view[:, :, u, v]
    count = counts(image, size, kernel_size, stride, padding, count_include_pad, divisor_override, x.dtype)
    return total / count if x.dtype.kind == "f" else trunc_divide(total, count)


def avg_pool2d_backward(g, input_shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """Zeros of input_shape, to which every g over its count is added all over its window."""
    n, c, h, w = input_shape
    (ph, pw), one = padding, (1, 1)
    size, (eh, ew) = lay_out((h, w), kernel_size, stride, padding, one, ceil_mode)
    share = g / counts((h, w), size, kernel_size, stride, padding, count_include_pad, divisor_override, g.dtype)
    columns = np.broadcast_to(share[:, :, None, None], (n, c, *kernel_size, *size))
    out = add_windows(columns, np.zeros((n, c, h + 2 * ph + eh, w + 2 * pw + ew), g.dtype), stride, one)
    return out[:, :, ph : ph + h, pw : pw + w]
