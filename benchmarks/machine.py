"""What this machine can do: the two roofs that the cases are held against.

python -m benchmarks.machine 2 cpu      (number of threads, device) prints a line of JSON
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

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


def copy_bandwidth(threads):
    """Bytes a second, read and written, of np.copyto on so many threads."""
    source, target = np.ones(COPIED // 4, np.float32), np.zeros(COPIED // 4, np.float32)
    pieces = list(zip(np.array_split(target, threads), np.array_split(source, threads), strict=True))
    with ThreadPoolExecutor(threads) as pool:
        return 2 * COPIED / fastest(lambda: list(pool.map(lambda piece: np.copyto(*piece), pieces)))


def sgemm_rate():
    """Operations a second of a large float32 product (its threads: OPENBLAS_NUM_THREADS)."""
    a, b, out = (np.ones((SIDE, SIDE), np.float32) for _ in range(3))
    return 2 * SIDE**3 / fastest(lambda: np.matmul(a, b, out=out))


def on_gpu():
    """Both on a GPU, by torch, whose copy and product are the vendor's."""
    import torch

    torch.backends.cuda.matmul.allow_tf32 = False
    source, target = torch.ones(2, COPIED // 4, device="cuda")
    a, b = torch.ones(2, 4 * SIDE, 4 * SIDE, device="cuda")

    def waited(run):
        def both():
            run()
            torch.cuda.synchronize()

        return both

    copy = 2 * COPIED / fastest(waited(lambda: target.copy_(source)))
    return copy, 2 * (4 * SIDE) ** 3 / fastest(waited(lambda: a @ b))


if __name__ == "__main__":
    copy, sgemm = (copy_bandwidth(int(sys.argv[1])), sgemm_rate()) if sys.argv[2] == "cpu" else on_gpu()
    print(json.dumps({"copy": copy, "sgemm": sgemm}))
