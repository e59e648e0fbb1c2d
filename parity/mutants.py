"""`python -m parity mutants`: can the suite fail? It breaks one derivative at a time, and lists what goes unnoticed.

A mutant is one VJP of one operation with a fault in what it returns. First every row runs as it is, and notes which
VJPs its cases reach; then, for each VJP and each fault, those cases run until one disagrees with torch: the mutant is
killed. All cores take part. A fault that changes no number in any case (a gradient of zeros, negated) is not a mutant.
A mutant that no case kills survives, and must not, without a reason in parity/reasons.py.
"""

import argparse
import inspect
import multiprocessing
import sys
import time
import types
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import minitorch
from minitorch.autograd.graph import Node
from parity import draw, reasons
from parity.__main__ import chosen
from parity.compare import Mismatch
from parity.harness import Checker, repeat
from parity.rows import all_rows
from parity.side import Side

CASES = 400  # of a VJP, at most: few are needed where one can tell, all where many do not ask for that gradient
COLUMNS = ("grad", "grad grad", "layout")


def negated(gradients, i):
    return -gradients[i]


def scaled(gradients, i):
    return gradients[i] * 1.01


def zeroed(gradients, i):
    return minitorch.zeros_like(gradients[i])


def one_wrong(gradients, i):
    """The last element, one larger."""
    g = gradients[i]
    unit = np.zeros(g.array.shape, g.array.dtype)
    unit[(-1,) * unit.ndim] = 1
    return g + minitorch.from_numpy(unit)


def rolled(gradients, i):
    """By one place, in row-major order."""
    g = gradients[i].flatten()
    return minitorch.cat([g[-1:], g[:-1]]).reshape(gradients[i].array.shape)


def exchanged(gradients, i):
    """Another input's of the same shape."""
    shape = gradients[i].array.shape
    return next(
        (g for j, g in enumerate(gradients) if j != i and g is not None and g.array.shape == shape), gradients[i]
    )


FAULTS = (negated, scaled, zeroed, one_wrong, rolled, exchanged)


@dataclass(frozen=True)
class Place:
    """Where a gradient is made: a VJP, by the place of its code, and the number of the input."""

    file: str
    line: int
    name: str
    input: int

    @classmethod
    def of(cls, code, i):
        return cls(code.co_filename, code.co_firstlineno, code.co_qualname, i)

    def __str__(self):
        path = Path(self.file)
        return f"{self.operation}, input {self.input} ({path.parent.name}/{path.name}:{self.line})"

    @property
    def operation(self):
        return self.name.split(".<locals>")[0]


@contextmanager
def watching(change):
    """Call change(place, results, i) for each gradient that a node makes, and take what it returns in its stead."""
    original = Node.backward

    def backward(node, gradients):
        codes = [vjp and vjp.__code__ for vjp in node.vjps or ()]
        results = list(original(node, gradients))
        joint = len(codes) == 1
        changed = [
            r if r is None else change(Place.of(codes[0 if joint else i], i), results, i) for i, r in enumerate(results)
        ]
        return changed

    Node.backward = backward
    try:
        yield
    finally:
        Node.backward = original


@cache
def cases_of(number, examples, seed):
    """(checker, cases) of a row by its number: neither travels to other processes, but the same seed draws the same."""
    row, cases = all_rows()[number], []
    repeat(lambda drawn: cases.append(draw.as_case(drawn)), row.strategy, examples, seed)
    return Checker(row, Side(minitorch, partial(row.call, minitorch)), Side(torch, partial(row.call, torch))), cases


def trace(number, examples, seed):
    """Run a row as it is: place -> [(row, case, column), ...] that reach it."""
    checker, cases = cases_of(number, examples, seed)
    reached = defaultdict(list)
    for i, case in enumerate(cases):
        for column in [c for c in COLUMNS if c in checker.applicable(case)]:
            for place in places_of(checker, column, case):
                reached[place].append((number, i, column))
    return reached


def places_of(checker, column, case):
    """The places that one column of one case reaches."""
    places = {}

    def note(place, results, i):
        places[place] = True
        return results[i]

    with watching(note):
        checker.column(column, case)
    return list(places)


def fate(mutant, examples, seed):
    """(place, fault, what became of it): "killed", "survived", or "same" where the fault changed no number."""
    place, fault, cases = mutant
    touched = False

    def change(here, results, i):
        nonlocal touched
        if here != place:
            return results[i]
        wrong = fault(results, i)
        if not np.array_equal(wrong.array, results[i].array, equal_nan=True):
            touched = True
        return wrong

    for number, i, column in cases:
        checker, drawn = cases_of(number, examples, seed)
        try:
            with watching(change):
                checker.column(column, drawn[i])
        except Mismatch:
            return place, fault, "killed"
    return place, fault, "survived" if touched else "same"


def vjps():
    """The code of every VJP in minitorch/ops: a function inside an operation whose first parameter is g (or h).

    One named refuse only raises, as torch's does: it makes no gradient that could be wrong.
    """
    found = set()

    def search(code):
        for inner in code.co_consts:
            if isinstance(inner, types.CodeType):
                first = inner.co_varnames[:1]
                if code.co_name != "<module>" and first in (("g",), ("h",)) and inner.co_name != "refuse":
                    found.add(inner)
                search(inner)

    for module in [m for name, m in sys.modules.items() if name.startswith("minitorch.ops.")]:
        search(compile(inspect.getsource(module), module.__file__, "exec"))
    return found


def main(argv=None):
    """Trace, mutate, print. The exit status: 0 none survived, 1 some did or some VJP was never reached."""
    parser = argparse.ArgumentParser(prog="python -m parity mutants", description=__doc__.split("\n")[0])
    parser.add_argument("--only", metavar="NAMES", help="rows or families whose VJPs to break")
    parser.add_argument("--examples", type=int, default=25, metavar="N", help="draws a row (default 25)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    rows = chosen(all_rows(), args.only)
    if not rows:
        parser.error(f"--only {args.only}: no row has such a name")
    console, start = Console(width=None if sys.stdout.isatty() else 120), time.perf_counter()
    columns = (TextColumn("{task.description:32.32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    numbers = [i for i, row in enumerate(all_rows()) if "grad" not in row.without and any(row is r for r in rows)]
    draws = {"examples": args.examples, "seed": args.seed}
    reached, fates = defaultdict(list), {}
    with Progress(*columns, console=console, transient=True) as progress, multiprocessing.Pool() as pool:
        for found in progress.track(pool.imap(partial(trace, **draws), numbers), len(numbers), description="as it is"):
            for place, cases in found.items():
                reached[place] += cases
        # The first case of each row, then the second, ...: one row's cases may be too much alike.
        mixed = {place: sorted(cases, key=lambda case: case[1])[:CASES] for place, cases in reached.items()}
        mutants = [(place, fault, cases) for place, cases in mixed.items() for fault in FAULTS]
        run = pool.imap_unordered(partial(fate, **draws), mutants)
        for place, fault, what in progress.track(run, len(mutants), description="broken"):
            fates[place, fault.__name__] = what
    unreached = [] if args.only else sorted(unseen(reached))
    return report(console, fates, unreached, time.perf_counter() - start)


def unseen(places):
    """The VJPs in minitorch/ops that are not among those places, in words."""
    seen = {(place.file, place.line, place.name) for place in places}
    return {
        f"{code.co_qualname.split('.<locals>')[0]} ({Path(code.co_filename).name}:{code.co_firstlineno})"
        for code in vjps()
        if not any(f == code.co_filename and n == code.co_firstlineno and code.co_name in q for f, n, q in seen)
    }


def report(console, fates, unreached, seconds):
    """Print the survivors and the counts; the exit status."""
    survivors = [(place, fault) for (place, fault), fate in fates.items() if fate == "survived"]
    unexplained = [s for s in survivors if (s[0].operation, s[1]) not in reasons.SURVIVORS]
    for place, fault in survivors:
        reason = reasons.SURVIVORS.get((place.operation, fault))
        console.print(f"survived: {place}: {fault}{f': {reason}' if reason else ''}", markup=False, highlight=False)
    for name in unreached:
        reason = reasons.UNREACHED.get(name.split(" ")[0])
        console.print(f"never reached: {name}{f': {reason}' if reason else ''}", markup=False, highlight=False)
    missed = [name for name in unreached if name.split(" ")[0] not in reasons.UNREACHED]
    mutants = sum(fate != "same" for fate in fates.values())
    places = len({place for place, _ in fates})
    verdict = "[bold red]too many[/]" if unexplained or missed else "[bold green]each with a reason[/]"
    verdict = verdict if survivors or unreached else "[bold green]none[/]"
    console.print(
        f"{places} derivatives, {mutants} mutants in {seconds:.0f} s: {mutants - len(survivors)} killed, "
        f"{len(survivors)} survived, {len(unreached)} derivatives never reached: {verdict}"
    )
    return 1 if unexplained or missed else 0
