"""Where arrays lie: pieces of global memory, kept for the next array when the last one that uses them is gone.

Asking the driver for memory, and giving it back, takes longer than a small kernel runs. All work is queued in one
order (one stream), so a piece may be handed on while the last kernel that uses it is still waiting to run.
"""

import collections

import numpy as np

from kernels.bfloat16 import BFLOAT16
from kernels.cuda.device import cuda

unused = collections.defaultdict(list)  # (number of elements, dtype) -> pieces of that size


class Memory:
    """n elements of global memory: `cells`, a flat device array of numba's. Shared by an array and its views.

    The cells of bfloat16 are its bits: kernels move them as uint16.
    """

    __slots__ = ("cells", "pile")

    def __init__(self, n, dtype):
        dtype = np.dtype(np.uint16) if dtype is BFLOAT16 else dtype
        self.pile = unused[n, dtype]
        self.cells = self.pile.pop() if self.pile else allocate(n, dtype)

    def __del__(self):
        if hasattr(self, "cells"):  # allocate may have failed
            self.pile.append(self.cells)


def allocate(n, dtype):
    """A new piece. If there is no room for it, the unused ones are given back first; then RuntimeError."""
    try:
        return cuda.device_array(n, dtype)
    except cuda.cudadrv.driver.CudaAPIError:
        empty_cache()
    try:
        return cuda.device_array(n, dtype)
    except cuda.cudadrv.driver.CudaAPIError as error:
        raise RuntimeError(f"CUDA out of memory. Tried to allocate {n * dtype.itemsize} bytes ({error})") from None


def empty_cache():
    """Give the unused pieces back to the driver, as torch.cuda.empty_cache does."""
    for pile in unused.values():
        pile.clear()
