"""bfloat16: operations of one rounding give torch's very bits, and so do their derivatives; views move the bits."""

from parity.draw import arrays, broadcasting, case, pick, spread
from parity.harness import Row

one = case(arrays())
matrix = arrays((3, 4), ("whole", "normal"))
functions = pick("neg", "abs", "floor", "ceil", "exp", "sqrt", "sin", "cos", "tanh", "reciprocal", "square")
pairs = pick("add", "sub", "maximum", "minimum")
STEPS = ("grad", "grad grad", "layout", "edges")  # the derivative has several steps, and torch rounds between others
MIXED = ("dtypes", "errors")  # one argument bfloat16 and the other not: torch's own rules, see tests/test_bfloat16.py


def low(call):
    """The call on bfloat16 tensors, its result widened again: NumPy, which compares, has no bfloat16."""

    def widened(lib, *args, **settings):
        return call(lib, *[x.bfloat16() if isinstance(x, lib.Tensor) else x for x in args], **settings).double()

    return widened


def function(lib, x, name):
    return getattr(lib, name)(x)


def views(lib, x):
    return x.t()[1:].reshape(3, 3)[:, ::2].expand(2, 3, 2)


ROWS = [
    Row("bfloat16 rounding", low(lambda lib, x: x), one, "exact"),
    Row(
        "bfloat16 function", low(lambda lib, x, name: getattr(lib, name)(x)), case(arrays(), functions), "exact", STEPS
    ),
    Row(
        "bfloat16 pair",
        low(lambda lib, x, y, name: getattr(lib, name)(x, y)),
        spread(broadcasting(), name=pairs),
        "exact",
        MIXED,
    ),
    Row(
        "bfloat16 product",
        low(lambda lib, x, y, name: getattr(lib, name)(x, y)),
        spread(broadcasting(), name=pick("mul", "div")),
        "exact",
        (*STEPS, *MIXED),
    ),
    Row("bfloat16 mul number", low(lambda lib, x, n: x * n), case(arrays(), pick(2, 0.1, -1 / 3)), "exact", MIXED),
    Row("bfloat16 add number", low(lambda lib, x, n: n + x), case(arrays(), pick(2, 0.1, -1 / 3)), "exact", MIXED),
    Row("bfloat16 matmul", low(lambda lib, x, y: x @ y.t()), case(matrix, matrix), "exact", (*STEPS, *MIXED)),
    Row(
        "bfloat16 views",
        low(lambda lib, x: x.t()[1:].reshape(3, 3)[:, ::2].expand(2, 3, 2)),
        case(matrix),
        "exact",
        MIXED,
    ),
    Row("bfloat16 index", low(lambda lib, x: x[[2, 0, 1]][:, [0, 3]]), case(matrix), "exact", MIXED),
]
