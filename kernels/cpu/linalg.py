"""Inverses, decompositions and solutions of batches of matrices (..., n, m): LAPACK, through NumPy.

Singular matrices, and those that are not positive definite, raise numpy.linalg.LinAlgError.
"""

import numpy as np

inv = np.linalg.inv
solve = np.linalg.solve
svdvals = np.linalg.svdvals


def solve_triangular(a, b, upper):
    """x with a x = b for a triangular a, row by row: each row needs those before it (of an upper one, those after it).

    What stands in the other triangle is not read; a zero on the diagonal makes infinities.
    """
    n = a.shape[-1]
    x = np.empty((*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), n, b.shape[-1]), b.dtype)
    for i in reversed(range(n)) if upper else range(n):
        known = slice(i + 1, n) if upper else slice(i)
        rest = b[..., i, :] - (a[..., i : i + 1, known] @ x[..., known, :])[..., 0, :]
        x[..., i, :] = rest / a[..., i, i, None]
    return x


def slogdet(a):
    """(sign, logarithm of the magnitude) of the determinant. Of a NaN the sign is 0."""
    sign, logarithm = np.linalg.slogdet(a)
    return np.where(np.isnan(logarithm), a.dtype.type(0), sign), np.asarray(logarithm)


def det(a):
    """The determinant: of float32 in float64, for NumPy goes through its logarithm, and so loses a few units."""
    return np.asarray(np.linalg.det(a.astype(np.float64))).astype(a.dtype)


def cholesky(a):
    """The lower triangular L with L L^T = a; read is the lower triangle of a."""
    lower = np.linalg.cholesky(a)
    if np.isnan(np.diagonal(lower, axis1=-2, axis2=-1)).any():  # some builds of LAPACK take a NaN for positive
        raise np.linalg.LinAlgError("not positive definite")
    return lower


def qr(a, complete):
    """Q (..., n, k) orthogonal and R (..., k, m) upper triangular with Q R = a: k is n if complete, else min(n, m)."""
    return tuple(np.linalg.qr(a, "complete" if complete else "reduced"))


def svd(a, full):
    """(U, S, V^T) with U diag(S) V^T = a, S descending; U and V square if full, else with min(n, m) columns."""
    return tuple(np.linalg.svd(a, full))


def eigh(a, upper):
    """(eigenvalues ascending, eigenvectors in columns) of a symmetric matrix, of which one triangle is read."""
    return tuple(np.linalg.eigh(a, "U" if upper else "L"))


def pinv(a, atol, rtol):
    """V diag(1/S) U^T for a = U diag(S) V^T, with 0 for 1/s where s <= max(atol, rtol * the largest s)."""
    u, s, vt = svd(a, False)
    large = s > np.maximum(atol, rtol * s.max(-1, keepdims=True, initial=0))
    inverse = np.where(large, 1 / np.where(large, s, 1), 0).astype(a.dtype)
    return (vt.swapaxes(-1, -2) * inverse[..., None, :]) @ u.swapaxes(-1, -2)
