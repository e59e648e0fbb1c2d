"""Views: other ways to look at the same memory.

A view shares memory and version with its input, and its gradient goes the same way back: the gradient of a transpose is
the transposed gradient, that of a part is the gradient put into zeros, that of an expansion is summed (by the walk).
https://docs.pytorch.org/docs/stable/tensor_view.html
"""

import math

from minitorch.autograd.inplace import MULTIPLE, link_view, view
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.promotion import common
from minitorch.size import normalize_dim, normalize_dims, unpack_sizes

# -- another shape -----------------------------------------------------------------------------------------------------


def infer_size(sizes, numel):
    """Fill in the one size that may be -1. RuntimeError where the sizes do not multiply to numel."""
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


@view
@op(label="ViewBackward0")
def view_as_shape(input, *, shape):
    before = input.array.shape
    return input.kernels.view(input.array, shape), lambda g: g.reshape(before)


@op(label="UnsafeViewBackward0")
def copy_as_shape(input, *, shape):
    before = input.array.shape
    return input.kernels.view(input.kernels.copy(input.array), shape), lambda g: g.reshape(before)


def fits(input, shape):
    """Whether the strides of input let its memory be seen in this shape."""
    try:
        input.kernels.view(input.array, shape)
    except ValueError:
        return False
    return True


def view_(input, *shape):
    """The same memory in another shape, in which one size may be -1. RuntimeError where the strides do not allow it."""
    shape = infer_size(unpack_sizes(shape), input.array.size)
    if not fits(input, shape):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return view_as_shape(input, shape=shape)


def reshape(input, *shape):
    """Another shape, in which one size may be -1: a view where the strides allow it, otherwise a copy."""
    shape = infer_size(unpack_sizes(shape), input.array.size)
    return view_as_shape(input, shape=shape) if fits(input, shape) else copy_as_shape(input, shape=shape)


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
    return (
        input if start == end else reshape(input, *shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])
    )


def unflatten(input, dim, sizes):
    """One dim as several, whose sizes multiply to it."""
    d = normalize_dim(dim, input.array.ndim)
    sizes = infer_size(unpack_sizes((sizes,)), input.array.shape[d])
    return view_(input, *input.array.shape[:d], *sizes, *input.array.shape[d + 1 :])


def ravel(input):
    """One dim; a view where possible."""
    return reshape(input, -1)


@view
@op
def unsqueeze(input, *, dim):
    """A new dim of size 1 at dim."""
    d = normalize_dim(dim, input.array.ndim + 1)
    shape = input.array.shape
    return input.kernels.view(input.array, (*shape[:d], 1, *shape[d:])), lambda g: g.squeeze(d)


@view
@op
def squeeze(input, *, dim=None):
    """Without the dims of size 1: all of them, or those among dim."""
    before, ndim = input.array.shape, input.array.ndim
    dims = range(ndim) if dim is None else () if dim == () else normalize_dims(dim, ndim)
    after = tuple(n for d, n in enumerate(before) if not (d in dims and n == 1))
    return input.kernels.view(input.array, after), lambda g: g.reshape(before)


# -- another order of the dims -----------------------------------------------------------------------------------------


@view
@op(label="PermuteBackward0")
def permuted(input, *, dims):
    inverse = tuple(dims.index(d) for d in range(len(dims)))
    return input.kernels.permute(input.array, dims), lambda g: permuted(g, dims=inverse)


def permute(input, *dims):
    """The dims in another order."""
    dims = unpack_sizes(dims)
    ndim = input.array.ndim
    if len(dims) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            f"ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {len(dims)}"
        )
    dims = tuple(normalize_dim(d, ndim) for d in dims)
    if len(set(dims)) != len(dims):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return permuted(input, dims=dims)


@view
@op
def transpose(input, *, dim0, dim1):
    """Two dims exchanged."""
    dims = list(range(input.array.ndim))
    a, b = normalize_dim(dim0, len(dims)), normalize_dim(dim1, len(dims))
    if dims:
        dims[a], dims[b] = b, a
    return input.kernels.permute(input.array, tuple(dims)), lambda g: transpose(g, a, b)


def t(input):
    """A matrix transposed; a tensor of fewer dims as it is."""
    if input.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.array.ndim}D")
    return transpose(input, 0, -1)


def mT(input):
    """The last two dims exchanged."""
    if input.array.ndim == 0:
        return input
    if input.array.ndim == 1:
        raise RuntimeError(
            f"tensor.mT is only supported on matrices or batches of matrices. Got {input.array.ndim}-D tensor."
        )
    return transpose(input, -2, -1)


def T(input):
    """All dims in reverse order."""
    return permuted(input, dims=tuple(reversed(range(input.array.ndim))))


def movedim(input, source, destination):
    """Move dims to other places; the rest keep their order."""
    if isinstance(source, int) != isinstance(destination, int):
        raise TypeError("movedim() takes two ints or two sequences of ints")
    ndim = input.array.ndim
    source = [normalize_dim(d, ndim) for d in ((source,) if isinstance(source, int) else source)]
    destination = [normalize_dim(d, ndim) for d in ((destination,) if isinstance(destination, int) else destination)]
    if len(source) != len(destination):
        raise RuntimeError(
            "movedim: Invalid source or destination dims: source ({source} dims) should contain the same number "
            "of dims "
            f"as destination ({destination} dims)"
        )
    if len(set(source)) < len(source) or len(set(destination)) < len(destination):
        raise RuntimeError(f"movedim: repeated dim in source {source} or destination {destination}")
    rest = iter(d for d in range(ndim) if d not in source)
    moved = dict(zip(destination, source, strict=True))
    return permuted(input, dims=tuple(moved[d] if d in moved else next(rest) for d in range(ndim)))


# -- expansion ---------------------------------------------------------------------------------------------------------


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


# -- parts -------------------------------------------------------------------------------------------------------------


@view
@op(label="SliceBackward0")
def part(input, *, index):
    """input[index] for basic indices: ints, slices with positive steps, and None for a new dim."""
    shape = input.array.shape
    return input.kernels.getitem(input.array, index), lambda g: placed(g, shape=shape, index=index)


@view
@op(label="SelectBackward0")
def selected(input, *, index):
    """part, for an index of ints only: a node of another name, as torch has it."""
    shape = input.array.shape
    return input.kernels.getitem(input.array, index), lambda g: placed(g, shape=shape, index=index)


@op
def placed(input, *, shape, index):
    """Zeros, with input at index: the transpose of taking that part."""
    array = input.kernels.full(shape, 0, input.array.dtype)
    input.kernels.copy_into(input.kernels.getitem(array, index), input.array)
    return array, lambda g: part(g, index=index)


def select(input, dim, index):
    """The part at one index of dim, without that dim."""
    index = unpack_sizes((index,))[0]
    if input.array.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    d = normalize_dim(dim, input.array.ndim)
    n = input.array.shape[d]
    if not -n <= index < n:
        raise IndexError(
            f"select(): index {index} out of range for tensor of size {list(input.array.shape)} at dimension {d}"
        )
    return selected(input, index=(slice(None),) * d + (index % n,))


def narrow(input, dim, start, length):
    """The elements from start, `length` of them, along dim."""
    start, length = unpack_sizes((start, length))
    if input.array.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    d = normalize_dim(dim, input.array.ndim)
    n = input.array.shape[d]
    if not -n <= start <= n:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-n}, {n}], but got {start})")
    start = start + n if start < 0 else start
    if start + length > n:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return part(input, index=(slice(None),) * d + (slice(start, start + length),))


@op(label="SplitBackward0")
def parts(input, *, dim, sizes):
    """Consecutive parts along dim: several outputs of one node, whose gradient is their gradients put together."""
    before, start, arrays = (slice(None),) * dim, 0, []
    for n in sizes:
        arrays.append(input.kernels.getitem(input.array, (*before, slice(start, start + n))))
        start += n
    return tuple(arrays), lambda g: cat(g, dim)


def split(input, split_size_or_sections, dim=0):
    """Parts of the size given (the last may be smaller), or of the sizes listed, along dim; views, as a tuple."""
    if input.array.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    d = normalize_dim(dim, input.array.ndim)
    n, sizes = input.array.shape[d], split_size_or_sections
    if isinstance(sizes, int):
        if sizes < 0 or (sizes == 0 and n):
            raise RuntimeError(f"split expects split_size be non-negative, but got split_size={sizes}")
        sizes = [min(sizes, n - i) for i in range(0, n, sizes)] if n else [0]
    elif min(sizes := unpack_sizes((tuple(sizes),)), default=0) < 0 or sum(sizes) != n:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at dimension {d}), "
            "but got "
            f"split_sizes={list(sizes)}"
        )
    return views_of(input, lambda x: parts(x, dim=d, sizes=tuple(sizes)))


def chunk(input, chunks, dim=0):
    """At most `chunks` parts of equal size (the last may be smaller) along dim."""
    if input.array.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    n = input.array.shape[normalize_dim(dim, input.array.ndim)]
    return split(input, max(-(-n // chunks), 1), dim) if n else split(input, [0] * chunks, dim)


@op(label="UnbindBackward0")
def layers(input, *, dim):
    before = (slice(None),) * dim
    arrays = tuple(input.kernels.getitem(input.array, (*before, i)) for i in range(input.array.shape[dim]))
    return arrays, lambda g: stack(g, dim)


def unbind(input, dim=0):
    """The parts at every index of dim, without that dim; views, as a tuple."""
    if input.array.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    d = normalize_dim(dim, input.array.ndim)
    return views_of(input, lambda x: layers(x, dim=d)) if input.array.shape[d] else ()


def views_of(input, function):
    """The several views that `function` makes of input. Writing through one is refused where it would be recorded."""
    outputs = function(input)
    outputs = (outputs,) if not isinstance(outputs, tuple) else outputs
    for i, y in enumerate(outputs):
        link_view(y, input, lambda x, i=i: function(x)[i], kind=MULTIPLE)
    return outputs


# -- putting together --------------------------------------------------------------------------------------------------


@op(promote=common, label="CatBackward0")
def joined(*tensors, dim):
    sizes = [x.array.shape[dim] for x in tensors]
    return tensors[0].kernels.cat([x.array for x in tensors], dim), lambda g: split(g, sizes, dim)


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
