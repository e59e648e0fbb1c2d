"""Comparisons, logic and bits."""

from parity.draw import arrays, broadcasting, case, pick, shapes, spread, whole
from parity.harness import Row
from parity.rows.functions import function

one = case(arrays())
two = spread(broadcasting(style=("whole", "normal")))
some = whole(shapes(), -9, 10)
integers = case(whole(pick((2, 3), (3,), (2, 1, 3), ()), -99, 100), whole(pick((2, 3), (2, 1), (1,), ()), -2, 12))
number = pick(0, 1, -2, 0.5, True)

ROWS = [
    Row("eq", lambda lib, x, y: x == y, two),
    Row("ne", lambda lib, x, y: x != y, two),
    Row("lt", lambda lib, x, y: x < y, two),
    Row("le", lambda lib, x, y: x <= y, two),
    Row("gt", lambda lib, x, y: x > y, two),
    Row("ge", lambda lib, x, y: x >= y, two),
    Row("eq number", lambda lib, x, n: x == n, case(arrays(), number)),
    Row("ge number", lambda lib, x, n: lib.ge(x, n), case(arrays(), number)),
    Row("lt number", lambda lib, x, n: n < x, case(arrays(), number)),
    Row("isnan", lambda lib, x: lib.isnan(x), one),
    Row("isinf", lambda lib, x: lib.isinf(x), one),
    Row("isfinite", lambda lib, x: lib.isfinite(x), one),
    Row("logical_not", lambda lib, x: lib.logical_not(x), one),
    Row("logical_and", lambda lib, x, y: lib.logical_and(x, y), two),
    Row("logical_or", lambda lib, x, y: lib.logical_or(x, y), two),
    Row("logical_xor", lambda lib, x, y: lib.logical_xor(x, y), two),
    Row("bitwise_not", lambda lib, x: ~x, one),
    Row("bitwise_and", lambda lib, x, y: x & y, two),
    Row("bitwise_or", lambda lib, x, y: x | y, two),
    Row("bitwise_xor", lambda lib, x, y: x ^ y, two),
    *[Row(name, function(name), integers) for name in ("bitwise_left_shift", "bitwise_right_shift", "gcd", "lcm")],
    Row("<< number", lambda lib, x, n: x << n, case(some, pick(1, 3, 0, 62, 63, 64, -1, True, 1.5))),
    Row(">> number", lambda lib, x, n: x >> n, case(some, pick(1, 3, 0, 62, 63, 64, -1, True, 1.5))),
    Row("number <<", lambda lib, x, n: n << x, case(some, pick(1, 3, -5))),
    Row("number >>", lambda lib, x, n: n >> x, case(some, pick(1000, 3, -5))),
    Row("equal", lambda lib, x, y: lib.equal(x, y), two),
    Row(
        "isclose",
        lambda lib, x, y, rtol, atol, equal_nan: lib.isclose(x, y, rtol, atol, equal_nan),
        spread(broadcasting(style="whole"), rtol=pick(1e-5, 0.4), atol=pick(1e-8, 1.0), equal_nan=pick(False, True)),
    ),
    Row(
        "allclose",
        lambda lib, x, y, rtol, atol: lib.allclose(x, y, rtol, atol),
        spread(broadcasting(style="whole"), rtol=pick(1e-5, 0.4), atol=pick(1e-8, 3.0)),
    ),
]
