"""Running kernels.

A kernel is run by a *grid* of *blocks* of *threads*. All threads see *global memory*, where arrays lie; the threads of
a block share a small, fast *shared memory* and can wait for one another (`cuda.syncthreads`); a thread's own variables
are its registers. Our kernels are *grid-stride loops*: a thread (or a block) does its piece of work, then the piece one
whole grid further on, until none is left. So the size of the grid changes nothing in the result.
https://docs.nvidia.com/cuda/cuda-programming-guide/01-introduction/programming-model.html
"""

from kernels.cuda.device import MOST_BLOCKS, SIMULATED, THREADS, cuda
from kernels.cuda.layout import Array
from kernels.cuda.stream import current
from kernels.errors import AcceleratorError

FAILURES = Exception if SIMULATED else cuda.cudadrv.driver.CudaAPIError


def elements(n):
    """The number of blocks for n elements, one thread each."""
    return min(-(-n // THREADS), MOST_BLOCKS)


def rows(n):
    """The number of blocks for n rows, one block each."""
    return min(n, MOST_BLOCKS)


def launch(kernel, blocks, *arguments, threads=THREADS):
    """Run a kernel on a grid of `blocks` blocks (0: there is nothing to do). The host does not wait for its end.

    AcceleratorError where it cannot be run. The memory of its arrays is freed as ever, and the next launch works.

    Arrays are passed on as their memory; other arguments tell the kernel where in it the elements lie. So pass the
    arrays themselves: the memory of one that nobody holds any more is used again, even by the next argument.
    """
    if blocks:
        try:
            kernel[blocks, threads, current.stream](*[a.memory.cells if isinstance(a, Array) else a for a in arguments])
        except FAILURES as error:
            raise AcceleratorError(f"CUDA error: {error} ({kernel.__name__}, {blocks} blocks)") from error
