"""Padding as layers: see ops/pad.py. `padding` is one number for all sides, or (before, after) of the last dim, then of
the one before, ...

https://docs.pytorch.org/docs/stable/nn.html#padding-layers
"""

from minitorch.nn import functional as F
from minitorch.nn.module import Module


class _Pad(Module):
    """Padding of the last `dims` dims with elements of the input."""

    dims = mode = None

    def __init__(self, padding):
        super().__init__()
        self.padding = sides(padding, self.dims)

    def forward(self, input):
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self):
        return f"{self.padding}"


def sides(padding, dims):
    """One number as a tuple of two for each dim; a sequence as a tuple."""
    return tuple(padding) if isinstance(padding, list | tuple) else (padding,) * (2 * dims)


class ReflectionPad1d(_Pad):
    """Mirrors the last dim of (N, C, L) or (C, L) at its ends."""

    dims, mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """Mirrors the last two dims at their ends."""

    dims, mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """Mirrors the last three dims at their ends."""

    dims, mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """Repeats the outermost elements of the last dim."""

    dims, mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """Repeats the outermost elements of the last two dims."""

    dims, mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """Repeats the outermost elements of the last three dims."""

    dims, mode = 3, "replicate"


class _CircularPad(_Pad):
    mode = "circular"

    def forward(self, input):
        if input.ndim not in (self.dims + 1, self.dims + 2):
            raise ValueError(f"expected {self.dims + 1}D or {self.dims + 2}D input (got {input.ndim}D input)")
        return super().forward(input)


class CircularPad1d(_CircularPad):
    """Goes on at the other end of the last dim."""

    dims = 1


class CircularPad2d(_CircularPad):
    """Goes on at the other ends of the last two dims."""

    dims = 2


class CircularPad3d(_CircularPad):
    """Goes on at the other ends of the last three dims."""

    dims = 3


class _ConstantPad(Module):
    """Padding of the last `dims` dims with one number."""

    dims = None

    def __init__(self, padding, value):
        super().__init__()
        self.value, self.padding = value, sides(padding, self.dims)

    def forward(self, input):
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self):
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """Pads the last dim with `value`."""

    dims = 1


class ConstantPad2d(_ConstantPad):
    """Pads the last two dims with `value`."""

    dims = 2


class ConstantPad3d(_ConstantPad):
    """Pads the last three dims with `value`."""

    dims = 3


class _ZeroPad(_ConstantPad):
    def __init__(self, padding):
        super().__init__(padding, 0.0)

    def extra_repr(self):
        return f"{self.padding}"


class ZeroPad1d(_ZeroPad, ConstantPad1d):
    """Pads the last dim with zeros."""


class ZeroPad2d(_ZeroPad, ConstantPad2d):
    """Pads the last two dims with zeros."""


class ZeroPad3d(_ZeroPad, ConstantPad3d):
    """Pads the last three dims with zeros."""
