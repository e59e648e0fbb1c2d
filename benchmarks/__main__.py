"""python -m benchmarks: ours beside torch, in turns; the ratio of the best times, and how much it varied."""

import argparse
import os
import subprocess
import sys
from statistics import geometric_mean, median

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.cases import GROUPS

LIBRARIES = ("minitorch", "torch")


def start(library, threads):
    """A process that times one library. It waits while the other one works."""
    count = str(threads)
    environment = {**os.environ, "OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "NUMBA_NUM_THREADS": count}
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.worker", library, count],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def ask(process, case):
    """Let the process time one case for one turn; seconds per call."""
    process.stdin.write(case + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        raise SystemExit(f"the worker for {case} ended with status {process.wait()}")
    return float(answer)


def measure(rounds, threads, groups):
    """{case name: {library: [seconds per call in each round]}}; the libraries take turns within a round."""
    workers = {library: start(library, threads) for library in LIBRARIES}
    names = [case.__name__ for group in groups for case in GROUPS[group]]
    times = {name: {library: [] for library in LIBRARIES} for name in names}
    for _ in track(range(rounds), "rounds"):
        for name in names:
            for library in LIBRARIES:
                times[name][library].append(ask(workers[library], name))
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    return times


def report(times, groups, console):
    """A row per case and the geometric mean per group."""
    table = Table("case", "ours", "torch", "ratio", "of medians", "lowest", "highest", title="time per call")
    for group in groups:
        ratios = []
        for case in GROUPS[group]:
            ours, theirs = (times[case.__name__][library] for library in LIBRARIES)
            ratios.append(min(ours) / min(theirs))
            rounds = [a / b for a, b in zip(ours, theirs, strict=True)]
            numbers = [ratios[-1], median(ours) / median(theirs), min(rounds), max(rounds)]
            table.add_row(case.__name__, unit(min(ours)), unit(min(theirs)), *(f"{n:.2f}" for n in numbers))
        table.add_row(f"[bold]{group}", "", "", f"[bold]{geometric_mean(ratios):.2f}", end_section=True)
    console.print(table)


def unit(seconds):
    """A time with three digits and its unit."""
    for factor, name in ((1e6, "us"), (1e3, "ms")):
        if seconds * factor < 1000:
            return f"{seconds * factor:.3g} {name}"
    return f"{seconds:.3g} s"


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", help=f"which groups (all by default): {', '.join(GROUPS)}")
    parser.add_argument("--rounds", type=int, default=10, help="how often each library takes its turn (10)")
    parser.add_argument("--threads", type=int, default=2, help="threads for each library (2)")
    arguments = parser.parse_args()
    groups = arguments.groups or list(GROUPS)
    unknown = [group for group in groups if group not in GROUPS]
    if unknown:
        parser.error(f"unknown groups {unknown}: choose among {list(GROUPS)}")
    report(measure(arguments.rounds, arguments.threads, groups), groups, Console())


if __name__ == "__main__":
    main()
