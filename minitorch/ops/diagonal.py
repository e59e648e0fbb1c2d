"""Diagonals, as views and as matrices made of them, and triangles.

The diagonal number k of a matrix holds its elements [i, i + k]: k > 0 lies above the main one, k < 0 below.
"""

import operator

import numpy as np

from minitorch.autograd.inplace import view
from minitorch.autograd.op import op
from minitorch.ops.parts import written_into
from minitorch.size import normalize_dim


def check_dims(dim1, dim2, ndim):
    """Two different dims, from the start."""
    a, b = normalize_dim(dim1, ndim), normalize_dim(dim2, ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return a, b


@view("DiagonalBackward0")
def diagonal(input, *, offset=0, dim1=0, dim2=1):
    """A view of the diagonal number `offset` of each matrix over the dims dim1 and dim2, as the last dim."""
    shape = input.array.shape
    a, b = check_dims(dim1, dim2, len(shape))
    return (
        input.kernels.diagonal(input.array, offset, a, b),
        lambda g: on_diagonal(g, shape=shape, offset=offset, dim1=a, dim2=b),
    )


@op(label="DiagonalBackwardBackward0", bits=True)
def on_diagonal(input, *, shape, offset, dim1, dim2):
    """Zeros of that shape, with input on a diagonal: the transpose of taking it."""
    array = input.kernels.full(shape, 0, input.array.dtype)
    input.kernels.copy_into(input.kernels.diagonal(array, offset, dim1, dim2), input.array)
    return array, lambda g: diagonal(g, offset, dim1, dim2)


def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    """Matrices of zeros, over the new dims dim1 and dim2, with the last dim of input on their diagonal."""
    ndim = input.array.ndim + 1
    a, b = check_dims(dim1, dim2, ndim)
    *batch, n = input.array.shape
    rest, side = iter(batch), n + abs(offset)
    shape = tuple(side if d in (a, b) else next(rest) for d in range(ndim))
    return on_diagonal(input, shape=shape, offset=offset, dim1=a, dim2=b)


def diag(input, diagonal=0):
    """Of a vector the matrix with it on a diagonal, of a matrix a copy of its diagonal."""
    if input.array.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.array.ndim}D")
    return diag_embed(input, diagonal) if input.array.ndim == 1 else input.diagonal(diagonal).clone()


def diagflat(input, offset=0):
    """The matrix with the elements of input, row by row, on a diagonal."""
    return diag_embed(input.contiguous().view(-1), offset)


def diagonal_scatter(input, src, offset=0, dim1=0, dim2=1):
    """A copy of input with src on its diagonal."""
    out = input.clone()
    return written_into(out, diagonal(out, offset, dim1, dim2), src)


# -- triangles ---------------------------------------------------------------------------------------------------------


def triangle(name, input, compare, diagonal):
    """input where compare(column - row, diagonal) holds, 0 elsewhere; of the last two dims."""
    if input.array.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions, but has {input.array.ndim}")
    rows, columns = input.array.shape[-2:]
    mask = input.kernels.from_numpy(compare(np.arange(columns) - np.arange(rows)[:, None], operator.index(diagonal)))
    return input.kernels.where(mask, input.array, input.kernels.full((), 0, input.array.dtype))


@op
def tril(input, *, diagonal=0):
    """The lower triangle of the last two dims, up to and with that diagonal; 0 above."""
    return triangle("tril", input, operator.le, diagonal), lambda g: tril(g, diagonal)


@op
def triu(input, *, diagonal=0):
    """The upper triangle of the last two dims, from that diagonal on; 0 below."""
    return triangle("triu", input, operator.ge, diagonal), lambda g: triu(g, diagonal)
