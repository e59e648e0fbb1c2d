"""Extremes: the largest and the smallest elements, and where they stand.

NaN is larger, and smaller, than any number. Who gets the gradient where several elements are extreme: over all dims,
or over several (amax, amin, aminmax), all share it evenly; along one dim (max, min) the one whose index is returned.
https://docs.pytorch.org/docs/stable/generated/torch.max.html
"""

from minitorch import return_types
from minitorch.autograd.op import check_tensors, numpy_names, op
from minitorch.autograd.variable import Variable
from minitorch.ops.elementwise import maximum, minimum
from minitorch.ops.gather import brought_back
from minitorch.ops.reduce import restore, same
from minitorch.ops.refusals import refuse_bool
from minitorch.size import normalize_dim, normalize_dims


def refuse_empty(name, input, dims=None, error=RuntimeError):
    """torch's errors where an extreme of no elements is asked for: over all dims (None), or over some."""
    if input.array.size == 0:
        if dims is None or dims == ():
            raise error(
                f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
                "with the 'dim' argument."
            )
        for d in (dims,) if isinstance(dims, int) else dims:
            d = normalize_dim(d, input.array.ndim)
            if input.array.shape[d] == 0:
                raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")


def shared_evenly(g, chosen, dims):
    """The gradient of an extreme: the chosen elements share g evenly."""
    chosen = chosen.cast(g.array.dtype)
    return chosen * (g / chosen.sum(dims, keepdim=True))


@op
def amax(input, *, dim=(), keepdim=False):
    """The largest element over dims; elements that are equal to it share its gradient evenly."""
    refuse_empty("amax", input, dim)
    dims = normalize_dims(dim, input.array.ndim)
    return (
        input.kernels.amax(input.array, dims, keepdim),
        lambda g, y: shared_evenly(restore(g, dims, keepdim), input == restore(y, dims, keepdim), dims),
    )


@op
def amin(input, *, dim=(), keepdim=False):
    """The smallest element over dims; elements that are equal to it share its gradient evenly."""
    refuse_empty("amin", input, dim)
    dims = normalize_dims(dim, input.array.ndim)
    return (
        input.kernels.amin(input.array, dims, keepdim),
        lambda g, y: shared_evenly(restore(g, dims, keepdim), input == restore(y, dims, keepdim), dims),
    )


@numpy_names
def aminmax(input, *, dim=None, keepdim=False):
    """(smallest, largest) of all elements, or of those along one dim; see amin and amax."""
    if dim is None and input.array.size == 0:
        raise RuntimeError("aminmax(): cannot compute aminmax of no elements, as the operation has no identity.")
    if dim is not None and not isinstance(dim, int):
        raise TypeError(f"aminmax(): argument 'dim' must be int, not {type(dim).__name__}")
    dims = () if dim is None else dim
    return return_types.aminmax(amin(input, dims, keepdim), amax(input, dims, keepdim))


@op(label="MaxBackward1")
def max_of_all(input):
    dims = tuple(range(input.array.ndim))
    return input.kernels.amax(input.array, dims, False), lambda g, y: shared_evenly(g, same(input, y), None)


@op(label="MinBackward1")
def min_of_all(input):
    dims = tuple(range(input.array.ndim))
    return input.kernels.amin(input.array, dims, False), lambda g, y: shared_evenly(g, same(input, y), None)


@op(label="MaxBackward0")
def max_along(input, *, dim, keepdim):
    values, indices = input.kernels.max(input.array, dim, keepdim)
    return (values, indices), to_chosen(input, indices, dim, keepdim)


@op(label="MinBackward0")
def min_along(input, *, dim, keepdim):
    values, indices = input.kernels.min(input.array, dim, keepdim)
    return (values, indices), to_chosen(input, indices, dim, keepdim)


def to_chosen(input, indices, dim, keepdim):
    """The VJP of an extreme along one dim: each gradient goes to the one element that was chosen."""
    shape, index = input.array.shape, input.wrap(indices)

    def vjp(g):
        chosen, arriving = restore(index, (dim,), keepdim), restore(g[0], (dim,), keepdim)
        return brought_back(arriving, chosen, shape, dim)

    return vjp


@numpy_names
def max(input, dim=None, keepdim=False):
    """max(x): the largest element. max(x, dim): (values, indices) along dim. max(x, y): element by element.

    Of equal elements along a dim the first is chosen, and gets all of the gradient; NaN counts as the largest. Of equal
    elements of max(x) all share the gradient.
    """
    check_tensors("max", (input,))
    if isinstance(dim, Variable):
        return maximum(input, dim)
    if dim is None:
        refuse_empty("max", input)
        return max_of_all(input)
    return return_types.max(*along("max", max_along, input, dim, keepdim))


@numpy_names
def min(input, dim=None, keepdim=False):
    """min(x): the smallest element. min(x, dim): (values, indices) along dim. min(x, y): element by element."""
    check_tensors("min", (input,))
    if isinstance(dim, Variable):
        return minimum(input, dim)
    if dim is None:
        refuse_empty("min", input)
        return min_of_all(input)
    return return_types.min(*along("min", min_along, input, dim, keepdim))


def along(name, operation, input, dim, keepdim):
    """(values, indices) of an extreme along one dim; a 0-d tensor counts as a vector of one element."""
    d = normalize_dim(dim, input.array.ndim)
    refuse_empty(name, input, d)
    if input.array.ndim == 0:
        return operation(input.unsqueeze(0), dim=0, keepdim=False)
    return operation(input, dim=d, keepdim=keepdim)


@op
def argmax(input, *, dim=None, keepdim=False):
    """The index of the largest element along dim, or in the flattened input; of equal ones the first."""
    return position("argmax", input, input.kernels.argmax, dim, keepdim)


@op
def argmin(input, *, dim=None, keepdim=False):
    """The index of the smallest element along dim, or in the flattened input; of equal ones the first."""
    return position("argmin", input, input.kernels.argmin, dim, keepdim)


def position(name, input, kernel, dim, keepdim):
    if dim is not None and not isinstance(dim, int):
        raise TypeError(f"{name}(): argument 'dim' (position 2) must be int, not {type(dim).__name__}")
    refuse_bool(input, f"{name}(): does not support bool input")
    d = None if dim is None else normalize_dim(dim, input.array.ndim)
    refuse_empty(name, input, d, IndexError)
    if d is not None and input.array.ndim:
        return kernel(input.array, d, keepdim)
    flat = kernel(input.kernels.reshape(input.array, (input.array.size,)), 0, False)
    return input.kernels.reshape(flat, (1,) * input.array.ndim if keepdim else ())
