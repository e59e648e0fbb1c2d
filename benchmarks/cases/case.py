"""What a case is: work that either library does, from the same seed, and how much that work must move and compute.

The same code runs on both: `side.lib` is minitorch or torch, which share their names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

MILLION = 1_000_000
WORD = 4  # bytes of a float32


class Work(NamedTuple):
    """What is timed, and what both libraries must agree on."""

    run: Callable[[], Any]
    results: Callable[[Any], list]  # the tensors to compare, from what the first run returned


@dataclass(frozen=True)
class Case:
    """Prepared on a side, it is work.

    bytes: the least that passes between the processor and memory in one run: every input read once by the forward and
    every tensor that backward needs once more, every result written once. flops: additions and multiplications, a
    function such as exp counted as one. tolerance: the largest difference in a tensor, over its largest value.
    """

    name: str
    prepare: Callable[["Side"], Work]
    bytes: int
    flops: int
    tolerance: float = 1e-4
    compiles: bool = True  # whether torch.compile is tried on it
    same_numbers: bool = True  # on a GPU, too; there the two libraries draw different random numbers


@dataclass(frozen=True)
class Side:
    """One library on one device; `compile` is torch.compile, or leaves a function as it is."""

    lib: Any
    device: str
    compile: Callable

    def randn(self, *shape):
        """Normal numbers from the CPU's stream, which is the same in both libraries, on the device."""
        return self.lib.randn(shape).to(self.device)

    def rand(self, *shape):
        """Numbers of [0, 1)."""
        return self.lib.rand(shape).to(self.device)

    def randint(self, high, *shape):
        """Integers of [0, high)."""
        return self.lib.randint(0, high, shape).to(self.device)


def forward_backward(side, function, *inputs):
    """y = function(*inputs), and the gradients of the inputs for a given gradient of y."""
    leaves = [x.requires_grad_() for x in inputs if x.is_floating_point()]
    g = side.randn(*function(*inputs).shape)
    function = side.compile(function)

    def run():
        for leaf in leaves:
            leaf.grad = None
        y = function(*inputs)
        y.backward(g)
        return y

    return Work(run, lambda y: [y, *(leaf.grad for leaf in leaves)])


def training(side, net, loss, optimizer, *batch):
    """One step: loss(net, *batch), its gradients, the optimizer's step; the loss and the gradients are compared."""
    net = side.compile(net)

    def run():
        optimizer.zero_grad()
        value = loss(net, *batch)
        value.backward()
        optimizer.step()
        return value

    return Work(run, lambda value: [value, *(p.grad for p in net.parameters())])
