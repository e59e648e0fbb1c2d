"""Products made of matrix products and sums: scaled sums, contractions, Kronecker and cross products.

None of them is an operation of its own, so that their derivatives are those of matmul.py.
https://docs.pytorch.org/docs/stable/torch.html#blas-and-lapack-operations
"""

import math

from minitorch.autograd.inplace import check_writable, inplace, rebase
from minitorch.autograd.op import numpy_names
from minitorch.autograd.variable import Variable
from minitorch.dtype import FLOATING, bfloat16, float16
from minitorch.ops.join import stack
from minitorch.ops.matmul import bmm, dot, mm, mv, outer, refuse, same_dtype
from minitorch.ops.refusals import refuse_bool
from minitorch.ops.vector_norm import refuse_integers
from minitorch.promotion import common
from minitorch.size import normalize_dim

# -- beta * input + alpha * a product ----------------------------------------------------------------------------------


def scaled_sum(input, product, beta, alpha):
    """beta * input + alpha * product. A factor 0 makes what it stands before 0, NaN and all."""
    if product.array.dtype.kind not in FLOATING:
        beta, alpha = int(beta), int(alpha)
    input = input.expand(product.shape)
    if alpha != 1:
        product = alpha * product if alpha else product.new_zeros(product.shape)
    if beta == 0:
        return product
    return (input if beta == 1 else beta * input) + product


def addmm(input, mat1, mat2, *, beta=1, alpha=1):
    """beta * input + alpha * (mat1 @ mat2), with input (..., n, m) broadcast, mat1 (n, k), mat2 (k, m)."""
    same_dtype("addmm", input, mat1, mat2)
    if mat1.dtype in (float16, bfloat16):  # as in torch, all in float32, and rounded once
        return addmm(input.float(), mat1.float(), mat2.float(), beta=beta, alpha=alpha).to(mat1.dtype)
    return scaled_sum(input, mm(mat1, mat2), beta, alpha)


def addmv(input, mat, vec, *, beta=1, alpha=1):
    """beta * input + alpha * (mat @ vec), with mat (n, k), vec (k)."""
    same_dtype("addmv", input, mat, vec)
    return scaled_sum(input, mv(mat, vec), beta, alpha)


def baddbmm(input, batch1, batch2, *, beta=1, alpha=1):
    """beta * input + alpha * (batch1 @ batch2), with batch1 (b, n, k), batch2 (b, k, m)."""
    same_dtype("baddbmm", input, batch1, batch2)
    refuse("baddbmm", batch1.ndim != 3, "batch1 must be a 3D tensor")
    batch2.size(2)  # IndexError where it is no batch
    return scaled_sum(input, bmm(batch1, batch2), beta, alpha)


def addbmm(input, batch1, batch2, *, beta=1, alpha=1):
    """beta * input + alpha * (the sum of batch1 @ batch2 over the batch), with batch1 (b, n, k), batch2 (b, k, m).

    The sum over the batch and over k is one: (n, b k) times (b k, m).
    """
    same_dtype("addbmm", input, batch1, batch2)
    refuse("addbmm", batch1.ndim != 3, "batch1 must be a 3D tensor")
    (b, n, k), (other, inner, m) = batch1.shape, [batch2.size(d) for d in range(3)]
    fits = (b, k) == (other, inner)
    refuse("addbmm", not fits, f"batches {list(batch1.shape)} and {list(batch2.shape)} do not fit")
    left = batch1.transpose(0, 1).reshape(n, b * k)  # (b, n, k) -> (n, b, k) -> (n, b k)
    return scaled_sum(input, mm(left, batch2.reshape(b * k, m)), beta, alpha)


def addr(input, vec1, vec2, *, beta=1, alpha=1):
    """beta * input + alpha * outer(vec1, vec2); dtypes are promoted, and booleans are added by or."""
    input, product = common("addr", (input, outer(vec1, vec2)))
    for name, factor in (("beta", beta), ("alpha", alpha)):
        if isinstance(factor, float) and product.array.dtype.kind not in FLOATING:
            raise RuntimeError(f"For integral input tensors, argument {name} must not be a floating point number.")
    input = input.expand(product.shape)
    if product.array.dtype.kind == "b":
        parts = [x for factor, x in ((beta, input), (alpha, product)) if factor]
        return parts[0] | parts[-1] if parts else product.new_zeros(product.shape)
    return alpha * product if beta == 0 else beta * input + alpha * product


write_addbmm = inplace(addbmm)


def addbmm_(input, batch1, batch2, *, beta=1, alpha=1):
    """addbmm, written into input; which grows to the shape of the result where it would have to be broadcast."""
    check_writable(input, "addbmm_")
    if input.base is not None or input.shape == batch1.shape[1:2] + batch2.shape[2:]:
        return write_addbmm(input, batch1, batch2, beta=beta, alpha=alpha)
    value = addbmm(input, batch1, batch2, beta=beta, alpha=alpha)
    input.array = value.array
    return rebase(input, value)


# -- contractions ------------------------------------------------------------------------------------------------------


def vdot(input, other):
    """The sum of products of two vectors, (n) (n) -> (): for real numbers the same as dot."""
    return dot(input, other)


@numpy_names
def vecdot(x, y, *, dim=-1):
    """The sum of products along dim; the rest broadcasts."""
    refuse_integers("linalg.vecdot", x)
    same_dtype("linalg.vecdot", x, y)
    if x.ndim == y.ndim == 1:
        return vdot(x, y)
    return (x * y).sum(dim)


def tensordot(a, b, dims=2):
    """Sums of products over dims of a and dims of b: ([dims of a], [dims of b]), or a number n, for the last n of a and
    the first n of b. A dim of size 1 meets any other. The result has the other dims of a, then those of b."""
    if isinstance(dims, Variable):
        dims = dims.tolist()
    if isinstance(dims, int):
        refuse("tensordot", not 0 <= dims <= min(a.ndim, b.ndim), f"dims must be from 0 to the rank, but are {dims}")
        dims = range(-dims, 0), range(dims)
    elif not isinstance(dims, tuple | list):
        raise RuntimeError(
            "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, "
            f"but got dims={dims}"
        )
    left, right = dims
    refuse("tensordot", len(left) != len(right), "both dimension lists should have same length")
    same_dtype("tensordot", a, b)
    pairs = []
    for i, j in zip(left, right, strict=True):
        pairs.append((normalize_dim(i, a.ndim), normalize_dim(j, b.ndim)))
        i, j = pairs[-1]
        m, n = a.shape[i], b.shape[j]
        if m == 1:
            b = b.sum(j, keepdim=True, dtype=b.dtype)
        elif n == 1:
            a = a.sum(i, keepdim=True, dtype=a.dtype)
        else:
            refuse("tensordot", m != n, f"contracted dimensions need to match, but have sizes {m} and {n}")
    left, right = [i for i, _ in pairs], [j for _, j in pairs]
    kept = [d for d in range(a.ndim) if d not in left], [d for d in range(b.ndim) if d not in right]
    rows, columns = [a.shape[d] for d in kept[0]], [b.shape[d] for d in kept[1]]
    inner = math.prod(a.shape[d] for d in left)
    a = a.permute(*kept[0], *left).reshape(math.prod(rows), inner)  # (rows..., contracted...) -> (R, C)
    b = b.permute(*right, *kept[1]).reshape(inner, math.prod(columns))  # (contracted..., columns...) -> (C, S)
    return mm(a, b).reshape(*rows, *columns)  # (R, S) -> (rows..., columns...)


def inner(input, other):
    """Sums of products over the last dims of both; with a 0-d tensor, the product element by element."""
    if input.ndim == 0 or other.ndim == 0:
        return input * other
    refuse(
        "inner",
        input.shape[-1] != other.shape[-1],
        f"the last dimension must match on both input tensors but got shapes {list(input.shape)} and "
        f"{list(other.shape)}",
    )
    return tensordot(input, other, ([-1], [-1]))


def trace(input):
    """The sum of a matrix's diagonal."""
    refuse("trace", input.ndim != 2, f"expected a matrix, but got tensor with dim {input.ndim}")
    refuse_bool(input, "\"trace\" not implemented for 'Bool'", NotImplementedError)
    return input.diagonal().sum()


def multi_dot(tensors):
    """The product of two or more matrices, multiplied in the order that takes the fewest multiplications; the first
    may be a row vector, the last a column vector.

    cost(i, j) = the least over k of cost(i, k) + cost(k + 1, j) + n_i n_(k+1) n_(j+1): matrix i has n_i rows.
    """
    refuse("multi_dot", len(tensors) < 2, f"expected at least 2 tensors but got {len(tensors)}")
    vectors = tensors[0].ndim == 1, tensors[-1].ndim == 1
    matrices = [
        tensors[0].unsqueeze(0) if vectors[0] else tensors[0],
        *tensors[1:-1],
        tensors[-1].unsqueeze(1) if vectors[1] else tensors[-1],
    ]
    for x in matrices:
        refuse(
            "multi_dot", x.ndim != 2, f"expected a vector or a matrix first and last, matrices between, got {x.ndim}D"
        )
    sizes = [*(x.shape[0] for x in matrices), matrices[-1].shape[1]]
    best = {(i, i): (0, x) for i, x in enumerate(matrices)}  # (i, j) -> (cost, where to divide the product of i ... j)
    for length in range(1, len(matrices)):
        for i in range(len(matrices) - length):
            j = i + length
            best[i, j] = min(
                (best[i, k][0] + best[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )

    def multiplied(i, j):
        return best[i, i][1] if i == j else mm(multiplied(i, best[i, j][1]), multiplied(best[i, j][1] + 1, j))

    y = multiplied(0, len(matrices) - 1)
    y = y.squeeze(0) if vectors[0] else y
    return y.squeeze(-1) if vectors[1] else y


# -- products element by element ---------------------------------------------------------------------------------------


def kron(input, other):
    """The Kronecker product: every element of input times the whole of other, as blocks in their places."""
    ndim = max(input.ndim, other.ndim)
    m, n = ((1,) * (ndim - x.ndim) + x.shape for x in (input, other))
    a = input.reshape([size for pair in zip(m, (1,) * ndim, strict=True) for size in pair])  # (m1, 1, m2, 1, ...)
    b = other.reshape([size for pair in zip((1,) * ndim, n, strict=True) for size in pair])  # (1, n1, 1, n2, ...)
    return (a * b).reshape([i * j for i, j in zip(m, n, strict=True)])  # (m1, n1, ...) -> (m1 n1, ...)


@numpy_names
def cross(input, other, dim=None):
    """linalg_cross along dim; dim None means the first one of size 3."""
    if dim is None:
        dim = next((d for d, n in enumerate(input.shape) if n == 3), None)
        refuse("cross", dim is None, "no dimension of size 3 in input")
    return linalg_cross(input, other, dim=dim)


@numpy_names
def linalg_cross(input, other, *, dim=-1):
    """The vector orthogonal to two of three elements: (a1 b2 - a2 b1, a2 b0 - a0 b2, a0 b1 - a1 b0). Broadcasts."""
    refuse("linalg.cross", input.ndim != other.ndim, "inputs must have the same number of dimensions.")
    same_dtype("linalg.cross", input, other)
    d = normalize_dim(dim, input.ndim)
    m, n = input.size(d), other.size(d)
    refuse("linalg.cross", (m, n) != (3, 3), f"inputs dimension {dim} must have length 3. Got {m} and {n}")
    (a0, a1, a2), (b0, b1, b2) = (x.unbind(d) for x in (input, other))
    return stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], d)
