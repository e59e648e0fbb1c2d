"""Making, copying and converting arrays."""

import functools

import numpy as np

from kernels.bfloat16 import BFLOAT16, from_float32, to_float32

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
    return np.array(array, order="C")


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
    return array.astype(dtype, order="C")


def copy_into(array, value):
    """Write value, which broadcasts and is cast, into array, which may be a view."""
    if array.dtype is not value.dtype and (array.dtype in (np.float16, BFLOAT16) or value.dtype is BFLOAT16):
        value = cast(value, array.dtype)
    np.copyto(array, value, casting="unsafe")


def is_contiguous(array):
    """Whether the elements lie row by row without gaps."""
    return array.flags.c_contiguous


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
