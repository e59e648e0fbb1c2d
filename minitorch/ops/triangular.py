"""Triangular matrices: solving with them, and the decompositions that make them.

    A = L L^T (cholesky, A symmetric and positive definite)        A = Q R (qr, Q with orthonormal columns)

Their derivatives solve with the triangle instead of inverting it: Iain Murray, Differentiation of the Cholesky
decomposition (2016); S. Walter and L. Lehmann, Algorithmic differentiation of linear algebra functions (2010), with the
case of more columns than rows. https://docs.pytorch.org/docs/stable/generated/torch.linalg.qr.html
"""

from minitorch import return_types
from minitorch.autograd.op import op
from minitorch.ops.diagonal import tril, triu
from minitorch.ops.join import cat
from minitorch.ops.matmul import product, refuse
from minitorch.ops.matrix import attempt, check_dtype, check_matrix, check_sides, check_square, gives_up, identity
from minitorch.ops.solve import check_fit, refuse_other_dtype

# -- solving -----------------------------------------------------------------------------------------------------------


def solve_triangular(input, B, *, upper, left=True, unitriangular=False):
    """X with A X = B (X A = B where left is False) for a triangular A = input (..., n, n); batch dims broadcast.

    Of A one triangle is read; unitriangular: its diagonal counts as ones. Zeros on the diagonal make infinities. The
    result has the dtype of A.
    """
    check_sides("linalg.solve_triangular", input)
    check_fit("linalg.solve_triangular", input, B, left)
    check_dtype("triangular_solve_cpu", input)
    B = B.cast(input.array.dtype)
    if unitriangular:
        input = input.tril(-1) + input.triu(1) + identity(input, input.shape[-1])
    if left:
        return triangular_solution(input, B, upper=upper)
    return triangular_solution(input.mT, B.mT, upper=not upper).mT  # X A = B means A^T X^T = B^T


@op(label="LinalgSolveTriangularBackward0")
def triangular_solution(A, B, *, upper):
    """gradient of B = A^-T G,   of A = the triangle of -(gradient of B) X^T"""
    triangle = triu if upper else tril
    return (
        A.kernels.solve_triangular(A.array, B.array, upper),
        lambda g, y: triangle(-product(triangular_solution(A.mT, g, upper=not upper), y.mT)),
        lambda g: triangular_solution(A.mT, g, upper=not upper),
    )


# -- cholesky ----------------------------------------------------------------------------------------------------------


def cholesky(input, *, upper=False):
    """The lower triangular L with L L^T = A (or upper: L^T) of symmetric positive definite A = input (..., n, n).

    Only the lower triangle of A is read, or the upper one. LinAlgError where A is not positive definite.
    """
    check_square("linalg.cholesky", input, "cholesky_cpu")
    return factor(input.mT).mT if upper else factor(input)


@op(label="LinalgCholeskyExBackward0")
def factor(A):
    """gradient of A = L^-T S L^-1, where S is half of the lower triangle of L^T G and its transpose."""

    def explain(matrix):
        n = next(n for n in range(1, len(matrix) + 1) if gives_up(A.kernels.cholesky, A, matrix[:n, :n]))
        return (
            "The factorization could not be completed because the input is not positive-definite (the leading minor of "
            f"order {n} is not positive-definite)."
        )

    def vjp(g, L):
        lower = tril(L.mT @ g)
        S = (lower + lower.tril(-1).mT) / 2
        left = triangular_solution(L.mT, S, upper=True)  # L^-T S
        return triangular_solution(L.mT, left.mT, upper=True)  # L^-T (L^-T S)^T = L^-T S L^-1, for S = S^T

    return attempt("linalg.cholesky", explain, A.kernels.cholesky, A), vjp


def cholesky_solve(input, input2, upper=False):
    """X with A X = B for B = input (..., n, k), where input2 (..., n, n) is the factor of A that cholesky gives."""
    refuse(
        "cholesky_solve",
        input.ndim < 2,
        f"b should have at least 2 dimensions, but has {input.ndim} dimensions instead",
    )
    check_sides("cholesky_solve", input2)
    refuse_other_dtype("cholesky_solve", input2, input)
    n, rows, k = input2.shape[-1], *input.shape[-2:]
    refuse("cholesky_solve", n != rows, f"each A matrix is {n} by {n} but each b matrix is {rows} by {k}")
    check_dtype("cholesky_solve_cpu", input2)
    return twice_solved(input, input2, upper=upper)


@op(label="CholeskySolveBackward0")
def twice_solved(B, L, *, upper):
    """gradient of B = A^-1 G,   of L = -C L, or of an upper L = -L C,   C = (gradient of B) X^T and its transpose

    (That of L is torch's, which does not leave out the triangle that is not read.)
    """

    def vjp(g, y):
        C = product(twice_solved(g, L, upper=upper), y.mT)
        C = C + C.mT
        return -product(L, C) if upper else -product(C, L)

    k, ndim = L.kernels, L.array.ndim
    turned = k.permute(L.array, (*range(ndim - 2), ndim - 1, ndim - 2))
    lower, higher = (turned, L.array) if upper else (L.array, turned)
    array = k.solve_triangular(higher, k.solve_triangular(lower, B.array, False), True)
    return array, lambda g: twice_solved(g, L, upper=upper), vjp


def cholesky_inverse(input, upper=False):
    """The inverse of A, where input is the factor of A that cholesky gives."""
    check_sides("cholesky_inverse", input)
    check_dtype("cholesky_inverse_out_cpu", input)
    return twice_solved(identity(input, input.shape[-1]), input, upper=upper)


# -- qr ----------------------------------------------------------------------------------------------------------------


def qr(A, mode="reduced"):
    """(Q, R): A (..., n, m) is Q R, Q (..., n, k) with orthonormal columns, R (..., k, m) upper triangular.

    mode "reduced": k = min(n, m); "complete": k = n; "r": the R of "reduced" alone, Q is empty. No derivative for "r",
    nor for "complete" where n > m.
    """
    check_matrix("linalg.qr", A, "geqrf_cpu")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    Q, R = orthogonalized(A, mode=mode)
    return return_types.linalg_qr(Q.new_empty(0) if mode == "r" else Q, R)


@op(label="LinalgQrBackward0", materialize_grads=False)
def orthogonalized(A, *, mode):
    n, m = A.array.shape[-2:]

    def vjp(g, y):
        if mode == "r":
            raise RuntimeError(
                "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
                "linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr."
            )
        if mode == "complete" and n > m:
            raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
        return qr_backward(*g, *y)

    return A.kernels.qr(A.array, mode == "complete"), vjp


def qr_backward(gQ, gR, Q, R):
    """With M = gR R^T - Q^T gQ, the gradient of A is

        n >= m:  [gQ + Q (upper triangle of M and its transpose)] R^-T
        n < m:   Q [gR + (P, 0)],   P = (the lower triangle of M^T - M) R_1^-T, of R = (R_1, R_2) with a square R_1

    Each of gQ, gR may be None: not used.
    """
    M = 0 if gR is None else gR @ R.mT
    M = M if gQ is None else M - Q.mT @ gQ
    k, m = R.shape[-2:]
    if k == m:
        S = M.triu() + M.triu(1).mT
        left = Q @ S if gQ is None else gQ + Q @ S
        return triangular_solution(R, left.mT, upper=True).mT
    P = triangular_solution(R[..., :k], (M.mT - M).tril().mT, upper=True).mT
    P = cat([P, P.new_zeros(*P.shape[:-1], m - k)], -1)  # (..., k, k) -> (..., k, m)
    return Q @ (P if gR is None else gR + P)
