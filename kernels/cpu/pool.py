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
    """(largest elements, their places): both (N, C, oh, ow). Of equal elements the first counts, of NaNs the last."""
    n, c, h, w = x.shape
    size, extra = lay_out((h, w), kernel_size, stride, padding, dilation, ceil_mode)
    view = windows(padded(x, padding, 0, extra), kernel_size, stride, dilation, size)  # (N, C, kh, kw, oh, ow)
    values = np.zeros((n, c, *size), x.dtype)
    places = np.full((n, c, *size), -1)  # none yet
    i, j = np.ogrid[: size[0], : size[1]]
    for u, v in np.ndindex(*kernel_size):
        row, column = i * stride[0] - padding[0] + u * dilation[0], j * stride[1] - padding[1] + v * dilation[1]
        inside = (0 <= row) & (row < h) & (0 <= column) & (column < w)
        candidate = view[:, :, u, v]
        better = inside & ((candidate > values) | np.isnan(candidate) | (places < 0))
        np.copyto(values, candidate, where=better)
        np.copyto(places, row * w + column, where=better)
    return values, places


def max_pool2d_backward(g, indices, input_shape):
    """Zeros of input_shape, to which every g (N, C, oh, ow) is added at its place."""
    n, c, h, w = input_shape
    planes = np.arange(n * c)[:, None] * (h * w)
    places = indices.reshape(n * c, -1) + planes if g.size else indices.reshape(-1)
    out = np.zeros(n * c * h * w, g.dtype)
    np.add.at(out, places.reshape(-1), g.reshape(-1))
    return out.reshape(input_shape)


def max_pool2d_gather(x, indices):
    """The elements of x (N, C, H, W) at the places: (N, C, oh, ow)."""
    n, c, h, w = x.shape
    flat = np.take_along_axis(x.reshape(n, c, h * w), indices.reshape(n, c, indices.shape[2] * indices.shape[3]), 2)
    return flat.reshape(indices.shape)


def counts(image, size, kernel_size, stride, padding, count_include_pad, divisor_override, dtype):
    """What each window's sum is divided by: the elements in it that lie inside the image (and its padding), (oh, ow)."""
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


def avg_pool2d_backward(
    g, input_shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
):
    """Zeros of input_shape, to which every g over its count is added all over its window."""
    n, c, h, w = input_shape
    (ph, pw), one = padding, (1, 1)
    size, (eh, ew) = lay_out((h, w), kernel_size, stride, padding, one, ceil_mode)
    share = g / counts((h, w), size, kernel_size, stride, padding, count_include_pad, divisor_override, g.dtype)
    columns = np.broadcast_to(share[:, :, None, None], (n, c, *kernel_size, *size))
    out = add_windows(columns, np.zeros((n, c, h + 2 * ph + eh, w + 2 * pw + ew), g.dtype), stride, one)
    return out[:, :, ph : ph + h, pw : pw + w]
