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


def solve_triangular(A, B, *, upper, left=True, unitriangular=False):
    """X with A X = B (X A = B where left is False) for a triangular A (..., n, n); batch dims broadcast.

    Of A one triangle is read; unitriangular: its diagonal counts as ones. Zeros on the diagonal make infinities. The
    result has the dtype of A.
    """
    check_sides("linalg.solve_triangular", A)
    check_fit("linalg.solve_triangular", A, B, left)
    check_dtype("triangular_solve_cpu", A)
    B = B.cast(A.array.dtype)
    if unitriangular:
        A = A.tril(-1) + A.triu(1) + identity(A, A.shape[-1])
    if left:
        return triangular_solution(A, B, upper=upper)
    return triangular_solution(A.mT, B.mT, upper=not upper).mT  # X A = B means A^T X^T = B^T


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


def cholesky(A, *, upper=False):
    """The lower triangular L with L L^T = A (or upper: L^T) of symmetric positive definite matrices (..., n, n).

    Only the lower triangle of A is read, or the upper one. LinAlgError where A is not positive definite.
    """
    check_square("linalg.cholesky", A, "cholesky_cpu")
    return factor(A.mT).mT if upper else factor(A)


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


def cholesky_solve(B, L, upper=False):
    """X with A X = B, for the factor L of A: B (..., n, k), L (..., n, n)."""
    refuse("cholesky_solve", B.ndim < 2, f"b should have at least 2 dimensions, but has {B.ndim} dimensions instead")
    check_sides("cholesky_solve", L)
    refuse_other_dtype("cholesky_solve", L, B)
    n, rows, k = L.shape[-1], *B.shape[-2:]
    refuse("cholesky_solve", n != rows, f"each A matrix is {n} by {n} but each b matrix is {rows} by {k}")
    check_dtype("cholesky_solve_cpu", L)
    return twice_solved(B, L, upper=upper)


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


def cholesky_inverse(L, upper=False):
    """The inverse of A from its factor L."""
    check_sides("cholesky_inverse", L)
    check_dtype("cholesky_inverse_out_cpu", L)
    return twice_solved(identity(L, L.shape[-1]), L, upper=upper)


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
