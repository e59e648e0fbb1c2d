"""One library in a process of its own: reads the name of a case, times it for a while, writes the best time.

python -m benchmarks.worker minitorch 2     (library, number of threads)
"""

import gc
import importlib
import sys
import time

from benchmarks.cases import GROUPS

SLICE = 0.2  # seconds that one turn takes


def best_time(work):
    """The shortest of many timings of `work`, in seconds per call; short work is timed in batches of 1 ms."""
    calls, taken = 1, 0.0
    while taken < 1e-3:
        calls = calls * 2 if taken else 1
        taken = timed(work, calls)
    best, end = taken / calls, time.perf_counter() + SLICE
    while time.perf_counter() < end:
        best = min(best, timed(work, calls) / calls)
    return best


def timed(work, calls):
    """Seconds that so many calls take, with the cyclic collector off."""
    gc.disable()
    start = time.perf_counter()
    for _ in range(calls):
        work()
    taken = time.perf_counter() - start
    gc.enable()
    return taken


def main():
    library, threads = sys.argv[1], int(sys.argv[2])
    lib = importlib.import_module(library)
    if library == "torch":
        lib.set_num_threads(threads)
    cases = {case.__name__: case for group in GROUPS.values() for case in group}
    prepared = {}
    for line in sys.stdin:
        name = line.strip()
        if name not in prepared:
            prepared[name] = cases[name](lib)
            prepared[name]()  # compilation and first allocations are not timed
        print(best_time(prepared[name]), flush=True)


if __name__ == "__main__":
    main()
