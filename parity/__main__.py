"""`python -m parity`: every operation beside torch's, and a table of how near they are."""

import argparse
import fnmatch
import functools
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

TOLD_EVERY = 10  # seconds, where no progress bar can be drawn
WHERE = (
    "where our tensors live (cpu). cuda: on a GPU, beside torch on the same GPU. cuda-sim: on numba's simulator of a "
    "GPU, beside torch on the CPU: the same kernels, a hundred times slower, so with fewer draws. All takes four "
    "minutes there on two cores; choose some with --only"
)


def arguments(argv=None):
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m parity", description=__doc__.split(": ", 1)[1])
    parser.add_argument("--only", metavar="NAMES", help="comma-separated: rows or families; parts of a name, or globs")
    parser.add_argument("--examples", type=int, metavar="N", help="draws a row (default 50; on the simulator 2)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed draws the same cases (default 0)")
    parser.add_argument("--device", choices=("cpu", "cuda", "cuda-sim"), default="cpu", help=WHERE)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report as a web page")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write the report as a picture")
    args = parser.parse_args(argv)
    if args.examples is not None and args.examples < 1:
        parser.error("--examples must be at least 1")
    for file in (args.json, args.html, args.svg):
        if file is not None and not file.absolute().parent.is_dir():
            parser.error(f"no folder for {file}")
    return parser, args


def chosen(rows, names):
    """The rows whose name or family matches one of the comma-separated names: whole, as a glob, else as a part."""
    if not names:
        return rows
    out = []
    for name in (n.strip() for n in names.split(",")):
        exact = [r for r in rows if fnmatch.fnmatchcase(r.name, name) or r.family == name]
        out += exact or [r for r in rows if name and name in r.name]
    return [r for r in rows if any(r is x for x in out)]


def check_number(number, examples, seed, devices):
    """(number, Result) of a row by its number: rows themselves do not travel to other processes."""
    from parity.harness import check_row
    from parity.rows import all_rows

    return number, check_row(all_rows()[number], examples, seed, devices)


def main(argv=None):
    """Run, print, write. The exit status: 0 all agree, 1 some do not, 2 bad usage."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["opinfo"]:  # the other commands have command lines of their own
        from parity.opinfo import main as opinfo

        return opinfo(argv[1:])
    if argv[:1] == ["modules"]:
        from parity.modules import main as modules

        return modules(argv[1:])
    if argv[:1] == ["programs"]:
        from parity.programs import main as programs

        return programs(argv[1:])
    if argv[:1] == ["optim"]:
        from parity.optimizers import main as optimizers

        status = optimizers(argv[1:])
        return status if argv[1:] else max(status, main(["--only", "optimizers,schedulers,formula_schedulers"]))
    if argv[:1] == ["mutants"]:
        from parity.mutants import main as mutants

        return mutants(argv[1:])
    parser, args = arguments(argv)
    from parity.database import PLACES, place, spread

    place(args.device, parser)
    from parity.rows import all_rows
    from parity.table import as_json, report, write_picture

    rows = [r for r in chosen(all_rows(), args.only) if r.gpu or args.device == "cpu"]
    if not rows:
        parser.error(f"--only {args.only}: no row has such a name")
    examples = args.examples or (2 if args.device == "cuda-sim" else 50)
    console = Console()
    if not console.is_terminal:
        console = Console(width=100)  # piped into a file: no line is cut
    start, results, told = time.perf_counter(), {}, 0
    columns = (TextColumn("{task.description:20.20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    check = functools.partial(check_number, examples=examples, seed=args.seed, devices=PLACES[args.device])
    numbers = [i for i, row in enumerate(all_rows()) if any(row is r for r in rows)]
    processes = 0 if args.device == "cuda" else None
    with Progress(*columns, console=console, transient=True) as progress, spread(processes) as run:
        task = progress.add_task("", total=len(rows))
        for number, result in run(check, numbers):
            results[number] = result
            progress.update(task, advance=1, description=result.name)
            if not sys.stderr.isatty() and time.perf_counter() - start > TOLD_EVERY * (told + 1):
                told += 1
                print(f"{len(results)} of {len(rows)} rows, last {result.name}", file=sys.stderr, flush=True)
    results = [results[number] for number in numbers]
    seconds = time.perf_counter() - start
    report(console, results, seconds)
    if args.json:
        args.json.write_text(as_json(results, device=args.device, examples=examples, seed=args.seed))
    for path in (args.html, args.svg):
        if path:
            write_picture(path, results, seconds)
    failed = [r for r in results if not r.passed]
    if not args.only:
        from parity import database, modules, opinfo, optimizers, programs

        if args.device == "cpu":
            failed += ["programs"] * programs.report(console, 100, args.seed)
        for judge in (opinfo.JUDGE, modules.JUDGE, optimizers.JUDGE):
            if args.device == "cpu" or judge.on_gpu:
                failed += judge.judge(console, database.Draw(database.SUBSET, args.seed), processes=processes)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
