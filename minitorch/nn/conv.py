"""Convolutional layers, and transposed ones.

    y[n, o, i] = bias[o] + sum over c, u of  x[n, c, s i + d u - p] * weight[o, c, u]
    I' = floor((I + 2 p - d (k - 1) - 1) / s) + 1                       for every dim I of the image

weight (O, C/groups, K) and bias (O) begin as U(-b, b) with b = 1 / sqrt(C/groups * prod(K)).
https://docs.pytorch.org/docs/stable/nn.html#convolution-layers
"""

import math

from minitorch.creation import empty
from minitorch.nn import init
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.ops.conv import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from minitorch.ops.pad import pad
from minitorch.ops.windows import repeated

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _Conv(Module):
    """What all these layers share: settings, first values, printed form."""

    dims = None

    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding, dilation, output_padding, groups, bias,
        padding_mode, device, dtype,
    ):  # fmt: skip
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups:
            raise ValueError("out_channels must be divisible by groups")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = repeated(kernel_size, self.dims), repeated(stride, self.dims)
        self.padding = padding if isinstance(padding, str) else repeated(padding, self.dims)
        self.dilation, self.output_padding = repeated(dilation, self.dims), repeated(output_padding, self.dims)
        self.padding_mode = padding_mode
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
            if padding == "same" and any(s != 1 for s in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in PADDING_MODES:
            raise ValueError(f"padding_mode must be one of {PADDING_MODES}, but got padding_mode={padding_mode!r}")
        shape = self.weight_shape(in_channels, out_channels)
        self.weight = Parameter(empty(shape, device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def weight_shape(self, in_channels, out_channels):
        """(O, C/groups, K)."""
        return (out_channels, in_channels // self.groups, *self.kernel_size)

    def reset_parameters(self):
        """Draw new first values."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # which is U(-b, b)
        if self.bias is not None:
            fan_in, _ = init.fans(self.weight)
            if fan_in:
                init.uniform_(self.bias, *init.symmetric(1 / math.sqrt(fan_in)))

    def extra_repr(self):
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        usual = {"padding": 0, "dilation": 1, "output_padding": 0}
        for name, number in usual.items():
            value = getattr(self, name)
            if value != (number,) * len(value):
                parts.append(f"{name}={value}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)


class _Convolution(_Conv):
    """A layer of convolution."""

    function = None  # of nn.functional

    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True,
        padding_mode="zeros", device=None, dtype=None,
    ):  # fmt: skip
        window = (kernel_size, stride, padding, dilation, 0)
        super().__init__(in_channels, out_channels, *window, groups, bias, padding_mode, device, dtype)

    def forward(self, input):
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = pad(input, self.sides(), mode=self.padding_mode), 0
        return self.function(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def sides(self):
        """The padding in words of nn.functional.pad: (before, after) of the last dim, then of the one before, ..."""
        if len(self.kernel_size) != self.dims:
            raise RuntimeError(f"expected kernel_size of {self.dims} numbers, but got {self.kernel_size}")
        sides = [(p, p) for p in self.padding] if not isinstance(self.padding, str) else [(0, 0)] * self.dims
        if self.padding == "same":
            totals = [d * (k - 1) for k, d in zip(self.kernel_size, self.dilation, strict=True)]
            sides = [(total // 2, total - total // 2) for total in totals]
        return [n for side in reversed(sides) for n in side]


class Conv1d(_Convolution):
    """Slides windows of weights over signals: (N, C, L) -> (N, O, L'), or (C, L) -> (O, L').

    padding is a number, a tuple, "valid" (none) or "same" (so that L' = L; for stride 1); padding_mode says what is put
    there: "zeros", or the signal itself, mirrored ("reflect"), its last element ("replicate") or its other end
    ("circular").
    """

    dims, function = 1, staticmethod(conv1d)


class Conv2d(_Convolution):
    """Slides windows of weights over images: (N, C, H, W) -> (N, O, H', W'), as Conv1d."""

    dims, function = 2, staticmethod(conv2d)


class Conv3d(_Convolution):
    """Slides windows of weights over volumes: (N, C, D, H, W) -> (N, O, D', H', W'), as Conv1d."""

    dims, function = 3, staticmethod(conv3d)


class _ConvTranspose(_Conv):
    """A layer of transposed convolution."""

    function = None

    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True,
        dilation=1, padding_mode="zeros", device=None, dtype=None,
    ):  # fmt: skip
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        window = (kernel_size, stride, padding, dilation, output_padding)
        super().__init__(in_channels, out_channels, *window, groups, bias, padding_mode, device, dtype)

    def weight_shape(self, in_channels, out_channels):
        """(C, O/groups, K)."""
        return (in_channels, out_channels // self.groups, *self.kernel_size)

    def forward(self, input, output_size=None):
        extra = self.output_padding if output_size is None else self.padding_for(input, output_size)
        return self.function(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    def padding_for(self, input, output_size):
        """The output_padding that gives output_size, which may have the batch and channels in front."""
        outer = input.ndim - self.dims if input.ndim == self.dims + 2 else 1
        wanted = output_size[outer:] if len(output_size) == outer + self.dims else output_size
        if len(wanted) != self.dims:
            raise ValueError(
                f"{type(self).__name__}: for {input.ndim}D input, output_size must have {self.dims} or "
                f"{outer + self.dims} elements (got {len(wanted)})"
            )
        along = zip(input.shape[outer:], self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        least = [(n - 1) * s - 2 * p + d * (k - 1) + 1 for n, k, s, p, d in along]
        extra = tuple(size - m for size, m in zip(wanted, least, strict=True))
        if any(not 0 <= e < s for e, s in zip(extra, self.stride, strict=True)):
            raise ValueError(
                f"requested an output size of {tuple(wanted)}, but valid sizes range from {least} to "
                f"{[m + s - 1 for m, s in zip(least, self.stride, strict=True)]} (for an input of {input.shape[2:]})"
            )
        return extra


class ConvTranspose1d(_ConvTranspose):
    """Spreads every element of signals over a window by the weights: (N, C, L) -> (N, O, L'), or (C, L) -> (O, L').

    It goes the way of a Conv1d of the same settings back: L' = (L - 1) s - 2 p + d (k - 1) + output_padding + 1.
    Instead of output_padding the size itself may be given: layer(x, output_size=(L',)). weight is (C, O/groups, K).
    """

    dims, function = 1, staticmethod(conv_transpose1d)


class ConvTranspose2d(_ConvTranspose):
    """Spreads every element of images over a window: (N, C, H, W) -> (N, O, H', W'), as ConvTranspose1d."""

    dims, function = 2, staticmethod(conv_transpose2d)


class ConvTranspose3d(_ConvTranspose):
    """Spreads every element of volumes over a window: (N, C, D, H, W) -> (N, O, D', H', W'), as ConvTranspose1d."""

    dims, function = 3, staticmethod(conv_transpose3d)
