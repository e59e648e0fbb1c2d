"""2-d pooling of x (N, C, H, W): the maximum or the mean of each window, and the gradients.

Each of the N C planes is pooled by itself. Window (p, q) covers the rows p * stride - padding + r * dilation, for r in
0, ..., R - 1, as far as they are inside, and columns likewise with q and s.
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
"""

import numpy as np

from kernels.cuda.array import empty, full, in_float32, packed
from kernels.cuda.device import cuda, device_function
from kernels.cuda.index import gather, scatter
from kernels.cuda.launch import elements, launch
from kernels.cuda.reduce import lowest
from kernels.cuda.shape import reshape, view


def windows(size, window, stride, padding, dilation, ceil_mode):
    """How many windows fit along a dim. In ceil_mode the last may reach over the edge, but must not begin beyond it."""
    room = size + 2 * padding - dilation * (window - 1) - 1
    if not ceil_mode:
        return room // stride + 1
    n = -(-room // stride) + 1
    return n - 1 if (n - 1) * stride >= size + padding else n


def pooled_size(shape, kernel_size, stride, padding, dilation, ceil_mode):
    """The height and width of the result."""
    dims = zip(shape[2:], kernel_size, stride, padding, dilation, strict=True)
    return [windows(*settings, ceil_mode) for settings in dims]


# -- maximum -----------------------------------------------------------------------------------------------------------


@cuda.jit
def max_pool2d_kernel(values, indices, x, sizes, steps, lowest_value):
    """values, and the indices h * W + w of where they come from. Grid: 1-d; one thread a window; global memory only.

    Of equal elements the first is chosen, of NaNs the last, as in torch.
    """
    H, W, P, Q, R, S = sizes
    stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w = steps
    for at in range(cuda.grid(1), values.size, cuda.gridsize(1)):
        q, p, plane = at % Q, at // Q % P, at // (Q * P) * (H * W)
        top, left = p * stride_h - padding_h, q * stride_w - padding_w
        while top < 0:
            top += dilation_h
        while left < 0:
            left += dilation_w
        best, index = lowest_value, min(top, H - 1) * W + min(left, W - 1)
        for h in range(top, min(p * stride_h - padding_h + R * dilation_h, H), dilation_h):
            for w in range(left, min(q * stride_w - padding_w + S * dilation_w, W), dilation_w):
                value = x[plane + h * W + w]
                if value > best or value != value:
                    best, index = value, h * W + w
        values[at], indices[at] = best, index


@in_float32
def max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode):
    """(the largest element of each window, its index in the H x W plane); settings are pairs of ints."""
    size = pooled_size(x.shape, kernel_size, stride, padding, dilation, ceil_mode)
    values, indices = empty((*x.shape[:2], *size), x.dtype), empty((*x.shape[:2], *size), np.int64)
    launch(
        max_pool2d_kernel, elements(values.size), values, indices, packed(x), (*x.shape[2:], *size, *kernel_size),
        (*stride, *padding, *dilation), lowest(x.dtype),
    )  # fmt: skip
    return values, indices


def planes(x):
    """(N, C, H, W) -> (N C, H W)."""
    n, c, h, w = x.shape
    return reshape(x, (n * c, h * w))


def max_pool2d_backward(g, indices, input_shape):
    """Each gradient is added at the place its maximum came from; the other places get 0."""
    out = full(input_shape, 0, g.dtype)
    scatter(planes(out), 1, planes(indices), planes(g), "sum")
    return out


def max_pool2d_gather(x, indices):
    """The elements of x at the places that were the maxima of something else: the transpose of max_pool2d_backward."""
    return view(gather(planes(x), 1, planes(indices)), indices.shape)


# -- mean --------------------------------------------------------------------------------------------------------------

# sizes = (H, W, P, Q, R, S): of the image, the result and the window. steps = (*stride, *padding). counting =
# (count_include_pad, divisor_override or 0), as numbers.


@device_function
def divisor(p, q, sizes, steps, counting):
    """What the sum over window (p, q) is divided by: its number of elements, without or with those in the padding (but
    not those beyond it, where ceil_mode reaches); or divisor_override."""
    H, W, _, _, R, S = sizes
    stride_h, stride_w, padding_h, padding_w = steps
    count_include_pad, divisor_override = counting
    if divisor_override:
        return divisor_override
    top, left = p * stride_h - padding_h, q * stride_w - padding_w
    if count_include_pad:
        return (min(top + R, H + padding_h) - top) * (min(left + S, W + padding_w) - left)
    return (min(top + R, H) - max(top, 0)) * (min(left + S, W) - max(left, 0))


@cuda.jit
def avg_pool2d_kernel(out, x, sizes, steps, counting):
    """out, the means. Grid: 1-d; one thread a window; global memory only."""
    H, W, P, Q, R, S = sizes
    stride_h, stride_w, padding_h, padding_w = steps
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        q, p, plane = at % Q, at // Q % P, at // (Q * P) * (H * W)
        top, left = p * stride_h - padding_h, q * stride_w - padding_w
        total = out.dtype.type(0)
        for h in range(max(top, 0), min(top + R, H)):
            for w in range(max(left, 0), min(left + S, W)):
                total += x[plane + h * W + w]
        out[at] = total / out.dtype.type(divisor(p, q, sizes, steps, counting))


@cuda.jit
def avg_pool2d_backward_kernel(out, g, sizes, steps, counting):
    """out, the gradient of x: the gradients of all windows that hold (h, w), each divided as its window was, added up.

    Grid: 1-d; one thread an element of x; global memory only.
    """
    H, W, P, Q, R, S = sizes
    stride_h, stride_w, padding_h, padding_w = steps
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        w, h, plane = at % W, at // W % H, at // (W * H) * (P * Q)
        total = out.dtype.type(0)
        # p stride - padding <= h < p stride - padding + R, solved for p
        for p in range(max((h + padding_h - R) // stride_h + 1, 0), min((h + padding_h) // stride_h + 1, P)):
            for q in range(max((w + padding_w - S) // stride_w + 1, 0), min((w + padding_w) // stride_w + 1, Q)):
                total += g[plane + p * Q + q] / out.dtype.type(divisor(p, q, sizes, steps, counting))
        out[at] = total


def mean_arguments(shape, size, kernel_size, stride, padding, count_include_pad, divisor_override):
    """The kernels' sizes, steps and counting."""
    return (*shape[2:], *size, *kernel_size), (*stride, *padding), (int(count_include_pad), divisor_override or 0)


@in_float32
def avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """The mean of each window; settings are pairs of ints. NotImplementedError for integers, as in torch on CUDA."""
    if x.dtype.kind != "f":
        raise NotImplementedError(f"avg_pool2d on CUDA is not implemented for {x.dtype}")
    size = pooled_size(x.shape, kernel_size, stride, padding, (1, 1), ceil_mode)
    out = empty((*x.shape[:2], *size), x.dtype)
    arguments = mean_arguments(x.shape, size, kernel_size, stride, padding, count_include_pad, divisor_override)
    launch(avg_pool2d_kernel, elements(out.size), out, packed(x), *arguments)
    return out


@in_float32
def avg_pool2d_backward(g, input_shape, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """The gradient of x, of shape input_shape, from the gradient g of the means."""
    size, out = g.shape[2:], empty(input_shape, g.dtype)
    arguments = mean_arguments(input_shape, size, kernel_size, stride, padding, count_include_pad, divisor_override)
    launch(avg_pool2d_backward_kernel, elements(out.size), out, packed(g), *arguments)
    return out
