"""Rows of a table by their numbers: embedding, and one_hot, the numbers as rows.

embedding(t, W) is one_hot(t) @ W without the zeros. https://docs.pytorch.org/docs/stable/nn.functional.html#sparse-functions
"""

import operator

import numpy as np

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.inplace import blank
from minitorch.autograd.op import op
from minitorch.ops.elementwise import where
from minitorch.ops.indexing import taken, written
from minitorch.ops.vector_norm import p_norm


def one_hot(tensor, num_classes=-1):
    """1 at the place that each number names, 0 elsewhere: int64 (...) -> int64 (..., num_classes).

    num_classes -1 is the largest number plus one. RuntimeError for a number that is negative or too large.
    """
    num_classes = operator.index(num_classes)
    if tensor.array.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if tensor.numel() == 0:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return tensor.new_zeros(*tensor.shape, num_classes)
    if num_classes == -1:
        num_classes = tensor.max().item() + 1
    wrong = tensor.kernels.first_outside(tensor.array, 0, num_classes - 1)
    if wrong is not None:
        raise RuntimeError(
            "Class values must be non-negative."
            if wrong < 0
            else f"Class values must be smaller than num_classes. Got {wrong} for {num_classes} classes"
        )
    ones = tensor.new_ones(*tensor.shape, 1)
    return tensor.new_zeros(*tensor.shape, num_classes).scatter_add(-1, tensor.unsqueeze(-1), ones)


def embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False):
    """weight[input]: for indices input (...) and a table weight (V, D) -> (..., D).

    padding_idx           this row of weight gets no gradient
    max_norm, norm_type   rows that are looked up are first made that short, in weight itself (p-norm, p = norm_type)
    scale_grad_by_freq    a row's gradient is divided by how often it occurs in input

    IndexError for an index out of range (a negative one is), RuntimeError for other dtypes than int32 and int64.
    """
    if sparse:
        raise NotImplementedError("embedding: sparse gradients are not supported, leave sparse=False")
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if input.array.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{input.type()} instead (while checking arguments for embedding)"
        )
    rows = len(weight)
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        if not isinstance(padding_idx, int):
            raise TypeError(f"embedding(): argument 'padding_idx' must be int, not {type(padding_idx).__name__}")
        padding_idx %= rows
    if input.kernels.first_outside(input.array, 0, rows - 1) is not None:
        raise IndexError(f"index out of range in self: embedding has rows 0 to {rows - 1}")
    if max_norm is not None:
        shorten(weight, input, max_norm, norm_type)
    return looked_up(weight, input, padding_idx=padding_idx, scale_grad_by_freq=scale_grad_by_freq)


@op(label="EmbeddingBackward0")
def looked_up(weight, input, *, padding_idx, scale_grad_by_freq):
    index, shape = weight.kernels.cast(input.array, np.dtype(np.int64)), weight.array.shape

    def vjp(g):
        if padding_idx is not None:
            g = where((input == padding_idx).unsqueeze(-1), 0.0, g)
        if scale_grad_by_freq:
            times = written(blank(g, shape[:1]), g.new_ones(()), index=(index,), accumulate=True)
            g = g / taken(times, index=(index,)).unsqueeze(-1)
        return written(blank(g, shape), g, index=(index,), accumulate=True)

    return weight.kernels.index(weight.array, (index,)), vjp, None


def shorten(weight, input, max_norm, norm_type):
    """Scale the rows of weight that input names, and that are longer than max_norm, to that length, in place."""
    table = weight.detach()
    with no_grad():
        rows = table.wrap(table.kernels.from_numpy(np.unique(input.kernels.to_numpy(input.array))))
        found = table[rows]
        norms = p_norm(found, p=norm_type, dims=(1,), keepdim=True)
        table[rows] = where(norms > max_norm, found * (max_norm / (norms + 1e-7)), found)
