"""The same elements several times: as a view whose stride is 0 there. Its gradient is summed, by the walk."""

from minitorch.autograd.inplace import view
from minitorch.autograd.op import op
from minitorch.ops.shape import reshape
from minitorch.size import unpack_sizes


@view
@op(label="ExpandBackward0")
def expanded(input, *, shape):
    return input.kernels.expand(input.array, shape), lambda g: g


def expand(input, *sizes):
    """Dims of size 1, and new ones at the front, repeated without copying; -1 keeps a size."""
    sizes = unpack_sizes(sizes)
    shape, new = input.array.shape, len(sizes) - input.array.ndim
    if new < 0:
        raise RuntimeError(
            f"expand: the number of sizes provided ({len(sizes)}) must be greater or equal to the number of dimensions "
            f"in the tensor ({len(shape)})"
        )
    for d, n in enumerate(sizes):
        if n < -1 or (n == -1 and d < new):
            raise RuntimeError(f"expand: the expanded size of the tensor ({n}) isn't allowed in dimension {d}")
        if d >= new and n != -1 and shape[d - new] not in (1, n):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({shape[d - new]}) at "
                "non-singleton "
                f"dimension {d}. Target sizes: {list(sizes)}. Tensor sizes: {list(shape)}"
            )
    return expanded(input, shape=tuple(shape[d - new] if n == -1 else n for d, n in enumerate(sizes)))


def expand_as(input, other):
    """input expanded to the shape of other."""
    return expand(input, *other.array.shape)


def broadcast_to(input, size):
    """The same as expand."""
    return expand(input, *size)


def sum_to_size(input, *size):
    """The inverse of expand: sum over what expand would repeat, until the shape is `size`."""
    size = unpack_sizes(size)
    shape, new = input.array.shape, input.array.ndim - len(size)
    if new < 0 or any(n not in (1, m) for n, m in zip(size, shape[new:], strict=True)):
        raise RuntimeError(f"size {{{list(size)}}} is not expandable to size {{{list(shape)}}}.")
    dims = [d for d, m in enumerate(shape) if d < new or (size[d - new] == 1 and m != 1)]
    return reshape(input.sum(dims, keepdim=True), size) if dims else input
