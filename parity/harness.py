"""The harness: one row of data in, everything that follows from it checked.

A row is a function called with either library (or a pair of functions) and a strategy that draws its arguments. From
it follow eight columns:

    forward    float64 result, dtype and shape, also of 0-d and empty inputs
    grad       first derivatives for every float input, random cotangents
    grad grad  derivatives of those, for inputs and cotangents
    float32    error against a float64 truth, beside torch's own
    dtypes     the same call on integers, bools and mixtures of dtypes
    layout     forward and grad of transposed, strided and expanded inputs
    edges      forward and grad with nan, inf and signed zeros among the numbers
    errors     a spoiled argument: where torch raises, we raise the same class; where it does not, we agree

Whatever is drawn, torch is the judge: if it raises, so must we, with the same class.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from unittest import mock

import hypothesis
import numpy as np
import torch
from hypothesis import HealthCheck, Phase, given
from hypothesis.internal.conjecture import providers

import minitorch
from minitorch.stream import default_streams
from parity import compare, draw
from parity.compare import Mismatch
from parity.side import Side, attempt, say
from parity.snippet import snippet

COLUMNS = ("forward", "grad", "grad grad", "float32", "dtypes", "layout", "edges", "errors")
# Refusals by accident, which nobody could want: such cases count for neither side.
TORCH_LIMITS = ("grad_input must be contiguous", "INTERNAL ASSERT FAILED", "MKLDNN tensor and bias")
CPU_ONLY = ("ZeroDivisionError",)  # a GPU divides integers by zero without a word, in torch too
# What a GPU finds only when it comes to it. torch's works no more in this process then, so it must not come to it.
FOUND_LATE = (
    "out of bounds",
    "out of range",
    "between 0 and 1",
    "invalid max index",
    "Class values",
    "q values must be",
)
UNTOUCHED = 1 << 63  # a seed that no row sets
VARIANTS = {
    "float32": draw.as_float32,
    "dtypes": draw.other_dtypes,
    "layout": draw.other_layout,
    "edges": draw.with_edges,
    "errors": draw.spoiled,
}
torch.set_num_threads(1)


@dataclass(frozen=True)
class Row:
    """One row: call(lib, *arguments, **settings) with lib minitorch or torch, and a strategy of its arguments.

    kind: "elementwise" (errors in ulp of each value), "sums" (of the largest magnitude), "exact" (every bit) or
    "normal" (the numbers of randn). without: columns that do not apply. gpu: whether the row takes tensors and so
    follows them to another device. bernoulli: whether it draws Bernoulli numbers of one probability (other_stream).
    float32_part: of float64 with another dtype, a part is computed in float32 and then shown as float64; errors are
    then counted in units of float32. limit: the largest error of values, where kind's own does not serve
    (parity/reasons.py says why).
    """

    name: str
    call: Callable
    strategy: object
    kind: str = "elementwise"
    without: tuple = ()
    gpu: bool = True
    bernoulli: bool = False
    float32_part: bool = False
    limit: float | None = None
    family: str = ""


@cache
def other_stream():
    """Whether this torch draws Bernoulli numbers of one probability by MKL, as builds for Intel's processors may.

    Those are other numbers than its own generator's, which it still uses where each element has its probability. Rows
    that depend on them are then shown as 'other stream', neither passed nor failed.
    """
    generator = torch.Generator().manual_seed(0)
    one = torch.empty(64, dtype=torch.float64).bernoulli_(0.5, generator=generator)
    each = torch.bernoulli(torch.full_like(one, 0.5), generator=generator.manual_seed(0))
    return not torch.equal(one, each)


@dataclass
class Failure:
    """A minimal case on which a column fails."""

    column: str
    case: draw.Case
    message: str
    snippet: str = ""


@dataclass
class Result:
    """What a row came to. errors are in units of the last place (parity/compare.py says which)."""

    name: str
    family: str = ""
    cases: int = 0
    tried: dict = field(default_factory=dict)  # column -> cases
    failed: set = field(default_factory=set)
    worst: float = 0.0
    float32: float = 0.0
    float32_torch: float = 0.0
    failures: list = field(default_factory=list)
    note: str = ""

    @property
    def passed(self):
        """Whether every column passed."""
        return not self.failed


class Checker:
    """Runs the columns of one row, case by case, and keeps the worst errors."""

    def __init__(self, row, ours, theirs):
        self.row, self.ours, self.theirs = row, ours, theirs
        self.result = Result(row.name, row.family)
        self.columns = [c for c in COLUMNS if c not in row.without]
        self.limit32 = np.inf

    def both(self, do, case, related=False):
        """(ours, theirs) of one action; None where both raised the same class. Mismatch where they part.

        related: a subclass will do. A mixture of dtypes may be refused as a mixture (RuntimeError) or for one of them
        (NotImplementedError, which is a RuntimeError); torch does now the one, now the other. So also where it says
        that the result of a mixture cannot be written in place.
        """
        theirs, ours = self.judgement(do, case), attempt(do, self.ours, case)
        if type(ours) is minitorch.AcceleratorError and says(theirs, FOUND_LATE):
            return None
        limits = TORCH_LIMITS + (() if self.ours.device == "cpu" else CPU_ONLY)
        if says(theirs, limits):
            return None
        if isinstance(theirs, Exception) or isinstance(ours, Exception):
            related = related or "can't be cast to the desired output type" in str(theirs)
            same = type(theirs).__name__ == type(ours).__name__
            if not (same or (related and isinstance(theirs, RuntimeError) and isinstance(ours, RuntimeError))):
                raise Mismatch(f"{say(ours)}; torch: {say(theirs)}")
            return None
        return ours, theirs

    def judgement(self, do, case):
        """What torch makes of it: on the device, unless the GPU would find an index out of range."""
        if self.theirs.device == "cuda":
            on_cpu = attempt(do, replace(self.theirs, device="cpu"), case)
            if says(on_cpu, FOUND_LATE):
                return on_cpu
        return attempt(do, self.theirs, case)

    def scale(self, case, derivative=False):
        """The magnitude that errors are measured by: None for elementwise results."""
        if self.row.kind == "elementwise" and not derivative:
            return None
        sizes = [1.0] if derivative else [0.0]  # the cotangents are about 1
        case.map(lambda a: sizes.append(compare.magnitude(a)) or a)
        return max(sizes)

    def agree(self, do, case, derivative=False, second=False, related=False, unit=None):
        """Check one action on both sides; the error, in units of the last place of that dtype (None: the result's)."""
        pair = self.both(do, case, related)
        if pair is None:
            return 0.0
        error = compare.error_between(*pair, self.scale(case, derivative), unit)
        kind = "sums" if derivative else self.row.kind
        limit = {"elementwise": compare.ELEMENTWISE, "exact": 0, "normal": compare.NORMAL}.get(kind, compare.SUMS)
        if self.row.limit is not None and not derivative:
            limit = self.row.limit
        limit = compare.SECOND if second else limit
        if error > limit:
            where = compare.first_difference(*pair)
            raise Mismatch(f"{where}: off by {error:.3g} ulp, allowed are {limit}")
        return error

    def column(self, name, case):
        """One column on one case: Mismatch where it fails."""
        first, second = Side.derivatives, partial(Side.derivatives, second=True)
        if name == "forward":
            self.result.worst = max(self.result.worst, self.agree(Side.forward, case))
        elif name == "grad":
            self.agree(first, case, derivative=True)
        elif name == "grad grad":
            self.agree(second, case, derivative=True, second=True)
        elif name == "float32":
            self.float32(case)
        elif name in ("dtypes", "errors"):
            changed = VARIANTS[name](case)
            unit = np.float32 if self.row.float32_part and draw.dtypes(changed) != draw.dtypes(case) else None
            self.agree(Side.forward, changed, related=name == "dtypes", unit=unit)
        else:
            case = draw.other_layout(case) if name == "layout" else draw.with_edges(case)
            self.agree(Side.forward, case)
            if "grad" in self.columns:
                self.agree(first, case, derivative=True)

    def float32(self, case):
        """Our float32 error and torch's, each against torch's float64 result on the same float32 numbers."""
        if self.row.kind in ("exact", "normal"):  # no arithmetic, or random bits: torch's own float32 is the truth
            self.agree(Side.forward, draw.as_float32(case))
            return
        pair = self.both(Side.forward, draw.as_float32(case))
        truth = attempt(Side.forward, self.theirs, draw.exactly_float32(case))
        if pair is None or isinstance(truth, Exception):
            return
        scale, worst = self.scale(case), [0.0, 0.0]
        leaves = [compare.leaves(value) for value in (*pair, truth)]
        compare.error_between(*pair, scale)  # shapes, dtypes, integers
        for ours, theirs, true in zip(*leaves, strict=True):
            if not compare.is_array(ours) or ours[0].dtype.kind != "f":
                continue
            unit = None if scale is None else max(scale, compare.magnitude(true[0]))
            errors = [compare.ulps(x[0], true[0], np.float32, unit or 0.0) for x in (ours, theirs)]
            worst = [max(w, e) for w, e in zip(worst, errors, strict=True)]
        self.result.float32_torch = max(self.result.float32_torch, worst[1])
        self.result.float32 = max(self.result.float32, worst[0])
        if worst[0] > self.limit32:
            raise Mismatch(f"float32: off by {worst[0]:.3g} ulp, allowed are {self.limit32:.3g}")

    def try_case(self, drawn):
        """Every column on one case; failures are only noted."""
        case = draw.as_case(drawn)
        self.result.cases += 1
        for name in self.applicable(case):
            self.result.tried[name] = self.result.tried.get(name, 0) + 1
            try:
                self.column(name, case)
            except Mismatch:
                self.result.failed.add(name)

    def applicable(self, case):
        """The columns to try.

        Where torch refuses the case as drawn, its variants would have two faults at once, and which of two is reported
        is nobody's promise. Where an array is empty, torch often skips the kernel that would have refused.
        """
        refused = isinstance(self.judgement(Side.forward, case), Exception)
        empty = draw.has_empty(case)
        skipped = {*(VARIANTS if refused else ()), *(("dtypes", "errors") if empty else ())}
        return [c for c in self.columns if c not in skipped]

    def shrink(self, name, run):
        """Run one column again with shrinking: the minimal failing case."""
        last = []

        def one(drawn):
            case = draw.as_case(drawn)
            if name not in self.applicable(case):
                return
            try:
                self.column(name, case)
            except Mismatch as error:
                last[:] = [(case, str(error))]
                raise

        kept = replace(self.result)
        try:
            run(one, phases=(Phase.generate, Phase.shrink))
        except Mismatch:
            case, message = last[0]
            self.result = kept
            failure = Failure(name, variant(name, case), message)
            failure.snippet = snippet(failure, self.ours, self.theirs, self.row.name)
            kept.failures.append(failure)
        self.result = kept


def says(outcome, words):
    """Whether an outcome is an exception with any of these words."""
    return isinstance(outcome, Exception) and any(some in str(outcome) for some in words)


def variant(column, case):
    """The case that a column makes of the drawn one."""
    return VARIANTS[column](case) if column in VARIANTS else case


def repeat(test, strategy, examples, seed, phases=(Phase.generate,)):
    """test(drawn) for a number of draws, the same ones for the same seed."""
    settings = hypothesis.settings(
        max_examples=examples,
        derandomize=False,  # the seed decides, also where a profile says otherwise
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    # Hypothesis also draws numbers that it reads in the sources of the modules loaded so far, which may be others.
    unread = mock.patch.object(providers, "_get_local_constants", providers.Constants)
    with unread, np.errstate(all="ignore"):  # what draws do to nan and inf is meant
        hypothesis.seed(seed)(settings(given(strategy)(test)))()


def check_row(row, examples=40, seed=0, devices=("cpu", "cpu"), shrink=True):
    """Check one row: a Result."""
    if row.bernoulli and other_stream():
        return Result(row.name, row.family, note="other stream")
    ours = Side(minitorch, partial(row.call, minitorch), devices[0])
    theirs = Side(torch, partial(row.call, torch), devices[1])
    return run(row, ours, theirs, examples, seed, shrink)


def run(row, ours, theirs, examples, seed, shrink):
    """All draws of a row, then a minimal example for each column that failed."""
    checker = Checker(row, ours, theirs)
    go = partial(repeat, strategy=row.strategy, examples=examples, seed=seed)
    default_streams["cuda"].manual_seed(UNTOUCHED)
    go(checker.try_case)
    result = checker.result
    stream = default_streams["cuda"]
    if ours.device == "cuda" and result.failed and (stream.initial_seed != UNTOUCHED or stream.drawn):
        return Result(row.name, row.family, note="other stream")  # a GPU draws other numbers than torch
    floor = compare.FLOAT32_FLOOR_OF_SUMS if row.kind == "sums" else compare.FLOAT32_FLOOR
    checker.limit32 = max(floor, compare.FLOAT32_FACTOR * result.float32_torch)
    if result.float32 > checker.limit32:
        result.failed.add("float32")
    if shrink:  # where forward fails, the other columns mostly show the same fault
        for name in ["forward"] if "forward" in result.failed else checker.columns:
            if name in result.failed:
                checker.shrink(name, go)
    return result


def check(ours, theirs, strategy, *, kind="elementwise", without=(), name=None, examples=40, seed=0):
    """Check a function on minitorch tensors against one on torch tensors: a Result; AssertionError where they differ.

    strategy: a hypothesis strategy that draws what both are called with, NumPy arrays in place of tensors: one
    argument, a tuple of arguments, or a `parity.draw.Case` (see `parity.draw.case`). kind: "elementwise", "sums" for
    what adds numbers up, "exact" for equal bits. without: columns that do not apply, of parity.harness.COLUMNS.

        import minitorch, torch, parity
        parity.check(minitorch.tanh, torch.tanh, parity.draw.arrays())
    """
    row = Row(name or getattr(ours, "__name__", "function"), ours, strategy, kind, tuple(without))
    pair = Side(minitorch, ours), Side(torch, theirs)
    result = run(row, *pair, examples, seed, shrink=True)
    if not result.passed:
        parts = [failure.snippet for failure in result.failures]
        raise AssertionError("\n\n".join([f"{row.name}: {', '.join(sorted(result.failed))} failed", *parts]))
    return result
