"""Tensors by name in two simpler formats, which hold nothing but tensors: safetensors and NumPy's .npz.

https://huggingface.co/docs/safetensors and https://numpy.org/doc/stable/reference/generated/numpy.savez.html
"""

import zipfile

import numpy as np

from minitorch.creation import make
from minitorch.dtype import from_numpy
from minitorch.serialization.archive import damaged, replacing
from minitorch.serialization.storage import EVERY
from minitorch.tensor import Tensor

NAMES = {  # of the dtypes in safetensors files
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip


def arrays_of(tensors):
    """{name: contiguous NumPy array}. TypeError unless it is a dict of tensors by their names."""
    for name, tensor in tensors.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            raise TypeError(f"expected a dict of tensors by name, got {name!r}: {type(tensor).__name__}")
    return {name: t.kernels.to_numpy(t.detach().contiguous().array) for name, t in tensors.items()}


def save_safetensors(tensors, filename, metadata=None):
    """Write {name: tensor} as a safetensors file; metadata: {str: str}. Shared memory is written once a name."""
    from safetensors import TensorSpec, serialize  # of the extra "files"

    arrays = arrays_of(tensors)
    entries = {
        name: TensorSpec(dtype=from_numpy(a.dtype).name, shape=a.shape, data_ptr=a.ctypes.data, data_len=a.nbytes)
        for name, a in arrays.items()
    }
    with replacing(filename) as file:
        file.write(serialize(entries, metadata))


def load_safetensors(filename, device=None):
    """{name: tensor} of a safetensors file. RuntimeError for a damaged file or a dtype that is not supported."""
    from safetensors import SafetensorError, deserialize

    with open(filename, "rb") as file:
        data = file.read()
    try:
        entries = deserialize(data)
    except SafetensorError as error:
        raise damaged(str(error)) from None
    known = {d.name: d for d in EVERY}
    tensors = {}
    for name, entry in entries:
        if NAMES.get(entry["dtype"]) not in known:
            raise RuntimeError(f"{name}: dtype {entry['dtype']} is not supported")
        dtype = known[NAMES[entry["dtype"]]]
        array = np.frombuffer(bytearray(entry["data"]), dtype.numpy).reshape(entry["shape"])
        tensors[name] = make(array, device=device)
    return tensors


def save_npz(tensors, filename):
    """Write {name: tensor} as a .npz file, which numpy.load reads. TypeError for bfloat16, which NumPy has not."""
    arrays = arrays_of(tensors)
    for name, array in arrays.items():
        if array.dtype.kind == "V":
            raise TypeError(f"{name}: NumPy has no bfloat16; save it as float32, or in another format")
    with replacing(filename) as file:
        np.savez(file, **arrays)


def load_npz(filename, device=None):
    """{name: tensor} of a .npz file. RuntimeError for a damaged one; nothing in it is unpickled."""
    try:
        with np.load(filename, allow_pickle=False) as arrays:
            return {name: make(np.array(arrays[name]), device=device) for name in arrays.files}
    except (ValueError, zipfile.BadZipFile, EOFError, AttributeError) as error:
        raise damaged(str(error)) from None
