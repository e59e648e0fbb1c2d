"""Making arrays, copying and casting them."""

import functools

import numpy as np

from kernels.bfloat16 import BFLOAT16, from_float32
from kernels.cuda import fault
from kernels.cuda.device import SIMULATED, cuda
from kernels.cuda.launch import elements, launch
from kernels.cuda.layout import Array, row_major, strided
from kernels.cuda.memory import Memory
from kernels.cuda.pinned import hold, is_pinned
from kernels.cuda.stream import queue
from kernels.cuda.strides import common_steps, place

# -- making ------------------------------------------------------------------------------------------------------------


def empty(shape, dtype):
    """An array of any values."""
    dtype = np.dtype(dtype)
    layout = row_major(tuple(shape), dtype)
    return Array(Memory(layout.size, dtype), layout)


def empty_strided(shape, strides, dtype):
    """An array of any values whose neighbours along each dim are so many elements apart."""
    dtype = np.dtype(dtype)
    extent = 1 + sum((n - 1) * step for n, step in zip(shape, strides, strict=True)) if 0 not in shape else 0
    return Array(Memory(extent, dtype), strided(tuple(shape), tuple(strides), dtype))


@cuda.jit
def fill_elements(out, value):
    """out[i] = value. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        out[i] = value


def full(shape, value, dtype):
    """An array of one value."""
    out = empty(shape, dtype)
    if dtype is BFLOAT16:
        value = from_float32(np.asarray(value, np.float32)).view(np.uint16)[()]
    else:
        value = out.dtype.type(value)
    launch(fill_elements, elements(out.size), out, value)
    return out


@cuda.jit
def count(out):
    """out[i] = i. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        out[i] = i


def arange(n):
    """0, 1, ..., n - 1 as int64."""
    out = empty((n,), np.int64)
    launch(count, elements(n), out)
    return out


def from_numpy(array, wait=True):
    """A copy of a NumPy array, on the GPU. When this returns, the driver has taken the numbers; the kernels before it
    may still run. From pinned memory (pinned.py) the GPU takes them later, if it need not wait for that.

    A single number, such as the 2 of x * 2, travels with a launch: that takes less time than a copy and what numba does
    before one. (Not on the simulator, where a launch starts threads.)
    """
    if array.size == 1 and array.dtype is not BFLOAT16 and not SIMULATED:
        return full(array.shape, array.item(), array.dtype)
    out = empty(array.shape, array.dtype)
    if out.size:
        cells = out.memory.cells
        cells.copy_to_device(np.ascontiguousarray(array).reshape(-1).view(cells.dtype), stream=queue())
        if is_pinned(array):
            hold(array)
            if wait:
                queue().synchronize()
    return out


def to_numpy(array):
    """A copy of an array, on the host. Waits for the kernels that compute it; AcceleratorError if one found a fault."""
    if not array.size:
        return np.empty(array.shape, array.dtype)
    numbers = packed(array).memory.cells.copy_to_host(stream=queue())
    queue().synchronize()
    fault.check()
    return numbers.view(array.dtype).reshape(array.shape)


# -- copying -----------------------------------------------------------------------------------------------------------


@cuda.jit
def copy_elements(out, out_steps, a, a_steps, shape, n):
    """out = a, element by element, in the dtype of out. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), n, cuda.gridsize(1)):
        out[place(i, shape, out_steps)] = a[place(i, shape, a_steps)]


@cuda.jit
def copy_truth(out, out_steps, a, a_steps, shape, n):
    """out = (a != 0), element by element. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), n, cuda.gridsize(1)):
        out[place(i, shape, out_steps)] = a[place(i, shape, a_steps)] != a.dtype.type(0)


def copy_into(array, value):
    """Write value (an array, which broadcasts and is cast) into array, which may be a view with any strides."""
    if array.dtype is not value.dtype and BFLOAT16 in (array.dtype, value.dtype):
        value = cast(value, array.dtype)
    elif array.dtype == np.float16 and value.dtype not in (np.float16, np.float32):
        value = cast(value, np.dtype(np.float32))  # rounded twice, as on the CPU and in torch
    if value.memory is array.memory:
        value = copy(value)  # they may overlap, and threads run in any order
    shape, array_steps, value_steps = common_steps(array.shape, array, value)
    kernel = copy_truth if array.dtype.kind == "b" else copy_elements
    launch(kernel, elements(array.size), array, array_steps, value, value_steps, shape, array.size)


def fill(array, value):
    """Write a number into every element of a floating array, which may be a view."""
    copy_into(array, full((), value, array.dtype))


def cast(array, dtype):
    """A copy in another dtype: float to int drops the fraction, anything to bool is != 0. bfloat16 goes by float32."""
    if dtype is not array.dtype and dtype is BFLOAT16:
        return rounded(cast(array, np.dtype(np.float32)))
    if dtype is not array.dtype and array.dtype is BFLOAT16:
        wide = widened(copy(array))
        return wide if dtype == np.float32 else cast(wide, dtype)
    out = empty(array.shape, dtype)
    copy_into(out, array)
    return out


# The two kernels below see float32 numbers as their bits: kernels/bfloat16.py tells what they do.


@cuda.jit
def widen(out, a):
    """out = the bits of a, 16 zeros behind them. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        out[i] = np.uint32(a[i]) << np.uint32(16)


@cuda.jit
def narrow(out, a):
    """out = the upper 16 bits of a, rounded to the nearest, of two the even one; NaN is 0x7FC0.

    Grid: 1-d; one thread an element; global memory only."""
    half, one = np.uint32(0x7FFF), np.uint32(1)
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        bits = a[i]
        if bits & np.uint32(0x7FFFFFFF) > np.uint32(0x7F800000):
            out[i] = np.uint16(0x7FC0)
        else:
            out[i] = np.uint16((bits + half + ((bits >> np.uint32(16)) & one)) >> np.uint32(16))


def bits_of(array):
    """The memory of a contiguous float32 array, as uint32."""
    return array.memory.piece.array(array.size, np.dtype(np.uint32))


def widened(array):
    """A contiguous bfloat16 array as float32."""
    out = empty(array.shape, np.float32)
    if out.size:
        launch(widen, elements(out.size), bits_of(out), array)
    return out


def rounded(array):
    """A contiguous float32 array as bfloat16."""
    out = empty(array.shape, BFLOAT16)
    if out.size:
        launch(narrow, elements(out.size), out, bits_of(array))
    return out


def copy(array):
    """A contiguous copy."""
    return cast(array, array.dtype)


def is_contiguous(array):
    """Whether the elements lie row by row without gaps."""
    return array.layout.flags.c_contiguous


def packed(array):
    """array itself if it is contiguous and has its memory to itself, else a copy: one that kernels can index from 0."""
    return array if is_contiguous(array) and array.size == array.memory.cells.size else copy(array)


def may_overlap(a, b):
    """False: no element of one array is an element of the other."""
    return a.memory is b.memory and a.size > 0 < b.size


def address(array):
    """The address of the first element in the GPU's memory."""
    cells = array.memory.cells
    start = cells.ctypes.data if SIMULATED else cells.__cuda_array_interface__["data"][0]
    return start + array.offset * array.itemsize


# -- float16 -----------------------------------------------------------------------------------------------------------


def in_float32(function):
    """A kernel that computes float16 arrays in float32, as torch does: they are cast first, and what it returns (or, of
    a kernel that returns nothing, all that it was given to write into) is rounded once at the end."""

    def widened(a):
        return cast(a, np.float32) if isinstance(a, Array) and a.dtype == np.float16 else a

    def narrowed(a):
        return cast(a, np.float16) if isinstance(a, Array) and a.dtype == np.float32 else a

    @functools.wraps(function)
    def wrapped(*arguments, **settings):
        if not any(isinstance(a, Array) and a.dtype == np.float16 for a in arguments):
            return function(*arguments, **settings)
        wide = [widened(a) for a in arguments]
        result = function(*wide, **settings)
        if result is None:
            for a, w in zip(arguments, wide, strict=True):
                if w is not a:
                    copy_into(a, w)
        return tuple(map(narrowed, result)) if isinstance(result, tuple) else narrowed(result)

    return wrapped
