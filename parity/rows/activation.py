"""Activations and softmax."""

from parity.draw import arrays, case, dims, pick, shapes
from parity.harness import Row

one = case(arrays())
tame = arrays(style=("whole", "normal"))

ROWS = [
    Row("relu", lambda lib, x: lib.relu(x), one),
    Row("sigmoid", lambda lib, x: lib.sigmoid(x), case(tame)),
    Row(
        "gelu",
        lambda lib, x, approximate: lib.nn.functional.gelu(x, approximate=approximate),
        case(tame, approximate=pick("none", "tanh")),
        "sums",
    ),
    Row("softmax", lambda lib, x, dim: lib.softmax(x, dim), case(tame, dim=dims), "sums"),
    Row("log_softmax", lambda lib, x, dim: lib.log_softmax(x, dim), case(tame, dim=dims), "sums"),
    Row(
        "softmax dtype",
        lambda lib, x, dim, dtype: lib.softmax(x, dim, dtype=getattr(lib, dtype)),
        # Not empty: only then does torch let a softmax of integers be.
        # Not float32: its gradient has float32's rounding.
        case(arrays(shapes(0, 3, min_side=1)), dim=dims, dtype=pick("float64", "int64")),
        "sums",
    ),
    Row(
        "functional softmax",
        lambda lib, x: lib.nn.functional.softmax(x, -1),
        case(arrays(shapes(1, 3))),
        "sums",
    ),
]
