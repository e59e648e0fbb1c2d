"""A new process that imports a library and trains LeNet for one step.

python -m benchmarks.startup minitorch 2      prints the seconds of both as a line of JSON

Nothing but numpy is imported before the library, so that it pays for all that it needs of Python.
"""

import importlib
import sys
import time

import numpy  # noqa: F401 (whose own time does not count)


def main():
    library, threads = sys.argv[1], int(sys.argv[2])
    start = time.perf_counter()
    importlib.import_module(library)
    imported = time.perf_counter() - start

    import json

    from benchmarks.cases import CASES
    from benchmarks.worker import prepare, side

    _, _, step = prepare(CASES["lenet"], side(library, threads, "cpu"))
    print(json.dumps({"import": imported, "step": step}))


if __name__ == "__main__":
    main()
