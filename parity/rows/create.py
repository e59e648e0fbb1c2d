"""Making tensors."""

from parity.draw import arrays, case, pick
from parity.harness import Row

NONE = ("grad", "grad grad", "dtypes", "layout", "edges", "float32")
INF, NAN = float("inf"), float("nan")
shape = pick((2, 3), (), (0,), (3,), (2, 0), (-1,))
number = pick(0, 1, 2.5, True, -3, float("nan"))
dtypes = pick(None, "float64", "int64", "bool", "uint8", "float32")


def typed(lib, name):
    """lib's dtype of that name, or None."""
    return None if name is None else getattr(lib, name)


def made(lib, name, *args, dtype=None):
    """lib.name(*args, dtype=dtype)."""
    return getattr(lib, name)(*args, dtype=typed(lib, dtype))


ROWS = [
    Row(
        "zeros",
        lambda lib, shape, dtype: made(lib, "zeros", shape, dtype=dtype),
        case(shape, dtype=dtypes),
        "exact",
        NONE,
        False,
    ),
    Row(
        "ones",
        lambda lib, shape, dtype: made(lib, "ones", shape, dtype=dtype),
        case(shape, dtype=dtypes),
        "exact",
        NONE,
        False,
    ),
    Row(
        "full",
        lambda lib, shape, v, dtype: made(lib, "full", shape, v, dtype=dtype),
        case(shape, number, dtype=pick(None, "float64", "float32")),
        "exact",
        NONE,
        False,
    ),
    Row("eye", lambda lib, n, m: lib.eye(n, m), case(pick(2, 0, 3, -1), pick(3, 2, 0)), "exact", NONE, False),
    Row(
        "arange",
        lambda lib, a, b, s: lib.arange(a, b, s),
        case(pick(0, 1, -2, 0.5, NAN), pick(5, 3, 2.5, -4, INF), pick(1, 2, -1, 0.3, 0, NAN)),
        "exact",
        NONE,
        False,
    ),
    Row(
        "arange end",
        lambda lib, n, dtype: made(lib, "arange", n, dtype=dtype),
        case(pick(3, 0, 4.5, -1), dtype=dtypes),
        "exact",
        NONE,
        False,
    ),
    Row(
        "linspace",
        lambda lib, a, b, n, dtype: made(lib, "linspace", a, b, n, dtype=dtype),
        case(pick(0, -1, 2.5), pick(1, 7, -3.3), pick(5, 1, 0, 2, 11), dtype=pick(None, "float64")),
        "elementwise",
        NONE,
        False,
    ),
    Row(
        "logspace",
        lambda lib, a, b, n, base, dtype: made(lib, "logspace", a, b, n, base, dtype=dtype),
        case(
            pick(0, -1, 2.5),
            pick(1, 7, -3.3),
            pick(5, 1, 0, 2, 11, -1),
            pick(10.0, 2.0),
            dtype=pick(None, "float64", "int64", "bool", "float32"),  # in uint8, steps below 0 wrap around now and then
        ),
        "elementwise",
        NONE,
        False,
    ),
    Row(
        "layout",
        lambda lib, layout: lib.ones(2, 3, layout=lib.strided if layout == "strided" else layout),
        case(pick("strided", None, "other")),
        "exact",
        NONE,
        False,
    ),
    Row(
        "tensor",
        lambda lib, data, dtype: made(lib, "tensor", data, dtype=dtype),
        case(
            pick(1, 2.5, True, [1, 2], [[1.0], [2]], [True, 2], [], [[]], [1, [2]], [[1, 2], [3]], "a", None, (1, 2)),
            dtype=dtypes,
        ),
        "exact",
        NONE,
        False,
    ),
    Row(
        "as_tensor", lambda lib, data: lib.as_tensor(data), case(pick([1, 2], 3.5, [[True]], [])), "exact", NONE, False
    ),
    Row("zeros_like", lambda lib, x: lib.zeros_like(x), case(arrays()), "exact"),
    Row("ones_like", lambda lib, x: lib.ones_like(x), case(arrays()), "exact"),
    Row("full_like", lambda lib, x, v: lib.full_like(x, v), case(arrays(), pick(0, 2, True, 2.5)), "exact"),
    Row("new_zeros", lambda lib, x, shape: x.new_zeros(shape), case(arrays(), shape), "exact"),
    Row("new_ones", lambda lib, x, shape: x.new_ones(shape), case(arrays(), shape), "exact"),
    Row("new_full", lambda lib, x, shape, v: x.new_full(shape, v), case(arrays(), shape, pick(0, 2, 2.5)), "exact"),
]
