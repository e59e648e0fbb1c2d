"""Writing at indices along a dim: scatter and its reductions, index_add, index_copy, index_fill, index_reduce."""

import numpy as np
from hypothesis import strategies as st

from parity.draw import Case, arrays, case, pick, salts, whole
from parity.harness import Row


@st.composite
def scattered(draw, style=("whole", "normal"), distinct=False, **settings):
    """x, a dim, indices into it, what comes there (a place may be named several times unless distinct), settings."""
    shape = draw(pick((3, 4), (3,), (2, 3, 2), ()))
    dim = draw(st.integers(-len(shape), len(shape) - 1)) if shape else 0
    part = tuple(draw(st.integers(1, n)) for n in shape)
    if distinct or not shape:
        order = np.random.default_rng(draw(st.integers(0, 999))).random(shape)
        index = np.asarray(order.argsort(dim)[tuple(map(slice, part))] if shape else 0)
    else:
        index = draw(whole(part, 0, shape[dim]))
    src = draw(arrays(shape if draw(st.booleans()) else part, style))  # more than is taken, or just as much
    named = {name: draw(s) for name, s in settings.items()}
    return Case((draw(arrays(shape, style)), dim, index, src), named, draw(salts()))


@st.composite
def lined(draw, style=("whole", "normal"), distinct=False, **settings):
    """x, a dim, a vector of indices into it, a slice for each of them (distinct: no index twice), settings."""
    shape = draw(pick((3, 4), (3,), (2, 3, 2)))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    n = draw(st.integers(1, shape[dim]))
    index = draw(whole((n,), 0, shape[dim]))
    if distinct:
        index = np.random.default_rng(draw(st.integers(0, 999))).permutation(shape[dim])[:n]
    slices = list(shape)
    slices[dim] = n
    named = {name: draw(s) for name, s in settings.items()}
    return Case((draw(arrays(shape, style)), dim, index, draw(arrays(tuple(slices), style))), named, draw(salts()))


def function(name):
    """An operation of either library."""
    return lambda lib, *args, **settings: getattr(lib, name)(*args, **settings)


include = {"include_self": pick(True, False)}


def products(name, cases):
    """The rows of a product, without edges: torch divides the result by a factor, which may be inf / inf."""
    return [
        Row(f"{name} prod", function(name), cases("positive", reduce=pick("prod"), **include), "sums", ("edges",)),
        # Without second derivatives: of two zeros at one place torch has none.
        Row(
            f"{name} prod of zeros",
            function(name),
            cases("whole", reduce=pick("prod"), **include),
            "sums",
            ("edges", "grad grad"),
        ),
    ]


ROWS = [
    Row("scatter", function("scatter"), scattered(distinct=True), "exact"),
    Row(
        "scatter value",
        lambda lib, x, dim, index, src, value: lib.scatter(x, dim, index, value),
        scattered(value=pick(2, -0.5, True)),
        "exact",
    ),
    Row("scatter reduce", function("scatter"), scattered(reduce=pick("add", "multiply")), "sums"),
    Row("scatter_add at places", function("scatter_add"), scattered(), "sums"),
    *[
        Row(f"scatter_reduce {reduce}", function("scatter_reduce"), scattered(reduce=pick(reduce), **include), "sums")
        for reduce in ("sum", "mean", "amax", "amin")
    ],
    *products("scatter_reduce", scattered),
    Row("index_add", function("index_add"), lined(alpha=pick(1, 2, -0.5)), "sums"),
    Row("index_copy", function("index_copy"), lined(distinct=True), "exact"),
    Row(
        "index_fill",
        lambda lib, x, dim, index, src, value: lib.index_fill(x, dim, index, value),
        lined(value=pick(2, -0.5, True)),
        "exact",
    ),
    Row(
        "index_fill tensor",
        lambda lib, x, index, value: lib.index_fill(x, 0, index, value),
        case(arrays((3, 2)), whole(pick((2,), (1,), ()), 0, 3), arrays(())),
        "exact",
    ),
    *[
        Row(f"index_reduce {reduce}", function("index_reduce"), lined(reduce=pick(reduce), **include), "sums")
        for reduce in ("mean", "amax", "amin")
    ],
    *products("index_reduce", lined),
    Row(
        "take_along_dim",
        function("take_along_dim"),
        case(arrays((3, 4), "normal"), whole(pick((2, 4), (1, 4), (3, 4)), -3, 3), pick(0, -2)),
        "exact",
    ),
]
