"""Long work on all cores: the same kernel runs on pieces of its arrays, one piece a thread, at the same time.

Kernels compiled with nogil=True, NumPy's functions and BLAS let other threads run meanwhile, so plain Python threads
serve. Each piece computes what one thread alone would: the bits do not depend on the number of threads.

A thread that sleeps takes 20 to 50 us to wake. So, as OpenMP's threads do, ours turn in circles for a millisecond
before they sleep (threads_jit.py), and begin within 4 us in a training step. Numba's own parallel loops need OpenMP or
TBB for that, take a second compilation of 2 to 3.5 s each, and end a process that was forked.
"""

import atexit
import os
import threading
from itertools import pairwise
from queue import SimpleQueue

import numpy as np

LONG = 20_000  # nanoseconds of work from which on two threads are sooner ready
TURNS = 40_000  # of a thread that waits, before it sleeps; each takes about 25 nanoseconds
REST = 200  # turns for which the thread that asks leaves Python's lock to the one that begins
LEAD = 6_000  # nanoseconds by which the others begin before the one that asks, and so get more to do

_count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_others = []  # the threads beside the one that asks, started when they are first needed
_asking = threading.Lock()  # held while the others work


def get_num_threads():
    """How many threads a long kernel runs on; at first, as many as there are processors for this process."""
    return _count


def set_num_threads(n):
    """From now on long kernels run on n threads."""
    global _count
    with _asking:
        _count = n
        stop()


def spread(run, n, nanoseconds):
    """run(start, stop) on pieces of range(n), one for each thread, until all are done; raises what one of them raises.

    nanoseconds: about what one thread alone would take for all; where that is less than LONG, it is one piece. So it is
    while the other threads are at work already: for another thread of the program, or for a run that calls spread.
    """
    pieces = min(_count, n)
    if nanoseconds <= LONG or pieces < 2 or not _asking.acquire(blocking=False):
        run(0, n)
        return
    try:
        while len(_others) < pieces - 1:
            _others.append(Other())
        share = min(int(n * (1 + LEAD / nanoseconds)) // pieces, (n - 1) // (pieces - 1))  # of each of the others
        first = n - share * (pieces - 1)
        bounds = pairwise(range(first, n + 1, share))
        asked = [(other, other.begin(run, *piece)) for other, piece in zip(_others, bounds, strict=False)]
        try:
            run(0, first)
        finally:
            errors = [other.end(answer) for other, answer in asked]
    finally:
        _asking.release()
    for error in errors:
        if error is not None:
            raise error


class Other:
    """A thread that works on the pieces it gets.

    It is told of a piece, and tells that it is done, by two counts in memory, which the other side watches for a while
    and then sleeps until something comes by the queue. REST is there because a thread that finds Python's lock taken
    sleeps at once: so the one that asks waits without the lock, until the other has gone through its Python lines into
    the kernel (median time of a kernel of 2 us on two threads: 5 us with it, 28 us without; of a sum of a million
    numbers after 100 turns 33 to 69 us, after 200 35, after 300 37).
    """

    def __init__(self):
        from kernels.cpu.threads_jit import exchange

        self.exchange = exchange
        self.pieces, self.begun = SimpleQueue(), 0
        self.asked, self.done = np.zeros((2, 16), np.int64)  # 128 bytes: no cache line in common
        self.thread = threading.Thread(target=self.work, name="minitorch", daemon=True)
        self.thread.start()

    def begin(self, run, start, stop):
        """Ask for a piece; by the queue that it returns, the answer will come."""
        answer = SimpleQueue()
        self.pieces.put((run, start, stop, answer))
        self.begun += 1
        self.exchange(self.asked, self.begun, self.done, self.begun, REST)
        return answer

    def end(self, answer):
        """Wait until the piece is done; what it raised, or None."""
        self.exchange(self.asked, self.begun, self.done, self.begun, TURNS)
        return answer.get()

    def work(self):
        np.seterr(all="ignore")  # holds for this thread
        count = 0
        while True:
            self.exchange(self.done, count, self.asked, count + 1, TURNS)
            piece = self.pieces.get()
            if piece is None:
                return
            answer_to(*piece)
            del piece  # so that it keeps no array while it waits
            count += 1


def answer_to(run, start, stop, answer):
    """Work on a piece, and answer."""
    try:
        run(start, stop)
    except BaseException as error:
        answer.put(error)
    else:
        answer.put(None)


def stop():
    """End the other threads."""
    for other in _others:
        other.pieces.put(None)
        other.thread.join()
    _others.clear()


def forget():
    """In a process just forked: no thread came along but the one that forked."""
    global _asking
    _others.clear()
    _asking = threading.Lock()


atexit.register(stop)  # a thread that still turns in circles would disturb the end of the program
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget)
