"""Peak memory of one case, in a process of its own.

python -m benchmarks.memory minitorch 2 lenet      prints a line of JSON

A tiny step and one compiled kernel come first: they load what is not the case's (Numba in ours, 60 MB; the backends in
torch, 80 MB). Then Linux is told to forget the peak so far; what the process holds at that moment is taken off.
"""

import json
import sys

from benchmarks.cases import CASES
from benchmarks.worker import prepare, side

STEPS = 5


def held(name):
    """Bytes that this process holds now (VmRSS), or held at most (VmHWM)."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name))


def main():
    here = side(sys.argv[1], int(sys.argv[2]), "cpu")
    prepare(CASES["tiny_mlp"], here)
    here.lib.nn.functional.gelu(here.lib.ones(10))
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # https://docs.kernel.org/filesystems/proc.html: resets the peak
    before = held("VmRSS")
    work, _, _ = prepare(CASES[sys.argv[3]], here)
    for _ in range(STEPS - 1):
        work.run()
    print(json.dumps({"beyond": held("VmHWM") - before, "whole": held("VmHWM")}))


if __name__ == "__main__":
    main()
