"""Long work on all cores: the same kernel runs on pieces of its arrays, one piece a thread, at the same time.

Kernels compiled with nogil=True, NumPy's functions and BLAS let other threads run meanwhile, so plain Python threads
serve. Numba's own parallel loops start sooner (12 us rather than 25 to 50, on 2 cores), but each takes a second
compilation of 2 to 3.5 s, needs OpenMP's waiting policy set before anybody loads it (else 0.3 ms kernels take 4 ms
beside BLAS), and ends a process that was forked. Each piece computes what one thread alone would: the bits do not
depend on the number of threads.
"""

import os
import threading
from functools import cache
from itertools import pairwise

LONG = 150_000  # nanoseconds of work: from here on two threads are sooner ready, the start of the second one included

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
    """(the other threads, made at first use; a list of their numbers in the operating system)."""
    from concurrent.futures import ThreadPoolExecutor  # takes 5 ms to import

    numbers = []
    return ThreadPoolExecutor(_count, "minitorch", lambda: numbers.append(threading.get_native_id())), numbers


@cache
def processor_function():
    """A function that tells on which processor the thread is that calls it; None where there is no telling."""
    import ctypes  # takes milliseconds to import

    return getattr(ctypes.CDLL(None), "sched_getcpu", None) if hasattr(os, "sched_setaffinity") else None


def keep_apart(numbers):
    """Let the other threads run on any processor but the one that this thread is on.

    Left alone, Linux on a virtual machine takes a resting processor for one that is not to be had, and wakes them on
    this thread's own, where they take turns with it: 0.60 ms instead of 0.27 for 4M values that take one thread 0.50.
    """
    global _apart
    here = processor_function() and processor_function()()
    if here is None or (here, numbers) == _apart:  # as it was: that is so nearly always, and costs 0.3 us
        return
    elsewhere = os.sched_getaffinity(0) - {here}
    for number in numbers if elsewhere else ():
        os.sched_setaffinity(number, elsewhere)
    _apart = here, [*numbers]


_apart = None  # what keep_apart did last: (the processor, the numbers of the threads that keep off it)


def spread(run, n, nanoseconds):
    """run(start, stop) on pieces of range(n), one for each thread, until all are done.

    nanoseconds: about what one thread alone would take for all; where that is less than LONG, it is one piece. run must
    not call spread itself: its thread would wait for itself.
    """
    pieces = min(_count, n)
    if nanoseconds < LONG or pieces < 2:
        run(0, n)
        return
    bounds = [n * i // pieces for i in range(pieces + 1)]
    executor, numbers = pool()
    keep_apart(numbers)
    others = [executor.submit(run, start, stop) for start, stop in pairwise(bounds[1:])]
    run(0, bounds[1])
    for other in others:
        other.result()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=pool.cache_clear)  # a forked process inherits no threads
