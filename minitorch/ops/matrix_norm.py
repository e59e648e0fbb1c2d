"""Norms of matrices, and the functions that choose between them and those of vectors.

    fro   the root of the sum of squares: the 2-norm of all elements        nuc   the sum of the singular values
    2     the largest singular value        1     the largest sum of magnitudes of a column        inf   of a row
    -2, -1, -inf                            the same with the smallest

https://docs.pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html
"""

import math

from minitorch.autograd.op import numpy_names
from minitorch.ops.elementwise import where
from minitorch.ops.matmul import refuse
from minitorch.ops.matrix import check_square, identity
from minitorch.ops.solve import inv, slogdet
from minitorch.ops.spectral import svdvals
from minitorch.ops.vector_norm import in_norm_dtype, vector_norm
from minitorch.size import normalize_dim


@numpy_names
def matrix_norm(input, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None):
    """The norm of the matrices that stand in two dims of input: (..., n, m) -> (...).

    RuntimeError for integers, an order that is none, and dims that are not two different ones.
    """
    dims = (dim,) if isinstance(dim, int) else tuple(dim)
    input = in_norm_dtype("linalg.matrix_norm", input, dtype)
    refuse("linalg.matrix_norm", input.ndim < 2, "The input tensor A must have at least 2 dimensions.")
    refuse("linalg.matrix_norm", len(dims) != 2, f"dim must be a 2-tuple. Got {' '.join(map(str, dims))}")
    known = ord in ("fro", "nuc") if isinstance(ord, str) else abs(ord) in (1, 2, math.inf)
    refuse("linalg.matrix_norm", not known, f"Order {ord} not supported.")
    row, column = (normalize_dim(d, input.ndim) for d in dims)
    refuse("linalg.matrix_norm", row == column, f"dims must be different. Got ({dims[0]}, {dims[1]})")
    if ord == "fro":
        return vector_norm(input, 2, (row, column), keepdim)
    if ord == "nuc" or abs(ord) == 2:
        values = svdvals(input.movedim((row, column), (-2, -1)))  # (..., n, m) -> (..., min(n, m))
        y = values.sum(-1) if ord == "nuc" else extreme(values, ord, -1)
    else:
        added, compared = (row, column) if abs(ord) == 1 else (column, row)
        sums = vector_norm(input, 1, added, keepdim=True)
        y = extreme(sums, ord, compared).squeeze(added - (added > compared))
    return y.unsqueeze(min(row, column)).unsqueeze(max(row, column)) if keepdim else y


def extreme(x, ord, dim):
    """The largest element along dim, or for a negative ord the smallest; of no elements the largest is 0."""
    if ord < 0:
        return x.amin(dim)
    return x.amax(dim) if x.size(dim) else x.sum(dim)


@numpy_names
def linalg_norm(input, ord=None, dim=None, keepdim=False, *, dtype=None):
    """The norm of vectors (one dim) or matrices (two dims); without ord and dim, the 2-norm of all elements.

    RuntimeError where ord is given without dim for a tensor that is neither a vector nor a matrix.
    """
    dims = None if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    if dims is not None:
        refuse(
            "linalg.norm",
            len(dims) not in (1, 2),
            f"If dim is specified, it must be of length 1 or 2. Got {list(dims)}",
        )
    elif ord is not None:
        refuse(
            "linalg.norm",
            input.ndim not in (1, 2),
            f"If dim is not specified but ord is, the input must be 1D or 2D. Got {input.ndim}D.",
        )
        dims = tuple(range(input.ndim))
    if ord is None:
        return vector_norm(input, 2, dims, keepdim, dtype=dtype)
    if len(dims) == 2 or isinstance(ord, str):
        return matrix_norm(input, ord, dims, keepdim, dtype=dtype)
    return vector_norm(input, ord, dims, keepdim, dtype=dtype)


def norm(input, p="fro", dim=None, keepdim=False, dtype=None):
    """The p-norm over dim, by default the 2-norm of all elements ("fro"). "nuc" is that of matrices."""
    dims = (dim,) if isinstance(dim, int) else dim
    if p == "fro" and (dims is None or len(dims) <= 2):
        return vector_norm(input, 2, dims, keepdim, dtype=dtype)
    if isinstance(p, str):
        return matrix_norm(input, p, range(input.ndim) if dims is None else dims, keepdim, dtype=dtype)
    return vector_norm(input, 2.0 if p is None else p, dims, keepdim, dtype=dtype)


def cond(input, p=None):
    """The condition number |A|_p |A^-1|_p of A = input: how much an error in b grows in the solution of A x = b.

    It is inf for a singular A. By default p is 2: the largest singular value over the smallest, of matrices of any
    shape; else they must be square.
    """
    if input.ndim > 1 and input.numel() == 0 and input.shape[-1] == input.shape[-2]:
        return input.new_zeros(input.shape[:-2])
    if p is None or (not isinstance(p, str) and abs(p) == 2):
        values = svdvals(input)
        return values[..., -1] / values[..., 0] if p == -2 else values[..., 0] / values[..., -1]
    check_square(f"linalg.cond(ord={p})", input)
    singular = slogdet(input.detach()).sign == 0
    invertible = where(singular[..., None, None], identity(input, input.shape[-1]), input)
    return (matrix_norm(input, p) * matrix_norm(inv(invertible), p)).masked_fill(singular, math.inf)
