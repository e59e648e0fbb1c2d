"""Streams: queues of work for the GPU.

A launch, or a copy, is put at the end of a queue, and the host goes on at once. What lies in one stream runs in its
order; two streams may run at the same time. Each thread of the host has a current stream, which is the default one
unless it chose another. https://docs.nvidia.com/cuda/cuda-programming-guide/02-basics/asynchronous-execution.html
"""

import functools
import threading
import time

from kernels.cuda.device import SIMULATED, cuda


class Current(threading.local):
    """A thread's current stream: 0 is the default one, as numba has it."""

    stream = 0


current = Current()


@functools.cache
def default_stream():
    """The default stream as an object of numba's. For a copy, 0 would mean one that the host waits for."""
    return cuda.default_stream()


def queue():
    """The current stream as an object of numba's."""
    return current.stream or default_stream()


class SimulatedEvent:
    """On the simulator all is done when it is asked for; an event is the time at which that was."""

    def record(self, stream=0):
        self.time = time.perf_counter()

    def query(self):
        return True

    def wait(self, stream=0):
        pass

    def synchronize(self):
        pass

    def elapsed_time(self, end):
        return 1000 * (end.time - self.time)


def event(timing=False):
    """A mark in a queue, as an object of numba's."""
    return SimulatedEvent() if SIMULATED else cuda.event(timing)
