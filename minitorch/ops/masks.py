"""Elements that a condition picks: masked_select, masked_scatter, nonzero.

https://docs.pytorch.org/docs/stable/generated/torch.masked_select.html
"""

import numpy as np

from minitorch.autograd.variable import Variable
from minitorch.ops.gather import broadcast_shape
from minitorch.ops.indexing import taken, written


def nonzero(input, *, as_tuple=False):
    """The indices of the elements that are not 0, one row each: (count, ndim); as_tuple: one vector for each dim."""
    if as_tuple:
        return nonzero(input.unsqueeze(0) if input.array.ndim == 0 else input).unbind(1)
    found = np.argwhere(input.kernels.to_numpy(input.array)).astype(np.int64)
    return input.wrap(input.kernels.from_numpy(found))


def argwhere(input):
    """nonzero, by NumPy's name."""
    return nonzero(input)


def masked_select(input, mask):
    """The elements of input where mask is True, as a vector; the two broadcast."""
    if mask.array.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    input, mask = broadcast("masked_select", input, mask)
    if input.array.ndim == 0:
        input, mask = input.unsqueeze(0), mask.unsqueeze(0)
    return taken(input, index=(mask_key(mask),))


def masked_scatter(input, mask, source):
    """A copy of input whose elements where mask is True are, in order, the first elements of source."""
    if mask.array.dtype.kind != "b":
        raise RuntimeError(
            f"masked_scatter_ only supports boolean masks, but got mask with dtype {mask.dtype.name} (use .bool())"
        )
    check_dtypes(input, source)
    input, mask = broadcast("masked_scatter", input, mask)
    key = mask_key(mask)
    count = int(np.count_nonzero(key))
    if count > source.array.size:
        raise RuntimeError(
            f"Number of elements of source < number of ones in mask ({source.array.size} < {count}, in masked_scatter)"
        )
    return written(input, source.reshape(-1)[:count], index=(key,), accumulate=False)


def check_dtypes(input, source):
    if not isinstance(source, Variable):
        raise TypeError(f"masked_scatter(): argument 'source' (position 2) must be Tensor, not {type(source).__name__}")
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got {input.dtype.name} and "
            f"{source.dtype.name}"
        )


def mask_key(mask):
    """A mask as a NumPy array of its own: what is written to the tensor later does not change it."""
    return np.array(mask.kernels.to_numpy(mask.array))


def broadcast(name, input, mask):
    """Both in the shape to which they broadcast."""
    shape = broadcast_shape(name, input.array.shape, mask.array.shape)
    return (x if x.array.shape == shape else x.expand(shape) for x in (input, mask))
