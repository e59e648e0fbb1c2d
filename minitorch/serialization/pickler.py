"""Writing: an object as the pickle that torch.save would make of it.

Tensors become calls of torch's rebuilding functions, whose arguments name a storage. pickle writes functions and
classes by name only; ours must write names of torch's without torch being there, so this is pickle's own pickler in
Python, which can be told how to write one more kind of object: a name.
"""

import functools
import pickle
from collections import OrderedDict
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from minitorch.device import device
from minitorch.dtype import dtype
from minitorch.memory_format import element_strides
from minitorch.nn.parameter import Buffer, Parameter
from minitorch.serialization.storage import DTYPES, Storage, memory_under
from minitorch.size import Size
from minitorch.tensor import Tensor
from minitorch.tensor.named import NamedTensor

STORAGE_NAMES = {d: name for name, d in DTYPES.items()}


@dataclass(frozen=True)
class Name:
    """Something of torch's, by module and name. It can be called only as far as pickle wants to see it callable."""

    module: str
    name: str

    def __call__(self, *args):
        raise TypeError(f"{self.module}.{self.name} is only a name here")


named = functools.cache(Name)  # one object a name: pickle recognises by identity what it wrote before


class Pickler(pickle._Pickler):
    """Pickles for torch; `storages` are then what data/0, data/1 ... must hold."""

    def __init__(self, file, protocol=2):
        super().__init__(file, protocol)
        self.storages = []
        self.keys = {}  # (address, dtype) -> number of the storage

    def persistent_id(self, obj):
        """How a storage is written: as a reference to a record."""
        if not isinstance(obj, Storage):
            return None
        where = obj.array.ctypes.data if obj.array.size else None
        key = self.keys.get((where, obj.array.dtype)) if where else None
        if key is None:
            key = self.keys[where, obj.array.dtype] = len(self.storages)
            self.storages.append(obj.array)
        if obj.kind not in STORAGE_NAMES:
            return "storage", named("torch.storage", "UntypedStorage"), str(key), obj.location, obj.nbytes()
        return "storage", named("torch", STORAGE_NAMES[obj.kind]), str(key), obj.location, obj.array.size

    def reducer_override(self, obj):
        """How what torch has of its own is written: (function, arguments)."""
        if isinstance(obj, NamedTensor):
            raise RuntimeError(
                "NYI: Named tensors don't support serialization. Please drop names via `tensor = tensor.rename(None)` "
                "before serialization."
            )
        if type(obj) is Parameter:
            return named("torch._utils", "_rebuild_parameter"), (obj.data, obj.requires_grad, OrderedDict())
        if type(obj) is Tensor or type(obj) is Buffer:
            parts = (*described(obj), obj.requires_grad, OrderedDict())
            if obj.dtype in STORAGE_NAMES:
                return named("torch._utils", "_rebuild_tensor_v2"), parts
            return named("torch._utils", "_rebuild_tensor_v3"), (*parts, obj.dtype)
        if isinstance(obj, Size):
            return named("torch", "Size"), (tuple(obj),)
        if isinstance(obj, device):
            return named("torch", "device"), (obj.type,) if obj.index is None else (obj.type, obj.index)
        return NotImplemented

    def save_name(self, obj):
        """Write a name."""
        self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())
        self.memoize(obj)

    def save_dtype(self, obj):
        """Write a dtype: torch has it under its name."""
        self.save(named("torch", obj.name))

    dispatch: ClassVar = {**pickle._Pickler.dispatch, Name: save_name, dtype: save_dtype}


def described(tensor):
    """(storage, offset, size, stride) of a tensor, strides counted in elements."""
    array, location = tensor.array, str(tensor.device)
    if tensor.is_cuda:
        array = tensor.kernels.to_numpy(array)
    if not array.size:
        return Storage(np.empty(0, array.dtype), location), 0, tuple(array.shape), element_strides(array)
    low, memory = memory_under(array)
    if memory is None or min(array.strides, default=0) < 0 or memory.nbytes % array.itemsize:
        array = np.array(array, order="C")  # memory that torch has no word for
        low, memory = memory_under(array)
    offset = (array.ctypes.data - low) // array.itemsize
    return Storage(memory.view(array.dtype), location), offset, tuple(array.shape), element_strides(array)
