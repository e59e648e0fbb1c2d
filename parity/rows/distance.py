"""Norms of vectors and matrices, and distances. Whole numbers draw zeros, ties and equal points."""

import numpy as np
from hypothesis import strategies as st

from parity.draw import Case, arrays, broadcasting, case, pick, salts, shapes, spread
from parity.harness import Row
from parity.rows.linalg import matrices, rectangles

inf = np.inf
orders = pick(2, 1, 0, inf, -inf, 3, 0.5, 1.5, -1, 2.5, -2.0)
some_dims = pick(None, 0, -1, (0, 1), (-1,), (0, 2), (0, 0), ())
STYLE = ("whole", "positive")  # of the norm of one small number torch's second derivative is not quite 0
MODES = pick("use_mm_for_euclid_dist_if_necessary", "donot_use_mm_for_euclid_dist")


@st.composite
def points(draw, style=("whole", "normal"), **settings):
    """Two lists of points, in batches that broadcast; some points are in both."""
    d, n, m = draw(pick(2, 3, 1, 0)), draw(pick(2, 3, 1, 0)), draw(pick(3, 2, 1))
    one, other = draw(pick(((), ()), ((2,), (2,)), ((2,), ()), ((1,), (2,)), ((2, 1), (3,))))
    x, y = draw(arrays((*one, n, d), style)), draw(arrays((*other, m, d), style))
    if n and y.size and draw(st.booleans()):
        y[..., 0, :] = x.reshape(-1, n, d)[0, 0]
    return Case((x, y), {k: draw(v) for k, v in settings.items()}, draw(salts()))


ROWS = [
    Row(
        "linalg.vector_norm",
        lambda lib, x, p, dim, keepdim: lib.linalg.vector_norm(x, p, dim, keepdim),
        case(arrays(style=STYLE), orders, some_dims, st.booleans()),
        "sums",
    ),
    Row(
        "norm at 0",
        lambda lib, x, p, dim: lib.norm(x, p, dim),
        case(arrays(shapes(max_dims=2)).map(lambda x: x * 0), orders, pick(None, 0, -1)),
        "sums",
    ),
    Row(
        "norm",
        lambda lib, x, p, dim, keepdim: (lib.norm(x, p, dim, keepdim), x.norm(p, dim, keepdim)),
        case(arrays(style=STYLE), st.one_of(orders, pick("fro", None)), some_dims, st.booleans()),
        "sums",
    ),
    Row(
        "norm in another dtype",
        lambda lib, x, p, dtype: lib.norm(x, p, dtype=getattr(lib, dtype)),
        # Not near 0: of one number, the second derivative is a difference of two 1 / x.
        case(arrays(style=("whole", "positive")), pick(2, 1, "fro"), pick("float64", "float32", "int64")),
        "sums",
    ),
    Row(
        "linalg.matrix_norm",
        lambda lib, x, p, dim, keepdim: lib.linalg.matrix_norm(x, p, dim, keepdim),
        case(
            st.one_of(arrays(shapes(min_dims=2)), arrays(shapes())),
            pick("fro", 1, inf, -1, -inf, 3),
            pick((-2, -1), (0, 1), (1, 0), (0, 2), (0, 0), (0,)),
            st.booleans(),
        ),
        "sums",
    ),
    Row(
        "matrix_norm by singular values",
        lambda lib, x, p, keepdim: lib.linalg.matrix_norm(x, p, keepdim=keepdim),
        case(matrices(rectangles), pick("nuc", 2, -2), st.booleans()),
        "sums",
        ("edges", "layout"),  # see linalg.py
    ),
    Row(
        "norm nuc",
        lambda lib, x, dim, keepdim: lib.norm(x, "nuc", dim, keepdim),
        case(matrices(rectangles), pick(None, (0, 1), (1, 0), (-1, -2)), st.booleans()),
        "sums",
        ("edges", "layout"),
    ),
    Row(
        "linalg.norm",
        lambda lib, x, p, dim, keepdim: lib.linalg.norm(x, p, dim, keepdim),
        case(
            arrays(),
            pick(None, "fro", 1, inf, -1, -inf, 0, 3),
            pick(None, 0, (0,), (0, 1), (-1, 0), (0, 1, 2)),
            st.booleans(),
        ),
        "sums",
    ),
    Row(
        "dist",
        lambda lib, x, y, p: (lib.dist(x, y, p), x.dist(y, p)),
        spread(broadcasting(style="whole"), p=pick(2, 1, inf, -inf, 3, 0.5, -1)),
        "sums",
    ),
    Row(
        "cdist",
        lambda lib, x, y, **s: lib.cdist(x, y, **s),
        points(p=pick(2.0, 1.0, 0.0, inf, 3.0, 0.5, 1.5), compute_mode=MODES),
        "sums",
        ("grad grad", "edges"),  # torch has no second derivative; a NaN it keeps, drops or counts, as p has it
    ),
    Row(
        "cdist largest",
        lambda lib, x, y: lib.cdist(x, y, inf),
        points(),
        "sums",
        ("grad grad", "edges"),  # as above
    ),
    Row(
        "cdist by a product",  # of whole numbers, for others the distance of equal points is what rounding makes it
        lambda lib, x, y: lib.cdist(x, y, compute_mode="use_mm_for_euclid_dist"),
        points("whole").filter(lambda case: all(x.size for x in case.args)),
        "sums",
        ("edges",),
    ),
]
