"""python -m benchmarks: ours beside torch, in turns; the ratio of the best times, and how much it varied."""

import argparse
import json
import tempfile

from rich.console import Console
from rich.progress import Progress

from benchmarks import report, turns
from benchmarks.cases import CASES, GROUPS
from minitorch import cuda

SLICE, QUICK = 0.1, 0.01  # seconds of one turn


def arguments(argv=None):
    """What the command line asks for; bad arguments end the program with status 2."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--groups", nargs="+", choices=GROUPS, metavar="GROUP", help=f"among {', '.join(GROUPS)}")
    parser.add_argument("--only", nargs="+", choices=CASES, metavar="CASE", help="these cases only")
    parser.add_argument("--rounds", type=positive, help="how often each library takes its turn (10)")
    parser.add_argument("--threads", type=positive, default=2, help="threads for each library (2)")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where both work (cpu)")
    parser.add_argument("--compile", action="store_true", help="torch.compile, too, for the cases that allow it")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 10 ms: does it run, not how fast is it")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    chosen = parser.parse_args(argv)
    if chosen.device == "cuda" and not cuda.is_available():
        parser.error("--device cuda: minitorch finds no GPU")
    chosen.rounds = chosen.rounds or (2 if chosen.quick else 10)
    return chosen


def positive(text):
    """A number of at least 1."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return int(text)


def chosen_cases(groups, only):
    """(group, case) of those asked for, in order."""
    return [
        (group, case)
        for group, cases in GROUPS.items()
        if not groups or group in groups
        for case in cases
        if not only or case.name in only
    ]


def measure(cases, chosen, progress):
    """A result for each case."""
    libraries = ["minitorch", "torch"] + (["compiled"] if chosen.compile else [])
    workers = [turns.Worker(library, chosen.threads, chosen.device) for library in libraries]
    bar = progress.add_task("", total=len(cases) * chosen.rounds)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for group, case in cases:
            progress.update(bar, description=f"{group}: {case.name}")
            result = {"case": case.name, "group": group, "bytes": case.bytes, "flops": case.flops}
            taking_part = [w for w in workers if w.library != "compiled" or case.compiles]
            try:
                result["times"], result["difference"] = turns.measure(
                    case,
                    taking_part,
                    chosen.rounds,
                    QUICK if chosen.quick else SLICE,
                    folder,
                    lambda: progress.advance(bar),
                )
                result["agrees"] = result["difference"] <= case.tolerance
            except RuntimeError as error:
                result["error"] = str(error)
            results.append(result)
    for worker in workers:
        worker.close()
    return results


def main(argv=None):
    chosen = arguments(argv)
    console = Console(width=max(Console().width, 120))
    cases = chosen_cases(chosen.groups, chosen.only)
    machine = turns.machine(chosen.threads, chosen.device)
    with Progress(console=console, transient=True) as progress:
        results = measure(cases, chosen, progress)
    console.print(report.table(results, machine))
    console.print(report.summary(results))
    console.print(f"copy {machine['copy'] / 1e9:.3g} GB/s, sgemm {machine['sgemm'] / 1e9:.3g} GFLOP/s")
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump({"machine": machine, "results": results, "means": report.means(results)}, file, indent=1)
    return 0 if all(result.get("agrees") for result in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
