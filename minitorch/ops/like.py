"""Tensors filled with a value, made after another tensor: zeros_like(x), x.new_zeros(size), ...

dtype, device and (of the _like) memory format are those of the other tensor unless given.
"""

import numpy as np

from kernels.cpu import cast
from minitorch.autograd.op import quiet
from minitorch.device import kernels_of
from minitorch.dtype import check_fits
from minitorch.layout import strided_only
from minitorch.memory_format import contiguous_format, preserve_format, strides_for
from minitorch.size import unpack_sizes


def scalar_like(input, value, dtype):
    """A 0-d tensor of a NumPy dtype on the device of input."""
    return input.wrap(input.kernels.from_numpy(quiet.run(cast, np.asarray(value), dtype)))


def filled(input, shape, value, dtype, device, requires_grad, format=contiguous_format):
    if min(shape, default=0) < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    kernels = input.kernels if device is None else kernels_of(device)
    dtype = input.array.dtype if dtype is None else dtype.numpy
    check_fits(value, dtype)
    if format is contiguous_format or (format is preserve_format and input.kernels.is_contiguous(input.array)):
        array = quiet.run(kernels.full, tuple(shape), value, dtype)
    else:
        array = kernels.empty_strided(tuple(shape), strides_for(input.array, format), dtype)
        quiet.run(kernels.copy_into, array, kernels.full((), value, dtype))
    return input.wrap(array, kernels).requires_grad_(requires_grad)


@strided_only
def zeros_like(input, *, dtype=None, device=None, requires_grad=False, memory_format=preserve_format):
    """Zeros in the shape of input."""
    return filled(input, input.array.shape, 0, dtype, device, requires_grad, memory_format)


@strided_only
def ones_like(input, *, dtype=None, device=None, requires_grad=False, memory_format=preserve_format):
    """Ones in the shape of input."""
    return filled(input, input.array.shape, 1, dtype, device, requires_grad, memory_format)


@strided_only
def empty_like(input, *, dtype=None, device=None, requires_grad=False, memory_format=preserve_format):
    """A tensor in the shape of input, whose values mean nothing yet (they are zeros here)."""
    return filled(input, input.array.shape, 0, dtype, device, requires_grad, memory_format)


@strided_only
def full_like(input, fill_value, *, dtype=None, device=None, requires_grad=False, memory_format=preserve_format):
    """fill_value in the shape of input."""
    return filled(input, input.array.shape, fill_value, dtype, device, requires_grad, memory_format)


@strided_only
def new_zeros(input, *size, dtype=None, device=None, requires_grad=False):
    """Zeros of the size given."""
    return filled(input, unpack_sizes(size), 0, dtype, device, requires_grad)


@strided_only
def new_ones(input, *size, dtype=None, device=None, requires_grad=False):
    """Ones of the size given."""
    return filled(input, unpack_sizes(size), 1, dtype, device, requires_grad)


@strided_only
def new_empty(input, *size, dtype=None, device=None, requires_grad=False):
    """A tensor of the size given, whose values mean nothing yet (they are zeros here)."""
    return filled(input, unpack_sizes(size), 0, dtype, device, requires_grad)


@strided_only
def new_full(input, size, fill_value, *, dtype=None, device=None, requires_grad=False):
    """fill_value in the size given."""
    return filled(input, unpack_sizes((size,)), fill_value, dtype, device, requires_grad)


@strided_only
def new_empty_strided(input, size, stride, *, dtype=None, device=None, requires_grad=False):
    """A tensor of the size given, whose neighbours along each dim are so many elements apart."""
    if len(size) != len(stride):
        raise RuntimeError(
            f"dimensionality of sizes ({len(size)}) must match dimensionality of strides ({len(stride)})"
        )
    if min((*size, *stride), default=0) < 0:
        raise RuntimeError(f"sizes and strides must not be negative: {list(size)}, {list(stride)}")
    kernels = input.kernels if device is None else kernels_of(device)
    dtype = input.array.dtype if dtype is None else dtype.numpy
    array = kernels.empty_strided(tuple(size), tuple(stride), dtype)
    kernels.copy_into(array, kernels.full((), 0, dtype))
    return input.wrap(array, kernels).requires_grad_(requires_grad)
