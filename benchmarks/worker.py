"""One library in a process of its own. It reads requests, a line of JSON each, and answers with a line of JSON.

python -m benchmarks.worker minitorch 2 cpu     (library, number of threads, device)
python -m benchmarks.worker compiled 2 cpu      (torch, its functions compiled)

    {"prepare": "tanh", "results": "file.npz"}  ->  {"first": seconds}; the first run's results are in the file
    {"time": 0.1}                               ->  {"least": seconds, "median": seconds, "calls": n}
"""

import importlib
import json
import sys
import time
import traceback
from statistics import median

import numpy as np

from benchmarks.cases import CASES
from benchmarks.cases.case import Side

BATCH = 1e-3  # seconds: shorter work is timed in batches as long as this, so that reading the clock costs nothing


def side(library, threads, device):
    """The library, imported and told its number of threads."""
    lib = importlib.import_module("torch" if library == "compiled" else library)
    lib.set_num_threads(threads)
    if library != "minitorch":
        lib.backends.cuda.matmul.allow_tf32 = lib.backends.cudnn.allow_tf32 = False  # float32 is float32
    return Side(lib, device, lib.compile if library == "compiled" else lambda function: function)


def wall_clock(run, calls):
    """Seconds that so many runs take."""
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return time.perf_counter() - start


def cuda_events(lib):
    """The same on a GPU's own clock: from the first kernel to the end of the last one."""

    def timed(run, calls):
        start, end = (lib.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for _ in range(calls):
            run()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) / 1000

    return timed


def turn(run, seconds, timed):
    """The work, timed again and again for so many seconds: the shortest and the median time of a run."""
    timed(run, 1)  # brings its data near again, after the other library's turn
    calls, taken = 1, timed(run, 1)
    while taken < BATCH:
        calls *= 2
        taken = timed(run, calls)
    times, end = [taken / calls], time.perf_counter() + seconds
    while time.perf_counter() < end:
        times.append(timed(run, calls) / calls)
    return {"least": min(times), "median": median(times), "calls": calls * len(times)}


def prepare(case, side):
    """The case's work, made from seed 0, its results, and the seconds until they were there (compilation included)."""
    side.lib.manual_seed(0)
    start = time.perf_counter()
    work = case.prepare(side)
    results = [tensor.detach().cpu().numpy() for tensor in work.results(work.run())]
    return work, results, time.perf_counter() - start


def main():
    here = side(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    timed = wall_clock if here.device == "cpu" else cuda_events(here.lib)
    work = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                work = None  # the one before is freed first
                work, results, first = prepare(CASES[request["prepare"]], here)
                np.savez(request["results"], *results)
                answer = {"first": first}
            else:
                answer = turn(work.run, request["time"], timed)
        except Exception as error:  # one case that fails leaves the others
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
