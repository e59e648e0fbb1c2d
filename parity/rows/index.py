"""Indexing as NumPy understands it, gather and scatter, writing through an index."""

from parity.draw import arrays, case, dims, masks, pick, whole
from parity.harness import Row

grid = arrays(pick((3, 4), (2, 3, 4), (5,), (3,)), "normal")
basic = pick(
    (0,), (-1,), (slice(1, 3),), (slice(None), 1), (..., 0), (None, 0), (slice(None, None, 2),), (slice(5, 1),), (...,),
    (0, slice(1, None, 2)), (7,), (..., None), (slice(-2, None),), (0, 0, 0), (True,), (..., 1, None, ...),
)  # fmt: skip
EXACT = {"kind": "exact"}


def written(x, index, value):
    """A changed copy of x."""
    x = x.clone()
    x[index] = value
    return x


ROWS = [
    Row("getitem", lambda lib, x, index: x[index], case(grid, basic), **EXACT),
    Row("getitem ints", lambda lib, x, i: x[i], case(grid, whole(pick((2,), (), (2, 2), (0,)), -3, 3)), "sums"),
    Row(
        "getitem two",
        lambda lib, x, i, j: x[i, j],
        case(arrays((3, 4), "normal"), whole(pick((2,), (2, 1)), -3, 3), whole(pick((2,), (1,), ()), -4, 4)),
        "sums",
    ),
    # No errors, nor below: where nothing is indexed torch does not look at the index, ours does.
    Row(
        "getitem apart",
        lambda lib, x, i, j: x[i, :, j],
        case(arrays((2, 3, 4), "normal"), whole(pick((2,), ()), 0, 2), whole(pick((2,), (3, 1)), 0, 4)),
        "sums",
        without=("errors",),
    ),
    Row(
        "getitem slice",
        lambda lib, x, i: x[1:, i],
        case(arrays(pick((3, 4), (3, 4, 2))), whole((3,), -4, 5)),
        "sums",
        without=("errors",),
    ),
    Row("getitem list", lambda lib, x, i: x[i], case(grid, pick([0, 1], [[0], [1]], [-1], [0, 0, 2], [9], [])), "sums"),
    Row(
        "getitem mask", lambda lib, x, mask: x[mask], case(arrays((3, 4)), masks(pick((3, 4), (3,), (), (4,)))), **EXACT
    ),
    Row("mask by value", lambda lib, x: x[x > 0], case(arrays()), **EXACT),
    Row(
        "setitem",
        lambda lib, x, index, v: written(x, index, v),
        case(grid, basic, arrays(pick((), (1,), (4,)), "normal")),
        **EXACT,
    ),
    Row(
        "setitem number", lambda lib, x, index, v: written(x, index, v), case(grid, basic, pick(1, 0.5, True)), **EXACT
    ),
    Row(
        "setitem ints",
        lambda lib, x, i, v: written(x, i, v),
        case(grid, pick([0, 1], [2, 0], [-1]), arrays(pick((), (1,)), "normal")),
        "sums",
    ),
    Row(
        "setitem mask",
        lambda lib, x, mask, v: written(x, mask, v),
        case(arrays((3, 4)), masks(pick((3, 4), (3,), (4,))), arrays(pick((), (1,), (2,)))),
        "sums",
    ),
    Row(
        "gather",
        lambda lib, x, dim, index: lib.gather(x, dim, index),
        case(arrays(pick((3, 4), (3,), ())), dims, whole(pick((2, 2), (3, 4), (2,), (), (0, 1)), 0, 3)),
        "sums",
    ),
    Row(
        "scatter_add",
        lambda lib, x, dim, index, src: lib.scatter_add(x, dim, index, src),
        case(
            arrays(pick((3, 4), (3,))),
            dims,
            whole(pick((2, 2), (3, 3), (2,)), 0, 3),
            arrays(pick((3, 3), (2, 2), (2,))),
        ),
        "sums",
    ),
    Row("nonzero", lambda lib, x: lib.nonzero(x), case(arrays(style="whole"))),
    Row(
        "nonzero tuple",
        lambda lib, x, as_tuple: lib.nonzero(x, as_tuple=as_tuple),
        case(arrays(style="whole"), as_tuple=pick(True, False)),
    ),
]
