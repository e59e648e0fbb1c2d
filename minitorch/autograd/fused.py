"""Fused operations: a fast kernel beside the definition that it must equal.

The definition is a few lines of plain operations, as a textbook writes it. A fused op computes forward and backward by
kernels; only when a graph of the gradient is asked for does backward go through the definition, which autograd can
differentiate to any order.
"""

from minitorch.autograd.gradients import grad
from minitorch.autograd.op import op


@op
def identity(input):
    """The same values under another node, so that the gradient for this use of a tensor can be told from others."""
    return input.array, lambda g: g


def gradients_by_definition(definition, inputs, g):
    """The gradients of definition(*inputs), with graphs of their own; None for an input that requires none."""
    needed = [x is not None and x.requires_grad for x in inputs]
    copies = [identity(x) if need else x for x, need in zip(inputs, needed, strict=True)]
    wanted = [x for x, need in zip(copies, needed, strict=True) if need]
    found = iter(grad(definition(*copies), wanted, g, create_graph=True))
    return tuple(next(found) if need else None for need in needed)
