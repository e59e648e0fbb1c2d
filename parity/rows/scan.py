"""Scans: cumulative sums, products, extremes; differences. Small whole numbers give zeros and ties."""

from parity.draw import arrays, case, dims, pick, shapes
from parity.harness import Row

x = arrays(style=("whole", "normal"))
factors = arrays(style=("whole", "positive"))
some_x = arrays(shapes(1, 3, min_side=1), style=("whole", "normal"))
dtype = pick("float64", "float32", "int64", "int32", "uint8", "bool")


def written(name):
    """The scan written in place, into a copy."""
    return lambda lib, x, dim: getattr(x * 1, name)(dim)


ROWS = [
    Row("cumsum", lambda lib, x, dim: lib.cumsum(x, dim), case(x, dim=dims), "sums"),
    Row("cumsum dtype", lambda lib, x, dtype: x.cumsum(0, dtype=getattr(lib, dtype)), case(x, dtype=dtype), "sums"),
    Row("cumsum_", written("cumsum_"), case(x, dim=dims), "sums"),
    # torch divides by x in the gradient of cumprod: inf / inf is nan at the edges, and small x cost it digits.
    Row("cumprod", lambda lib, x, dim: lib.cumprod(x, dim), case(factors, dim=dims), "sums", without=("edges",)),
    Row(
        "cumprod edges",
        lambda lib, x, dim: lib.cumprod(x, dim),
        case(x, dim=dims),
        "sums",
        without=("grad", "grad grad"),
    ),
    Row(
        "cumprod dtype",
        lambda lib, x, dtype: x.cumprod(0, dtype=getattr(lib, dtype)),
        case(factors, dtype=pick("float64", "int64", "int32", "uint8", "bool")),
        "sums",
        without=("edges",),
    ),
    Row("cumprod_", written("cumprod_"), case(factors, dim=dims), "sums", without=("edges",)),
    # torch scans the logarithms of gradients: nan where they are infinite, and in its second derivatives where they are
    # 0. (tests/test_scan.py checks ours numerically.)
    Row(
        "logcumsumexp",
        lambda lib, x, dim: lib.logcumsumexp(x, dim),
        case(x, dim=dims),
        "sums",
        without=("edges", "grad grad"),
    ),
    Row(
        "logcumsumexp edges",
        lambda lib, x, dim: lib.logcumsumexp(x, dim),
        case(x, dim=dims),
        "sums",
        without=("grad", "grad grad"),
    ),
    Row("cummax", lambda lib, x, dim: lib.cummax(x, dim), case(x, dim=dims)),
    Row("cummin", lambda lib, x, dim: x.cummin(axis=dim), case(x, dim=dims)),
    Row("diff", lambda lib, x, n, dim: lib.diff(x, n, dim), case(x, n=pick(1, 2, 0, 3), dim=dims), "sums"),
    Row(
        "diff prepend append",
        lambda lib, x, n, dim: x.diff(n, dim, prepend=x * 2, append=x[..., :1] if dim == -1 else x),
        case(some_x, n=pick(1, 2), dim=pick(-1, 0)),
        "sums",
    ),
    Row(
        "trapezoid",
        lambda lib, y, dx, dim: lib.trapezoid(y, dx=dx, dim=dim),
        case(x, dx=pick(1, 0.5, 2.0), dim=dims),
        "sums",
        without=("edges",),  # torch takes half of both ends off the whole sum: inf - inf
    ),
    Row("trapezoid of places", lambda lib, y: lib.trapezoid(y, y * y), case(some_x), "sums"),
    Row("cumulative_trapezoid", lambda lib, y, dim: lib.cumulative_trapezoid(y, dim=dim), case(x, dim=dims), "sums"),
    Row(
        "cumulative_trapezoid of places",
        lambda lib, y: lib.cumulative_trapezoid(y, y.reshape(-1)[: y.shape[-1]] * 2),
        case(some_x),
        "sums",
    ),
]
