"""Inverses, solutions of linear equations, determinants. Their derivatives need no more than a solution:

    Y = A^-1         gradient of A = -Y^T G Y^T
    X = A^-1 B       gradient of B = A^-T G,   of A = -(gradient of B) X^T
    det A            gradient of A = g det(A) A^-T, the matrix of cofactors
    log |det A|      gradient of A = g A^-T

Mike Giles, Collected matrix derivative results for forward and reverse mode algorithmic differentiation (2008).
https://docs.pytorch.org/docs/stable/linalg.html#inverses
"""

import math

import numpy as np

from minitorch import return_types
from minitorch.autograd.op import op
from minitorch.ops.elementwise import where
from minitorch.ops.matmul import product, refuse
from minitorch.ops.matrix import attempt, check_sides, check_square, identity
from minitorch.ops.reduce import product_of_others
from minitorch.ops.spectral import svd


def inv(A):
    """The inverse of square matrices (..., n, n). LinAlgError for a singular one."""
    check_square("linalg.inv", A)
    return inverse(A)


@op(label="LinalgInvExBackward0")
def inverse(A):
    explain = lambda matrix: "The inversion could not be completed because the input matrix is singular."
    return attempt("linalg.inv", explain, A.kernels.inv, A), lambda g, y: -(y.mT @ g @ y.mT)


# -- equations ---------------------------------------------------------------------------------------------------------


def solve(A, B, *, left=True):
    """X with A X = B, or X A = B where left is False. A (..., n, n), B (..., n, k); batch dims broadcast.

    B of one dim, or in the shape of A without its last dim, is a vector, or a batch of them. LinAlgError where A is
    singular, RuntimeError where the shapes do not fit.
    """
    check_square("linalg.solve", A, "lu_cpu")
    refuse_other_dtype("linalg.solve", A, B)
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    X = B.unsqueeze(-1) if vector else B  # (..., n) -> (..., n, 1)
    check_fit("linalg.solve", A, X, left)
    refuse("linalg.solve", vector and not left, "B must be a matrix for left=False")
    X = solution(A, X) if left else solution(A.mT, X.mT).mT
    return X.squeeze(-1) if vector else X


def refuse_other_dtype(name, A, B):
    """RuntimeError unless both have one dtype."""
    if A.array.dtype != B.array.dtype:
        raise RuntimeError(
            f"{name}: Expected A and B to have the same dtype, but found A of type {A.dtype} and B of type {B.dtype} "
            "instead"
        )


def check_fit(name, A, B, left):
    """RuntimeError unless A X = B (or X A = B) makes sense."""
    refuse(name, B.ndim < 2, "The input tensor B must have at least 2 dimensions.")
    n, rows = A.shape[-1], B.shape[-2 if left else -1]
    equation = "AX = B" if left else "XA = B"
    shapes = f"({n}x{n} and {B.shape[-2]}x{B.shape[-1]})"
    refuse(name, n != rows, f"Incompatible shapes of A and B for the equation {equation} {shapes}")


@op(label="LinalgSolveExBackward0")
def solution(A, B):
    explain = lambda matrix: "The solver failed because the input matrix is singular."
    return (
        attempt("torch.linalg.solve", explain, A.kernels.solve, A, B.array, alone=A.kernels.inv),
        lambda g, y: -product(solution(A.mT, g), y.mT),
        lambda g: solution(A.mT, g),
    )


def matrix_power(input, n):
    """A = input multiplied n times by itself, by squaring: n = 13 = 1101b takes A A^4 A^8. n < 0: of the inverse."""
    if not isinstance(n, int):
        raise TypeError(f"linalg_matrix_power(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    check_sides("linalg.matrix_power", input)
    if n < 0:
        return matrix_power(inv(input), -n)
    if n == 0:
        return identity(input, input.shape[-1]).expand(input.shape).clone()
    square, result = input, input if n % 2 else None
    for bit in f"{n:b}"[-2::-1]:
        square = square @ square
        if bit == "1":
            result = square if result is None else result @ square
    return result


# -- determinants ------------------------------------------------------------------------------------------------------


def det(A):
    """The determinant of square matrices, (..., n, n) -> (...)."""
    check_square("linalg.det", A, "lu_cpu")
    return determinant(A)


@op(label="LinalgDetBackward0")
def determinant(A):
    return A.kernels.det(A.array), lambda g, y: g.unsqueeze(-1).unsqueeze(-1) * cofactors(A, y)


def cofactors(A, y):
    """The derivative of y = det(A): y A^-T; and of matrices that are singular, or nearly so,

        A = U S V^T:   det(U) det(V^T) U D V^T,   D_ii = the product of all s_j but s_i

    (torch without create_graph gives 0 for exactly singular ones, with create_graph this.)
    """
    singular = y.detach().abs() < 100 * np.finfo(A.array.dtype).eps
    if not bool(singular.any()):
        return y.unsqueeze(-1).unsqueeze(-1) * inverse(A).mT
    if not bool(singular.all()):  # each by its own rule: the derivatives of the svd are for distinct singular values
        singular = singular.unsqueeze(-1).unsqueeze(-1)
        unit = identity(A, A.shape[-1])
        regular = where(singular, unit, A)
        return where(singular, cofactors_by_svd(A), determinant(regular)[..., None, None] * inverse(regular).mT)
    return cofactors_by_svd(A)


def cofactors_by_svd(A):
    U, S, Vh = svd(A)
    sign = (det(U) * det(Vh)).unsqueeze(-1)
    others = product_of_others(S, S.prod(-1, keepdim=True), (S.ndim - 1,))
    return U @ ((sign * others).unsqueeze(-1) * Vh)


def slogdet(A):
    """(sign, logarithm of the magnitude) of the determinant, which itself may be too large; (0, -inf) where it is 0."""
    check_square("linalg.slogdet", A)
    return return_types.linalg_slogdet(*sign_and_log(A))


@op(label="LinalgSlogdetBackward0", materialize_grads=False)
def sign_and_log(A):
    def vjp(g):
        g = g[1]
        return None if g is None else g.unsqueeze(-1).unsqueeze(-1) * inverse(A).mT

    return A.kernels.slogdet(A.array), vjp


def logdet(input):
    """The logarithm of the determinant: -inf where it is 0, NaN where it is negative."""
    check_square("logdet", input)
    sign, logarithm = sign_and_log(input)
    return logarithm.masked_fill(sign < 0, math.nan)
