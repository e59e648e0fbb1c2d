"""dtypes: `minitorch.float32` and its kin, each a name for a NumPy dtype; and the default floating dtype.

https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch-dtype
"""

import math
import numbers

import numpy as np

from kernels.bfloat16 import BFLOAT16

FLOATING = "fV"  # NumPy's letters (`kind`) of floating dtypes; V is bfloat16's, see kernels/bfloat16.py


class dtype:
    """The type of a tensor's elements."""

    def __init__(self, name, type_name, numpy=None):
        self.name = name
        self.type_name = type_name  # as in `minitorch.FloatTensor`
        self.numpy = np.dtype(name) if numpy is None else numpy
        self.itemsize = self.numpy.itemsize
        self.is_floating_point = self.numpy.kind in FLOATING
        self.is_complex = False
        self.is_signed = self.numpy.kind in "fVi"

    @property
    def word(self):
        """Its name in torch's messages: 'Float', 'Long', 'Bool'."""
        return self.type_name.removesuffix("Tensor")

    def __repr__(self):
        return f"minitorch.{self.name}"

    def __reduce__(self):
        return from_numpy, (self.numpy,)  # one object per dtype, also after a copy or a load


float16 = half = dtype("float16", "HalfTensor")
bfloat16 = dtype("bfloat16", "BFloat16Tensor", BFLOAT16)
float32 = float = dtype("float32", "FloatTensor")
float64 = double = dtype("float64", "DoubleTensor")
uint8 = dtype("uint8", "ByteTensor")
int8 = dtype("int8", "CharTensor")
int16 = short = dtype("int16", "ShortTensor")
int32 = int = dtype("int32", "IntTensor")
int64 = long = dtype("int64", "LongTensor")
uint16 = dtype("uint16", "UInt16Tensor")
uint32 = dtype("uint32", "UInt32Tensor")
uint64 = dtype("uint64", "UInt64Tensor")
bool = dtype("bool", "BoolTensor")

ALL = (float16, bfloat16, float32, float64, uint8, int8, int16, int32, int64, bool)
UNSIGNED = (uint16, uint32, uint64)  # as in torch, few functions know them: they are there to exchange data
_by_numpy = {d.numpy: d for d in (*ALL, *UNSIGNED)}


class unsupported(dtype):
    """A dtype that torch has and minitorch has not: naming it is allowed, making a tensor of it is not."""

    def __init__(self, name):
        self.name = name
        self.is_floating_point = False
        self.is_complex = name.startswith("complex")
        self.is_signed = not name.startswith("quint")

    @property
    def numpy(self):
        """NotImplementedError."""
        what = "complex" if self.is_complex else "quantized"
        raise NotImplementedError(f"{self}: {what} dtypes are not supported")

    def __reduce__(self):
        return self.name


complex32 = chalf = unsupported("complex32")
complex64 = cfloat = unsupported("complex64")
complex128 = cdouble = unsupported("complex128")
qint8, quint8, qint32 = unsupported("qint8"), unsupported("quint8"), unsupported("qint32")


def from_type_name(name):
    """(dtype, whether on a GPU) of 'torch.FloatTensor', 'minitorch.cuda.LongTensor' ...; ValueError for others."""
    parts = name.split(".")
    found = {d.type_name: d for d in ALL}.get(parts[-1])
    if found is None or parts[:-1] not in (["torch"], ["torch", "cuda"], ["minitorch"], ["minitorch", "cuda"]):
        raise ValueError(f"invalid type: '{name}'")
    return found, "cuda" in parts


def from_numpy(numpy_dtype):
    """Our dtype for a NumPy dtype. TypeError where torch has none (or we do not yet)."""
    try:
        return _by_numpy[numpy_dtype]
    except KeyError:
        raise TypeError(
            f"can't convert np.ndarray of type {numpy_dtype}. The only supported types are: float64, float32, float16, "
            "int64, int32, int16, int8, uint64, uint32, uint16, uint8, and bool."
        ) from None


# bool < integer < floating: an operation never falls from a higher category to a lower one. By NumPy's letter.
CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2, "V": 2}


def largest(numpy_dtype):
    """The largest finite number of a floating NumPy dtype."""
    return (2 - 2.0**-7) * 2.0**127 if numpy_dtype is BFLOAT16 else np.finfo(numpy_dtype).max.item()


def check_fits(value, numpy_dtype):
    """RuntimeError for a number that the dtype cannot hold. As in torch, negative integers wrap around in uint8."""
    if numpy_dtype.kind == "b":
        return
    if numpy_dtype.kind in FLOATING:
        fits = not math.isfinite(value) or abs(value) <= largest(numpy_dtype)
    else:
        info = np.iinfo(numpy_dtype)
        wraps = numpy_dtype.kind == "u" and isinstance(value, numbers.Integral)
        fits = (-info.max if wraps else info.min) <= value <= info.max  # NaN does not
    if not fits:
        raise RuntimeError(f"value cannot be converted to type {from_numpy(numpy_dtype)} without overflow")


_default = float32


def get_default_dtype():
    """The dtype of Python floats and of tensors made without a dtype: float32 at first."""
    return _default


def set_default_dtype(d):
    """Make `d`, a floating dtype, the default."""
    global _default
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type, got {d}")
    _default = d


class finfo:
    """Limits of a floating dtype: bits, eps, max, min, tiny, smallest_normal, resolution."""

    def __init__(self, type=None):
        type = get_default_dtype() if type is None else type
        if not type.is_floating_point:
            raise TypeError(f"finfo() requires a floating point input type. Use iinfo to handle '{type}'")
        info = np.finfo(np.float32 if type is bfloat16 else type.numpy)  # bfloat16 has the range of float32
        self.bits, self.dtype = 8 * type.itemsize, type.name
        self.eps = 2.0**-7 if type is bfloat16 else info.eps.item()
        self.max, self.min = largest(type.numpy), -largest(type.numpy)
        self.tiny = self.smallest_normal = info.smallest_normal.item()
        self.resolution = 10.0 ** -(2 if type is bfloat16 else info.precision)

    def __repr__(self):
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:
    """Limits of an integer dtype: bits, max, min."""

    def __init__(self, type):
        if type.numpy.kind not in "iu":
            raise TypeError(f"iinfo() requires an integer input type. Use finfo to handle '{type}'")
        info = np.iinfo(type.numpy)
        self.bits, self.dtype, self.max, self.min = info.bits, type.name, info.max, info.min

    def __repr__(self):
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
