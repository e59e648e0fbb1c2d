"""Tensors put together: one after another along a dim (cat), or side by side along a new one (stack). The gradient is
split again."""

from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.ops.shape import reshape, unsqueeze
from minitorch.promotion import common
from minitorch.size import normalize_dim


@op(promote=common, label="CatBackward0")
def joined(*tensors, dim):
    sizes = [x.array.shape[dim] for x in tensors]
    return tensors[0].kernels.cat([x.array for x in tensors], dim), lambda g: g.split(sizes, dim)


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
