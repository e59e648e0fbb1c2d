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


def block_scan(combine):
    """A device function that combines the value of each thread with those of all threads before it, and leaves the
    results in `shared`, a shared array of THREADS values.

    In steps of doubling reach: each thread takes in its neighbour's value, which then stands for two; that of the
    thread two before, which stands for four; ... (Hillis and Steele, 1986). https://doi.org/10.1145/7902.7903
    """
    combine = device_function(combine)

    @device_function
    def scan(value, shared):
        me = cuda.threadIdx.x
        shared[me] = value
        cuda.syncthreads()
        reach = 1
        while reach < THREADS:
            if me >= reach:
                value = combine(shared[me - reach], value)
            cuda.syncthreads()  # all have read what is now written
            shared[me] = value
            cuda.syncthreads()
            reach *= 2
        return value

    return scan


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
