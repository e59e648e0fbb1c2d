"""Views of a part: at an index, a range, or all parts at once. The gradient of a part is put into zeros."""

import numpy as np

from minitorch.autograd.inplace import MULTIPLE, link_view, view
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.ops.join import cat, stack
from minitorch.size import normalize_dim, unpack_sizes


@view("SliceBackward0")
def part(input, *, index):
    """input[index] for basic indices: ints, slices with positive steps, and None for a new dim."""
    shape = input.array.shape
    return input.kernels.getitem(input.array, index), lambda g: placed(g, shape=shape, index=index)


@view("SelectBackward0")
def selected(input, *, index):
    """part, for an index of ints only: a node of another name, as torch has it."""
    shape = input.array.shape
    return input.kernels.getitem(input.array, index), lambda g: placed(g, shape=shape, index=index)


@op(bits=True)
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
    if isinstance(start, Variable) and (start.array.ndim or start.array.dtype.kind not in "iu"):
        raise RuntimeError("narrow(): start must be an 0-dim integral Tensor.")
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


@op(label="SplitBackward0", bits=True)
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


def split_with_sizes(input, split_sizes, dim=0):
    """split into parts of the sizes listed."""
    return split(input, list(split_sizes), dim)


def chunk(input, chunks, dim=0):
    """At most `chunks` parts of equal size (the last may be smaller) along dim."""
    if input.array.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    n = input.array.shape[normalize_dim(dim, input.array.ndim)]
    return split(input, max(-(-n // chunks), 1), dim) if n else split(input, [0] * chunks, dim)


@op(label="UnbindBackward0", bits=True)
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


# -- parts that are views one by one, and may be written ---------------------------------------------------------------


def tensor_split(input, indices_or_sections, dim=0):
    """So many parts along dim, the first ones larger by 1 if need be; or the parts between the indices listed."""
    if input.array.ndim == 0:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    d, at = normalize_dim(dim, input.array.ndim), indices_or_sections
    n = input.array.shape[d]
    if isinstance(at, Variable):
        if at.array.dtype != np.int64:
            raise RuntimeError(f"tensor_split expected indices or sections of dtype long, but got {at.dtype.name}")
        if at.array.ndim > 1:
            raise RuntimeError(f"tensor_split expected a 0-d or 1-d tensor of indices, but got {at.array.ndim} dims")
        at = at.tolist()
    if isinstance(at, int):
        if at <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {at}")
        size, larger = divmod(n, at)
        at = [i * size + min(i, larger) for i in range(1, at)]
    bounds = zip([0, *at], [*at, n], strict=True)
    before = (slice(None),) * d
    ranges = [slice(start, stop).indices(n) for start, stop in bounds]
    return tuple([part(input, index=(*before, slice(a, max(a, b)))) for a, b, _ in ranges])


def split_along(name, input, dim, ndim, sections):
    """tensor_split along a dim that is fixed by the name, into sections of equal size."""
    if input.array.ndim < ndim:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {ndim} dimension, but got a tensor with {input.array.ndim} "
            "dimensions!"
        )
    n = input.array.shape[dim]
    if isinstance(sections, int) and (sections == 0 or n % sections):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension {n} is not "
            f"divisible by the split_size {sections}!"
        )
    return tensor_split(input, sections, dim)


def hsplit(input, indices_or_sections):
    """tensor_split of the columns (dim 1), or of a vector."""
    return split_along("hsplit", input, 0 if input.array.ndim == 1 else 1, 1, indices_or_sections)


def vsplit(input, indices_or_sections):
    """tensor_split of the rows (dim 0)."""
    return split_along("vsplit", input, 0, 2, indices_or_sections)


def dsplit(input, indices_or_sections):
    """tensor_split along dim 2."""
    return split_along("dsplit", input, 2, 3, indices_or_sections)


# -- the same out of place ---------------------------------------------------------------------------------------------


def select_scatter(input, src, dim, index):
    """A copy of input with src at one index of dim."""
    out = input.clone()
    return written_into(out, select(out, dim, index), src)


def slice_scatter(input, src, dim=0, start=None, end=None, step=1):
    """A copy of input with src at start, start + step, ... before end, along dim."""
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    d, out = normalize_dim(dim, input.array.ndim), input.clone()
    first, last, step = slice(start, end, step).indices(input.array.shape[d])
    return written_into(out, part(out, index=(slice(None),) * d + (slice(first, max(first, last), step),)), src)


def written_into(out, place, src):
    """src written into `place`, a view of `out`, which must have its shape; then `out`."""
    if src.array.shape != place.array.shape:
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.array.shape)}, slice size = "
            f"{list(place.array.shape)}"
        )
    place.copy_(src)
    return out
