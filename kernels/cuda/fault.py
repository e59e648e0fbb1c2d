"""What a kernel finds wrong, such as an index out of range, and the host cannot see without waiting.

The kernel notes it and goes on (other kernels take the nearest index that is in range); whoever waits for the GPU next
reads the note and raises. So one bad index stops neither the host nor the GPU, and the call after the error works. (In
torch the kernel stops, and with it all of CUDA in this process.)

The note lies in the host's memory, *mapped* so that kernels can write to it through the bus: reading it costs nothing.
https://docs.nvidia.com/cuda/cuda-c-programming-guide/#mapped-memory
"""

import functools

import numpy as np

from kernels.cuda.device import cuda
from kernels.cuda.launch import elements, launch
from kernels.cuda.strides import common_steps, place
from kernels.errors import AcceleratorError


@functools.cache
def note():
    """(whether something was found, the element, the lowest and highest that it may be)."""
    cells = cuda.mapped_array(4, np.float64)
    cells[:] = 0
    return cells


@cuda.jit
def look_at(a, steps, shape, n, low, high, note):
    """Note an element that is not from low to high. Grid: 1-d; one thread an element; global memory, and the note."""
    for i in range(cuda.grid(1), n, cuda.gridsize(1)):
        value = a[place(i, shape, steps)]
        if not low <= value <= high:  # of several that are found, any one is noted
            note[0], note[1], note[2], note[3] = 1, value, low, high


def first_outside(array, low, high):
    """None: that an element is not from low to high is found when the GPU comes to it, and told by `check`."""
    shape, steps = common_steps(array.shape, array)
    number = array.dtype.type if array.dtype.kind == "f" else np.int64
    bounds = number(low), number(high)
    launch(look_at, elements(array.size), array, steps, shape, array.size, *bounds, note())


def check():
    """AcceleratorError if something was noted, once. To be called when the host has waited for the GPU."""
    if note()[0]:
        value, low, high = [int(x) if x.is_integer() else x for x in note()[1:].tolist()]
        note()[0] = 0
        raise AcceleratorError(
            f"CUDA error: device-side assert triggered: {value} is out of bounds, which are {low} and {high} (an "
            "index, a class or a probability)\nCUDA kernel errors might be asynchronously reported at some other API "
            "call, so the stacktrace below might be incorrect."
        )
