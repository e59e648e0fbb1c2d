"""Products of every rank."""

from hypothesis import strategies as st

from parity.draw import Case, arrays, case, pick, salts
from parity.harness import Row


@st.composite
def factors(draw, ranks):
    """Two arrays that fit (most of the time), of ranks drawn from those given."""
    n, k, m = (draw(pick(2, 3, 1, 0)) for _ in range(3))
    a, b = draw(ranks)
    batch = draw(pick((), (2,), (2, 1), (1, 3), (0,)))
    left = ((k,), (n, k), (*batch, n, k))[min(a, 3) - 1] if a else ()
    right = ((k,), (k, m), (*batch[1:], k, m))[min(b, 3) - 1] if b else ()
    return Case((draw(arrays(left)), draw(arrays(right))), salt=draw(salts()))


STYLE = ("whole", "normal")
any_ranks = pick((2, 2), (1, 1), (1, 2), (2, 1), (3, 2), (2, 3), (3, 3), (3, 1), (1, 3), (0, 2))

ROWS = [
    Row("matmul", lambda lib, x, y: lib.matmul(x, y), factors(any_ranks), "sums"),
    Row("mm", lambda lib, x, y: lib.mm(x, y), factors(pick((2, 2), (2, 2), (1, 2), (3, 2))), "sums"),
    Row(
        "bmm",
        lambda lib, x, y: lib.bmm(x, y),
        case(arrays(pick((2, 3, 2), (0, 3, 2), (1, 3, 2), (3, 2)), STYLE), arrays(pick((2, 2, 3), (0, 2, 1)), STYLE)),
        "sums",
    ),
    Row("mv", lambda lib, x, y: lib.mv(x, y), factors(pick((2, 1), (2, 1), (1, 1))), "sums"),
    Row("dot", lambda lib, x, y: lib.dot(x, y), factors(pick((1, 1), (1, 1), (2, 1))), "sums"),
    Row("outer", lambda lib, x, y: lib.outer(x, y), case(arrays(pick((3,), (0,), (2, 1))), arrays(pick((2,), (1,))))),
    Row(
        "addmm",
        lambda lib, c, x, y, alpha, beta: lib.addmm(c, x, y, alpha=alpha, beta=beta),
        case(
            arrays(pick((3, 2), (2,), (1, 2), (), (3,)), STYLE),
            arrays((3, 4), STYLE),
            arrays((4, 2), STYLE),
            alpha=pick(1, 0.5, -2),  # not 0: torch leaves the product out forward, but backward it is inf * 0
            beta=pick(1, 2, 0, 0.5),
        ),
        "sums",
    ),
    Row(
        "linear",
        lambda lib, x, w, b: lib.nn.functional.linear(x, w, b),
        case(
            arrays(pick((2, 3), (3,), (2, 2, 3), (0, 3)), STYLE),
            arrays(pick((4, 3), (1, 3), (3,)), STYLE),
            st.one_of(st.none(), arrays(pick((4,), (1,), ()), STYLE)),
        ),
        "sums",
    ),
    Row(
        "bilinear",
        lambda lib, x, y, w, b: lib.nn.functional.bilinear(x, y, w, b),
        case(
            arrays(pick((2, 3), (3,), (2, 2, 3), (0, 3)), STYLE),
            arrays(pick((2, 2), (2,), (2, 2, 2), (0, 2)), STYLE),
            arrays(pick((4, 3, 2), (1, 3, 2)), STYLE),
            st.one_of(st.none(), arrays(pick((4,), (1,)), STYLE)),
        ),
        "sums",
    ),
]
