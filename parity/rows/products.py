"""Products with sums, contractions, and those element by element."""

from itertools import pairwise

from hypothesis import strategies as st

from parity.draw import Case, arrays, broadcasting, case, dims, pick, salts, spread
from parity.harness import Row

STYLE = ("whole", "normal")
factors = {"alpha": pick(1, 0.5, -2), "beta": pick(1, 2, 0, 0.5)}  # alpha 0: see addmm in matmul.py


def scaled(name):
    """A call of beta * input + alpha * product, or of its twin in place."""

    def call(lib, c, x, y, inplace, **factors):
        if inplace:
            return getattr(c.clone(), name + "_")(x, y, **factors)
        return getattr(lib, name)(c, x, y, **factors)

    return call


@st.composite
def scaled_sums(draw, left, right, *inputs):
    """(input, left, right, inplace), shapes that fit most of the time."""
    c, x, y = (draw(arrays(shapes, STYLE)) for shapes in (pick(*inputs), left, right))
    return Case((c, x, y, draw(st.booleans())), {k: draw(v) for k, v in factors.items()}, draw(salts()))


@st.composite
def contractions(draw):
    """Two arrays of up to three dims, and which of them to contract."""
    shape = draw(st.lists(pick(2, 3, 1), max_size=3))
    n = draw(st.integers(0, len(shape)))
    other = [*shape[len(shape) - n :], *draw(st.lists(pick(2, 3), max_size=2))]
    x, y = draw(arrays(tuple(shape), STYLE)), draw(arrays(tuple(other), STYLE))
    order = draw(st.permutations(range(n)))
    if n == len(shape) == len(other):  # in another order torch takes even booleans then, which no product does
        order = range(n)
    listed = [i - n for i in order], list(order)
    return Case((x, y, draw(st.one_of(st.just(n), st.just(listed)))), salt=draw(salts()))


@st.composite
def chains(draw):
    """Matrices that fit one another, the outer ones perhaps vectors."""
    sizes = draw(st.lists(pick(2, 3, 1, 4), min_size=3, max_size=5))
    shapes = list(pairwise(sizes))
    if draw(st.booleans()):
        shapes[0] = shapes[0][1:]
    if draw(st.booleans()):
        shapes[-1] = shapes[-1][:1]
    return [draw(arrays(shape, "normal")) for shape in shapes]


# addmv of a matrix (n, 0) is not drawn: torch gives the shape of an input that should be broadcast.
ROWS = [
    Row("addmv", scaled("addmv"), scaled_sums((3, 4), (4,), (3,), (1,), (2, 3)), "sums"),
    Row("addbmm", scaled("addbmm"), scaled_sums((2, 3, 4), pick((2, 4, 2), (2, 4)), (3, 2), (2,), ()), "sums"),
    Row("baddbmm", scaled("baddbmm"), scaled_sums((2, 3, 4), (2, 4, 2), (2, 3, 2), (3, 2), (1, 1, 2), ()), "sums"),
    Row("addr", scaled("addr"), scaled_sums(pick((3,), (0,), (3, 1)), (2,), (3, 2), (2,), (), (0, 2)), "sums"),
    Row("addmm_", scaled("addmm"), scaled_sums((3, 4), (4, 2), (3, 2), (2,), ()), "sums"),
    Row(
        "vdot",
        lambda lib, x, y: (lib.vdot(x, y), x.vdot(y)),
        case(arrays(pick((3,), (0,), (3, 1))), arrays(pick((3,), (0,)))),
        "sums",
    ),
    Row(
        "inner",
        lambda lib, x, y: lib.inner(x, y),
        case(arrays(pick((3,), (2, 3), (), (2, 2, 3)), STYLE), arrays(pick((3,), (4, 3), (), (2,)), STYLE)),
        "sums",
    ),
    Row("tensordot", lambda lib, x, y, dims: lib.tensordot(x, y, dims), contractions(), "sums"),
    Row("trace", lambda lib, x: lib.trace(x), arrays(pick((3, 3), (2, 4), (3, 2), (0, 2), (3,)), STYLE), "sums"),
    Row(
        "linalg.multi_dot",
        lambda lib, *x: lib.linalg.multi_dot(x),
        spread(chains()),
        "sums",
        ("edges",),  # inf * 0 is met or not as the order has it, of which several may be cheapest
    ),
    Row(
        "linalg.vecdot",
        lambda lib, x, y, dim: lib.linalg.vecdot(x, y, dim=dim),
        spread(broadcasting(), dim=dims),
        "sums",
    ),
    Row(
        "kron",
        lambda lib, x, y: (lib.kron(x, y), x.kron(y)),
        case(arrays(), arrays(pick((2,), (2, 3), (), (2, 1, 2)))),
        without=("layout",),  # torch refuses some of them, in words about view
    ),
    Row(
        "linalg.cross",
        lambda lib, x, y, dim: lib.linalg.cross(x, y, dim=dim),
        case(
            arrays(pick((3,), (2, 3), (1, 3), (3, 3), (2,)), STYLE), arrays(pick((3,), (2, 3), (3, 3)), STYLE), dim=dims
        ),
        "sums",
    ),
    Row(
        "cross",
        lambda lib, x, y: (lib.cross(x, y), x.cross(y)),
        case(arrays(pick((3, 2), (2, 3), (1, 3), (3, 3), (2, 2)), STYLE), arrays(pick((3, 2), (2, 3), (3, 3)), STYLE)),
        "sums",
    ),
]
