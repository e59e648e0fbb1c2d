"""Pooling: the largest element or the mean of every window of an image.

Maximum pooling passes its gradient to the places of the largest elements; the gradient of that reads the same places.
The mean's gradient spreads over the window, and the gradient of that is the mean again.
https://docs.pytorch.org/docs/stable/nn.functional.html#pooling-functions
"""

from minitorch.autograd.op import op
from minitorch.ops.conv import pair
from minitorch.ops.elementwise import refuse_bool

# -- maximum -----------------------------------------------------------------------------------------------------------


@op(label="MaxPool2DWithIndicesBackward0")
def max_pool(input, *, kernel_size, stride, padding, dilation, ceil_mode):
    shape = input.array.shape
    values, places = input.kernels.max_pool2d(input.array, kernel_size, stride, padding, dilation, ceil_mode)
    index = input.wrap(places)
    return (values, places), lambda g: to_places(g[0], index, shape=shape)


@op
def to_places(g, index, *, shape):
    """Zeros of the shape, with every g added at its place."""
    return g.kernels.max_pool2d_backward(g.array, index.array, shape), lambda h: from_places(h, index), None


@op
def from_places(input, index):
    """The elements at the places."""
    shape = input.array.shape
    return input.kernels.max_pool2d_gather(input.array, index.array), lambda g: to_places(g, index, shape=shape), None


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest element of every window of (N, C, H, W) or (C, H, W); with return_indices also its place, a flat
    index
    into the H by W plane. The stride is the window's size unless given. Of equal elements the first counts; NaN wins.
    """
    if input.array.ndim == 3:
        results = max_pool2d(input.unsqueeze(0), kernel_size, stride, padding, dilation, ceil_mode, True)
        return tuple(y.squeeze(0) for y in results) if return_indices else results[0].squeeze(0)
    kernel_size, stride, padding = check("max_pool2d", input, kernel_size, stride, padding, dilation, ceil_mode)
    results = max_pool(
        input,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=pair(dilation, "dilation"),
        ceil_mode=ceil_mode,
    )
    return results if return_indices else results[0]


# -- mean --------------------------------------------------------------------------------------------------------------


@op(label="AvgPool2DBackward0")
def avg_pool(input, *, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    settings = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
    shape = input.array.shape
    return input.kernels.avg_pool2d(input.array, *settings), lambda g: spread(g, shape=shape, settings=settings)


@op
def spread(g, *, shape, settings):
    """Every g over its count, added all over its window: the transpose of the mean."""
    kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override = settings
    return (
        g.kernels.avg_pool2d_backward(g.array, shape, *settings),
        lambda h: avg_pool(
            h,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            ceil_mode=ceil_mode,
            count_include_pad=count_include_pad,
            divisor_override=divisor_override,
        ),
    )


def avg_pool2d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
):
    """The mean of every window of (N, C, H, W) or (C, H, W).

    The sum is divided by the window's elements, padding included unless count_include_pad is False; or by
    divisor_override. The stride is the window's size unless given.
    """
    if divisor_override is not None and not isinstance(divisor_override, int):
        kind = type(divisor_override).__name__
        raise TypeError(f"avg_pool2d(): argument 'divisor_override' (position 7) must be int, not {kind}")
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    if input.array.ndim < 3:
        raise IndexError(f"avg_pool2d: expected a tensor (N, C, H, W) or (C, H, W), got shape {list(input.shape)}")
    if input.array.ndim == 3:
        settings = (kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
        return avg_pool2d(input.unsqueeze(0), *settings).squeeze(0)
    if input.dtype.name not in ("float16", "bfloat16", "float32", "float64", "int64"):
        name = input.dtype.type_name.removesuffix("Tensor")
        raise NotImplementedError(f"\"avg_pool2d\" not implemented for '{name}'")
    kernel_size, stride, padding = check("avg_pool2d", input, kernel_size, stride, padding, 1, ceil_mode)
    return avg_pool(
        input,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
    )


def check(name, input, kernel_size, stride, padding, dilation, ceil_mode):
    """(kernel_size, stride, padding) as pairs, after torch's checks of them."""
    refuse_bool(input, f"\"{name}\" not implemented for 'Bool'", NotImplementedError)
    x = input.array.shape
    if len(x) != 4 or 0 in x[1:]:
        raise RuntimeError(
            f"{name}: Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got: "
            f"{list(x)}"
        )
    kernel_size = pair(kernel_size, f"{name}: kernel_size")
    stride = kernel_size if stride is None or stride == [] else pair(stride, f"{name}: stride")
    padding, dilation = pair(padding, f"{name}: padding"), pair(dilation, f"{name}: dilation")
    if min(kernel_size) <= 0:
        raise RuntimeError(
            f"{name}: kernel size should be greater than zero, but got kH: {kernel_size[0]} kW: {kernel_size[1]}"
        )
    if min(stride) <= 0:
        raise RuntimeError(f"{name}: stride should not be zero")
    if min(dilation) <= 0:
        raise RuntimeError(f"{name}: dilation should be greater than zero, but got {dilation}")
    for n, k, s, p, d in zip(x[2:], kernel_size, stride, padding, dilation, strict=True):
        if p < 0:
            raise RuntimeError(f"{name}: pad must be non-negative, but got pad: {p}")
        if 2 * p > d * (k - 1) + 1 or (2 * p > k and name == "avg_pool2d"):
            raise RuntimeError(
                f"{name}: pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} "
                f"and dilation={d}"
            )
        span = n + 2 * p - d * (k - 1) - 1
        if (span + (s - 1 if ceil_mode else 0)) // s + 1 < 1:
            raise RuntimeError(
                f"{name}: Given input size: {tuple(x[1:])}. Calculated output size is too small: the window {k} "
                "(dilation "
                f"{d}) is larger than the padded input {n + 2 * p}"
            )
    return kernel_size, stride, padding
