"""Activations and softmax."""

import numpy as np
from hypothesis import strategies as st

from parity.draw import arrays, case, dims, pick, shapes
from parity.harness import Row


def function(name):
    """A function of torch.nn.functional, of either library."""
    return lambda lib, *args, **settings: getattr(lib.nn.functional, name)(*args, **settings)


def written(name):
    """The same with inplace=True, on a copy: the copy, and whether the result is it."""

    def call(lib, x, **settings):
        y = x * 1
        z = getattr(lib.nn.functional, name)(y, **settings, inplace=True)
        return (y, z is y)

    return call


def seeded(lib, x, lower, upper, training, seed):
    """rrelu after a seed."""
    lib.manual_seed(seed)
    return lib.nn.functional.rrelu(x, lower, upper, training)


def off_zero(x):
    """The array with 1 in place of zeros."""
    return np.where(x == 0, 1.0, x)


one = case(arrays())
tame = arrays(style=("whole", "normal"))
numbers = case(tame)
# Of NaN, torch's gradient is another one in its vectorised loops than in the rest of them: so infinities only.
infinite = arrays(style="whole").map(lambda x: np.where(np.abs(x) == 3, np.copysign(np.inf, x), x))
bend = st.one_of(arrays(), infinite)
bent = case(bend)

channels, slopes = pick((2, 3), (3,), (), (2, 1, 3), (2, 3, 2), (0, 3)), arrays(pick((1,), (3,), ()))

ROWS = [
    Row("relu", lambda lib, x: lib.relu(x), one),
    Row("sigmoid", lambda lib, x: lib.sigmoid(x), case(tame)),
    Row(
        "gelu",
        lambda lib, x, approximate: lib.nn.functional.gelu(x, approximate=approximate),
        case(tame, approximate=pick("none", "tanh")),
        "sums",
    ),
    Row("leaky_relu", function("leaky_relu"), case(arrays(), negative_slope=pick(0.01, 0.5, 0.0, 2.0, -1.0))),
    # At 0 torch's second derivatives are of the right side, its first ones of the left.
    Row("prelu", function("prelu"), case(arrays(channels, "normal").map(off_zero), slopes), without=("edges",)),
    Row("prelu at 0", function("prelu"), case(arrays(channels, "whole"), slopes), without=("grad grad",)),
    Row(
        "rrelu",
        seeded,
        case(arrays(), pick(0.125, -0.5), pick(0.3, 0.125, -1.0), pick(False, True), pick(0, 42)),
        gpu=False,
    ),
    Row("threshold", function("threshold"), case(arrays(), pick(1, 0.5, 0), pick(2, -0.5))),
    Row("relu6", function("relu6"), bent, without=("edges",)),
    Row("hardtanh", function("hardtanh"), case(bend, pick(-1.0, -2, 0.5), pick(1.0, 0.5, 2)), without=("edges",)),
    # In float64, torch's first derivative has the 1/6 of float32; it has no second one.
    Row("hardsigmoid", function("hardsigmoid"), bent, without=("grad", "grad grad", "edges")),
    Row("hardswish", function("hardswish"), bent, without=("edges",)),
    Row("hardshrink", function("hardshrink"), case(bend, pick(0.5, 1, 0.0, -1.0)), without=("edges",)),
    Row("softshrink", function("softshrink"), case(bend, pick(0.5, 1, 0.0, -1.0)), without=("edges",)),
    Row("elu", function("elu"), case(tame, pick(1.0, 2, 0.5, -1.0)), without=("edges",)),
    Row("celu", function("celu"), case(tame, pick(1.0, 2, 0.5, -1.0, 0)), without=("edges",)),
    Row("selu", function("selu"), numbers, without=("edges",)),
    Row("silu", function("silu"), numbers),
    Row("mish", function("mish"), numbers),
    Row("softplus", function("softplus"), case(tame, pick(1, 0.5, 3), pick(20, 2, 0.2))),
    Row("logsigmoid", function("logsigmoid"), numbers),
    Row("softsign", function("softsign"), numbers),
    Row("tanhshrink", function("tanhshrink"), numbers, "sums"),
    Row("glu", function("glu"), case(arrays(pick((2,), (3, 4), (4, 3), (2, 2, 2), (), (0, 2))), dims), "sums"),
    Row("silu inplace", written("silu"), numbers),
    Row("mish inplace", written("mish"), numbers),
    Row("hardswish inplace", written("hardswish"), numbers, without=("edges",)),
    Row("elu inplace", written("elu"), case(tame, alpha=pick(1.0, 0.5)), without=("edges",)),
    Row("leaky_relu inplace", written("leaky_relu"), case(tame, negative_slope=pick(0.01, 0.5))),
    Row("hardtanh inplace", written("hardtanh"), numbers, without=("edges",)),
    Row("threshold inplace", written("threshold"), case(tame, threshold=pick(1, 0.5), value=pick(2, -1))),
    Row("softmin", function("softmin"), case(tame, dims), "sums"),
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
