"""Arithmetic and functions, element by element."""

from parity.draw import STYLES, arrays, broadcasting, case, masks, pick, shapes, spread
from parity.harness import Row

one = case(arrays())
two = spread(broadcasting())
three = spread(broadcasting(3))
number = pick(2, 0.5, -1.5, 0, True, 3)

ROWS = [
    Row("neg", lambda lib, x: -x, one),
    Row("positive", lambda lib, x: lib.positive(x), one),
    Row("abs", lambda lib, x: lib.abs(x), one),
    Row("sign", lambda lib, x: lib.sign(x), one),
    Row("floor", lambda lib, x: lib.floor(x), one),
    Row("ceil", lambda lib, x: lib.ceil(x), one),
    Row("exp", lambda lib, x: lib.exp(x), one),
    Row("log", lambda lib, x: lib.log(x), case(arrays(style=("positive", *STYLES)))),
    Row("sqrt", lambda lib, x: lib.sqrt(x), case(arrays(style=("positive", *STYLES)))),
    Row("sin", lambda lib, x: lib.sin(x), one),
    Row("cos", lambda lib, x: lib.cos(x), one),
    Row("tanh", lambda lib, x: lib.tanh(x), one),
    Row("erf", lambda lib, x: lib.erf(x), one),
    Row("reciprocal", lambda lib, x: lib.reciprocal(x), one),
    Row("square", lambda lib, x: lib.square(x), one),
    Row("add", lambda lib, x, y: x + y, two),
    # torch rounds x + alpha * y once, where its processor has such an instruction: so an error of the sum's terms.
    Row("add alpha", lambda lib, x, y, alpha: lib.add(x, y, alpha=alpha), spread(broadcasting(), alpha=number), "sums"),
    Row("sub", lambda lib, x, y: x - y, two),
    Row("sub alpha", lambda lib, x, y, alpha: lib.sub(x, y, alpha=alpha), spread(broadcasting(), alpha=number), "sums"),
    Row("mul", lambda lib, x, y: x * y, two),
    Row("div", lambda lib, x, y: x / y, two),
    Row(
        "div rounding",
        lambda lib, x, y, mode: lib.div(x, y, rounding_mode=mode),
        spread(broadcasting(), mode=pick(None, "floor", "trunc")),
    ),
    Row("floor_divide", lambda lib, x, y: x // y, two),
    Row("remainder", lambda lib, x, y: x % y, two),
    Row("pow", lambda lib, x, y: x**y, spread(broadcasting(style=("positive", "whole")))),
    Row(
        "pow number", lambda lib, x, n: x**n, case(arrays(style=("positive", *STYLES)), pick(2, 3, 0.5, -1, 0, -2.5, 1))
    ),
    Row("number pow", lambda lib, x, n: n**x, case(arrays(style=("whole", "normal")), pick(2, 0.5, 3, 0, 1, -2))),
    Row("add number", lambda lib, x, n: x + n, case(arrays(), number)),
    Row("number sub", lambda lib, x, n: n - x, case(arrays(), number)),
    Row("mul number", lambda lib, x, n: n * x, case(arrays(), number)),
    Row("number div", lambda lib, x, n: n / x, case(arrays(), number)),
    Row("number floor_divide", lambda lib, x, n: n // x, case(arrays(), number)),
    Row("number remainder", lambda lib, x, n: n % x, case(arrays(), number)),
    Row("remainder number", lambda lib, x, n: x % n, case(arrays(), number)),
    Row("rsub", lambda lib, x, y: lib.rsub(x, y), two),
    Row("maximum", lambda lib, x, y: lib.maximum(x, y), two),
    Row("minimum", lambda lib, x, y: lib.minimum(x, y), two),
    Row(
        "clamp",
        lambda lib, x, low, high: lib.clamp(x, low, high),
        case(arrays(), low=pick(None, -1, 0.5, 2), high=pick(1, None, 2.5, -1)),
    ),
    Row("where", lambda lib, c, x, y: lib.where(c > 0, x, y), three),
    Row("where number", lambda lib, c, x, n: lib.where(c, x, n), case(masks((2, 3)), arrays((3,)), number)),
    Row(
        "masked_fill",
        lambda lib, x, mask, n: lib.masked_fill(x, mask, n),
        case(arrays((2, 3)), masks(pick((3,), (2, 1), (), (2, 3))), number),
    ),
    Row("lerp by hand", lambda lib, x, y, w: x + w * (y - x), three, "sums"),
    Row("chain", lambda lib, x: lib.exp(-x * x).sin(), case(arrays(shapes(), ("whole", "normal"))), "sums"),
]
