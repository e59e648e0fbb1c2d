"""The threads of a block putting their values together, in shared memory."""

import operator

from kernels.cuda.device import THREADS, cuda, device_function


def block_reduction(combine):
    """A device function that combines one value from each thread of a block, and gives all of them the result.

    The tree: half of the threads combine their value with that of a thread of the other half, then half of those,
    ... The order is fixed, so the bits are the same in every run. `shared` is a shared array of THREADS values.
    """
    combine = device_function(combine)

    @device_function
    def reduction(value, shared):
        me = cuda.threadIdx.x
        shared[me] = value
        cuda.syncthreads()
        active = THREADS // 2
        while active > 0:
            if me < active:
                shared[me] = combine(shared[me], shared[me + active])
            cuda.syncthreads()
            active //= 2
        result = shared[0]
        cuda.syncthreads()  # nobody writes the next values before all have read this result
        return result

    return reduction


@device_function
def larger(a, b):
    """The larger of two; NaN wins."""
    return a if a > b or a != a else b


@device_function
def smaller(a, b):
    """The smaller of two; NaN wins."""
    return a if a < b or a != a else b


block_sum = block_reduction(operator.add)
block_max = block_reduction(larger)
