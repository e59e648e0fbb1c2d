"""Views with the dims in another order. Only the strides change; the gradient goes back in the inverse order."""

from minitorch.autograd.inplace import view
from minitorch.size import normalize_dim, unpack_sizes


@view("PermuteBackward0")
def permuted(input, *, dims):
    inverse = tuple(dims.index(d) for d in range(len(dims)))
    return input.kernels.permute(input.array, dims), lambda g: permuted(g, dims=inverse)


def permute(input, *args, dims=None):
    """The dims in another order."""
    dims = unpack_sizes(args, dims)
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


@view("TransposeBackward0")
def transposed(input, *, dims):
    """permuted, for two dims exchanged, which is its own inverse."""
    return input.kernels.permute(input.array, dims), lambda g: transposed(g, dims=dims)


def transpose(input, dim0, dim1):
    """Two dims exchanged."""
    dims = list(range(input.array.ndim))
    a, b = normalize_dim(dim0, len(dims)), normalize_dim(dim1, len(dims))
    if dims:
        dims[a], dims[b] = b, a
    return transposed(input, dims=tuple(dims))


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


def adjoint(input):
    """mT: of real numbers."""
    return mT(input)


def H(input):
    """A matrix transposed: of real numbers."""
    if input.array.ndim not in (0, 2):
        raise RuntimeError(
            f"tensor.H is only supported on matrices (2-D tensors). Got {input.array.ndim}-D tensor. For batches of "
            "matrices, consider using tensor.mH"
        )
    return mT(input)


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
