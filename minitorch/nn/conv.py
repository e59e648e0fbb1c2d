"""Convolutional layers.

https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
"""

import math

from minitorch.creation import empty
from minitorch.nn import init
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.ops.conv import conv2d, pair


class Conv2d(Module):
    """Slides windows of weights over images: x (N, C, H, W) -> y (N, O, H', W').

    y[n, o, i, j] = bias[o] + sum over c, u, v of  x[n, c, s i + d u - p, s j + d v - p] * weight[o, c, u, v]
    H' = floor((H + 2 p - d (k - 1) - 1) / s) + 1

    weight (O, C/groups, kh, kw) and bias (O) begin as U(-k, k) with k = 1 / sqrt(C/groups * kh * kw).
    padding is a number, a pair, "valid" or "same"; of padding_mode only "zeros" is supported.
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string '{padding}', should be one of ['same', 'valid']")
            if padding == "same" and pair(stride) != (1, 1):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode != "zeros":
            raise ValueError(
                f"padding_mode '{padding_mode}' is not supported: pad the input and use padding_mode 'zeros'"
            )
        if not isinstance(kernel_size, int) and len(kernel_size) != 2:
            raise RuntimeError(f"Conv2d: kernel_size must be an int or a pair of ints, got {kernel_size}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation = pair(kernel_size), pair(stride), pair(dilation)
        self.padding = padding if isinstance(padding, str) else pair(padding)
        self.padding_mode = padding_mode
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # which is U(-k, k)
        if self.bias is not None:
            fan_in, _ = init.fans(self.weight)
            if fan_in:
                init.uniform_(self.bias, *init.symmetric(1 / math.sqrt(fan_in)))

    def forward(self, input):
        return conv2d(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

    def extra_repr(self):
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        if self.padding != (0, 0):
            parts.append(f"padding={self.padding}")
        if self.dilation != (1, 1):
            parts.append(f"dilation={self.dilation}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        return ", ".join(parts)
