"""Peak memory of one case, in a process of its own.

python -m benchmarks.memory minitorch 2 lenet      prints a line of JSON

Counted is what the case's tensors, and the buffers that kernels and allocators keep, take at most during its steps. So
the case is first prepared and run once, which loads all code that it needs: Numba and the compiled kernels in ours (130
to 145 MB), the backends and what oneDNN compiles in torch (90 to 100 MB, beside the 200 of its import). Then all is
freed, the C library gives free memory back to Linux, and Linux is told to forget the peak so far; what the process
still holds is taken off. `whole` is the peak of the whole process.
"""

import ctypes
import gc
import json
import sys

from benchmarks.cases import CASES
from benchmarks.worker import prepare, side

STEPS = 5


def held(name):
    """Bytes that this process holds now (VmRSS), or held at most (VmHWM)."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name))


def settle():
    """Free what can be freed, and begin the peak anew."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # https://docs.kernel.org/filesystems/proc.html: resets the peak


def main():
    case, here = CASES[sys.argv[3]], side(sys.argv[1], int(sys.argv[2]), "cpu")
    prepare(case, here)
    whole = held("VmHWM")
    settle()
    before = held("VmRSS")
    work = case.prepare(here)
    settle()
    for _ in range(STEPS):
        work.run()
    print(json.dumps({"beyond": held("VmHWM") - before, "whole": max(whole, held("VmHWM"))}))


if __name__ == "__main__":
    main()
