"""python -m benchmarks: ours beside torch, in turns; the ratio of the best times, and how much it varied."""

import argparse
import json
import tempfile

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

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
    parser.add_argument("--cold", action="store_true", help="compile all kernels anew: see the times of the first runs")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 10 ms: does it run, not how fast is it")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--picture", metavar="FILE", help="draw a bar per case, torch at 1")
    parser.add_argument("--roofline", metavar="FILE", help="draw the cases under this machine's roofs")
    chosen = parser.parse_args(argv)
    if chosen.device == "cuda" and not cuda.is_available():
        parser.error("--device cuda: minitorch finds no GPU")
    chosen.rounds = chosen.rounds or (2 if chosen.quick else 10)
    chosen.cases = [
        (group, case)
        for group, cases in GROUPS.items()
        if not chosen.groups or group in chosen.groups
        for case in cases
        if not chosen.only or case.name in chosen.only
    ]
    if chosen.device == "cuda":
        chosen.cases = [(group, case) for group, case in chosen.cases if group != "start"]
    if not chosen.cases:
        parser.error("these groups have none of these cases")
    return chosen


def positive(text):
    """A number of at least 1."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return int(text)


def measure(chosen, progress):
    """A result for each case."""
    libraries = [*turns.LIBRARIES, "compiled"] if chosen.compile else turns.LIBRARIES
    bar = progress.add_task("", total=len(chosen.cases))
    results = []
    with tempfile.TemporaryDirectory() as folder:
        kernels = f"{folder}/kernels" if chosen.cold else None
        workers = [turns.Worker(library, chosen.threads, chosen.device, kernels) for library in libraries]
        for group, case in chosen.cases:
            if group == "start":
                continue
            progress.update(bar, description=f"{group}: {case.name}")
            results.append(one(group, case, workers, chosen, folder, lambda: progress.advance(bar, 1 / chosen.rounds)))
        for worker in workers:
            worker.close()
    names = [case.name for group, case in chosen.cases if group == "start"]
    if names:
        progress.update(bar, description="start")
        part = len(names) / (min(chosen.rounds, turns.STARTS) + 1)
        times = turns.starts(chosen.rounds, chosen.threads, lambda: progress.advance(bar, part))
        results += [{"case": name, "group": "start", "times": times[name]} for name in names]
    return results


def one(group, case, workers, chosen, folder, done):
    """The result of one case: its times in all libraries, whether the first runs agreed, its peak memory in train."""
    result = {"case": case.name, "group": group, "bytes": case.bytes, "flops": case.flops}
    taking_part = [worker for worker in workers if worker.library != "compiled" or case.compiles]
    seconds = QUICK if chosen.quick else SLICE
    try:
        result["times"], gap = turns.measure(case, taking_part, chosen.rounds, seconds, folder, done)
        if chosen.device == "cpu" or case.same_numbers:
            result |= {"difference": gap, "agrees": bool(gap <= case.tolerance)}
        if group == "train" and chosen.device == "cpu":
            result["memory"] = {
                library: turns.run("memory", library, chosen.threads, case.name, threads=chosen.threads)
                for library in turns.LIBRARIES
            }
    except RuntimeError as error:
        result["error"] = str(error)
    return result


def main(argv=None):
    """0 if all cases ran and gave torch's results, else 1."""
    chosen = arguments(argv)
    console = Console(width=max(Console().width, 120))
    try:
        machine = turns.run("machine", chosen.threads, chosen.device, threads=chosen.threads)
    except RuntimeError as error:
        console.print(f"[red]{error}")
        return 1
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        results = measure(chosen, progress)
    for table in report.tables(results, machine):
        console.print(table)
    console.print(report.about(machine))
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump({"machine": machine, "results": results, "means": report.means(results)}, file, indent=1)
    if chosen.picture or chosen.roofline:
        from benchmarks import picture  # matplotlib is needed for nothing else

        if chosen.picture:
            picture.bars(results, machine).savefig(chosen.picture, bbox_inches="tight")
        if chosen.roofline:
            picture.roofline(results, machine).savefig(chosen.roofline, bbox_inches="tight")
    return 0 if all("error" not in result and result.get("agrees", True) for result in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
