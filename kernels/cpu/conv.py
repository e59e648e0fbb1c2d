"""Two-dimensional convolution (cross-correlation, as all networks use it) and its two gradients.

    y[n, o, i, j] = sum over c, u, v of  x[n, c, s i + d u - p, s j + d v - p] * weight[o, c, u, v]

with x = 0 outside the image; with groups, an output channel sees the input channels of its group only. All windows laid
side by side are a matrix ("im2col": Chellapilla, Puri, Simard, 2006), so that the sum is one matrix product for BLAS:

    columns (groups, C/groups kh kw, N oh ow),  weight (groups, O/groups, C/groups kh kw),  y = weight columns

The gradients are the two products with one factor transposed.
"""

import numpy as np

from kernels.cpu.windows import add_windows, output_size, padded, windows


def columns_of(x, kernel_size, stride, padding, dilation, groups):
    """(N, C, H, W) -> (groups, C/groups * kh * kw, N * oh * ow)."""
    n, c, *image = x.shape
    size = [output_size(*along) for along in zip(image, kernel_size, stride, padding, dilation, strict=True)]
    view = windows(padded(x, padding), kernel_size, stride, dilation, size)  # (N, C, kh, kw, oh, ow)
    view = view.transpose(1, 2, 3, 0, 4, 5)  # (C, kh, kw, N, oh, ow)
    rows = c // groups * kernel_size[0] * kernel_size[1]
    return view.reshape(groups, rows, n * size[0] * size[1]), size


def by_group(g, groups):
    """(N, O, oh, ow) -> (groups, O/groups, N * oh * ow)."""
    n, o, oh, ow = g.shape
    return g.transpose(1, 0, 2, 3).reshape(groups, o // groups, n * oh * ow)


def conv2d(x, weight, stride, padding, dilation, groups):
    """x (N, C, H, W), weight (O, C/groups, kh, kw) -> y (N, O, oh, ow)."""
    o, _, *kernel_size = weight.shape
    columns, (oh, ow) = columns_of(x, kernel_size, stride, padding, dilation, groups)
    y = np.matmul(weight.reshape(groups, o // groups, columns.shape[1]), columns)  # (groups, O/groups, N * oh * ow)
    y = y.reshape(o, x.shape[0], oh, ow).transpose(1, 0, 2, 3)  # -> (O, N, oh, ow) -> (N, O, oh, ow)
    return np.ascontiguousarray(y)


def conv2d_input(g, weight, input_shape, stride, padding, dilation, groups):
    """The gradient for x, of shape input_shape: g (N, O, oh, ow) spread over the windows by the weights."""
    n, c, h, w = input_shape
    o, _, kh, kw = weight.shape
    oh, ow = g.shape[2:]
    (ph, pw) = padding
    matrix = weight.reshape(groups, o // groups, c // groups * kh * kw)
    columns = np.matmul(matrix.transpose(0, 2, 1), by_group(g, groups))
    columns = columns.reshape(c, kh, kw, n, oh, ow).transpose(3, 0, 1, 2, 4, 5)  # -> (N, C, kh, kw, oh, ow)
    out = add_windows(columns, np.zeros((n, c, h + 2 * ph, w + 2 * pw), g.dtype), stride, dilation)
    return out[:, :, ph : ph + h, pw : pw + w]


def conv2d_weight(g, x, weight_shape, stride, padding, dilation, groups):
    """The gradient for the weight, of weight_shape: every window of x times the g that it made, summed over them."""
    columns, _ = columns_of(x, weight_shape[2:], stride, padding, dilation, groups)
    return np.matmul(by_group(g, groups), columns.transpose(0, 2, 1)).reshape(weight_shape)
