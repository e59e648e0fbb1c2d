"""Arithmetic and choosing, element by element: whatever takes several operands, which broadcast."""

import numpy as np
from hypothesis import strategies as st

from parity.draw import STYLES, Case, arrays, broadcasting, case, masks, pick, salts, shapes, spread
from parity.harness import Row
from parity.rows.functions import function

two = spread(broadcasting())
three = spread(broadcasting(3))
number = pick(2, 0.5, -1.5, 0, True, 3)

# Every number at which a derivative jumps, ends or is a matter of choice, with every other.
POINTS = np.array([0.0, -0.0, 1.0, -1.0, 2.0, 0.5, np.inf, -np.inf, np.nan])
ties = case(pick(POINTS[:, None].copy()), pick(POINTS))
kinks = case(pick(POINTS))


def addcmul(lib, x, a, b, value):
    """x + value * a * b."""
    return lib.addcmul(x, a, b, value=value)


def addcdiv(lib, x, a, b, value):
    """x + value * a / b."""
    return lib.addcdiv(x, a, b, value=value)


@st.composite
def bounded(draw):
    """An array and two bounds that broadcast to it; torch has no derivative where it broadcasts to them."""
    shape = draw(shapes())
    bounds = [draw(arrays(draw(pick(shape, shape[1:], ())))) for _ in range(2)]
    return Case((draw(arrays(shape)), *bounds), salt=draw(salts()))


def with_weight(pair):
    """Two arrays and a number for lerp."""
    return pick(0.25, 0.5, 1, 0, -1.5, 2).map(lambda weight: (*pair, weight))


def masked_log(lib, x):
    """The logarithm where it is one: at 0 and below, 0 * inf must not spoil the derivative of the others."""
    return lib.where(x > 0, lib.log(x), x)


ROWS = [
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
    Row("fmod", function("fmod"), two),
    Row("fmod number", function("fmod"), case(arrays(), pick(2, -1.5, 0, True))),
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
    Row("float_power", function("float_power"), spread(broadcasting(style=("positive", "whole")))),
    Row("float_power number", function("float_power"), case(arrays(style=("positive", *STYLES)), pick(2, 0.5, -1, 0))),
    Row("rsub", lambda lib, x, y: lib.rsub(x, y), two),
    Row(
        "rsub number",
        lambda lib, x, n, alpha: lib.rsub(x, n, alpha=alpha),
        case(arrays(), number, pick(1, 2, 0.5)),
        "sums",
    ),
    Row("addcmul", addcmul, spread(broadcasting(3), value=number), "sums"),
    Row("addcdiv", addcdiv, spread(broadcasting(3), value=number), "sums"),
    Row("lerp", function("lerp"), three, "sums"),
    Row("lerp number", function("lerp"), spread(broadcasting().flatmap(with_weight)), "sums"),
    *[Row(name, function(name), two) for name in ("maximum", "minimum", "fmax", "fmin")],
    *[Row(name, function(name), two) for name in ("atan2", "heaviside")],
    # The second derivative is a difference of two 1 / x: not of an x near 0.
    Row("copysign", function("copysign"), spread(broadcasting(style=("whole", "positive")))),
    *[Row(name, function(name), two, "sums") for name in ("hypot", "logaddexp", "logaddexp2")],
    Row("copysign number", function("copysign"), case(arrays(style=("whole", "positive")), pick(1, -0.5, 0, True))),
    Row("xlogy", function("xlogy"), spread(broadcasting(style=("positive", "whole"))), "sums"),
    Row("xlogy number", function("xlogy"), case(arrays(style=("positive", "whole")), pick(2, 0, -1, 0.5))),
    Row("number xlogy", lambda lib, x, n: lib.xlogy(n, x), case(arrays(style=("positive", "whole")), pick(2, 0, 0.5))),
    Row(
        "clamp",
        lambda lib, x, low, high: lib.clamp(x, low, high),
        case(arrays(), low=pick(None, -1, 0.5, 2), high=pick(1, None, 2.5, -1)),
    ),
    Row("clamp tensors", function("clamp"), bounded()),
    Row("clamp min tensor", lambda lib, x, low: lib.clamp(x, min=low), two),
    Row("clamp max tensor", lambda lib, x, high: lib.clamp(x, max=high), two),
    *[Row(name, function(name), two) for name in ("clamp_min", "clamp_max")],
    *[
        Row(f"{name} number", function(name), case(arrays(), pick(1, -0.5, 0, True)))
        for name in ("clamp_min", "clamp_max")
    ],
    Row("where", lambda lib, c, x, y: lib.where(c > 0, x, y), three),
    Row("where number", lambda lib, c, x, n: lib.where(c, x, n), case(masks((2, 3)), arrays((3,)), number)),
    Row(
        "masked_fill",
        lambda lib, x, mask, n: lib.masked_fill(x, mask, n),
        case(arrays((2, 3)), masks(pick((3,), (2, 1), (), (2, 3))), number),
    ),
    Row("lerp by hand", lambda lib, x, y, w: x + w * (y - x), three, "sums"),
    # The derivative at ties and kinks, and at the ends of where a function is defined.
    *[
        Row(f"{name} at its kinks", function(name), kinks)
        for name in ("abs", "sqrt", "rsqrt", "reciprocal", "square", "relu", "sign", "log", "asin", "acosh", "sinc")
    ],
    Row("pow of all points", lambda lib, x, y: x**y, ties),
    Row(
        "pow number of all points",
        lambda lib, x, n: x**n,
        case(pick(POINTS), pick(0, 0.0, 1, 2, 3, -1, 0.5, -0.5, 1.5)),
    ),
    Row("number pow of all points", lambda lib, x, n: n**x, case(pick(POINTS), pick(0, 0.0, 1, 2, -1, 0.5))),
    *[
        Row(f"{name} of all points", function(name), ties)
        for name in ("maximum", "minimum", "fmax", "fmin", "atan2", "hypot", "xlogy", "logaddexp", "copysign", "fmod")
    ],
    Row("clamp at its bounds", lambda lib, x, low: lib.clamp(x, low, 1), case(pick(POINTS), pick(0, -1, 1, 2, None))),
    Row("clamp at tensors", lambda lib, x, low: lib.clamp(x, low, lib.ones_like(low)), ties),
    Row("where beside a NaN", masked_log, kinks),
]
