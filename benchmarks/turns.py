"""The libraries take turns: each in a process of its own, one working while the others wait."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.cases import start

LIBRARIES = ("minitorch", "torch")
PAUSE = 0.01  # seconds: a library's idle threads spin for some milliseconds after its turn
STARTS = 5  # processes started for the median of `start`


def environment(threads, kernels=None):
    """Every thread pool told the same number; kernels: the folder where Numba keeps what it compiled.

    Python keeps the bytecode of what it imports, as it does where nobody forbids it: without it, each import of ours
    would compile 270 files (0.17 s), and none of torch's, for which pip has done so.
    """
    count = str(threads)
    variables = {"OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "MKL_NUM_THREADS": count}
    variables["PYTHONDONTWRITEBYTECODE"] = ""
    return {**os.environ, **variables, **({"NUMBA_CACHE_DIR": str(kernels)} if kernels else {})}


def run(module, *words, threads, kernels=None):
    """What a module of ours, run as a program, prints as JSON."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, words)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment(threads, kernels))
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} ended with status {done.returncode}")
    return json.loads(done.stdout)


class Worker:
    """A process that times one library."""

    def __init__(self, library, threads, device, kernels=None):
        self.library = library
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", library, str(threads), device],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(threads, kernels),
        )

    def ask(self, **request):
        """The answer to one request; RuntimeError if the work failed."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the worker of {self.library} ended with status {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{self.library}: {answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(case, workers, rounds, seconds, folder, done):
    """{library: {"first": seconds, "rounds": [a turn's answer in each round]}}, and the largest difference between the
    results of our first run and torch's. done() is called after each round.
    """
    times, files = {}, {}
    for worker in workers:
        files[worker.library] = Path(folder) / f"{worker.library}.npz"
        times[worker.library] = worker.ask(prepare=case.name, results=str(files[worker.library])) | {"rounds": []}
    ours, theirs = (np.load(files[library]) for library in LIBRARIES)
    gap = difference(ours, theirs)
    for _ in range(rounds):
        for worker in workers:
            time.sleep(PAUSE)
            times[worker.library]["rounds"].append(worker.ask(time=seconds))
        done()
    return times, gap


def difference(ours, theirs):
    """The largest |a - b| / max |b| over pairs of arrays; infinite where a shape or dtype differs, or nan is met."""
    if len(ours) != len(theirs):
        return np.inf
    worst = 0.0
    for name in theirs:
        a, b = ours[name], theirs[name]
        if a.shape != b.shape or a.dtype != b.dtype:
            return np.inf
        scale = float(np.abs(b).max(initial=0.0)) or 1.0
        gap = float(np.abs(a.astype(np.float64) - b).max(initial=0.0)) / scale
        worst = max(worst, gap if np.isfinite(gap) else np.inf)
    return worst


def starts(rounds, threads, done):
    """{case of `start`: {library: its rounds}}: one cold start, then warm ones, whose kernels the cold one compiled."""
    rounds = min(rounds, STARTS)
    times = {case.name: {library: {"rounds": []} for library in LIBRARIES} for case in start.CASES}

    def note(case, library, seconds):
        times[case.name][library]["rounds"].append({"least": seconds, "median": seconds, "calls": 1})

    with tempfile.TemporaryDirectory() as kernels:
        for index in range(rounds + 1):
            for library in LIBRARIES:
                seconds = run("startup", library, threads, threads=threads, kernels=kernels)
                note(start.WARM if index else start.COLD, library, seconds["step"])
                note(start.IMPORT, library, seconds["import"])
            done()
    return times
