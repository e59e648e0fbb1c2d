"""Views: other ways to look at the same memory. Here those of another shape.

A view shares memory and version with its input, and its gradient goes the same way back: the gradient of a transpose is
the transposed gradient (permute.py), that of an expansion is summed (expand.py), that of a part is the gradient put
into zeros (parts.py). https://docs.pytorch.org/docs/stable/tensor_view.html
"""

import math

from minitorch.autograd.inplace import view
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.size import normalize_dim, normalize_dims, unpack_sizes


def infer_size(sizes, numel):
    """Fill in the one size that may be -1. RuntimeError where the sizes do not multiply to numel."""
    if math.prod(sizes) == numel and min(sizes, default=0) >= 0:
        return tuple(sizes)  # nothing to fill in
    known = math.prod(n for n in sizes if n != -1)
    if sizes.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(n < -1 for n in sizes):
        raise RuntimeError(f"invalid shape dimension {min(sizes)}")
    if -1 in sizes and known == 0 and numel == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(sizes)} because the unspecified dimension size -1 "
            "can be any value and is ambiguous"
        )
    if known != numel if -1 not in sizes else known == 0 or numel % known:
        raise RuntimeError(f"shape '{list(sizes)}' is invalid for input of size {numel}")
    return tuple(numel // known if n == -1 else n for n in sizes)


@view("ViewBackward0")
def view_as_shape(input, *, shape):
    before = input.array.shape
    return input.kernels.view(input.array, shape), lambda g: laid_out(g, before)


@op(label="UnsafeViewBackward0", bits=True)
def copy_as_shape(input, *, shape):
    before = input.array.shape
    return input.kernels.view(input.kernels.copy(input.array), shape), lambda g: laid_out(g, before)


def fits(input, shape):
    """Whether the strides of input let its memory be seen in this shape."""
    if input.kernels.is_contiguous(input.array):
        return True
    try:
        input.kernels.view(input.array, shape)
    except ValueError:
        return False
    return True


def laid_out(input, shape):
    """input in a shape of as many elements: a view where the strides allow it, otherwise a copy."""
    return view_as_shape(input, shape=shape) if fits(input, shape) else copy_as_shape(input, shape=shape)


def view_(input, *args, size=None):
    """The same memory in another shape, in which one size may be -1. RuntimeError where the strides do not allow it."""
    shape = infer_size(unpack_sizes(args, size), input.array.size)
    if not fits(input, shape):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return view_as_shape(input, shape=shape)


def reshape(input, *args, shape=None):
    """Another shape, in which one size may be -1: a view where the strides allow it, otherwise a copy."""
    return laid_out(input, infer_size(unpack_sizes(args, shape), input.array.size))


def view_as(input, other):
    """input in the shape of other."""
    return view_(input, other.array.shape)


def reshape_as(input, other):
    """input in the shape of other, copied if need be."""
    return reshape(input, other.array.shape)


def flatten(input, start_dim=0, end_dim=-1):
    """The dims from start_dim to end_dim as one."""
    ndim = input.array.ndim
    start, end = normalize_dim(start_dim, ndim), normalize_dim(end_dim, ndim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if ndim == 0:
        return reshape(input, 1)
    shape = input.array.shape
    if start == end:
        return input
    return reshape(input, *shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])


def unflatten(input, dim, sizes):
    """One dim as several, whose sizes multiply to it."""
    d = normalize_dim(dim, input.array.ndim)
    sizes = infer_size(unpack_sizes((sizes,)), input.array.shape[d])
    return view_(input, *input.array.shape[:d], *sizes, *input.array.shape[d + 1 :])


def ravel(input):
    """One dim, without gaps: a view of a contiguous input, otherwise a copy."""
    return reshape(input.contiguous(), -1)


@view("UnsqueezeBackward0")
def unsqueeze(input, *, dim):
    """A new dim of size 1 at dim."""
    d = normalize_dim(dim, input.array.ndim + 1)
    shape = input.array.shape
    return input.kernels.view(input.array, (*shape[:d], 1, *shape[d:])), lambda g: laid_out(g, shape)


def squeeze(input, *dim, **named):
    """Without the dims of size 1: all of them, or those among dim: squeeze(0), squeeze(0, 1) or squeeze((0, 1))."""
    return squeezed(input, dim, **named) if len(dim) > 1 else squeezed(input, *dim, **named)


@view("SqueezeBackward0")
def squeezed(input, *, dim=None):
    before, ndim = input.array.shape, input.array.ndim
    dims = range(ndim) if dim is None else () if dim == () else normalize_dims(dim, ndim)
    after = tuple(n for d, n in enumerate(before) if not (d in dims and n == 1))
    return input.kernels.view(input.array, after), lambda g: laid_out(g, before)


# -- at least so many dims ---------------------------------------------------------------------------------------------


def each(name, tensors, function):
    """function of one tensor, or a tuple of it for each of several, given one by one or as a list."""
    if len(tensors) == 1:
        if isinstance(tensors[0], Variable):
            return function(tensors[0])
        if not isinstance(tensors[0], list | tuple):
            raise TypeError(f"{name}() takes tensors, not {type(tensors[0]).__name__}")
        (tensors,) = tensors
    for position, x in enumerate(tensors):
        if not isinstance(x, Variable):
            raise TypeError(f"{name}(): expected Tensor as element {position}, but got {type(x).__name__}")
    return tuple([function(x) for x in tensors])


def atleast_1d(*tensors):
    """A 0-d tensor as one of 1 element; others as they are."""
    return each("atleast_1d", tensors, lambda x: x if x.array.ndim else reshape(x, 1))


def atleast_2d(*tensors):
    """A vector as a matrix of one row; tensors of more dims as they are."""
    return each("atleast_2d", tensors, lambda x: x if x.array.ndim > 1 else unsqueeze(atleast_1d(x), 0))


def atleast_3d(*tensors):
    """A matrix (n, m) as (n, m, 1), a vector (n) as (1, n, 1); tensors of more dims as they are."""
    return each("atleast_3d", tensors, lambda x: x if x.array.ndim > 2 else unsqueeze(atleast_2d(x), -1))
