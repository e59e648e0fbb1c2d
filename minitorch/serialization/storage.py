"""Storages: the memory under tensors, which several tensors may share as views.

A tensor is written as (storage, offset, size, stride). torch names a storage's dtype by a class: FloatStorage, ...
"""

import math
from dataclasses import dataclass

import numpy as np

from minitorch.creation import make
from minitorch.device import kernels_of
from minitorch.dtype import ALL, UNSIGNED, dtype, from_numpy
from minitorch.nn.parameter import Parameter
from minitorch.serialization.archive import damaged

DTYPES = {d.type_name.removesuffix("Tensor") + "Storage": d for d in ALL}
EVERY = (*ALL, *UNSIGNED)  # torch has no storage classes for the last: they lie in bytes, and the tensor says its dtype


@dataclass(frozen=True)
class Storage:
    """The elements of one piece of memory, in a row, and where the tensors on it were."""

    array: np.ndarray
    location: str = "cpu"

    @property
    def kind(self):
        """The dtype of the elements."""
        return from_numpy(self.array.dtype)

    def nbytes(self):
        """Bytes of all elements."""
        return self.array.nbytes


def memory_under(array):
    """(address, all elements) of the memory in which an array lies: that of the array that it is a view of, whose bytes
    are taken for elements of the dtype of the view."""
    owner = array
    while owner.base is not None:
        base = owner.base if isinstance(owner.base, np.ndarray) else getattr(owner.base, "base", None)
        if not isinstance(base, np.ndarray):  # memory that is not NumPy's
            break
        owner = base
    low, high = np.lib.array_utils.byte_bounds(owner)
    whole = np.lib.stride_tricks.as_strided(owner, ((high - low) // owner.itemsize,), (owner.itemsize,))
    whole = whole if owner.dtype == array.dtype else whole.view(array.dtype)
    return low, whole if owner.ctypes.data == low else None  # None: strides that go backwards


def rebuild_tensor(storage, offset, size, stride, requires_grad=False, hooks=None, *rest):
    """A tensor on the memory of a storage. RuntimeError where it would reach beyond it."""
    if not isinstance(storage, Storage):
        raise damaged("a tensor has no storage")
    numbers = (offset, *size, *stride)
    if not all(type(n) is int and n >= 0 for n in numbers) or len(size) != len(stride) or len(size) > 64:
        raise damaged(f"a tensor of size {size} and stride {stride} at {offset}")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if math.prod(size) and last >= storage.array.size:
        raise damaged(f"a tensor of size {size} reaches beyond its storage of {storage.array.size} elements")
    steps = [step * storage.array.itemsize for step in stride]
    start = storage.array[offset:] if math.prod(size) else storage.array[:0]
    tensor = make(np.lib.stride_tricks.as_strided(start, size, steps))
    kernels = kernels_of(storage.location)
    if kernels is not tensor.kernels:
        tensor = tensor.to(storage.location)
    return tensor.requires_grad_(bool(requires_grad))


def rebuild_tensor_of_dtype(storage, offset, size, stride, requires_grad, hooks, kind, *rest):
    """A tensor of that dtype on a storage of bytes."""
    if not isinstance(storage, Storage) or not isinstance(kind, dtype) or storage.nbytes() % kind.itemsize:
        raise damaged("a tensor has no storage or no dtype")
    storage = Storage(storage.array.view(kind.numpy), storage.location)
    return rebuild_tensor(storage, offset, size, stride, requires_grad)


def rebuild_parameter(data, requires_grad, hooks=None, state=None):
    """A Parameter on the memory of a tensor."""
    return Parameter(data, bool(requires_grad))
