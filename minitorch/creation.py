"""Making tensors: from Python data and NumPy arrays, or filled with a value. (ranges.py counts.)

https://docs.pytorch.org/docs/stable/torch.html#creation-ops
"""

import warnings
from operator import index

import numpy as np

from kernels.cpu import cast
from minitorch import dtype as dtypes
from minitorch.autograd.op import quiet
from minitorch.device import kernels_of
from minitorch.layout import strided_only
from minitorch.memory_format import contiguous_format, preserve_format
from minitorch.ops.like import empty_like, new_empty_strided
from minitorch.size import unpack_sizes
from minitorch.tensor import Tensor

_first = Tensor(())  # some tensor to make others from


def with_names(tensor, names):
    """The tensor with names for its dims (see tensor/named.py), where names were given."""
    return tensor if names is None else tensor.rename(*names)


def make(array, dtype=None, device=None, requires_grad=False):
    """A tensor around a NumPy array (of a dtype of ours), on a device."""
    kernels = kernels_of(device)
    dtypes.from_numpy(array.dtype)
    if dtype is not None and dtype.numpy is not array.dtype:
        array = quiet.run(cast, array, dtype.numpy)
    return _first.wrap(kernels.from_numpy(array), kernels).requires_grad_(requires_grad)


# -- from data ---------------------------------------------------------------------------------------------------------


def to_numpy(data, dtype=None):
    """A NumPy array with a copy of the data, in the dtype that torch infers.

    Arrays, tensors and NumPy numbers keep theirs; Python numbers become bool, int64 or the default dtype (but are not
    rounded to it on their way to another dtype).
    ValueError for ragged lists, TypeError or RuntimeError for what is no number.
    """
    if isinstance(data, Tensor):
        return np.array(data.kernels.to_numpy(data.array))
    if isinstance(data, np.ndarray | np.generic):
        return np.array(data)
    check_nesting(data, 0)
    array = np.array(data)
    if array.dtype.kind == "c":
        raise NotImplementedError("complex numbers are not supported: there is no complex dtype")
    if array.dtype.kind not in "biuf":
        if isinstance(data, int) or array.dtype.kind == "O":
            raise ValueError("Overflow when unpacking long long")
        raise TypeError(f"new(): invalid data type '{array.dtype}'")
    leaf = data
    while isinstance(leaf, list | tuple) and leaf:
        leaf = leaf[0]
    if isinstance(leaf, Tensor | np.ndarray | np.generic):
        return array
    if array.dtype.kind == "f" and dtype is None:
        return quiet.run(cast, array, dtypes.get_default_dtype().numpy)
    if array.dtype.kind == "u":
        raise ValueError("Overflow when unpacking long long")
    return array


def check_nesting(data, depth):
    """ValueError or TypeError, in torch's words, for lists of different lengths at one depth and for non-numbers."""
    if isinstance(data, str):
        raise TypeError("new(): invalid data type 'str'")
    if data is None or not (np.isscalar(data) or hasattr(data, "__len__")):
        raise RuntimeError(f"Could not infer dtype of {type(data).__name__}")
    if not isinstance(data, list | tuple):
        return
    lengths = [len(x) if isinstance(x, list | tuple) else None for x in data]
    for length in lengths:
        if length != lengths[0]:
            if lengths[0] is None:
                raise TypeError(f"must be real number, not {type(data[lengths.index(length)]).__name__}")
            if length is None:
                raise TypeError(f"expected a sequence of length {lengths[0]} at dim {depth + 1}, got a number")
            raise ValueError(f"expected sequence of length {lengths[0]} at dim {depth + 1} (got {length})")
    if lengths and lengths[0] is not None:
        for x in data:
            check_nesting(x, depth + 1)


def tensor(data, *, dtype=None, device=None, requires_grad=False, names=None):
    """A tensor with a copy of the data: numbers, nested lists, arrays."""
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
            "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
            stacklevel=2,
        )
    if data is None and dtype is not None:
        raise TypeError("must be real number, not NoneType")
    return with_names(make(to_numpy(data, dtype), dtype, device, requires_grad), names)


def as_tensor(data, dtype=None, device=None):
    """The data as a tensor, without a copy where possible: of a tensor or a NumPy array of that dtype and device."""
    if isinstance(data, Tensor):
        return data.to(dtype=dtype, device=device)
    return make(data if isinstance(data, np.ndarray) else to_numpy(data, dtype), dtype, device)


def from_numpy(ndarray):
    """A tensor on the memory of a NumPy array."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    if any(n < 0 for n in ndarray.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
            "currently supported. (You can probably work around this by making a copy of your array with array.copy().)"
        )
    return make(ndarray)


# -- filled ------------------------------------------------------------------------------------------------------------


def filled(size, value, dtype, device, requires_grad):
    if any(n < 0 for n in size):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(size)}: {list(size)}")
    kernels = kernels_of(device)
    dtype = dtypes.get_default_dtype() if dtype is None else dtype
    dtypes.check_fits(value, dtype.numpy)
    return _first.wrap(quiet.run(kernels.full, size, value, dtype.numpy), kernels).requires_grad_(requires_grad)


@strided_only
def zeros(*size, dtype=None, device=None, requires_grad=False, names=None):
    """Zeros: zeros(2, 3) or zeros((2, 3))."""
    return with_names(filled(unpack_sizes(size), 0, dtype, device, requires_grad), names)


@strided_only
def ones(*size, dtype=None, device=None, requires_grad=False, names=None):
    """Ones."""
    return with_names(filled(unpack_sizes(size), 1, dtype, device, requires_grad), names)


@strided_only
def empty(*size, dtype=None, device=None, requires_grad=False, names=None, memory_format=contiguous_format):
    """A tensor whose values mean nothing yet (they are zeros here)."""
    made = filled(unpack_sizes(size), 0, dtype, device, requires_grad)
    if memory_format is preserve_format:
        raise RuntimeError("unsupported memory format Preserve: there is no tensor whose format could be kept")
    if memory_format is not contiguous_format:
        made = empty_like(made, requires_grad=requires_grad, memory_format=memory_format)
    return with_names(made, names)


@strided_only
def empty_strided(size, stride, *, dtype=None, device=None, requires_grad=False):
    """A tensor whose neighbours along each dim are so many elements apart; its values mean nothing yet."""
    dtype = dtypes.get_default_dtype() if dtype is None else dtype
    return new_empty_strided(_first, size, stride, dtype=dtype, device=device, requires_grad=requires_grad)


@strided_only
def full(size, fill_value, *, dtype=None, device=None, requires_grad=False, names=None):
    """fill_value everywhere; its own type gives the dtype unless dtype does."""
    dtype = tensor(fill_value).dtype if dtype is None else dtype
    return with_names(filled(unpack_sizes((size,)), fill_value, dtype, device, requires_grad), names)


@strided_only
def eye(n, m=None, *, dtype=None, device=None, requires_grad=False):
    """The n by m matrix with ones on the diagonal."""
    for name, size in (("n", n), ("m", m)):
        if size is not None and size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    dtype = dtypes.get_default_dtype() if dtype is None else dtype
    return make(np.eye(n, m, dtype=np.bool_), dtype, device, requires_grad)


# -- indices ---------------------------------------------------------------------------------------------------------


@strided_only
def tril_indices(row, col, offset=0, *, dtype=None, device=None, requires_grad=False):
    """The rows and columns, (2, count), of the lower triangle of a (row, col) matrix, up to diagonal `offset`."""
    return triangle("tril_indices", np.tril, row, col, offset, dtype, device, requires_grad)


@strided_only
def triu_indices(row, col, offset=0, *, dtype=None, device=None, requires_grad=False):
    """The rows and columns, (2, count), of the upper triangle of a (row, col) matrix, from diagonal `offset` on."""
    return triangle("triu_indices", np.triu, row, col, offset, dtype, device, requires_grad)


def triangle(name, part, row, col, offset, dtype, device, requires_grad):
    row, col, offset = index(row), index(col), index(offset)
    if min(row, col) < 0:
        raise RuntimeError(f"{'row' if row < 0 else 'col'} must be non-negative, got {min(row, col)} ({name})")
    dtype = dtypes.int64 if dtype is None else dtype
    if dtype not in (dtypes.int64, dtypes.int32):
        raise NotImplementedError(f"\"{name}\" not implemented for '{dtype.word}'")
    if requires_grad:
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    return make(np.stack(np.nonzero(part(np.ones((row, col), np.bool_), offset))), dtype, device)
