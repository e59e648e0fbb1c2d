"""Where arrays lie: pieces of global memory, kept for the next array when the last one that uses them is gone.

Asking the driver for memory, and giving it back, takes longer than a small kernel runs, and waits for the kernels
that run. So a piece that is no longer used goes to the *free list* of its size, where the next array of that size finds
it: a training step finds all its arrays in the pieces that the step before it left, and asks the driver for nothing.
Sizes are rounded up, so that almost equal ones share a list.

A piece may be handed on while the last kernel that uses it is still waiting to run: the next array's kernels wait
behind that one, in the same stream. Hence each stream has free lists of its own; who uses an array in another stream
than it was made in says so (`others`).
https://docs.pytorch.org/docs/stable/notes/cuda.html#memory-management
"""

import collections

import numpy as np

from kernels.bfloat16 import BFLOAT16
from kernels.cuda.device import SIMULATED, cuda
from kernels.cuda.stream import current, event
from kernels.errors import OutOfMemoryError

SMALL, LARGE = 512, 1 << 21  # sizes are multiples of these, of the latter from 1 MiB on: torch's own steps

MOST_ARRAYS = 32  # that a piece remembers

free = collections.defaultdict(list)  # (stream, size in bytes) -> pieces


class Statistics:
    """What is counted, in bytes but for `requests`, how often the driver was asked for memory."""

    allocated = 0  # in use by arrays
    most_allocated = 0
    reserved = 0  # that, and what lies in the free lists
    most_reserved = 0
    requests = 0


def rounded(size):
    """The size of the piece for so many bytes."""
    step = SMALL if size <= LARGE // 2 else LARGE
    return -(-size // step) * step


class Piece:
    """Bytes of global memory, and the device arrays that numba has made of them: making one takes microseconds."""

    __slots__ = ("arrays", "memory")

    def __init__(self, size):
        self.memory = allocate(size)
        self.arrays = {}

    def array(self, n, dtype):
        """The first bytes as a flat device array."""
        array = self.arrays.get((n, dtype))
        if array is None:
            if len(self.arrays) == MOST_ARRAYS:
                self.arrays.clear()
            array = self.arrays[n, dtype] = self.memory[: n * dtype.itemsize].view(dtype)
        return array


class Memory:
    """n elements of global memory: `cells`, a flat device array of numba's. Shared by an array and its views.

    The cells of bfloat16 are its bits: kernels move them as uint16.
    """

    __slots__ = ("cells", "others", "piece", "size", "stream")

    def __init__(self, n, dtype):
        dtype = np.dtype(np.uint16) if dtype is BFLOAT16 else dtype
        if n == 0:
            self.cells = cuda.device_array(0, dtype)
            return
        size = rounded(n * dtype.itemsize)
        self.stream, self.others = current.stream, ()
        try:
            self.piece = free[self.stream, size].pop()
        except IndexError:
            self.piece = Piece(size)
        self.size = size
        self.cells = self.piece.array(n, dtype)
        Statistics.allocated += size
        Statistics.most_allocated = max(Statistics.most_allocated, Statistics.allocated)

    def __del__(self):
        if hasattr(self, "size"):  # it is not empty, and there was room for it
            for other in self.others:  # what comes next in this stream waits for what that one still has to do
                mark = event()
                mark.record(other)
                mark.wait(self.stream)
            free[self.stream, self.size].append(self.piece)
            Statistics.allocated -= self.size


def allocate(size):
    """New bytes. If there is no room for them, the unused pieces are given back first; then OutOfMemoryError."""
    for last_try in (False, True):
        try:
            memory = cuda.device_array(size, np.uint8)
            break
        except cuda.cudadrv.driver.CudaAPIError as error:
            if last_try:
                raise OutOfMemoryError(out_of_memory(size, error)) from None
            empty_cache()
    Statistics.requests += 1
    Statistics.reserved += size
    Statistics.most_reserved = max(Statistics.most_reserved, Statistics.reserved)
    return memory


def out_of_memory(size, error):
    """torch's words."""
    room, total = cuda.current_context().get_memory_info()
    unused = Statistics.reserved - Statistics.allocated
    return (
        f"CUDA out of memory. Tried to allocate {in_words(size)}. GPU 0 has a total capacity of {in_words(total)} of "
        f"which {in_words(room)} is free. Of the allocated memory {in_words(Statistics.allocated)} is allocated by "
        f"minitorch, and {in_words(unused)} is reserved by minitorch but unallocated. ({error})"
    )


def in_words(size):
    """A number of bytes, as torch writes it."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit:
            return f"{size / unit:.2f} {name}"
    return f"{size} bytes"


def empty_cache():
    """Give the unused pieces back to the driver, as torch.cuda.empty_cache does."""
    for (_, size), pieces in list(free.items()):
        Statistics.reserved -= size * len(pieces)
        pieces.clear()
    if not SIMULATED:
        cuda.current_context().memory_manager.deallocations.clear()  # numba, too, collects what it will give back
