"""Pooling layers: one number for every window of signals (N, C, L), images (N, C, H, W) or volumes (N, C, D, H, W); the
batch dim may be absent. For a dim of n elements they give

    floor((n + 2 p - d (k - 1) - 1) / s) + 1

numbers for windows of k elements with stride s (k unless given), padding p and distance d; with ceil_mode, ceil.
https://docs.pytorch.org/docs/stable/nn.html#pooling-layers
"""

from minitorch.nn.module import Module
from minitorch.ops import adaptive_pool, pool, unpool
from minitorch.ops.windows import repeated

# -- maximum -----------------------------------------------------------------------------------------------------------


class _MaxPool(Module):
    function = None  # of nn.functional

    def __init__(self, kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, input):
        window = (self.kernel_size, self.stride, self.padding, self.dilation)
        return self.function(input, *window, self.ceil_mode, self.return_indices)

    def extra_repr(self):
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """The largest element of every window of signals; with return_indices also its place, for MaxUnpool1d."""

    function = staticmethod(pool.max_pool1d)


class MaxPool2d(_MaxPool):
    """The largest element of every window of images; with return_indices also its place, for MaxUnpool2d."""

    function = staticmethod(pool.max_pool2d)


class MaxPool3d(_MaxPool):
    """The largest element of every window of volumes; with return_indices also its place, for MaxUnpool3d."""

    function = staticmethod(pool.max_pool3d)


class _MaxUnpool(Module):
    dims, function = None, None

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size, self.padding = repeated(kernel_size, self.dims), repeated(padding, self.dims)
        self.stride = repeated(kernel_size if stride is None else stride, self.dims)

    def forward(self, input, indices, output_size=None):
        return self.function(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self):
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """Puts what a MaxPool1d with these settings gave back to its places, between zeros. Call it with both its results,
    and with output_size where the size could have been another one, too."""

    dims, function = 1, staticmethod(unpool.max_unpool1d)


class MaxUnpool2d(_MaxUnpool):
    """Puts what a MaxPool2d gave back to its places, as MaxUnpool1d."""

    dims, function = 2, staticmethod(unpool.max_unpool2d)


class MaxUnpool3d(_MaxUnpool):
    """Puts what a MaxPool3d gave back to its places, as MaxUnpool1d."""

    dims, function = 3, staticmethod(unpool.max_unpool3d)


class _FractionalMaxPool(Module):
    dims, function = None, None

    def __init__(self, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None):
        super().__init__()
        self.kernel_size, self.return_indices = repeated(kernel_size, self.dims), return_indices
        if self.dims == 3 and any(k <= 0 for k in self.kernel_size):
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        self.register_buffer("_random_samples", _random_samples)
        if (output_size is None) == (output_ratio is None):
            raise ValueError(f"{type(self).__name__} requires either an output_size or an output_ratio, and not both")
        self.output_size = None if output_size is None else repeated(output_size, self.dims)
        self.output_ratio = None if output_ratio is None else repeated(output_ratio, self.dims)
        if output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input):
        size = (self.output_size, self.output_ratio)
        return self.function(input, self.kernel_size, *size, self.return_indices, self._random_samples)


class FractionalMaxPool2d(_FractionalMaxPool):
    """The largest elements of output_size windows at random places of images; or of as many as the size of the image
    times output_ratio. See nn.functional.fractional_max_pool2d."""

    dims, function = 2, staticmethod(adaptive_pool.fractional_max_pool2d)


class FractionalMaxPool3d(_FractionalMaxPool):
    """The largest elements of windows at random places of volumes, as FractionalMaxPool2d."""

    dims, function = 3, staticmethod(adaptive_pool.fractional_max_pool3d)


# -- mean --------------------------------------------------------------------------------------------------------------


class AvgPool1d(Module):
    """The mean of every window of signals; the padding counts as zeros, or not at all (count_include_pad)."""

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        super().__init__()
        self.kernel_size, self.padding = repeated(kernel_size, 1), repeated(padding, 1)
        self.stride = repeated(kernel_size if stride is None else stride, 1)
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad

    def forward(self, input):
        window = (self.kernel_size, self.stride, self.padding)
        return pool.avg_pool1d(input, *window, self.ceil_mode, self.count_include_pad)

    def extra_repr(self):
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(Module):
    """The mean of every window of images, as AvgPool1d; or its sum over divisor_override."""

    function = staticmethod(pool.avg_pool2d)

    def __init__(
        self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
    ):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, kernel_size if stride is None else stride, padding
        self.ceil_mode, self.count_include_pad, self.divisor_override = ceil_mode, count_include_pad, divisor_override

    def forward(self, input):
        counting = (self.ceil_mode, self.count_include_pad, self.divisor_override)
        return self.function(input, self.kernel_size, self.stride, self.padding, *counting)

    def extra_repr(self):
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool3d(AvgPool2d):
    """The mean of every window of volumes, as AvgPool2d."""

    function = staticmethod(pool.avg_pool3d)


class _LPPool(Module):
    function = None

    def __init__(self, norm_type, kernel_size, stride=None, ceil_mode=False):
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, input):
        return self.function(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self):
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    """(sum of x^p)^(1/p) over every window of signals, with p = norm_type."""

    function = staticmethod(pool.lp_pool1d)


class LPPool2d(_LPPool):
    """(sum of x^p)^(1/p) over every window of images."""

    function = staticmethod(pool.lp_pool2d)


class LPPool3d(_LPPool):
    """(sum of x^p)^(1/p) over every window of volumes."""

    function = staticmethod(pool.lp_pool3d)


# -- into a given number of windows ------------------------------------------------------------------------------------


class _AdaptiveAvgPool(Module):
    function = None

    def __init__(self, output_size):
        super().__init__()
        self.output_size = output_size

    def forward(self, input):
        return self.function(input, self.output_size)

    def extra_repr(self):
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """The means of output_size windows that cover signals of any length evenly."""

    function = staticmethod(adaptive_pool.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """The means of output_size windows (a number, or one a dim) that cover images of any size evenly."""

    function = staticmethod(adaptive_pool.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """The means of output_size windows (a number, or one a dim) that cover volumes of any size evenly."""

    function = staticmethod(adaptive_pool.adaptive_avg_pool3d)


class _AdaptiveMaxPool(Module):
    function = None

    def __init__(self, output_size, return_indices=False):
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices

    def forward(self, input):
        return self.function(input, self.output_size, self.return_indices)

    def extra_repr(self):
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest elements of output_size windows of signals, as AdaptiveAvgPool1d."""

    function = staticmethod(adaptive_pool.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest elements of output_size windows of images, as AdaptiveAvgPool2d."""

    function = staticmethod(adaptive_pool.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The largest elements of output_size windows of volumes, as AdaptiveAvgPool3d."""

    function = staticmethod(adaptive_pool.adaptive_max_pool3d)
