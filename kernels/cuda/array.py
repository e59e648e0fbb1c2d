"""`Array`: what numpy.ndarray is on the CPU, here on the GPU; making arrays, copying and casting them.

An array is a piece of global memory and a *layout*: shape, strides and where it begins. The layout is itself a NumPy
array, over memory that is not there: NumPy slices, transposes and broadcasts it, and we read off the strides and
the place that it finds. Its elements are never read (reading one could crash), which is why an index always ends in `...`:
NumPy then gives a view even where it would give an element.
"""

import functools
import math

import numpy as np

from kernels.cuda.device import SIMULATED, cuda, elements, launch
from kernels.cuda.memory import Memory
from kernels.cuda.strides import common_steps, place

NOWHERE = np.zeros(1)  # every layout pretends that memory begins here


class Array:
    """Elements of one dtype in global memory. shape, dtype, strides, ... are NumPy's."""

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
        """Bytes between neighbours, for each dim."""
        return self.layout.strides

    @property
    def itemsize(self):
        return self.layout.itemsize

    @property
    def nbytes(self):
        return self.layout.nbytes

    @property
    def offset(self):
        """Elements in memory before the first one."""
        return (address_of(self.layout) - address_of(NOWHERE)) // self.layout.itemsize

    @property
    def cells(self):
        """The flat device array that kernels index; an array need not begin at its first cell, nor fill it."""
        return self.memory.cells

    def __repr__(self):
        return f"Array(shape={self.shape}, dtype={self.dtype})"


def address_of(layout):
    return layout.__array_interface__["data"][0]


@functools.lru_cache(4096)
def row_major(shape, dtype):
    """The layout of a new array: row by row without gaps."""
    n = math.prod(shape)
    return np.lib.stride_tricks.as_strided(NOWHERE.view(dtype), (n,), (dtype.itemsize,)).reshape(shape, copy=False)


# -- making ---------------------------------------------------------------------------------------------------------------


def empty(shape, dtype):
    """An array of any values."""
    dtype = np.dtype(dtype)
    layout = row_major(tuple(shape), dtype)
    return Array(Memory(layout.size, dtype), layout)


@cuda.jit
def fill(out, value):
    """out[i] = value. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        out[i] = value


def full(shape, value, dtype):
    """An array of one value."""
    out = empty(shape, dtype)
    launch(fill, elements(out.size), out.cells, out.dtype.type(value))
    return out


@cuda.jit
def count(out):
    """out[i] = i. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        out[i] = i


def arange(n):
    """0, 1, ..., n - 1 as int64."""
    out = empty((n,), np.int64)
    launch(count, elements(n), out.cells)
    return out


def from_numpy(array):
    """A copy of a NumPy array, on the GPU."""
    out = empty(array.shape, array.dtype)
    if out.size:
        out.cells.copy_to_device(np.ascontiguousarray(array).reshape(-1))
    return out


def to_numpy(array):
    """A copy of an array, on the host. Waits for the kernels that compute it."""
    if not array.size:
        return np.empty(array.shape, array.dtype)
    return flat(contiguous(array)).copy_to_host().reshape(array.shape)


# -- copying --------------------------------------------------------------------------------------------------------------


@cuda.jit
def copy_elements(out, out_steps, a, a_steps, shape, n):
    """out = a, element by element, in the dtype of out. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), n, cuda.gridsize(1)):
        out[place(i, shape, out_steps)] = a[place(i, shape, a_steps)]


@cuda.jit
def copy_truth(out, out_steps, a, a_steps, shape, n):
    """out = (a != 0), element by element. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), n, cuda.gridsize(1)):
        out[place(i, shape, out_steps)] = a[place(i, shape, a_steps)] != 0


def copy_into(array, value):
    """Write value (an array, which broadcasts and is cast) into array, which may be a view with any strides."""
    if value.memory is array.memory:
        value = copy(value)  # they may overlap, and threads run in any order
    shape, array_steps, value_steps = common_steps(array.shape, array, value)
    kernel = copy_truth if array.dtype.kind == "b" else copy_elements
    launch(kernel, elements(array.size), array.cells, array_steps, value.cells, value_steps, shape, array.size)


def cast(array, dtype):
    """A copy in another dtype: float to int drops the fraction, anything to bool is != 0."""
    out = empty(array.shape, dtype)
    copy_into(out, array)
    return out


def copy(array):
    """A contiguous copy."""
    return cast(array, array.dtype)


def is_contiguous(array):
    """Whether the elements lie row by row without gaps."""
    return array.layout.flags.c_contiguous


def contiguous(array):
    """array itself if it is contiguous, else a copy."""
    return array if is_contiguous(array) else copy(array)


def flat(array):
    """The elements of a contiguous array, and nothing else, as a device array for a kernel."""
    if array.size == array.cells.size:
        return array.cells
    return array.cells[array.offset : array.offset + array.size]


def address(array):
    """The address of the first element in the GPU's memory."""
    cells = array.cells
    start = cells.ctypes.data if SIMULATED else cells.__cuda_array_interface__["data"][0]
    return start + array.offset * array.itemsize


# -- float16 --------------------------------------------------------------------------------------------------------------


def in_float32(function):
    """A kernel that computes float16 arrays in float32, as torch does: cast first, round the result once at the end."""

    def widened(a):
        return cast(a, np.float32) if isinstance(a, Array) and a.dtype == np.float16 else a

    def narrowed(a):
        return cast(a, np.float16) if isinstance(a, Array) and a.dtype == np.float32 else a

    @functools.wraps(function)
    def wrapped(*arguments, **settings):
        if not any(isinstance(a, Array) and a.dtype == np.float16 for a in arguments):
            return function(*arguments, **settings)
        result = function(*map(widened, arguments), **settings)
        return tuple(map(narrowed, result)) if isinstance(result, tuple) else narrowed(result)

    return wrapped
