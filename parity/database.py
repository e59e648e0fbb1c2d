"""What the judges from PyTorch's own databases share: results, draws of samples, a pool of processes, the report.

A judge (opinfo.py for operators, modules.py for modules) is a list of entries and a function that checks one of them.
"""

import argparse
import functools
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import minitorch
from parity import reasons
from parity.compare import Mismatch
from parity.samples import Unsupported, places

SUBSET = 2  # samples an entry and column, where not all are asked for


@dataclass
class Result:
    """What an entry came to."""

    name: str
    family: str
    tried: Counter = field(default_factory=Counter)  # column -> samples
    failed: Counter = field(default_factory=Counter)
    skipped: Counter = field(default_factory=Counter)  # reason -> samples
    worst: Counter = field(default_factory=Counter)  # column -> the largest error, in units of the last place
    messages: list = field(default_factory=list)

    def note(self, column, number, run):
        """Count one sample of a column; run() raises Mismatch where the libraries part, and may return the error."""
        try:
            self.worst[column] = max(self.worst[column], run() or 0.0)
        except Unsupported as reason:
            self.skipped[str(reason)] += 1
            return
        except Mismatch as error:
            self.failed[column] += 1
            self.messages.append(f"{column}, sample {number}: {error}")
        self.tried[column] += 1

    def fail(self, column, message):
        """Count one failure that is no sample's, such as a name that is not there."""
        self.tried[column] += 1
        self.failed[column] += 1
        self.messages.append(message)


class Draw:
    """The samples of an entry: all, or a number of them that a seed chooses."""

    def __init__(self, count=None, seed=0, only=None):
        self.count, self.seed, self.only = count, seed, only

    def of(self, samples):
        """(number, sample), in order."""
        numbered = list(enumerate(samples))
        if self.only is not None:
            return [pair for pair in numbered if pair[0] == self.only]
        if self.count is None or len(numbered) <= self.count:
            return numbered
        return sorted(random.Random(self.seed).sample(numbered, self.count), key=lambda pair: pair[0])


@dataclass(frozen=True)
class Judge:
    """A database and how to check it.

    title, columns         of the table
    names()                (name, family) of each entry, in order
    check(number, draw)    a Result for one of them, by its number: the entries themselves do not travel to processes
    on_gpu                 whether it can be done with tensors on a GPU, too
    measured               the columns of which the table shows the largest error
    """

    title: str
    columns: tuple
    names: Callable
    check: Callable
    on_gpu: bool = False
    measured: tuple = ()

    def run(self, chosen, draw, processes):
        """Results of the entries, in order, with a progress bar."""
        bar = (TextColumn("{task.description:32.32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        results = {}
        with Progress(*bar, transient=True) as progress:
            task = progress.add_task("", total=len(chosen))
            with spread(processes) as run:
                work = functools.partial(numbered, self.check, draw=draw)
                for number, result in run(work, chosen):
                    results[number] = result
                    progress.update(task, advance=1, description=result.name)
        return [results[number] for number in chosen]

    def table(self, results):
        """One row a family: entries and samples that passed, of all; the largest errors."""
        out = Table(title=self.title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for name in ("family", "entries", *self.columns, *[f"ulp: {c}" for c in self.measured]):
            out.add_column(name, justify="left" if name == "family" else "right", no_wrap=True)
        groups = {}
        for r in results:
            groups.setdefault(r.family, []).append(r)
        for name, group in {**groups, "all": results}.items():
            cells = []
            for column in self.columns:
                tried, failed = sum(r.tried[column] for r in group), sum(r.failed[column] for r in group)
                cells.append(f"{tried - failed}/{tried}" if failed else str(tried) if tried else "")
            errors = [f"{max(r.worst[column] for r in group):.3g}" for column in self.measured]
            out.add_row(name, f"{sum(not r.failed for r in group)}/{len(group)}", *cells, *errors)
        return out

    def report(self, console, results, seconds, messages):
        """The table, what failed, what was not compared and why."""
        console.print(self.table(results))
        for r in results:
            if r.failed:
                counts = ", ".join(f"{column} {n} of {r.tried[column]}" for column, n in r.failed.items())
                console.print(f"[red]{r.name}[/]: {counts}", highlight=False)
                for text in r.messages[:messages]:
                    console.print(f"    {text}", markup=False, highlight=False)
        stated = Counter()
        for r in results:
            stated.update(r.skipped)
        for reason, n in stated.items():
            console.print(f"not compared: {n} samples, {reason}", highlight=False)
        seen = {name.split(" ")[0] for r in results for name in (r.name,)}
        for reason, names in reasons.stated():
            if seen & {name.split(" ")[0] for name in names}:
                console.print(f"{reason}: {', '.join(names)}", highlight=False)
        failed, samples = sum(bool(r.failed) for r in results), sum(sum(r.tried.values()) for r in results)
        verdict = f"[bold red]{failed} failed[/]" if failed else "[bold green]all agree with torch[/]"
        console.print(f"{len(results)} entries, {samples} comparisons in {seconds:.0f} s: {verdict}")

    def judge(self, console, draw, wanted=None, processes=None, messages=3):
        """Check the entries of those names or families (all, unless named) and report: the results that failed."""
        chosen = [i for i, pair in enumerate(self.names()) if wanted is None or {*pair} & {*wanted}]
        start = time.perf_counter()
        results = self.run(chosen, draw, processes)
        self.report(console, results, time.perf_counter() - start, messages)
        return [r for r in results if r.failed]

    def main(self, command, description, argv):
        """The command line. The exit status: 0 all agree, 1 some do not, 2 bad usage."""
        parser = argparse.ArgumentParser(prog=f"python -m parity {command}", description=description)
        parser.add_argument("--only", metavar="NAMES", help="comma-separated: the database's names, or families")
        parser.add_argument("--samples", type=int, metavar="N", help="so many samples an entry (default: all)")
        parser.add_argument("--sample", type=int, metavar="K", help="the one of this number")
        parser.add_argument("--seed", type=int, default=0, help="of the random numbers in the samples (default 0)")
        parser.add_argument("--processes", type=int, metavar="N", help="default: one a core")
        parser.add_argument("--messages", type=int, default=3, metavar="N", help="so many failures an entry in words")
        if self.on_gpu:
            parser.add_argument("--device", choices=PLACES, default="cpu", help="as python -m parity --device")
        args = parser.parse_args(argv)
        if self.on_gpu:
            place(args.device, parser)
            args.processes = 0 if args.device == "cuda" else args.processes
        wanted = args.only.split(",") if args.only else None
        unknown = {*wanted} - {name for pair in self.names() for name in pair} if wanted else None
        if unknown:
            parser.error(f"--only {','.join(sorted(unknown))}: no entry has such a name")
        console = Console(width=None if sys.stdout.isatty() else 130)
        draw = Draw(args.samples, args.seed, args.sample)
        return 1 if self.judge(console, draw, wanted, args.processes, args.messages) else 0


@contextmanager
def spread(processes):
    """A function like map, whose results come in any order, on so many processes (None: one a core). 0: on this one,
    for a GPU, which processes would share, and which is lost to those that fork when it is in use."""
    if processes == 0:
        yield map
    else:
        with multiprocessing.Pool(processes) as pool:
            yield pool.imap_unordered


PLACES = {"cpu": ("cpu", "cpu"), "cuda": ("cuda", "cuda"), "cuda-sim": ("cuda", "cpu")}  # ours, torch's


def place(device, parser):
    """Have the tensors of both libraries live there; an error where there is no GPU."""
    if device == "cuda-sim":
        os.environ["NUMBA_ENABLE_CUDASIM"] = "1"  # before anything imports numba
    places[minitorch], places[torch] = PLACES[device]
    if device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False  # float32 is float32
    if device != "cpu" and not minitorch.cuda.is_available():
        parser.error(f"--device {device}: minitorch finds no GPU")


def numbered(check, number, draw):
    """(number, what it came to), for a process of the pool."""
    return number, check(number, draw)
