"""Functions of one variable, each where it is defined and where it is not."""

from parity.draw import STYLES, arrays, case, pick, shapes
from parity.harness import Row


def function(name):
    """A function of either library."""
    return lambda lib, *args, **settings: getattr(lib, name)(*args, **settings)


one = case(arrays())
tame = case(arrays(style=("whole", "normal")))  # where torch's own float32 sine loses digits of a large angle
above = case(arrays(style=("positive", *STYLES)))
inside = case(arrays(style=("unit", *STYLES)))
few = shapes(max_dims=1)  # of logit, torch's vectorised loops have another derivative at 0, 1 and NaN than the rest

EVERYWHERE = (
    "neg", "positive", "abs", "sign", "sgn", "floor", "ceil", "trunc", "frac", "round", "square", "reciprocal", "exp",
    "exp2", "expm1", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "asinh", "erf", "erfc", "deg2rad", "rad2deg",
    "nan_to_num", "signbit", "isreal", "isposinf", "isneginf",
)  # fmt: skip
ABOVE_0 = "sqrt", "rsqrt", "log", "log2", "log10", "log1p", "acosh"
INSIDE = "asin", "acos", "atanh"

ROWS = [
    *[Row(name, function(name), one) for name in EVERYWHERE],
    *[Row(name, function(name), above) for name in ABOVE_0],
    *[Row(name, function(name), inside) for name in INSIDE],
    # Near 0 the terms of its derivatives cancel, in both libraries.
    Row("sinc", lambda lib, x: lib.sinc(x * 0.25), case(arrays(style="whole")), "sums"),
    Row(
        "round decimals",
        lambda lib, x, n: lib.round(x, decimals=n),
        case(arrays(), pick(1, 0, 3, -1, -2)),
    ),
    Row("logit", function("logit"), case(arrays(few, style=("unit", "whole")))),
    Row(
        "logit eps",
        lambda lib, x, eps: lib.logit(x, eps),
        case(arrays(few, style=("unit", "normal")), pick(0.1, 0.4, 0.0)),
    ),
    Row(
        "nan_to_num numbers",
        lambda lib, x, **numbers: lib.nan_to_num(x, **numbers),
        case(arrays(), nan=pick(None, 1.5), posinf=pick(2.0, None), neginf=pick(-3.0, None)),
    ),
    # Near 1 both lose digits in erf(y) - x: so up to 3/4 here, and tests/test_elementwise.py has the rest.
    Row("erfinv", lambda lib, x: lib.erfinv(x * 0.25), case(arrays(style="whole"))),
    # torch's polygamma(1) is true to 10 digits only, so where it is a derivative, tests/test_elementwise.py sees to it.
    Row(
        "lgamma", lambda lib, x: lib.lgamma(x * 0.75), case(arrays(style=("positive", "whole"))), "sums", ("grad grad",)
    ),
    Row(
        "digamma",
        lambda lib, x: lib.digamma(x * 0.75),
        case(arrays(style=("positive", "whole"))),
        "sums",
        ("grad", "grad grad"),
    ),
    # And torch has NaN at infinity, not 0.
    Row(
        "polygamma",
        lambda lib, x, n: lib.polygamma(n, x),
        case(arrays(style="positive"), pick(2, 3, 5)),
        "sums",
        ("edges",),
    ),
    Row("chain", lambda lib, x: lib.exp(-x * x).sin(), tame, "sums"),
]
