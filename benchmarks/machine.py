"""This machine: what it is, and what it can do, the two roofs that the cases are held against.

python -m benchmarks.machine 2 cpu      (number of threads, device) prints a line of JSON
"""

import json
import platform
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.metadata import version

import numpy as np

from kernels.cpu import matmul
from kernels.cpu.threads import set_num_threads

COPIED = 1 << 28  # bytes: far beyond the caches
SIDE = 2048


def fastest(run, times=8):
    """Seconds of the best of so many runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return min(taken)


def copy_bandwidth(count):
    """Bytes a second, read and written, of np.copyto on so many threads."""
    source, target = np.ones(COPIED // 4, np.float32), np.zeros(COPIED // 4, np.float32)
    pieces = list(zip(np.array_split(target, count), np.array_split(source, count), strict=True))
    with ThreadPoolExecutor(count) as pool:
        return 2 * COPIED / fastest(lambda: list(pool.map(lambda piece: np.copyto(*piece), pieces)))


def sgemm_rate():
    """Operations a second of a large float32 product, by ours or BLAS, whichever minitorch takes."""
    a, b, out = (np.ones((SIDE, SIDE), np.float32) for _ in range(3))
    return 2 * SIDE**3 / fastest(lambda: matmul(a, b, out=out))


def gpu():
    """The name and both rates of a GPU, by torch, whose copy and product are the vendor's."""
    import torch

    if not torch.cuda.is_available():
        raise SystemExit("--device cuda: torch finds no GPU")
    torch.backends.cuda.matmul.allow_tf32 = False
    source, target = torch.ones(2, COPIED // 4, device="cuda")
    a, b = torch.ones(2, 4 * SIDE, 4 * SIDE, device="cuda")

    def waited(run):
        def both():
            run()
            torch.cuda.synchronize()

        return both

    copy = 2 * COPIED / fastest(waited(lambda: target.copy_(source)))
    sgemm = 2 * (4 * SIDE) ** 3 / fastest(waited(lambda: a @ b))
    return {"processor": torch.cuda.get_device_name(), "copy": copy, "sgemm": sgemm}


def cpu(threads):
    """The same of the processor."""
    set_num_threads(threads)
    return {"processor": processor(), "copy": copy_bandwidth(threads), "sgemm": sgemm_rate()}


def processor():
    """Its name, where Linux tells it."""
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def main():
    threads, device = int(sys.argv[1]), sys.argv[2]
    versions = {name: version(name) for name in ("torch", "numpy", "numba")} | {"python": platform.python_version()}
    rates = cpu(threads) if device == "cpu" else gpu()
    print(json.dumps({"date": str(date.today()), "device": device, "threads": threads, "versions": versions, **rates}))


if __name__ == "__main__":
    main()
