"""The same elements several times: as a view whose stride is 0 there, or copied. The gradient is summed.

https://docs.pytorch.org/docs/stable/notes/broadcasting.html
"""

import warnings
from operator import index

import numpy as np

from minitorch import dtype as dtypes
from minitorch.autograd.inplace import view
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.ops.index import index_select
from minitorch.ops.like import new_full
from minitorch.ops.shape import flatten, reshape
from minitorch.size import Size, normalize_dim, unpack_sizes


@view("ExpandBackward0")
def expanded(input, *, shape):
    return input.kernels.expand(input.array, shape), lambda g: g


def expand(input, *args, size=None):
    """Dims of size 1, and new ones at the front, repeated without copying; -1 keeps a size."""
    sizes = unpack_sizes(args, size)
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
    if dims == list(range(new)):  # what was put in front
        return input.sum(dim=dims) if dims else input
    return reshape(input.sum(dim=dims, keepdim=True), size)


# -- several tensors ---------------------------------------------------------------------------------------------------


def broadcast_shapes(*shapes):
    """The shape to which tensors of these shapes broadcast: from the end, sizes agree or are 1."""
    for shape in shapes:
        if not isinstance(shape, int | tuple | list):
            raise RuntimeError(f"broadcast_shapes: a shape is an int, or a tuple or a list of ints, got {shape!r}")
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    ndim = max((len(shape) for shape in shapes), default=0)
    result = [1] * ndim
    for shape in shapes:
        for d, n in zip(reversed(range(ndim)), reversed(shape), strict=False):
            if n not in (1, result[d]) and result[d] != 1:
                raise RuntimeError(
                    f"The size of tensor a ({result[d]}) must match the size of tensor b ({n}) at non-singleton "
                    f"dimension {d} (broadcasting shapes {', '.join(str(list(s)) for s in shapes)})"
                )
            if n < 0:
                raise ValueError(f"Attempting to broadcast a dimension with negative length! ({list(shape)})")
            result[d] = n if result[d] == 1 else result[d]
    return Size(map(index, result))  # TypeError for what is no int


def broadcast_tensors(*tensors):
    """Each of the tensors expanded to the shape that all broadcast to; views, as a tuple."""
    only_tensors("broadcast_tensors", tensors)
    shape = broadcast_shapes(*[x.array.shape for x in tensors])
    return tuple([expand(x, shape) for x in tensors])


def only_tensors(name, tensors):
    """TypeError where one of them is none."""
    for position, x in enumerate(tensors):
        if not isinstance(x, Variable):
            raise TypeError(f"{name}: expected Tensor as element {position} in argument 0, but got {type(x).__name__}")


def meshgrid(*tensors, indexing=None):
    """The grid over n vectors (x0), (x1), ...: n views of shape (x0, x1, ...), of which number i varies along dim i.

    indexing="xy" exchanges the first two dims, as one draws a plane; "ij" is the default, about which torch warns.
    """
    tensors = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], list | tuple) else tensors
    only_tensors("meshgrid", tensors)
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for x in tensors:
        if x.array.ndim > 1:
            raise RuntimeError(f"meshgrid: Expected 0D or 1D tensor in the tensor list but got: {list(x.array.shape)}")
        if x.array.dtype != tensors[0].array.dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    if indexing is None:
        warnings.warn(
            "meshgrid: in an upcoming release, it will be required to pass the indexing argument.", stacklevel=2
        )
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f'meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    order = [1, 0, *range(2, len(tensors))] if indexing == "xy" and len(tensors) > 1 else range(len(tensors))
    shape = [tensors[i].array.size for i in order]
    grids = []
    for x, d in zip(tensors, order, strict=True):
        grids.append(expand(reshape(x, [-1 if e == d else 1 for e in range(len(shape))]), shape))
    return tuple(grids)


# -- copied ------------------------------------------------------------------------------------------------------------


@op(label="RepeatBackward0")
def repeated(input, *, times):
    k, before = input.kernels, input.array.shape
    shape = (1,) * (len(times) - len(before)) + before
    apart = [m for n in shape for m in (1, n)]
    pairs = [m for pair in zip(times, shape, strict=True) for m in pair]
    copies = k.copy(k.expand(k.view(input.array, apart), pairs))  # (n0, n1) -> (1, n0, 1, n1) -> (t0, n0, t1, n1)
    after = [t * n for t, n in zip(times, shape, strict=True)]

    def vjp(g):  # (t0 * n0, t1 * n1) -> (t0, n0, t1, n1), summed over t0 and t1
        return g.reshape(pairs).sum(tuple(range(0, len(pairs), 2))).reshape(before) if times else g

    return k.view(copies, after), vjp


def repeat(input, *args, repeats=None):
    """A copy with the whole repeated so many times along each dim; more numbers than dims make new dims in front."""
    repeats = unpack_sizes(args, repeats)
    if len(repeats) < input.array.ndim:
        raise RuntimeError(
            "repeat: Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor "
            f"({len(repeats)} and {input.array.ndim})"
        )
    sizes = (1,) * (len(repeats) - input.array.ndim) + input.array.shape
    if any(times * n < 0 for times, n in zip(repeats, sizes, strict=True)):
        raise RuntimeError(f"repeat: Trying to create tensor with negative dimension: repeats {list(repeats)}")
    return repeated(input, times=tuple(max(times, 0) for times in repeats))  # of an empty dim, -1 times is empty, too


def tile(input, *args, dims=None):
    """repeat, where missing numbers at the front are 1, as in NumPy."""
    dims = unpack_sizes(args, dims)
    return repeat(input, (1,) * (input.array.ndim - len(dims)) + dims)


def repeat_interleave(input, repeats=None, dim=None, *, output_size=None):
    """Each element (or, with dim, each part at an index of dim) repeated: so many times, or each its number of times.

    repeat_interleave(repeats) alone gives the indices: [2, 1] -> [0, 0, 1]. output_size: the sum of the repeats.
    """
    if repeats is None:
        return interleaved_indices(input, output_size)
    if isinstance(repeats, Variable) and repeats.array.ndim > 1:
        raise RuntimeError(f"repeat_interleave: repeats must be 0-dim or 1-dim tensor, not {repeats.array.ndim}-dim")
    if dim is None:
        input, dim = flatten(input), 0
    d, number = normalize_dim(dim, input.array.ndim), not isinstance(repeats, Variable)
    if number and (isinstance(repeats, bool) or not isinstance(repeats, int)):
        raise TypeError(f"repeat_interleave(): repeats must be Tensor or int, not {type(repeats).__name__}")
    if number and repeats < 0:
        raise RuntimeError(f"repeat_interleave: Repeats must be non-negative, but got {repeats}")
    if not input.array.ndim:
        raise IndexError(f"repeat_interleave: Dimension specified as {dim} but tensor has no dimensions")
    n = input.array.shape[d]
    if number:
        if output_size not in (None, n * repeats):
            raise RuntimeError(f"repeat_interleave: Invalid output_size, expected {n * repeats} but got {output_size}")
        repeats = new_full(input, (n,), repeats, dtype=dtypes.int64, device="cpu")
    if repeats.array.ndim == 0 or (repeats.array.ndim == 1 and repeats.array.size == 1):
        repeats = expand(reshape(repeats, 1), n)
    elif repeats.array.size != n:
        raise RuntimeError(
            "repeat_interleave: repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{repeats.array.size} and input.size({dim}) = {n}"
        )
    return index_select(input, dim, interleaved_indices(repeats, output_size).to(input.device))


def interleaved_indices(repeats, output_size):
    """repeats[i] times the number i, for all i."""
    counts = repeats.kernels.to_numpy(repeats.array)
    if counts.ndim != 1:
        raise RuntimeError(f"repeat_interleave only accept 1D vector as repeat, not {counts.ndim}-d")
    if counts.dtype not in (np.int64, np.int32):
        raise NotImplementedError(f"\"repeat_interleave\" not implemented for '{repeats.dtype.name}'")
    if counts.size and counts.min() < 0:
        raise RuntimeError("repeat_interleave: repeats can not be negative")
    if output_size not in (None, counts.sum()):
        raise RuntimeError(f"repeat_interleave: output_size is {output_size}, but the repeats sum to {counts.sum()}")
    return repeats.wrap(repeats.kernels.from_numpy(np.repeat(np.arange(counts.size, dtype=counts.dtype), counts)))
