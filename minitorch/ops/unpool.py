"""Unpooling: the largest elements back at their places, zeros elsewhere.

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html
"""

import math

import numpy as np

from minitorch.autograd.op import op
from minitorch.ops.gather import check_range, replaced
from minitorch.ops.refusals import floating_only
from minitorch.ops.windows import repeated


def unpooled_size(input, kernel_size, stride, padding, output_size):
    """The size that was pooled: (n - 1) s + k - 2 p along every dim; or output_size, less than s away from it."""
    along = zip(input.array.shape[-len(kernel_size) :], kernel_size, stride, padding, strict=True)
    default = [(n - 1) * s + k - 2 * p for n, k, s, p in along]
    if output_size is None:
        output_size = default
    elif len(output_size) == len(default) + 2:
        output_size = output_size[2:]
    if len(output_size) != len(default):
        raise ValueError(
            f"output_size should be a sequence containing {len(default)} or {len(default) + 2} elements, but it has a "
            f"length of '{len(output_size)}'"
        )
    for d, (n, usual, s) in enumerate(zip(output_size, default, stride, strict=True)):
        if n != usual and not usual - s < n < usual + s:
            raise ValueError(
                f'invalid output_size "{output_size}" (dim {d} must be between {usual - s} and {usual + s})'
            )
        if n < 0:
            raise ValueError(f"max_unpooling: output_size must not be negative, but got output_size[{d}]={n}")
    return tuple(output_size)


@op(label="MaxUnpool2DBackward0")
def nowhere(input, *, shape):
    """An output without elements, which torch gives, though no index is in it; its gradient torch refuses."""

    def refuse(g):
        raise RuntimeError("max_unpooling: the indices are out of bounds for an output without elements")

    return input.kernels.empty(shape, input.array.dtype), refuse


def max_unpool(dims, input, indices, kernel_size, stride, padding, output_size):
    """Unpooling of `dims` dims, after torch's checks."""
    name = f"max_unpool{dims}d"
    kernel_size, padding = repeated(kernel_size, dims), repeated(padding, dims)
    stride = kernel_size if stride is None else repeated(stride, dims)
    size, x = unpooled_size(input, kernel_size, stride, padding, output_size), input.array.shape
    if not all(isinstance(n, int) for n in size):
        raise TypeError(f"{name}(): argument 'output_size' must be tuple of ints, not {size}")
    if indices.array.dtype != np.int64:
        raise RuntimeError(f"{name}: elements in indices should be type int64 but got: {indices.dtype}")
    if len(x) not in (dims + 1, dims + 2) or 0 in x[1:]:
        raise RuntimeError(f"{name}: input should be a non-empty {dims + 1}d or {dims + 2}d Tensor, but got {list(x)}")
    if indices.array.shape != x:
        raise RuntimeError(
            f"{name}: Expected shape of indices to be same as that of the input tensor ({list(x)}) but got indices "
            f"tensor with shape: {list(indices.array.shape)}"
        )
    floating_only(name, input)
    if dims == 3 and min(stride) <= 0:
        raise RuntimeError(f"{name}: strides should be greater than zero, but got stride: {stride}")
    if 0 in size:
        return nowhere(input, shape=(*x[:-dims], *size))
    check_range(indices, math.prod(size), f"an output of size {size}", RuntimeError)
    plane = input.new_zeros(*x[:-dims], math.prod(size))
    out = replaced(plane, indices.flatten(-dims), input.flatten(-dims), dim=plane.ndim - 1)
    return out.reshape(*x[:-dims], *size)  # (N, C, prod(I)) -> (N, C, I)


def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The elements of input (N, C, L) or (C, L) at the places that max_pool1d gave with return_indices, else zeros.

    kernel_size, stride and padding are those of the pooling. Inputs of several sizes are pooled to one; output_size
    says which it was. ValueError for one that cannot be, RuntimeError for an index that is not in it.
    """
    return max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The elements of input (N, C, H, W) or (C, H, W) at the places that max_pool2d gave, else zeros."""
    return max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The elements of input (N, C, D, H, W) or (C, D, H, W) at the places that max_pool3d gave, else zeros."""
    return max_unpool(3, input, indices, kernel_size, stride, padding, output_size)
