"""Linear algebra: equations, decompositions, determinants, what is made of them.

Derivatives of decompositions divide by gaps between singular values or eigenvalues. So matrices are drawn by what they
are made of: orthogonal matrices and values that are apart; and where a factor is free in its sign, what is compared is
made of it so that the sign falls out.
"""

import numpy as np
from hypothesis import strategies as st

from parity.draw import Case, arrays, case, pick, salts
from parity.harness import Row

batches = pick((), (2,), (2, 1), (0,))


def orthogonal(rng, *shape):
    """A batch of matrices with orthonormal columns."""
    return np.linalg.qr(rng.standard_normal(shape))[0]


@st.composite
def matrices(draw, sides=None, batch=batches, kind="general"):
    """A batch of matrices (..., n, m) of singular values 1 to about 3, at least 0.3 apart.

    kind: "general", "symmetric" (eigenvalues of both signs), "positive" (symmetric, of positive eigenvalues).
    """
    n, m = draw(pick((2, 2), (3, 3), (1, 1), (0, 0)) if sides is None else sides)
    shape = draw(batch) if isinstance(batch, st.SearchStrategy) else batch
    rng, k = np.random.default_rng(draw(st.integers(0, 999))), min(n, m)
    values = 1 + (np.arange(k) + rng.uniform(0, 0.6, (*shape, k))) * 0.9
    u = orthogonal(rng, *shape, n, k)
    if kind == "general":
        vt = orthogonal(rng, *shape, m, k).swapaxes(-1, -2)
        return np.asarray(u * values[..., None, :] @ vt)
    if kind == "symmetric":
        values = values * np.where(np.arange(k) % 2, -1, 1)
    a = u * values[..., None, :] @ u.swapaxes(-1, -2)
    return np.asarray((a + a.swapaxes(-1, -2)) / 2)


rectangles = pick((2, 2), (3, 2), (2, 3), (4, 2), (1, 3), (0, 2), (2, 0))


@st.composite
def equations(draw, kind="general", left=True, vectors=True):
    """(A, B) that fit (most of the time): matrices, vectors, batches that broadcast."""
    a = draw(matrices(kind=kind))
    n, k = a.shape[-1], draw(pick(1, 2, 3, 0))
    batch = draw(pick(a.shape[:-2], (), (1,) * (a.ndim - 2)))
    shape = (*batch, n, k) if left else (*batch, k, n)
    return a, draw(arrays(draw(pick(shape, (*batch, n))) if vectors else shape, "normal"))


@st.composite
def solving(draw, kind="general", vectors=True, **settings):
    left = draw(st.booleans()) if "left" in settings else True
    a, b = draw(equations(kind, left, vectors))
    drawn = {name: draw(value) for name, value in settings.items() if name != "left"}
    return Case((a, b), {**drawn, **({"left": left} if "left" in settings else {})}, draw(salts()))


@st.composite
def triangles(draw):
    """solve_triangular's arguments: any matrix with a diagonal away from 0; which triangle counts is a setting."""
    found = draw(solving(vectors=False, left=None, upper=st.booleans(), unitriangular=st.booleans()))
    a, b = found.args
    return Case((a + 3 * np.eye(a.shape[-1]), b), found.settings, found.salt)


@st.composite
def least_squares(draw):
    """(A, B, driver) of lstsq: B a batch of matrices or of vectors."""
    a = draw(matrices(pick((3, 2), (2, 2), (2, 3)), pick((), (2,))))
    b = draw(arrays((*a.shape[:-1], *draw(pick((1,), (2,), ()))), "normal"))
    return Case((a, b, draw(pick("gelsy", "gels", "gelsd", "gelss", None))), salt=draw(salts()))


def symmetric(x):
    """x + x^T, so that a derivative sees both triangles."""
    return x + x.mT


def svd_of(lib, x, full):
    """What of an svd does not depend on the signs of its vectors."""
    u, s, vt = lib.linalg.svd(x, full_matrices=full)
    k = s.shape[-1]
    u, vt = u[..., :k], vt[..., :k, :]
    return s, u @ (s.unsqueeze(-1) ** 2 * vt), u * u, vt * vt


def eigh_of(lib, x, uplo, whole):
    """What of an eigh does not depend on the signs of its vectors."""
    values, vectors = lib.linalg.eigh(symmetric(x) if whole else x, UPLO=uplo)
    return values, vectors * vectors, (vectors * values.unsqueeze(-2).exp()) @ vectors.mT


# Not compared: edges, for how far a NaN or an infinity spreads follows from LAPACK's choice of pivots and reflections,
# which differs between its builds; and layout, for of equal rows (when expanded) a matrix is singular, and what comes
# out is rounding. The row "transposed" has other layouts.
REGULAR = ("edges", "layout")
# An argument is spoiled by equal rows, too: then vectors are free in more than their sign, and a matrix is definite or
# not by rounding.
DISTINCT = (*REGULAR, "errors")

ROWS = [
    Row("linalg.inv", lambda lib, a: lib.linalg.inv(a), case(matrices()), "sums", REGULAR),
    Row("inverse", lambda lib, a: (lib.inverse(a), a.inverse()), case(matrices()), "sums", REGULAR),
    Row("linalg.solve", lambda lib, a, b, **s: lib.linalg.solve(a, b, **s), solving(left=None), "sums", REGULAR),
    Row(
        "linalg.solve_triangular",
        lambda lib, a, b, **s: lib.linalg.solve_triangular(a, b, **s),
        triangles(),
        "sums",
        REGULAR,
    ),
    Row(
        "linalg.matrix_power",
        lambda lib, a, n: lib.linalg.matrix_power(a, n),
        case(matrices(), pick(2, 3, 0, 1, -1, -2, 5, 6)),
        "sums",
        REGULAR,
    ),
    Row("linalg.det", lambda lib, a: lib.linalg.det(a), case(matrices()), "sums", REGULAR),
    Row("det", lambda lib, a: (lib.det(a), a.det()), case(matrices()), "sums", REGULAR),
    Row("linalg.slogdet", lambda lib, a: lib.linalg.slogdet(a), case(matrices()), "sums", REGULAR),
    Row("slogdet", lambda lib, a: (*lib.slogdet(a), *a.slogdet()), case(matrices()), "sums", REGULAR),
    Row("logdet", lambda lib, a: (lib.logdet(a), a.logdet()), case(matrices()), "sums", REGULAR),
    Row(
        "linalg.cholesky",
        lambda lib, a, **s: lib.linalg.cholesky(symmetric(a), **s),
        case(matrices(kind="positive"), upper=st.booleans()),
        "sums",
        DISTINCT,
    ),
    Row(
        "cholesky",
        lambda lib, a, upper: (lib.cholesky(a, upper), a.cholesky(upper)),
        case(matrices(kind="positive"), st.booleans()),
        "sums",
        DISTINCT,
    ),
    Row(
        "cholesky_solve",
        lambda lib, a, b, upper: lib.cholesky_solve(b, lib.linalg.cholesky(symmetric(a)), upper),
        solving("positive", False, upper=st.booleans()),
        "sums",
        DISTINCT,
    ),
    Row(
        "cholesky_inverse",
        lambda lib, a, upper: lib.cholesky_inverse(a, upper),
        case(matrices(kind="positive"), st.booleans()),
        "sums",
        REGULAR,
    ),
    Row(
        "linalg.qr",
        lambda lib, a, mode: lib.linalg.qr(a, mode),
        case(matrices(rectangles), pick("reduced", "complete", "r")),
        "sums",
        DISTINCT,
    ),
    Row("qr", lambda lib, a, some: lib.qr(a, some), case(matrices(rectangles), st.booleans()), "sums", DISTINCT),
    Row("linalg.svd", svd_of, case(matrices(rectangles), st.booleans()), "sums", DISTINCT),
    Row("linalg.svdvals", lambda lib, a: lib.linalg.svdvals(a), case(matrices(rectangles)), "sums", REGULAR),
    Row(
        "svd",
        lambda lib, a, some, compute_uv: [x.abs() for x in lib.svd(a, some, compute_uv)],
        case(matrices(pick((2, 2), (3, 2), (2, 3), (1, 1))), st.booleans(), st.booleans()),
        "sums",
        DISTINCT,
    ),
    Row(
        "linalg.eigh",
        eigh_of,
        case(matrices(kind="symmetric"), pick("L", "U", "l"), st.booleans()),
        "sums",
        REGULAR,
    ),
    Row(
        "linalg.eigvalsh",
        lambda lib, a, uplo: lib.linalg.eigvalsh(a, uplo),
        case(matrices(kind="symmetric"), pick("L", "U")),
        "sums",
        REGULAR,
    ),
    Row(
        "linalg.pinv",
        lambda lib, a, **s: lib.linalg.pinv(a, **s),
        case(matrices(rectangles), rtol=pick(None, 1e-9), atol=pick(None, 1e-8)),
        "sums",
        REGULAR,
    ),
    Row(
        "pinv of low rank",
        lambda lib, a, b: lib.linalg.pinv(a @ b),
        case(matrices(pick((3, 2), (4, 2)), ()), matrices(pick((2, 3), (2, 2)), ())),
        "sums",
        REGULAR,
    ),
    Row("pinverse", lambda lib, a: (lib.pinverse(a), a.pinverse()), case(matrices(rectangles)), "sums", REGULAR),
    Row(
        "linalg.matrix_rank",
        lambda lib, a, **s: lib.linalg.matrix_rank(a, **s),
        case(
            arrays(pick((2, 2), (3, 2), (2, 2, 3), (0, 2)), "whole"),
            rtol=pick(None, 1e-3),
            atol=pick(None, 0.7),
        ),
        "exact",
        REGULAR,
    ),
    Row(
        "linalg.lstsq",
        lambda lib, a, b, driver: lib.linalg.lstsq(a, b, driver=driver),
        least_squares(),
        "sums",
        DISTINCT,
    ),
    Row("linalg.cond", lambda lib, a, p: lib.linalg.cond(a, p), case(matrices(), pick(None, 2, -2)), "sums", REGULAR),
    Row(
        "linalg.cond by the inverse",
        lambda lib, a, p: lib.linalg.cond(a, p),
        case(matrices(), pick(1, -1, np.inf, -np.inf, "fro", "nuc")),
        "sums",
        ("grad", "grad grad", *REGULAR),  # torch refuses: it has written into the inverse that it needs
    ),
    Row(
        "linalg of transposed matrices",
        lambda lib, a, step: [
            f(part)
            for part in (a.mT, a[..., ::step, ::step])
            for f in (
                lib.linalg.inv,
                lib.linalg.det,
                lib.linalg.slogdet,
                lib.linalg.svdvals,
                lambda x: lib.linalg.qr(x).R,
            )
        ],
        case(matrices(), pick(1, 2)),
        "sums",
        REGULAR,
    ),
]
