"""What a computer does with x * 3 + 2: imperative and symbolic style, asynchronous calls, and the speeds of memory.

python examples/computation.py                   measures, draws computation.png

Imperative: each line is computed when it is reached, in a pass over the memory. Any value can be printed, any Python
written between. Symbolic: the program first builds an expression, which can be seen as a whole, made simpler, and
compiled to one pass; only then are there numbers. Arithmetic is so cheap that bytes are what counts: two passes move
twice as many, and the farther away the memory, the slower they come. (A GPU's queue: examples/async.py.)
"""

import time
import timeit
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from _program import options, plt
from numba import njit
from rich.progress import track

import minitorch


class Symbol:
    """An expression: "x", a number, or the sum or product of two expressions."""

    def __init__(self, kind, *parts):
        self.kind, self.parts = kind, [p if isinstance(p, Symbol) else Symbol(p) for p in parts]

    def __add__(self, other):
        return Symbol("+", self, other)

    def __mul__(self, other):
        return Symbol("*", self, other)

    def __repr__(self):
        return f"({self.parts[0]} {self.kind} {self.parts[1]})" if self.parts else str(self.kind)

    def simpler(self):
        """Without + 0 and * 1, which an imperative program would have computed."""
        if not self.parts:
            return self
        left, right = (part.simpler() for part in self.parts)
        return left if right.kind == {"+": 0, "*": 1}[self.kind] else Symbol(self.kind, left, right)

    def compiled(self):
        """A machine-code function of a number."""
        if not self.parts:
            value = None if self.kind == "x" else np.float32(self.kind)
            return njit(lambda x: x) if self.kind == "x" else njit(lambda x: value)
        f, g = (part.compiled() for part in self.parts)
        return njit(lambda x: f(x) + g(x)) if self.kind == "+" else njit(lambda x: f(x) * g(x))


def programs():
    """{name: run(out, between, x, times)}: three ways to out = x * 3 + 2, done so many times."""
    x = Symbol("x")
    expression = (x * 3 + 0) * 1 + 2
    print(f"symbolic: {expression} is made simpler: {expression.simpler()}")
    both, triple, plus_2 = (e.simpler().compiled() for e in (expression, x * 3, x + 2))

    @njit
    def one_pass(out, between, x, times):
        for _ in range(times):
            for i in range(len(x)):
                out[i] = both(x[i])

    @njit
    def two_passes(out, between, x, times):
        for _ in range(times):
            for i in range(len(x)):
                between[i] = triple(x[i])
            for i in range(len(x)):
                out[i] = plus_2(between[i])

    def imperative(out, between, x, times):
        x = minitorch.from_numpy(x)
        for _ in range(times):
            y = x * 3
            y = y + 2
        out[:] = y.numpy()

    return {"one pass": one_pass, "two passes": two_passes, "x * 3, then + 2, by minitorch": imperative}


def caches():
    """{level: bytes} of the first core's data caches, as Linux tells."""
    found = {}
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind, level, size = ((folder / name).read_text().strip() for name in ("type", "level", "size"))
        if kind != "Instruction":
            found[f"L{level}"] = int(size[:-1]) << {"K": 10, "M": 20}[size[-1]]
    return found


def returns_at_once(size):
    """Python asks a thread for a product and goes on; it waits when it needs the result. (Products and our kernels let
    other Python threads run meanwhile.)"""
    x = minitorch.randn(size, size)
    with ThreadPoolExecutor(1) as backend:
        began, lines = time.perf_counter(), 0
        future = backend.submit(lambda: x @ x)
        asked = time.perf_counter() - began
        while not future.done():
            lines += 1  # what the front end does meanwhile
        done = time.perf_counter() - began
    print(f"asynchronous: asked in {1e6 * asked:.0f} us, done in {1e3 * done:.0f} ms; Python went on for {lines} lines")


def main():
    arguments = options(__doc__, "computation.png")
    returns_at_once(512 if arguments.quick else 2048)
    largest, budget = (20, 2**17) if arguments.quick else (28, 2**24)
    sizes = 2 ** np.arange(11, largest + 0.1, 0.5)  # bytes of an array
    runs = programs()
    nanoseconds = {name: [] for name in runs}  # an element
    for size in track(sizes, "sizes"):
        x = np.linspace(0, 1, int(size) // 4, dtype=np.float32)
        arrays, times = (np.empty_like(x), np.empty_like(x), x), max(budget // len(x), 1)
        for name, run in runs.items():
            best = min(timeit.repeat(partial(run, *arrays, times), number=1, repeat=5))  # the first one compiles
            nanoseconds[name].append(1e9 * best / times / len(x))
            assert np.array_equal(arrays[0], x * 3 + 2)
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6))
    one, two = (np.array(nanoseconds[name]) for name in ("one pass", "two passes"))
    left.plot(sizes, 8 / one)
    left.set(title="one pass: 4 bytes read and 4 written an element", ylabel="GB/s", ylim=(0, None))
    for (name, values), style in zip(nanoseconds.items(), ("-", "--", ":"), strict=True):
        right.semilogy(sizes, values, style, label=name)
    right.set(title="x * 3 + 2", ylabel="ns an element")
    right.legend(loc="lower right")
    edges = {"": 0, **{level: size / 2 for level, size in caches().items()}, "memory": 2 * sizes[-1]}
    for (_, low), (level, high) in pairwise(edges.items()):
        for axes in (left, right):
            axes.axvline(high, color="#888888", ls=":", lw=1)  # x and out fill the cache here
            place = {"x": min(high, sizes[-1]), "y": 0.98, "transform": axes.get_xaxis_transform()}
            axes.text(s=f"{level} ", ha="right", va="top", **place)
        inside = (sizes > 1.4 * low) & (sizes < high / 1.4)
        if inside.any():
            speed, ratio = np.median(8 / one[inside]), np.median((two / one)[inside])
            print(f"{level:7}{speed:6.0f} GB/s; two passes take {ratio:.1f} times as long as one")
    for axes in (left, right):
        axes.set_xscale("log", base=2)
        axes.set(xlabel="bytes of an array", xlim=(sizes[0], sizes[-1]))
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
