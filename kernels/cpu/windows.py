"""The windows that a convolution or a pooling slides over an image: shared by both.

Along one dim, an input of n elements, padded by p on both sides, has windows of k elements with distance d (dilation)
between them; each starts s (stride) after the last. Their number is

    floor((n + 2 p - d (k - 1) - 1) / s) + 1
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided


def output_size(n, k, s, p, d, ceil_mode=False):
    """The number of windows. With ceil_mode one more may begin, if it begins inside the input or its left padding."""
    span = n + 2 * p - d * (k - 1) - 1
    size = span // s + 1
    if ceil_mode and span % s:
        size += 1
        if (size - 1) * s >= n + p:
            size -= 1
    return size


def padded(x, padding, value=0, extra=(0, 0)):
    """x (..., H, W) between `padding` on both sides of the last two dims, and `extra` at the end, of the value."""
    (ph, pw), (eh, ew) = padding, extra
    if not (ph or pw or eh or ew):
        return x
    *batch, h, w = x.shape
    out = np.full((*batch, h + 2 * ph + eh, w + 2 * pw + ew), value, x.dtype)
    out[..., ph : ph + h, pw : pw + w] = x
    return out


def windows(x, kernel_size, stride, dilation, size):
    """All windows as a view: (..., H, W) -> (..., kh, kw, oh, ow). Windows overlap: do not write to it."""
    *outer, row, column = x.strides
    (kh, kw), (sh, sw), (dh, dw), (oh, ow) = kernel_size, stride, dilation, size
    strides = (*outer, row * dh, column * dw, row * sh, column * sw)
    return as_strided(x, (*x.shape[:-2], kh, kw, oh, ow), strides, writeable=False)


def add_windows(columns, out, stride, dilation):
    """The transpose of windows: add columns (..., kh, kw, oh, ow) to the places of out (..., H, W) that they show."""
    kh, kw, oh, ow = columns.shape[-4:]
    (sh, sw), (dh, dw) = stride, dilation
    for i in range(kh):
        for j in range(kw):
            rows = slice(i * dh, i * dh + sh * (oh - 1) + 1, sh)
            out[..., rows, j * dw : j * dw + sw * (ow - 1) + 1 : sw] += columns[..., i, j, :, :]
    return out
