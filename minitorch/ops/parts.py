"""Views of a part: at an index, a range, or all parts at once. The gradient of a part is put into zeros."""

from minitorch.autograd.inplace import MULTIPLE, link_view, view
from minitorch.autograd.op import op
from minitorch.ops.join import cat, stack
from minitorch.size import normalize_dim, unpack_sizes


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
