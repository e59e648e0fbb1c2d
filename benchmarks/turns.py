"""The libraries take turns: each in a process of its own, one working while the others wait."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

PAUSE = 0.01  # seconds: a library's idle threads spin for some milliseconds after its turn


def environment(threads):
    """Every thread pool of either library told the same number."""
    count = str(threads)
    return {**os.environ, "OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "MKL_NUM_THREADS": count}


class Worker:
    """A process that times one library."""

    def __init__(self, library, threads, device, cache=None):
        variables = environment(threads) | ({"NUMBA_CACHE_DIR": cache} if cache else {})
        self.library = library
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", library, str(threads), device],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=variables,
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


def measure(case, workers, rounds, seconds, folder, step=lambda: None):
    """{library: {"first": seconds, "rounds": [a turn's answer in each round]}}, and the largest difference of the first
    run's results between ours and torch's, over the largest value.
    """
    times, files = {}, {}
    for worker in workers:
        files[worker.library] = Path(folder) / f"{worker.library}.npz"
        times[worker.library] = worker.ask(prepare=case.name, results=str(files[worker.library])) | {"rounds": []}
    ours, theirs = (np.load(files[library]) for library in ("minitorch", "torch"))
    for _ in range(rounds):
        for worker in workers:
            time.sleep(PAUSE)
            times[worker.library]["rounds"].append(worker.ask(time=seconds))
        step()
    return times, difference(ours, theirs)


def difference(ours, theirs):
    """The largest |a - b| / max |b| over pairs of arrays; infinite where a shape or dtype differs, or nan is met."""
    worst = 0.0 if len(ours) == len(theirs) and len(ours) else np.inf
    for name in theirs:
        a, b = ours[name], theirs[name]
        if a.shape != b.shape or a.dtype != b.dtype:
            return np.inf
        scale = float(np.abs(b).max(initial=0.0)) or 1.0
        gap = float(np.abs(a.astype(np.float64) - b).max(initial=0.0)) / scale
        worst = max(worst, gap if np.isfinite(gap) else np.inf)
    return worst


def machine(threads, device):
    """The measured roofs: {"copy": bytes a second, "sgemm": operations a second}."""
    command = [sys.executable, "-m", "benchmarks.machine", str(threads), device]
    return json.loads(
        subprocess.run(command, capture_output=True, text=True, check=True, env=environment(threads)).stdout
    )
