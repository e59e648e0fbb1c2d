"""Making, copying and converting arrays."""

import functools

import numpy as np

from kernels.bfloat16 import BFLOAT16, from_float32, to_float32
from kernels.cpu.threads import spread

COPIED, MIXED = 0.08, 0.4  # nanoseconds for an element of a copy; of one from another order or dtype
LONG = 1 << 17  # elements from which on a mixed copy is made on all cores: transposed, 13 us for 50,000 are still one's
PLAIN = 1 << 19  # of another copy: 250,000 take 22 us on one core and 23 on two, a million 75 and 45

empty = np.empty


def full(shape, value, dtype):
    """An array of one value."""
    if type(value) is int and value == 0:
        return np.zeros(shape, dtype)
    if dtype is BFLOAT16:
        value = from_float32(np.asarray(value, np.float32))
    elif dtype == np.float16:
        value = np.asarray(value, np.float32)  # as in cast
    out = np.empty(shape, dtype)
    np.copyto(out, np.asarray(value), casting="unsafe")  # of an array, for -1 shall wrap around in uint8
    return out


def empty_strided(shape, strides, dtype):
    """An array of any values whose neighbours along each dim are so many elements apart."""
    extent = 1 + sum((n - 1) * step for n, step in zip(shape, strides, strict=True)) if 0 not in shape else 0
    cells = np.empty(extent, dtype)
    return np.ndarray(shape, dtype, cells, strides=[step * cells.itemsize for step in strides])


def arange(n):
    """0, 1, ..., n - 1 in int64."""
    return np.arange(n, dtype=np.int64)


def from_numpy(array, wait=True):
    """A NumPy array as an array of this device: itself. (wait is for other devices.)"""
    return array


def to_numpy(array):
    """An array of this device as a NumPy array: itself."""
    return array


def copy(array):
    """A copy, row by row without gaps."""
    if array.size < LONG:
        return np.array(array, order="C")
    out = np.empty(array.shape, array.dtype)
    write(out, array)
    return out


def cast(array, dtype):
    """A copy in another dtype: fractions are cut off, anything but 0 is True.

    To float16 and bfloat16 it goes through float32, as in torch: rounded twice, which near a tie is another number.
    """
    if array.dtype is not dtype:
        if array.dtype is BFLOAT16:
            array = to_float32(array)
        elif dtype is BFLOAT16:
            array = from_float32(array.astype(np.float32))
        elif dtype == np.float16 and array.dtype != np.float32:
            array = array.astype(np.float32)
    if array.size < LONG:
        return array.astype(dtype, order="C")
    out = np.empty(array.shape, dtype)
    write(out, array)
    return out


def write(out, value):
    """out[...] = value, which is cast; where that takes long, in pieces along the first dim that can be cut."""
    alike = out.dtype == value.dtype and value.strides[-1:] in ((), (0,), (value.itemsize,))
    if out.size < (PLAIN if alike else LONG) or np.may_share_memory(out, value):  # NumPy minds what both share
        np.copyto(out, value, casting="unsafe")
        return
    if value.shape != out.shape:
        value = np.broadcast_to(value, out.shape)
    if alike and (rows := repeated_rows(out, value)) is not None:
        from kernels.cpu.array_jit import repeat

        spread(lambda i, j: repeat(*[x[i:j] for x in rows]), len(rows[0]), out.size * COPIED)
        return
    first = next(d for d, n in enumerate(out.shape) if n > 1)
    out, value = out.swapaxes(0, first), value.swapaxes(0, first)
    nanoseconds = out.size * (COPIED if alike else MIXED)
    spread(lambda i, j: np.copyto(out[i:j], value[i:j], casting="unsafe"), len(out), nanoseconds)


def repeated_rows(out, value):
    """(value, out) as (A, n, B) where value is rows, or numbers, of float32 that repeat; None for any other."""
    if not (out.dtype == np.float32 and out.flags.c_contiguous and 0 in value.strides[-2:] and out.ndim > 1):
        return None
    shape = (-1, *out.shape[-2:]) if out.ndim > 2 else (len(out), 1, out.shape[-1])
    try:
        return value.reshape(shape, copy=False), out.reshape(shape)
    except ValueError:  # its strides do not allow it
        return None


def copy_into(array, value):
    """Write value, which broadcasts and is cast, into array, which may be a view."""
    if array.dtype is not value.dtype and (array.dtype in (np.float16, BFLOAT16) or value.dtype is BFLOAT16):
        value = cast(value, array.dtype)
    write(array, value)


def fill(array, value):
    """Write a number into every element of a floating array, which may be a view."""
    array[...] = value if array.dtype.kind == "f" else full((), value, array.dtype)


def is_contiguous(array):
    """Whether the elements lie row by row without gaps."""
    return array.flags.c_contiguous


may_overlap = np.may_share_memory  # False: no element of one array is an element of the other


def address(array):
    """Where the first element is in memory."""
    return array.ctypes.data


def in_float32(function):
    """A kernel that computes float16 arrays in float32, as torch does, and rounds what it returns once."""

    def cast_from(old, new, value):
        return value.astype(new) if isinstance(value, np.ndarray) and value.dtype == old else value

    @functools.wraps(function)
    def wrapped(first, *arguments):
        if first.dtype != np.float16:
            return function(first, *arguments)
        result = function(*[cast_from(np.float16, np.float32, a) for a in (first, *arguments)])
        if isinstance(result, tuple):
            return tuple([cast_from(np.float32, np.float16, part) for part in result])
        return cast_from(np.float32, np.float16, result)

    return wrapped
