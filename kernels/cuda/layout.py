"""`Array`: what numpy.ndarray is on the CPU, here on the GPU.

An array is a piece of global memory and a *layout*: shape, strides and where it begins. The layout is itself a NumPy
array, over memory that is not there: NumPy slices, transposes and broadcasts it, and we read off the strides and
the beginning that it finds. Its elements are never read (reading one could crash).
"""

import functools
import math
import sys

import numpy as np

NOWHERE = np.zeros(1)  # every layout pretends that memory begins here


def address_of(layout):
    return layout.__array_interface__["data"][0]


START = address_of(NOWHERE)


class Array:
    """Elements of one dtype in global memory. shape, dtype, strides (in bytes), ... are NumPy's."""

    __slots__ = ("layout", "memory")

    def __init__(self, memory, layout):
        self.memory = memory
        self.layout = layout

    @property
    def shape(self):
        return self.layout.shape

    @property
    def dtype(self):
        return self.layout.dtype

    @property
    def ndim(self):
        return self.layout.ndim

    @property
    def size(self):
        return self.layout.size

    @property
    def strides(self):
        return self.layout.strides

    @property
    def itemsize(self):
        return self.layout.itemsize

    @property
    def nbytes(self):
        return self.layout.nbytes

    @property
    def base(self):
        """The memory if other arrays lie in it too, else None: then writing to this array changes no other."""
        others = sys.getrefcount(self.memory) - 2  # one reference is ours, one getrefcount's own
        return self.memory if others else None

    @property
    def offset(self):
        """Elements in memory before the first one."""
        return (address_of(self.layout) - START) // self.layout.itemsize

    def __reduce__(self):
        raise TypeError(
            "an Array cannot be pickled or deep-copied, as its layout cannot be read: see copy and to_numpy"
        )

    def __repr__(self):
        return f"Array(shape={self.shape}, dtype={self.dtype})"


@functools.lru_cache(4096)
def row_major(shape, dtype):
    """The layout of a new array: row by row without gaps."""
    n = math.prod(shape)
    return np.lib.stride_tricks.as_strided(NOWHERE.view(dtype), (n,), (dtype.itemsize,)).reshape(shape, copy=False)


def strided(shape, strides, dtype):
    """The layout of a new array whose neighbours along each dim are so many elements apart."""
    return np.lib.stride_tricks.as_strided(NOWHERE.view(dtype), shape, [step * dtype.itemsize for step in strides])
