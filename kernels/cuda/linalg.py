"""Inverses, decompositions and solutions of batches of matrices: on the host. The arrays are copied there, and the
results back.

(They are sequences of small dependent steps; libraries for GPUs, such as cuSOLVER, work on blocks of columns and leave
the rest to the matrix product: https://netlib.org/lapack/lug/node60.html)
"""

import kernels.cpu as host
from kernels.cuda.array import from_numpy, to_numpy


def inv(a):
    """The inverse."""
    return from_numpy(host.inv(to_numpy(a)))


def solve(a, b):
    """x with a x = b, for b (..., n, k). Batch dims broadcast."""
    return from_numpy(host.solve(to_numpy(a), to_numpy(b)))


def solve_triangular(a, b, upper):
    """x with a x = b for a triangular a."""
    return from_numpy(host.solve_triangular(to_numpy(a), to_numpy(b), upper))


def slogdet(a):
    """(sign, logarithm of the magnitude) of the determinant. Of a NaN the sign is 0."""
    return tuple(map(from_numpy, host.slogdet(to_numpy(a))))


def det(a):
    """The determinant."""
    return from_numpy(host.det(to_numpy(a)))


def cholesky(a):
    """The lower triangular L with L L^T = a; read is the lower triangle of a."""
    return from_numpy(host.cholesky(to_numpy(a)))


def qr(a, complete):
    """Q orthogonal and R upper triangular with Q R = a, as kernels.cpu says."""
    return tuple(map(from_numpy, host.qr(to_numpy(a), complete)))


def svd(a, full):
    """(U, S, V^T) with U diag(S) V^T = a, S descending, as kernels.cpu says."""
    return tuple(map(from_numpy, host.svd(to_numpy(a), full)))


def svdvals(a):
    """S of the svd alone."""
    return from_numpy(host.svdvals(to_numpy(a)))


def eigh(a, upper):
    """(eigenvalues ascending, eigenvectors in columns) of a symmetric matrix, of which one triangle is read."""
    return tuple(map(from_numpy, host.eigh(to_numpy(a), upper)))


def pinv(a, atol, rtol):
    """V diag(1/S) U^T for a = U diag(S) V^T, as kernels.cpu says."""
    return from_numpy(host.pinv(to_numpy(a), atol, rtol))
