"""Pinned memory: memory of the host that the system never moves or swaps out, so that the GPU can read it by itself
while the host goes on. From other memory the driver first copies the numbers to pinned memory of its own.
https://docs.nvidia.com/cuda/cuda-c-programming-guide/#page-locked-host-memory
"""

import collections
import weakref

import numpy as np

from kernels.cuda.device import cuda
from kernels.cuda.stream import event, queue

pinned = weakref.WeakValueDictionary()  # id of the array that has the memory -> that array
copying = collections.deque()  # (event after a copy to the GPU, the array that it reads)


def owner(array):
    """The array whose memory this one is a view of."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def pin(array):
    """A copy of a NumPy array in pinned memory."""
    out = cuda.pinned_array(max(array.nbytes, 1), np.uint8)
    pinned[id(owner(out))] = owner(out)
    out = out[: array.nbytes].view(array.dtype).reshape(array.shape)
    out[...] = array
    return out


def is_pinned(array):
    """Whether a NumPy array lies in pinned memory."""
    return pinned.get(id(owner(array))) is owner(array)


def hold(array):
    """Keep an array that the GPU will read until it has."""
    while copying and copying[0][0].query():
        copying.popleft()
    mark = event()
    mark.record(queue())
    copying.append((mark, array))
