"""Pooling layers.

https://docs.pytorch.org/docs/stable/nn.html#pooling-layers
"""

from minitorch.nn.module import Module
from minitorch.ops.pool import avg_pool2d, max_pool2d


class MaxPool2d(Module):
    """The largest element of every window: (N, C, H, W) -> (N, C, H', W').

    H' = floor((H + 2 p - d (k - 1) - 1) / s) + 1, or ceil with ceil_mode. The stride is the window's size unless given.
    """

    def __init__(self, kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, input):
        window = (self.kernel_size, self.stride, self.padding, self.dilation)
        return max_pool2d(input, *window, self.ceil_mode, self.return_indices)

    def extra_repr(self):
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class AvgPool2d(Module):
    """The mean of every window: (N, C, H, W) -> (N, C, H', W'), H' as for MaxPool2d."""

    def __init__(
        self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
    ):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, kernel_size if stride is None else stride, padding
        self.ceil_mode, self.count_include_pad, self.divisor_override = ceil_mode, count_include_pad, divisor_override

    def forward(self, input):
        counting = (self.ceil_mode, self.count_include_pad, self.divisor_override)
        return avg_pool2d(input, self.kernel_size, self.stride, self.padding, *counting)

    def extra_repr(self):
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
