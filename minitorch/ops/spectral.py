"""Singular values, eigenvalues, and what is made of them.

    A = U diag(S) V^T          (svd)       A = V diag(L) V^T for a symmetric A          (eigh)

The vectors are free in their sign, and where values are equal in more: derivatives for them exist only where the
values differ, and for a loss that does not depend on that choice.
James Townsend, Differentiating the singular value decomposition (2016); Mike Giles, Collected matrix derivative results
(2008). https://docs.pytorch.org/docs/stable/generated/torch.linalg.svd.html
"""

import numpy as np

from minitorch import return_types
from minitorch.autograd.op import op
from minitorch.dtype import int64
from minitorch.ops.diagonal import diag_embed
from minitorch.ops.matmul import refuse
from minitorch.ops.matrix import attempt, check_dtype, check_matrix, check_sides, identity


def not_finite(matrix):
    return "The algorithm failed to converge because the input matrix contained non-finite values."


# -- singular values ---------------------------------------------------------------------------------------------------


def svd(A, full_matrices=True, *, driver=None):
    """(U, S, Vh): A (..., n, m) is U diag(S) Vh, S in descending order.

    U (..., n, n) and Vh (..., m, m); with full_matrices False, only their first min(n, m) columns and rows. LinAlgError
    where A has a NaN.
    """
    check_matrix("linalg.svd", A, "linalg_svd_cpu")
    if not isinstance(full_matrices, bool):
        raise TypeError(f"linalg_svd(): argument 'full_matrices' must be bool, not {type(full_matrices).__name__}")
    refuse("linalg.svd", driver is not None, "keyword argument `driver=` is only supported on CUDA inputs")
    return return_types.linalg_svd(*decomposed(A, full=full_matrices))


@op(label="LinalgSvdBackward0", materialize_grads=False)
def decomposed(A, *, full):
    k = min(A.array.shape[-2:])

    def vjp(g, y):
        (gU, gS, gVh), (U, S, Vh) = g, y
        if full:  # the columns and rows beyond k belong to no singular value: they are free, and have no derivative
            gU, gVh = None if gU is None else gU[..., :k], None if gVh is None else gVh[..., :k, :]
            U, Vh = U[..., :k], Vh[..., :k, :]
        return svd_backward(gU, gS, gVh, U, S, Vh)

    return attempt("linalg.svd", not_finite, A.kernels.svd, A, full), vjp


def svd_backward(gU, gS, gVh, U, S, Vh):
    """The gradient of A, with F_ij = 1 / (s_j^2 - s_i^2) for i != j, and skew(X) = X - X^T:

        U [ (skew(U^T gU) o F) S + S (skew(V^T gV) o F) + diag(gS) ] V^T
            + (I - U U^T) gU S^-1 V^T + U S^-1 gV^T (I - V V^T)

    Each of gU, gS, gVh may be None: not used. With gS alone no values need differ.
    """
    if gU is None and gVh is None:
        return U @ (gS.unsqueeze(-1) * Vh)
    row, column = S.unsqueeze(-2), S.unsqueeze(-1)
    gaps = row * row - column * column + identity(S, S.shape[-1])
    inner = 0 if gS is None else diag_embed(gS)
    if gU is not None:
        inner = inner + skew(U.mT @ gU) / gaps * row
    if gVh is not None:
        inner = inner + column * (skew(Vh @ gVh.mT) / gaps)
    gA = U @ inner @ Vh
    if gU is not None and U.shape[-2] > U.shape[-1]:
        part = gU / row
        gA = gA + (part - U @ (U.mT @ part)) @ Vh
    if gVh is not None and Vh.shape[-2] < Vh.shape[-1]:
        part = gVh / column
        gA = gA + U @ (part - (part @ Vh.mT) @ Vh)
    return gA


def skew(X):
    return X - X.mT


def svdvals(A, *, driver=None):
    """The singular values of A in descending order, (..., n, m) -> (..., min(n, m))."""
    check_matrix("linalg.svd", A, "linalg_svd_cpu")
    refuse("linalg.svd", driver is not None, "keyword argument `driver=` is only supported on CUDA inputs")
    return singular_values(A)


@op(label="LinalgSvdBackward0")
def singular_values(A):
    def vjp(g):
        U, _, Vh = decomposed(A, full=False)
        return U @ (g.unsqueeze(-1) * Vh)

    return attempt("linalg.svd", not_finite, A.kernels.svdvals, A), vjp


# -- eigenvalues -------------------------------------------------------------------------------------------------------


def eigh(input, UPLO="L"):
    """(eigenvalues in ascending order, eigenvectors in columns) of symmetric matrices (..., n, n).

    Only the lower triangle of input is read, with UPLO "U" only the upper one.
    """
    check_sides("linalg.eigh", input)
    check_dtype("linalg_eigh_cpu", input)
    if not isinstance(UPLO, str) or UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return return_types.linalg_eigh(*symmetric_decomposed(input, upper=UPLO.upper() == "U"))


@op(label="LinalgEighBackward0", materialize_grads=False)
def symmetric_decomposed(A, *, upper):
    """gradient of A = V [ diag(gL) + (V^T gV - gV^T V) / 2 o F ] V^T,   F_ij = 1 / (l_j - l_i) for i != j"""

    def vjp(g, y):
        (gL, gV), (L, V) = g, y
        if gV is None:
            return (V * gL.unsqueeze(-2)) @ V.mT
        gaps = L.unsqueeze(-2) - L.unsqueeze(-1) + identity(L, L.shape[-1])
        inner = skew(V.mT @ gV) / (2 * gaps)
        return V @ (inner if gL is None else inner + diag_embed(gL)) @ V.mT

    return attempt("linalg.eigh", not_finite, A.kernels.eigh, A, upper), vjp


def eigvalsh(input, UPLO="L"):
    """The eigenvalues of symmetric matrices in ascending order, (..., n, n) -> (..., n)."""
    return eigh(input, UPLO).eigenvalues


# -- made of singular values -------------------------------------------------------------------------------------------


def tolerances(A, atol, rtol):
    """(atol, rtol) below which a singular value counts as 0: by default rtol is max(n, m) eps, but 0 with an atol."""
    if rtol is None:
        rtol = 0.0 if atol else max(A.shape[-2:]) * float(np.finfo(A.array.dtype).eps)
    return float(atol or 0), float(rtol)


def matrix_rank(input, tol=None, hermitian=False, *, atol=None, rtol=None):
    """How many singular values are larger than max(atol, rtol * the largest), (..., n, m) -> (...). tol is atol.

    hermitian: input is symmetric, and its eigenvalues' magnitudes are taken.
    """
    check_matrix("torch.linalg.matrix_rank", input)
    values = eigvalsh(input).abs() if hermitian else svdvals(input)
    if 0 in input.shape[-2:]:
        return values.detach().sum(-1).long()
    atol, rtol = (float(tol), 0.0) if tol is not None else tolerances(input, atol, rtol)
    limit = (values.amax(-1, keepdim=True) * rtol).clamp(min=atol)
    return (values > limit).sum(-1)


def pinv(input, rcond=None, hermitian=False, *, atol=None, rtol=None):
    """The Moore-Penrose inverse V diag(1/S) U^T, where 1/s counts as 0 for s <= max(atol, rtol * the largest s).

    (..., n, m) -> (..., m, n). rcond is an old name of rtol; hermitian, for a symmetric input, changes nothing.
    """
    check_matrix("linalg.pinv", input)
    atol, rtol = tolerances(input, atol, rcond if rtol is None else rtol)
    return pseudoinverse(input, atol=atol, rtol=rtol)


@op(label="LinalgPinvBackward0")
def pseudoinverse(A, *, atol, rtol):
    """For P = A^+ of constant rank (G. H. Golub and V. Pereyra, 1973), the gradient of A is

    -P^T G P^T + (I - A P) G^T P P^T + P^T P G^T (I - P A)
    """

    def vjp(g, P):
        g, outer, inner = g.mT, P @ P.mT, P.mT @ P
        return -(P @ g @ P).mT + (g - A @ (P @ g)) @ outer + inner @ (g - (g @ P) @ A)

    return A.kernels.pinv(A.array, atol, rtol), vjp


DRIVERS = "gels", "gelsy", "gelsd", "gelss"


def lstsq(input, b, rcond=None, *, driver="gelsy"):
    """(solution, residuals, rank, singular_values): the X for which |A X - b| is least, and of those the shortest.

    A = input (..., n, m), b (..., n, k) (or vectors (..., n)), X = A^+ b (..., m, k). Singular values up to rcond
    times the largest count as 0. driver is the routine of LAPACK that torch would call, and decides what else is there:
    rank by all but "gels"; residuals, where n > m, by all but "gelsy"; singular_values by "gelsd" and "gelss".
    """
    name = "torch.linalg.lstsq"
    check_matrix(name, input)
    refuse(name, driver not in (*DRIVERS, None), "parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    refuse(name, b.ndim < 1, "other must have at least 1 dimension.")
    refuse(
        name, input.dtype is not b.dtype, f"Expected input and other to have the same dtype: {input.dtype}, {b.dtype}"
    )
    n, m = input.shape[-2:]
    vector = b.shape == input.shape[:-1]
    refuse(name, not vector and b.ndim != input.ndim, "other must have as many dims as input, or be vectors")
    b = b.unsqueeze(-1) if vector else b  # (..., n) -> (..., n, 1)
    refuse(name, b.size(-2) != n, "input.size(-2) should match other.size(-2)")
    solution = pinv(input, rcond) @ b
    residuals, rank, values = input.new_empty(0), input.new_empty(0, dtype=int64), input.new_empty(0)
    if driver not in ("gelsy", None) and n > m:
        residuals = (input @ solution - b).square().sum(-2)
    if driver != "gels":
        rank = matrix_rank(input, rtol=rcond)
    if driver in ("gelsd", "gelss"):
        values = svdvals(input.detach())
    return return_types.linalg_lstsq(solution.squeeze(-1) if vector else solution, residuals, rank, values)
