"""Long work on all cores: the same kernel runs on pieces of its arrays, one piece a thread, at the same time.

Kernels compiled with nogil=True, NumPy's functions and BLAS let other threads run meanwhile, so plain Python threads
serve. Numba's own parallel loops start sooner (12 us rather than 25 to 50, on 2 cores), but each takes a second
compilation of 2 to 3.5 s, needs OpenMP's waiting policy set before anybody loads it (else 0.3 ms kernels take 4 ms
beside BLAS), and ends a process that was forked. Each piece computes what one thread alone would: the bits do not
depend on the number of threads.
"""

import os
from functools import cache
from itertools import pairwise

START = 35_000  # nanoseconds until another thread has begun
LONG = 100_000  # nanoseconds of work from which on two threads are sooner ready

_count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def get_num_threads():
    """How many threads a long kernel runs on; at first, as many as there are processors for this process."""
    return _count


def set_num_threads(n):
    """From now on long kernels run on n threads."""
    global _count
    _count = n
    pool.cache_clear()


@cache
def pool():
    """The other threads, made at first use."""
    from concurrent.futures import ThreadPoolExecutor  # takes 5 ms to import

    return ThreadPoolExecutor(_count, "minitorch")


def spread(run, n, nanoseconds):
    """run(start, stop) on pieces of range(n), one for each thread, until all are done.

    nanoseconds: about what one thread alone would take for all; where that is less than LONG, it is one piece. The
    first piece is the longest, for the others begin later, and all are to be ready at the same time. run must not call
    spread itself: its thread would wait for itself.
    """
    pieces = min(_count, n)
    if nanoseconds < LONG or pieces < 2:
        run(0, n)
        return
    share = max((n - int(n * START / nanoseconds)) // pieces, 1)  # of each of the others
    bounds = [0, *range(n - share * (pieces - 1), n + 1, share)]
    others = [pool().submit(run, start, stop) for start, stop in pairwise(bounds[1:])]
    run(0, bounds[1])
    for other in others:
        other.result()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=pool.cache_clear)  # a forked process inherits no threads
