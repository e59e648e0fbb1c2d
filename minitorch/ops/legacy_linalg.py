"""Older names in torch for what torch.linalg has, where their arguments or results differ."""

from minitorch import return_types
from minitorch.ops import solve, spectral, triangular
from minitorch.ops.matrix import check_dtype, check_sides


def inverse(input):
    """linalg.inv."""
    return solve.inv(input)


def det(input):
    """linalg.det."""
    return solve.det(input)


def svd(input, some=True, compute_uv=True):
    """(U, S, V), where linalg.svd has V^T; some=False for square U and V; without compute_uv these are zeros."""
    U, S, Vh = spectral.svd(input, not some and compute_uv)
    if not compute_uv:
        n, m = input.shape[-2:]
        return return_types.svd(U.new_zeros(*U.shape[:-1], n), S, U.new_zeros(*U.shape[:-2], m, m))
    return return_types.svd(U, S, Vh.mT)


def qr(input, some=True):
    """linalg.qr, "reduced" or (some=False) "complete"."""
    return return_types.qr(*triangular.qr(input, "reduced" if some else "complete"))


def slogdet(input):
    """linalg.slogdet."""
    return return_types.slogdet(*solve.slogdet(input))


def cholesky(input, upper=False):
    """linalg.cholesky, with upper by position."""
    check_sides("cholesky", input)
    check_dtype("cholesky_cpu", input)
    return triangular.cholesky(input, upper=upper)


def pinverse(input, rcond=1e-15):
    """linalg.pinv."""
    return spectral.pinv(input, rcond)
