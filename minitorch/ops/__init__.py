"""The operations on tensors, a file a family: an op is its forward and one VJP per input, side by side
(autograd/op.py)."""

from minitorch.ops import activation, compare, convert, elementwise, index, like, matmul, reduce, sampling, shape

__all__ = ["activation", "compare", "convert", "elementwise", "index", "like", "matmul", "reduce", "sampling", "shape"]
