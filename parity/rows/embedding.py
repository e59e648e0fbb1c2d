"""Rows of a table by their numbers."""

import numpy as np
from hypothesis import strategies as st

from parity.draw import Case, arrays, case, pick, salts, shapes, whole
from parity.harness import Row


@st.composite
def tables(draw, **settings):
    """Indices (some out of range), and a table."""
    rows, width = draw(pick(3, 1, 5)), draw(pick(2, 1))
    # Not without indices: there torch's second derivative fails to reshape.
    index = draw(whole(shapes(0, 2, min_side=1), 0, rows + draw(pick(0, 0, 0, 1))))
    settings = {"padding_idx": pick(None, 0, -1), **settings}
    return Case((index, draw(arrays((rows, width)))), {k: draw(s) for k, s in settings.items()}, draw(salts()))


def renormed(lib, index, table, max_norm, norm_type, **settings):
    """The rows found, and the table, of which some rows are shorter then."""
    table = table.detach() * 1
    return lib.nn.functional.embedding(index, table, max_norm=max_norm, norm_type=norm_type, **settings), table


def found(lib, *args, **settings):
    return lib.nn.functional.embedding(*args, **settings)


@st.composite
def bags(draw):
    """Indices (L) with offsets, or (B, L); a table; weights of the elements (or None)."""
    rows, width, mode = draw(pick(3, 5)), draw(pick(2, 1)), draw(pick("mean", "sum", "max"))
    flat = draw(pick(True, False))
    index = draw(whole((6,) if flat else draw(pick((2, 3), (1, 4))), 0, rows))
    offsets = np.array(draw(pick((0,), (0, 2), (0, 3, 3), (0, 1, 6)))) if flat else None
    weights = draw(arrays(index.shape, "normal")) if mode == "sum" and draw(st.booleans()) else None
    settings = {
        "include_last_offset": bool(flat and offsets[-1] == 6 and draw(st.booleans())),
        "padding_idx": draw(pick(None, None, 0, -1)),
    }
    table = draw(arrays((rows, width), "normal"))
    return Case((index, table, offsets, weights), {"mode": mode, **settings}, draw(salts()))


def bagged(lib, index, table, offsets, weights, **settings):
    return lib.nn.functional.embedding_bag(index, table, offsets, per_sample_weights=weights, **settings)


ROWS = [
    Row("embedding", found, tables(), "exact"),
    # torch's second derivative leaves the frequencies out.
    Row("embedding scaled", found, tables(scale_grad_by_freq=pick(True, False)), "exact", without=("grad grad",)),
    Row(
        "embedding max_norm",
        renormed,
        tables(max_norm=pick(1, 0.5, 2.5), norm_type=pick(2.0, 1, 3)),
        "sums",
        without=("grad", "grad grad", "edges"),  # no gradient; a norm that is inf makes it NaN
    ),
    # torch has no second derivative of a bag.
    Row("embedding_bag", bagged, bags(), "sums", without=("grad grad", "dtypes", "edges", "errors")),
    Row(
        "one_hot",
        lambda lib, x, n: lib.nn.functional.one_hot(x, n),
        case(whole(shapes(0, 2), -1, 4), pick(-1, 4, 5, 0)),
        "exact",
    ),
]
