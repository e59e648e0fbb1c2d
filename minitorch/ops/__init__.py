"""The operations on tensors, a file a family: an op is its forward and one VJP per input, side by side
(autograd/op.py)."""

from minitorch.ops import (
    activation,
    compare,
    convert,
    elementwise,
    gather,
    index,
    indexing,
    like,
    masks,
    matmul,
    piecewise,
    reduce,
    sampling,
    shape,
    sorting,
    unique,
)

__all__ = [
    "activation",
    "compare",
    "convert",
    "elementwise",
    "gather",
    "index",
    "indexing",
    "like",
    "masks",
    "matmul",
    "piecewise",
    "reduce",
    "sampling",
    "shape",
    "sorting",
    "unique",
]
