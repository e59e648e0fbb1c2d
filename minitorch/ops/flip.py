"""The same elements in other places: flipped, rolled round, rotated. Copies, as in torch; each undoes itself."""

from minitorch.autograd.op import op
from minitorch.ops.permute import transpose
from minitorch.ops.shape import flatten
from minitorch.size import normalize_dim, normalize_dims, unpack_sizes


@op(label="FlipBackward0", bits=True)
def flipped(input, *, dims):
    index = tuple(slice(None, None, -1 if d in dims else 1) for d in range(input.array.ndim))
    return input.kernels.copy(input.kernels.getitem(input.array, index)), lambda g: flipped(g, dims=dims)


def flip(input, *args, dims=None):
    """The order of the elements reversed along each of the dims."""
    dims = unpack_sizes(args, dims)
    return flipped(input, dims=normalize_dims(dims, input.array.ndim) if dims else ())


def fliplr(input):
    """The columns (dim 1) in reverse order."""
    if input.array.ndim < 2:
        raise RuntimeError(f"fliplr: Input must be >= 2-d, but it is {input.array.ndim}-d.")
    return flipped(input, dims=(1,))


def flipud(input):
    """The rows (dim 0) in reverse order."""
    if input.array.ndim < 1:
        raise RuntimeError("flipud: Input must be >= 1-d, but it is 0-d.")
    return flipped(input, dims=(0,))


@op(label="RollBackward0", bits=True)
def rolled(input, *, shifts, dims):
    k, array = input.kernels, input.array
    for shift, d in zip(shifts, dims, strict=True):
        before, cut = (slice(None),) * d, -shift % max(array.shape[d], 1)
        last, first = (k.getitem(array, (*before, s)) for s in (slice(cut, None), slice(0, cut)))
        array = k.cat([last, first], d)
    return array, lambda g: rolled(g, shifts=[-shift for shift in shifts], dims=dims)


def roll(input, shifts, dims=()):
    """Every element `shift` places further along its dim; what leaves at the end comes in at the start.

    Without dims, the flattened input is rolled, and takes its shape again."""
    shifts, dims = unpack_sizes((shifts,)), unpack_sizes((dims,))
    if not shifts:
        raise RuntimeError("roll: `shifts` required")
    if not dims and len(shifts) == 1:
        return rolled(flatten(input), shifts=shifts, dims=(0,)).reshape(input.array.shape)
    if len(shifts) != len(dims):
        raise RuntimeError(f"roll: shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if not input.array.size:  # as in torch, whatever the dims
        return input.clone()
    if not input.array.ndim:
        raise IndexError(f"roll: Dimension specified as {dims[0]} but tensor has no dimensions")
    return rolled(input, shifts=shifts, dims=tuple(normalize_dim(d, input.array.ndim) for d in dims))


def rot90(input, k=1, dims=(0, 1)):
    """Turned by k times 90 degrees in the plane of two dims, from the first towards the second."""
    ndim = input.array.ndim
    if not isinstance(k, int):
        raise TypeError(f"rot90(): argument 'k' (position 2) must be int, not {type(k).__name__}")
    if len(dims) != 2:
        raise RuntimeError(f"rot90: expected total rotation dims == 2, but got dims = {len(dims)}")
    if ndim < 2:
        raise RuntimeError(f"rot90: expected total dims >= 2, but got total dims = {ndim}")
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == ndim:
        raise RuntimeError(f"rot90: expected rotation dims to be different, but got {dims[0]} and {dims[1]}")
    a, b = (normalize_dim(d, ndim) for d in dims)
    quarter = k % 4
    if quarter == 1:
        return transpose(flip(input, b), a, b)
    if quarter == 3:
        return transpose(flip(input, a), a, b)
    return flip(input, a, b) if quarter else input.clone()
