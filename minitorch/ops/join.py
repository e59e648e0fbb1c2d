"""Tensors put together: one after another along a dim (cat), or side by side along a new one (stack). The gradient is
split again."""

import math

from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.ops.shape import atleast_1d, atleast_2d, atleast_3d, reshape, unsqueeze
from minitorch.promotion import common, common_dtype
from minitorch.size import normalize_dim


@op(promote=common, label="CatBackward0", bits=True)
def joined(*tensors, dim):
    k, arrays = tensors[0].kernels, [x.array for x in tensors]
    sizes = [x.shape[dim] for x in arrays]
    rows = math.prod(arrays[0].shape[:dim])
    whole = k.cat(arrays, dim) if len(arrays) > 1 else k.copy(arrays[0])  # joined, one bfloat16 gets another dtype
    return whole, lambda g: parted(g, dim=dim, sizes=sizes) if rows > 1 else g.split(sizes, dim)


@op(label="SplitWithSizesBackward0", bits=True)
def parted(input, *, dim, sizes):
    """The parts of these sizes along dim, copied all at once: most who get a view with gaps would copy it by itself."""
    return input.kernels.split(input.array, sizes, dim), lambda g: joined(*g, dim=dim)


def cat(tensors, dim=0):
    """Tensors one after another along dim; their other sizes must agree. An empty 1-d tensor is skipped."""
    tensors = list(tensors)
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for position, x in enumerate(tensors):
        if not isinstance(x, Variable):
            raise TypeError(f"expected Tensor as element {position} in argument 0, but got {type(x).__name__}")
        if x.array.ndim == 0:
            raise RuntimeError(f"zero-dimensional tensor (at position {position}) cannot be concatenated")
    shapes = [x.array.shape for x in tensors if x.array.shape != (0,)]
    if not shapes:
        return joined(*tensors, dim=0)
    d = normalize_dim(dim, len(shapes[0]))
    for position, shape in enumerate(shapes):
        if len(shape) != len(shapes[0]):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(shapes[0])} and {len(shape)}")
        if any(m != n for e, (m, n) in enumerate(zip(shape, shapes[0], strict=True)) if e != d):
            raise RuntimeError(
                f"Sizes of tensors must match except in dimension {d}. Expected {list(shapes[0])} but got "
                f"{list(shape)} "
                f"for tensor number {position} in the list."
            )
    skipped = (*shapes[0][:d], 0, *shapes[0][d + 1 :])
    return joined(*(reshape(x, skipped) if x.array.shape == (0,) else x for x in tensors), dim=d)


def stack(tensors, dim=0):
    """Tensors of one shape side by side along a new dim."""
    tensors = list(tensors)
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    first = tensors[0].array.shape
    for position, x in enumerate(tensors):
        if x.array.shape != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                f"{list(x.array.shape)} at entry {position}"
            )
    d = normalize_dim(dim, len(first) + 1)
    return joined(*(unsqueeze(x, d) for x in tensors), dim=d)


# -- as rows, as columns -----------------------------------------------------------------------------------------------


def listed(name, tensors):
    """The tensors as a list, which must not be empty."""
    if isinstance(tensors, Variable) or not isinstance(tensors, list | tuple):
        raise TypeError(f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors")
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return list(tensors)


def hstack(tensors):
    """cat along the columns (dim 1), of vectors along dim 0."""
    tensors = atleast_1d(listed("hstack", tensors))
    return cat(tensors, 0 if tensors[0].array.ndim == 1 else 1)


def vstack(tensors):
    """cat along dim 0, a vector being one row."""
    return cat(atleast_2d(listed("vstack", tensors)), 0)


def dstack(tensors):
    """cat along dim 2, a matrix (n, m) being (n, m, 1)."""
    return cat(atleast_3d(listed("dstack", tensors)), 2)


def column_stack(tensors):
    """cat along dim 1, a vector being one column."""
    tensors = listed("column_stack", tensors)
    return hstack([x if x.array.ndim > 1 else reshape(x, -1, 1) for x in tensors])  # (n) -> (n, 1)


def block_diag(*tensors):
    """The matrix with these matrices along its diagonal, and zeros elsewhere; a vector is one row."""
    for position, x in enumerate(tensors):
        if x.array.ndim > 2:
            raise RuntimeError(
                f"block_diag: Input tensors must have 2 or fewer dimensions. Input {position} has {x.array.ndim}"
            )
    dtype = common_dtype(listed("block_diag", tensors))
    tensors = [atleast_2d(x).cast(dtype) for x in tensors]
    width, before, rows = sum(x.array.shape[1] for x in tensors), 0, []
    for x in tensors:
        n, m = x.array.shape
        rows.append(cat([x.new_zeros(n, before), x, x.new_zeros(n, width - before - m)], 1))
        before += m
    return cat(rows, 0)
