"""Matrix products. The product of matrices is closed under differentiation: its VJPs are products again.

    C = A B:   gradient of A = G B^T,   gradient of B = A^T G

https://docs.pytorch.org/docs/stable/generated/torch.matmul.html
"""

import math

from minitorch.autograd.graph import expands_to
from minitorch.autograd.op import op
from minitorch.ops.refusals import refuse_bool


def refuse(name, condition, message):
    if condition:
        raise RuntimeError(f"{name}: {message}")


def same_dtype(name, *tensors):
    """RuntimeError unless all have one dtype: products do not promote."""
    for x in tensors:
        if x is not None and x.array.dtype != tensors[0].array.dtype:
            dtypes = " and ".join([str(x.dtype) for x in tensors if x is not None])
            raise RuntimeError(f"{name}: expected all tensors to have the same dtype, but got {dtypes}")


def refuse_bool_product(input, other):
    """NotImplementedError for booleans, as soon as there is something to multiply."""
    if input.array.size and other.array.size:
        refuse_bool(input, "\"addmm_impl_cpu_\" not implemented for 'Bool'", NotImplementedError)


@op(label="MmBackward0")
def product(input, other):
    """The product of matrices (..., n, k) and (..., k, m) -> (..., n, m); batch dims broadcast."""
    refuse_bool_product(input, other)
    alone = other.array.ndim == 2 < input.array.ndim  # one matrix for a batch: its gradient is one product, too
    return (
        input.kernels.matmul(input.array, other.array),
        lambda g: product(g, other.mT),
        lambda g: row_products(input, g) if alone else product(input.mT, g),
    )


def matmul(input, other):
    """input @ other, of any rank: a vector counts as a row on the left and as a column on the right.

    (k) (k) -> ();  (n, k) (k) -> (n);  (k) (k, m) -> (m);  (..., n, k) (..., k, m) -> (..., n, m), batch dims broadcast
    """
    same_dtype("matmul", input, other)
    left, right = input.array.shape, other.array.shape
    refuse(
        "matmul",
        not left or not right,
        f"both arguments need to be at least 1D, but they are {len(left)}D and {len(right)}D",
    )
    inner = right[-2] if len(right) > 1 else right[0]
    refuse(
        "matmul",
        left[-1] != inner,
        f"shapes cannot be multiplied ({list(left)} and {list(right)}): {left[-1]} != {inner}",
    )
    a = input.unsqueeze(0) if len(left) == 1 else input  # (k) -> (1, k)
    b = other.unsqueeze(1) if len(right) == 1 else other  # (k) -> (k, 1)
    c = product(a, b)
    if len(right) == 1:
        c = c.squeeze(-1)
    return c.squeeze(-1 if len(right) == 1 else -2) if len(left) == 1 else c


def mm(input, mat2):
    """The product of two matrices, (n, k) (k, m) -> (n, m)."""
    refuse(
        "mm", input.ndim != 2 or mat2.ndim != 2, f"both must be matrices, but they are {input.ndim}D and {mat2.ndim}D"
    )
    return matmul(input, mat2)


def bmm(input, mat2):
    """A batch of products, (b, n, k) (b, k, m) -> (b, n, m)."""
    refuse(
        "bmm",
        input.ndim != 3 or mat2.ndim != 3,
        f"batch matrices must be 3D, but they are {input.ndim}D and {mat2.ndim}D",
    )
    refuse("bmm", input.shape[0] != mat2.shape[0], f"batch sizes differ: {input.shape[0]} and {mat2.shape[0]}")
    return matmul(input, mat2)


def mv(input, vec):
    """Matrix times vector, (n, k) (k) -> (n)."""
    refuse("mv", input.ndim != 2 or vec.ndim != 1, f"expects a matrix and a vector, got {input.ndim}D and {vec.ndim}D")
    return matmul(input, vec)


def dot(input, tensor):
    """The sum of products of two vectors, (n) (n) -> ()."""
    refuse(
        "dot",
        input.ndim != 1 or tensor.ndim != 1,
        f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors",
    )
    return matmul(input, tensor)


def outer(input, vec2):
    """All products of two vectors' elements, (n) (m) -> (n, m)."""
    refuse("outer", input.ndim != 1 or vec2.ndim != 1, f"expects 1D tensors, got {input.ndim}D and {vec2.ndim}D")
    return input.unsqueeze(1) * vec2  # (n, 1) (m) -> (n, m)


def linear(input, weight, bias=None):
    """y = x W^T + b, with x (..., in), W (out, in), b (out): y (..., out). W (in) gives y (...), b must then be 0-d."""
    few = input.array.ndim == 0 or weight.array.ndim == 0
    refuse("linear", few, f"both arguments need to be at least 1D, got {input.array.ndim}D and {weight.array.ndim}D")
    if weight.array.ndim == 1:
        by_addmm = bias is not None and (bias.array.ndim > 0 or input.array.ndim == 2)
        refuse("linear", by_addmm, "mat2 must be a matrix, got 1-D tensor")
        y = matmul(input, weight)
        return y if bias is None else y + bias
    if bias is not None and bias.array.shape != weight.array.shape[:1]:
        refuse(
            "linear",
            not expands_to(bias.array.shape, (*input.array.shape[:-1], weight.array.shape[0])),
            f"bias of shape {list(bias.array.shape)} does not fit weight of shape {list(weight.array.shape)}",
        )
        bias = bias.cast(input.array.dtype) if bias.array.ndim == 0 else bias
    if input.array.ndim > 2:
        input = input.contiguous()  # its rows one below the other, for backward as well: else each would copy them
    return affine(input, weight, bias)


@op(label="AddmmBackward0")
def affine(input, weight, bias):
    """gradient of x = g W,   of W = g^T x over all rows,   of b = g (summed over the rows by the walk)"""
    same_dtype("linear", input, weight, bias)
    refuse_bool_product(input, weight)
    shape, (out, inner) = input.array.shape, weight.array.shape if weight.array.ndim == 2 else (None, None)
    if not shape or shape[-1] != inner:
        raise RuntimeError(
            f"linear: input of shape {list(shape)} and weight of shape {list(weight.array.shape)} cannot be "
            "multiplied: "
            "they must be (..., in_features) and (out_features, in_features)"
        )
    kernels, rows = input.kernels, math.prod(shape[:-1])
    x = kernels.reshape(input.array, (rows, inner))  # (..., in) -> (rows, in)
    if bias is None:
        y = kernels.matmul(x, kernels.permute(weight.array, (1, 0)))  # (rows, out)
    else:
        y = kernels.affine(x, weight.array, bias.array)
    return (
        kernels.reshape(y, (*shape[:-1], out)),  # (rows, out) -> (..., out)
        lambda g: product(g, weight) if len(shape) > 1 else affine(g, weight.T, None),
        lambda g: row_products(g, input),
        lambda g: g,
    )


@op(label="MmBackward0")
def row_products(left, right):
    """The sum over rows of left[n] right[m]: (..., N) (..., M) -> (N, M), the gradient of an affine map's weight."""
    kernels, rows = left.kernels, math.prod(left.array.shape[:-1])
    a, b = (kernels.reshape(x.array, (rows, x.array.shape[-1])) for x in (left, right))  # (..., n) -> (rows, n)
    return (
        kernels.matmul(kernels.permute(a, (1, 0)), b),
        lambda g: affine(right, g, None),
        lambda g: affine(left, g.T, None),
    )
