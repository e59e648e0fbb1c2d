"""Pooling: the largest element or the mean of every window of a signal, an image or a volume.

Maximum pooling says where it found the largest elements. Its gradient goes there, and the gradient of that is read
there: gather and scatter. The mean's gradient spreads over the window, and the gradient of that is the mean again.
https://docs.pytorch.org/docs/stable/nn.functional.html#pooling-functions
"""

import math

import numpy as np

from minitorch.autograd.op import op
from minitorch.ops.activation import relu
from minitorch.ops.gather import brought_back
from minitorch.ops.refusals import SMALL_INTEGERS, refuse_dtypes
from minitorch.ops.windows import check_window, lengths, lengths_with_padding, product, regular, repeated

# -- maximum -----------------------------------------------------------------------------------------------------------


def largest(input, *, spans):
    """(the largest element of every window, its place in the plane): input (N, C, I) -> (N, C, O), by the spans."""
    shape, dims = input.array.shape, len(spans)
    values, places = input.kernels.max_pool(input.array, spans)
    index = input.wrap(places)
    empty = any((span.ends <= span.starts).any() for span in spans)

    def vjp(g):
        g, where = (g[0].masked_fill(index < 0, 0), index.clamp(min=0)) if empty else (g[0], index)
        planes = (*shape[:-dims], math.prod(shape[-dims:]))  # (N, C, I) -> (N, C, prod(I))
        return brought_back(g.flatten(-dims), where.flatten(-dims), planes, len(planes) - 1).reshape(shape)

    return (values, places), vjp


largest_of_image = op(largest, label="MaxPool2DWithIndicesBackward0")
largest_of_volume = op(largest, label="MaxPool3DWithIndicesBackward0")


def max_pool(dims, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices):
    """Maximum pooling of `dims` dims, after torch's checks."""
    name = f"max_pool{dims}d"
    given = (kernel_size, stride, padding, dilation)
    kernel_size, stride, padding, dilation = check_window(name, dims, input, *given, ceil_mode)
    refuse_dtypes(name, input, "biu" if dims == 1 and not return_indices else "b")
    along = zip(input.array.shape[-dims:], kernel_size, stride, padding, dilation, strict=True)
    spans = [regular(*numbers, ceil_mode) for numbers in along]
    results = (largest_of_volume if dims == 3 else largest_of_image)(input, spans=spans)
    return results if return_indices else results[0]


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest element of every window of (N, C, L) or (C, L); with return_indices also its place.

    The stride is the window's size unless given; the padding counts as -inf. With ceil_mode a window may reach over the
    end. Of equal elements the first counts; NaN wins. RuntimeError where a size or a setting does not fit.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
    """
    return max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest element of every window of images (N, C, H, W) or (C, H, W), as max_pool1d.

    A place is a flat index into the H by W plane.
    """
    return max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest element of every window of volumes (N, C, D, H, W) or (C, D, H, W), as max_pool1d."""
    return max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


# -- mean --------------------------------------------------------------------------------------------------------------


# count: a NumPy array (O), what the sum of each window is divided by.


def mean(input, *, spans, count):
    """The sum of every window over its count: input (N, C, I) -> (N, C, O)."""
    shape = input.array.shape
    return input.kernels.avg_pool(input.array, spans, count), lambda g: spread(g, shape=shape, spans=spans, count=count)


mean_of_image = op(mean, label="AvgPool2DBackward0")
mean_of_volume = op(mean, label="AvgPool3DBackward0")


@op(label="AvgPool2DBackwardBackward0")
def spread(g, *, shape, spans, count):
    """Every g (N, C, O) over its count added all over its window, in zeros of the shape (N, C, I): the transpose."""
    array = g.kernels.avg_pool_backward(g.array, shape, spans, count)
    return array, lambda h: mean_of_image(h, spans=spans, count=count)


def avg_pool(dims, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """Mean pooling of `dims` dims, after torch's checks."""
    name = f"avg_pool{dims}d"
    if divisor_override is not None and not isinstance(divisor_override, int):
        kind = type(divisor_override).__name__
        raise TypeError(f"{name}(): argument 'divisor_override' (position 7) must be int, not {kind}")
    if divisor_override == 0:
        raise RuntimeError(f"{name}: divisor must be not zero")
    if dims == 2 and input.array.ndim < 3:
        raise IndexError(f"{name}: expected a tensor (N, C, H, W) or (C, H, W), got shape {list(input.shape)}")
    kernel_size, stride, padding, _ = check_window(name, dims, input, kernel_size, stride, padding, 1, ceil_mode)
    image = input.array.shape[-dims:]
    if dims == 3 and any(n < k for n, k in zip(image, kernel_size, strict=True)):
        raise RuntimeError(f"{name}: the image {tuple(image)} is smaller than the window {tuple(kernel_size)}")
    refuse_dtypes(name, input, "b", *SMALL_INTEGERS, *(["float16"] if dims == 3 else []))
    along = [*zip(input.array.shape[-dims:], kernel_size, stride, padding, strict=True)]
    spans = [regular(*numbers, ceil_mode=ceil_mode) for numbers in along]
    if divisor_override is not None:
        count = np.asarray(divisor_override)
    elif count_include_pad:
        count = product(lengths_with_padding(*numbers, ceil_mode) for numbers in along)
    else:
        count = np.maximum(product(map(lengths, spans)), 1)  # the sum of no elements is 0
    return (mean_of_volume if dims == 3 else mean_of_image)(input, spans=spans, count=count)


def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The mean of every window of (N, C, L) or (C, L).

    The stride is the window's size unless given; the padding are zeros, which count unless count_include_pad is False.
    With ceil_mode a window may reach over the end. RuntimeError where a size or a setting does not fit.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
    """
    return avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
):
    """The mean of every window of images (N, C, H, W) or (C, H, W), as avg_pool1d; or its sum over divisor_override."""
    return avg_pool(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
):
    """The mean of every window of volumes (N, C, D, H, W) or (C, D, H, W), as avg_pool2d."""
    return avg_pool(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


# -- power mean --------------------------------------------------------------------------------------------------------


def lp_pool(pool, highest, input, norm_type, kernel_size, count, stride, ceil_mode):
    """The p-norm of every window, from a mean pooling, and for infinite p a maximum pooling, of the same dims."""
    if norm_type == math.inf:
        return highest(input.abs(), kernel_size, stride, 0, 1, ceil_mode)
    if norm_type == -math.inf:
        return -highest(-input.abs(), kernel_size, stride, 0, 1, ceil_mode)
    out = pool(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return (out.sign() * relu(out.abs()) * count).pow(1 / norm_type)


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """(sum of x^p)^(1/p) over every window of (N, C, L) or (C, L); its maximum for p = inf.

    p = 1 is the sum, a large p comes near to the maximum.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool1d.html
    """
    return lp_pool(avg_pool1d, max_pool1d, input, norm_type, kernel_size, kernel_size, stride, ceil_mode)


def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """(sum of x^p)^(1/p) over every window of images (N, C, H, W) or (C, H, W)."""
    kh, kw = repeated(kernel_size, 2)
    return lp_pool(avg_pool2d, max_pool2d, input, norm_type, kernel_size, kh * kw, stride, ceil_mode)


def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """(sum of x^p)^(1/p) over every window of volumes (N, C, D, H, W) or (C, D, H, W)."""
    kd, kh, kw = repeated(kernel_size, 3)
    return lp_pool(avg_pool3d, max_pool3d, input, norm_type, kernel_size, kd * kh * kw, stride, ceil_mode)
