"""A side: one library, the function under test, and what the harness does with them.

Each action (forward, derivatives) is written once and done by both sides on the same drawn case.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from parity import draw


@dataclass
class Side:
    """One of the two libraries, the function under test, and where its tensors go."""

    lib: object
    call: Callable
    device: str = "cpu"

    def tensor(self, array, case, leaf):
        """A tensor of that array in the case's layout; leaf: asks for a derivative where the array is floating."""
        x = draw.laid_out(array, case.layout, lambda a: self.lib.from_numpy(a).to(self.device))
        return x.requires_grad_() if leaf and draw.is_float(array) else x

    def arguments(self, case, leaf=False):
        """(args, settings, inputs): the case with tensors for arrays, and the tensors that ask for derivatives."""
        inputs = []

        def change(value):
            if isinstance(value, draw.Fixed):  # may be written to, which an expanded tensor must not
                plain = replace(case, layout="contiguous") if case.layout == "expanded" else case
                return self.tensor(value.array, plain, False)
            if isinstance(value, np.ndarray):
                x = self.tensor(value, case, leaf)
                if x.requires_grad:
                    inputs.append(x)
                return x
            if type(value) in (tuple, list):
                return type(value)(change(v) for v in value)
            return value

        args = [change(a) for a in case.args]
        settings = {k: change(v) for k, v in case.settings.items()}
        return args, settings, inputs

    def forward(self, case):
        """The result without a graph."""
        args, settings, _ = self.arguments(case)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.call(*args, **settings)

    def derivatives(self, case, second=False):
        """First derivatives for every float input; with second also those of (derivatives * random numbers).

        No graph, no gradient and a gradient of zeros count as equal.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            args, settings, inputs = self.arguments(case, leaf=True)
            return self.differentiate(self.call(*args, **settings), inputs, case.rng(), second)

    def differentiate(self, out, inputs, rng, second=False):
        """The derivatives of a result for its inputs, as said above; cotangents are drawn by rng."""
        outputs = [t for t in tensors_of(out) if t.is_floating_point()]
        cotangents = [self.cotangent(rng, t) for t in outputs]
        first = self.grad(outputs, inputs, cotangents, create_graph=second)
        if not second:
            return first
        weights = [self.cotangent(rng, t, leaf=False) for t in first]
        return self.grad(first, inputs + cotangents, weights)

    def cotangent(self, rng, like, leaf=True):
        """Random numbers of that shape and dtype."""
        numbers = rng.standard_normal(tuple(like.shape)).round(2).astype(str(like.dtype).split(".")[-1])
        x = self.lib.from_numpy(np.asarray(numbers)).to(like.device)
        return x.requires_grad_() if leaf else x

    def grad(self, outputs, inputs, cotangents, create_graph=False):
        """autograd.grad of those outputs that have a graph; zeros for inputs without a gradient."""
        live = [(y, g) for y, g in zip(outputs, cotangents, strict=True) if y.requires_grad]
        grads = [None] * len(inputs)
        if live and inputs:
            ys, gs = zip(*live, strict=True)
            grads = self.lib.autograd.grad(ys, inputs, gs, create_graph=create_graph, allow_unused=True)
        return [self.lib.zeros_like(x) if g is None else g for x, g in zip(inputs, grads, strict=True)]


def tensors_of(value):
    """The tensors in a result, in order."""
    if isinstance(value, (tuple, list)):
        return [t for v in value for t in tensors_of(v)]
    if isinstance(value, dict):
        return [t for v in value.values() for t in tensors_of(v)]
    return [value] if hasattr(value, "requires_grad") and hasattr(value, "detach") else []


def attempt(do, side, case):
    """do(side, case), or the exception it raised."""
    try:
        with np.errstate(all="ignore"):
            result = do(side, case)
            if side.device == "cuda":
                side.lib.cuda.synchronize()  # where what a kernel found wrong is told
            return result
    except Exception as error:
        return error


def say(outcome):
    """An outcome in a few words."""
    if isinstance(outcome, Exception):
        return f"{type(outcome).__name__}: {str(outcome).strip().splitlines()[0][:200] if str(outcome) else ''}"
    return "no error"
