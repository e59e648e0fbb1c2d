"""One sample of torch's operator database as a call with either library.

The database (torch.testing._internal.common_methods_invocations.op_db) says for each operator what to call and with
what. Each side gets tensors of its own with the same numbers in the same layout, and our side gets our dtypes, devices
and sizes for torch's. Where the database wraps torch's function in a lambda, ours is that lambda with minitorch under
the name torch.
"""

import functools
import types
from dataclasses import dataclass, replace

import numpy as np
import torch

import minitorch
from parity.compare import Mismatch

places = {minitorch: "cpu", torch: "cpu"}  # where each library's tensors live


class Unsupported(Exception):
    """A sample that holds what minitorch does not have: the reason."""


@dataclass(frozen=True)
class Sample:
    """The arguments of one call.

    process: what makes of its result something that may be differentiated (of a singular value decomposition, say,
    whose vectors are free in their sign). free: whether only that may be compared, too.
    """

    args: tuple
    settings: dict
    process: object
    number: int = 0
    free: bool = False

    @classmethod
    def of(cls, sample, number=0, free=False):
        """A torch SampleInput as a Sample."""
        return cls((sample.input, *sample.args), dict(sample.kwargs), sample.output_process_fn_grad, number, free)

    def map(self, change):
        """The same with change(value) for each tensor and plain value in it."""
        return replace(self, args=mapped(self.args, change), settings=mapped(self.settings, change))

    def on(self, lib, grad, place=None):
        """(sample, inputs): the same with fresh tensors of `lib`; inputs are those that ask for a gradient."""
        inputs = []
        if "out" in self.settings:
            raise Unsupported("out= is not supported")

        def change(value):
            if not isinstance(value, torch.Tensor):
                return value if lib is torch else translated(value)
            x = placed(lib, laid_out(value), place or places[lib])
            if grad and value.requires_grad:
                inputs.append(x.requires_grad_())
            return x

        changed = self.map(change)
        if lib is minitorch:
            changed = replace(changed, process=rebound(self.process))
        return changed, inputs


def placed(lib, array, place):
    """A tensor with the numbers and the strides of a NumPy array."""
    x = lib.from_numpy(array)
    if place == "cpu":
        return x
    moved = x.to(place)
    if moved.stride() == x.stride():
        return moved
    extent = 1 + sum((n - 1) * step for n, step in zip(x.shape, x.stride(), strict=True))
    memory = lib.zeros(extent, dtype=x.dtype, device=place)
    memory.as_strided(x.shape, x.stride()).copy_(moved)
    return memory.as_strided(x.shape, x.stride()).detach()


def mapped(value, change):
    """A nest of lists, tuples and dicts with change(leaf) for each leaf."""
    if isinstance(value, dict):
        return {k: mapped(v, change) for k, v in value.items()}
    if type(value) in (list, tuple):
        return type(value)([mapped(v, change) for v in value])
    return change(value)


def laid_out(x):
    """A copy of a torch tensor's memory, as a NumPy array with the same strides."""
    if x.is_complex() or x.is_sparse or x.is_quantized or x.layout is not torch.strided:
        raise Unsupported("complex, sparse and quantized tensors are refused")
    if x.ndim > 64:
        raise Unsupported("NumPy's arrays have at most 64 dims")
    memory = torch.empty(0, dtype=x.dtype).set_(x.detach().untyped_storage()).numpy().copy()
    strides = [n * x.itemsize for n in x.stride()]
    return np.lib.stride_tricks.as_strided(memory[x.storage_offset() :], x.shape, strides)


def translated(value):
    """Our dtype, device ... for torch's; any other value as it is."""
    if isinstance(value, complex) or (isinstance(value, torch.dtype) and value.is_complex):
        raise Unsupported("complex, sparse and quantized tensors are refused")
    if isinstance(value, torch.Size):
        return minitorch.Size(value)
    if isinstance(value, torch.device):
        return minitorch.device(str(value))
    if isinstance(value, torch.dtype | torch.memory_format | torch.layout):
        name = str(value).removeprefix("torch.")
        if not hasattr(minitorch, name):
            raise Mismatch(f"minitorch has no {name}")
        return getattr(minitorch, name)
    return value


def seeded(function, *args, **settings):
    """The database's wrapper_set_seed for our library: the numbers that follow from seed 42."""
    minitorch.manual_seed(42)
    return function(*args, **settings)


def rebound(function):
    """A function that the database defines, as if it had been written for our library; any other value as it is."""
    if not (isinstance(function, types.FunctionType) and function.__module__.startswith("torch.testing")):
        return function
    names = {**function.__globals__, "torch": minitorch, "wrapper_set_seed": seeded}
    cells = tuple(types.CellType(rebound(cell.cell_contents)) for cell in function.__closure__ or ())
    out = types.FunctionType(function.__code__, names, function.__name__, function.__defaults__, cells)
    out.__kwdefaults__ = function.__kwdefaults__
    return out


def found(name):
    """What stands in minitorch where `name` stands in torch: nn.functional.relu, linalg.qr, __radd__."""
    value = minitorch.Tensor if name.startswith("__") else minitorch
    for part in name.split("."):
        value = getattr(value, part)
    return value


def function_of(entry):
    """Our function for an entry of the database."""
    ours = rebound(entry.op)
    return found(entry.name) if ours is entry.op else ours


def variant_of(variant):
    """Our method, or function in place, for one of torch's."""
    if isinstance(variant, functools.partial):  # of a function of nn.functional, with inplace=True
        function = getattr(minitorch.nn.functional, variant.func.__name__)
        return functools.partial(function, *variant.args, **variant.keywords)
    ours = rebound(variant)
    return getattr(minitorch.Tensor, variant.__name__) if ours is variant else ours
