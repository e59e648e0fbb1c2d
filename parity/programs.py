"""`python -m parity programs`: random programs of views, writes and backward, the same numbers and errors as torch's.

hypothesis draws a program line by line (parity/moves.py): views of views, in-place writes, arithmetic, no_grad, hooks,
backward, gradients of gradients. Each line runs with both libraries; then every live tensor must agree:

    value, shape, strides, dtype; _version, requires_grad, is_leaf, retains_grad, .grad
    which tensors lie in the same memory, and where
    what hooks saw; the class of every error, after which nothing may have changed
    first and second derivatives of what the line made, for all leaves

In half of the programs all of that is looked at after the last line only: looking at a view makes its history anew,
and a program must not depend on who looks. What disagrees is shrunk to the shortest program, printed as Python.
"""

import argparse
import sys
import time
import warnings
from dataclasses import dataclass, field

import numpy as np
import torch
from hypothesis import Phase
from hypothesis import strategies as st
from rich.console import Console

import minitorch
from minitorch.ops.strides import places
from parity import compare
from parity.compare import Mismatch
from parity.harness import TORCH_LIMITS, repeat
from parity.moves import Name, Step, steps
from parity.side import say, tensors_of

LINES = 14  # of a program, at most
LIVE = 12  # tensors of a program, at most
LARGEST = 1e6  # programs end where numbers grow beyond: then nothing is left of the small ones
FACTS = ("requires_grad", "is_leaf", "retains_grad", "output_nr", "grad")
TURNS = ("t_", "transpose_", "squeeze_", "unsqueeze_")
STARTS = {"a": (2, 3), "b": (3,), "c": (2, 2)}  # the tensors that every program begins with


@dataclass
class World:
    """The tensors of a running program in one library."""

    lib: object
    tensors: dict = field(default_factory=dict)
    log: list = field(default_factory=list)  # gradients that hooks saw
    born: dict = field(default_factory=dict)  # name -> version when it came into the program

    def attempt(self, step):
        """The result of a step, or the exception that it raised."""
        try:
            return step.run(self.lib, self.tensors, self.log)
        except Exception as error:
            return error

    def memory(self, x):
        """Where the memory of a tensor begins."""
        return x.kernels.memory(x.array).ctypes.data if self.lib is minitorch else x.untyped_storage().data_ptr()

    def names_of(self, result):
        """Which tensors of the program the results are already, None for new ones."""
        known = {id(x): name for name, x in self.tensors.items()}
        return [known.get(id(y)) for y in tensors_of(result)]

    def leaves(self):
        """The tensors of the beginning that are leaves still. (Of others that were written, derivatives are a matter of
        taste: a node that saved its output may see it as its own result, or as a part of its base.)"""
        return [x for x in map(self.tensors.get, STARTS) if x.requires_grad and x.is_leaf]

    def state(self):
        """All that can be seen of every tensor: what -> value."""
        out, owners = {}, {}
        for name, x in self.tensors.items():
            out[name] = x
            out[f"{name}._version"] = x._version - self.born.setdefault(name, x._version)  # of .grad it may begin at 1
            out[f"{name}.stride()"] = [s for s, n in zip(x.stride(), x.shape, strict=True) if n > 1 and x.numel()]
            out[f"the memory of {name}"] = owners.setdefault(self.memory(x), name) if x.numel() else None
            out[f"{name}.storage_offset()"] = x.storage_offset() if x.numel() else 0
            for fact in FACTS:  # some may not even be asked for
                try:
                    out[f"{name}.{fact}"] = getattr(x, fact)
                except RuntimeError as error:
                    out[f"{name}.{fact}"] = type(error).__name__
        out["what hooks saw"] = self.log
        return out

    def derivatives(self, y):
        """First derivatives of sum(y) for all leaves, and second ones: of sum(first ** 2). No graph counts as 0."""
        inputs = self.leaves()
        if not (y.requires_grad and inputs):
            return []
        seen = len(self.log)
        settings = {"create_graph": True, "allow_unused": True, "materialize_grads": True}
        try:
            first = self.lib.autograd.grad(y.sum(), inputs, **settings)
            total = sum((g * g).sum() for g in first)
            if not total.requires_grad:
                return [first, [self.lib.zeros_like(x) for x in inputs]]
            return [first, self.lib.autograd.grad(total, inputs, **settings)]
        finally:
            del self.log[seen:]  # whether hooks see a second derivative of zeros is not compared


class Program:
    """One program, run line by line in both libraries."""

    def __init__(self, leaves, watch):
        self.worlds = World(minitorch), World(torch)
        self.watch, self.lines, self.largest = watch, [], 1.0
        for i, (name, shape) in enumerate(STARTS.items()):
            numbers = np.random.default_rng(i).standard_normal(shape).round(1).tolist()
            line = f"lib.tensor({numbers}, dtype=lib.float64, requires_grad={name in leaves})"
            self.lines.append(f"{name} = {line}")
            for world in self.worlds:
                lib = world.lib
                world.tensors[name] = lib.tensor(numbers, dtype=lib.float64, requires_grad=name in leaves)

    def shapes(self):
        """name -> shape of the live tensors."""
        return {name: tuple(x.shape) for name, x in self.worlds[1].tensors.items()}

    def step(self, step):
        """Run one line in both and compare. False: the program ends here."""
        if self.is_odd(step):
            return False
        outcomes = [world.attempt(step) for world in self.worlds]
        ours, theirs = outcomes
        if isinstance(ours, Exception) or isinstance(theirs, Exception):
            if isinstance(theirs, Exception) and any(words in str(theirs) for words in TORCH_LIMITS):
                return False
            self.lines += ["try:", f"    {step.text()}", f"except {type(theirs).__name__}: pass"]
            two_faults = "is a view and its base" in str(theirs) and isinstance(ours, Exception)
            if type(ours).__name__ != type(theirs).__name__ and not two_faults:
                self.lines[-1] = "except Exception as error: print(repr(error))"
                raise Mismatch(f"{say(ours)}; torch: {say(theirs)}")
            made = []
        else:
            known, expected = (world.names_of(y) for world, y in zip(self.worlds, outcomes, strict=True))
            fresh = [f"x{len(self.lines)}{'abcdef'[i % 6]}" for i in range(len(expected))]
            made = [old or new for old, new in zip(expected, fresh, strict=True)]
            self.lines.append(step.text([] if made == [step.on] else made))
            if known != expected:
                raise Mismatch(f"the results are {known}, torch's are {expected} (None: a new tensor)")
            for world, result in zip(self.worlds, outcomes, strict=True):
                world.tensors.update(zip(made, tensors_of(result), strict=True))
        if self.watch:
            self.look()
            self.differentiate([step.on, *made])
        return self.largest < LARGEST and len(self.worlds[0].tensors) < LIVE

    def is_odd(self, step):
        """Whether the line meets one of torch's oddities that are no promise."""
        tensors = self.worlds[1].tensors
        x, others = tensors[step.on], [tensors[a.name] for a in step.args if isinstance(a, Name) and not a.mask]
        if step.method in ("requires_grad_", "detach_"):  # views made before go on as if it had not happened
            where = self.worlds[1].memory
            views = [y for y in tensors.values() if y is not x and y._is_view() and where(y) == where(x)]
            leaf = self.worlds[1].attempt(Step(step.on, "is_leaf"))  # which it may refuse to say, of a view
            used = step.method == "detach_" and leaf is False  # torch refuses its graph then, we do not
            return bool(views) or x.retains_grad or used
        if step.method in ("add", "sub", "mul", "where") and not all(y.is_contiguous() for y in (x, *others)):
            return bool(others)  # the strides of the result follow the one operand or the other, in NumPy and in torch
        if "hook" in step.method and x._is_view():  # of a view that says it requires grad, and has no history:
            return self.worlds[1].attempt(Step(step.on, "grad_fn")) is None  # torch's process would crash
        if step.method in TURNS and x.retains_grad:
            return True  # the gradient kept is that of the shape before
        if step.method == "as_strided":  # of a view: its gradient is another one after the next write
            return x._is_view()
        if step.method in ("masked_fill_", "__setitem__") and overlaps_itself(x):
            return True  # still allowed where torch expanded it, but announced to be refused
        ours = self.worlds[0].tensors[step.on]
        if ours.base is not None and ours.edge is None and ours.is_outdated():
            return True  # the base has a history by now; torch takes the view for a leaf, until someone looks at it
        if step.method.endswith("_"):  # which element is written last, or read first?
            if overlaps_itself(x) and (0 not in x.stride() or x.requires_grad):
                return True
            return any(overlap_unseen(x, y) for y in others)
        return False

    def look(self):
        """Compare all that can be seen of the tensors."""
        ours, theirs = (world.state() for world in self.worlds)
        for what, value in theirs.items():
            self.agree([ours[what], value], f"{what}: ")

    def differentiate(self, names):
        """Compare derivatives of the tensors of these names."""
        for name in dict.fromkeys(names):
            results = []
            for world in self.worlds:
                try:
                    results.append(world.derivatives(world.tensors[name]))
                except Exception as error:
                    results.append(error)
            if any(isinstance(r, Exception) for r in results):
                if type(results[0]).__name__ != type(results[1]).__name__:
                    raise Mismatch(f"derivatives of {name}: {say(results[0])}; torch: {say(results[1])}")
            else:
                self.agree(results, f"derivatives of {name}: ")

    def agree(self, pair, what=""):
        """Mismatch where two results differ by more than rounding."""
        arrays = [leaf[0] for leaf in compare.leaves(pair[1]) if compare.is_array(leaf)]
        self.largest = max(self.largest, compare.magnitude(*arrays))
        try:
            error = compare.error_between(*pair, scale=self.largest)
        except Mismatch as difference:
            raise Mismatch(f"{what}{difference}") from None
        if error > compare.SUMS:
            raise Mismatch(f"{what}{compare.first_difference(*pair)}: off by {error:.3g} ulp")

    def finish(self):
        """What is compared at the end of every program."""
        self.look()
        self.differentiate(self.shapes())
        self.look()

    def snippet(self, message):
        """The program as Python that runs on its own."""
        names = ", ".join(self.worlds[1].tensors)
        body = "\n".join(f"    {line}" for line in self.lines)
        return (
            f"# {message}\nimport minitorch, torch\n\nfor lib in (minitorch, torch):\n    log = []\n{body}\n"
            f"    for x in ({names}):\n        print(x, x._version, x.requires_grad, x.is_leaf, x.grad)"
        )


def cells(x):
    """Where in memory the elements of a torch tensor lie."""
    return places(x.shape, x.stride(), x.storage_offset()).reshape(-1)


def overlaps_itself(x):
    """Whether elements of a torch tensor share a place."""
    return len(np.unique(cells(x))) < x.numel()


def overlap_unseen(x, y):
    """Whether two tensors share places, and torch does not notice: it looks into those only that have no gaps."""
    if x.untyped_storage().data_ptr() != y.untyped_storage().data_ptr() or not np.intersect1d(cells(x), cells(y)).size:
        return False
    return any(np.ptp(cells(t)) + 1 != t.numel() for t in (x, y)) and not np.array_equal(cells(x), cells(y))


def run(drawn, last):
    """Draw and run one program; where it fails, `last` holds its text."""
    leaves = drawn.draw(st.sampled_from(["a", "ab", "", "abc", "b"]))
    program = Program(leaves, watch=drawn.draw(st.booleans()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for _ in range(drawn.draw(st.integers(1, LINES))):
                if not program.step(drawn.draw(steps(program.shapes()))):
                    break
            if program.largest < LARGEST:
                program.finish()
        except Mismatch as error:
            last[:] = [program.snippet(str(error))]
            raise


def check(examples, seed=0, shrink=True):
    """Run so many programs: None, or the shortest one on which the libraries part, as Python."""
    last, phases = [], (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    try:
        repeat(lambda drawn: run(drawn, last), st.data(), examples, seed, phases)
    except Mismatch:
        return last[0]
    return None


def main(argv=None):
    """Run and print. The exit status: 0 all agree, 1 some program does not."""
    what = __doc__.split("\n")[0].split(": ")[1]
    parser = argparse.ArgumentParser(prog="python -m parity programs", description=what)
    parser.add_argument("--examples", type=int, default=1000, metavar="N", help="programs (default 1000)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed draws the same programs (default 0)")
    args = parser.parse_args(argv)
    if args.examples < 1:
        parser.error("--examples must be at least 1")
    return report(Console(width=None if sys.stdout.isatty() else 120), args.examples, args.seed)


def report(console, examples, seed):
    """check, printed: the exit status."""
    start = time.perf_counter()
    failed = check(examples, seed)
    if failed:
        console.print(failed, markup=False, highlight=False)
    verdict = "[bold red]some part from torch[/]" if failed else "[bold green]all agree with torch[/]"
    console.print(f"{examples} random programs in {time.perf_counter() - start:.0f} s: {verdict}")
    return 1 if failed else 0
