"""Elements by their rank. Small whole numbers give ties: which of equals is chosen is torch's choice."""

from parity.draw import arrays, case, dims, pick, shapes
from parity.harness import Row

x = arrays(style=("whole", "normal"))
long_x = arrays(shapes(1, 2, min_side=1).map(lambda s: (*s[:-1], 8 * s[-1])), style=("whole", "normal"))
different = arrays(style="normal")  # the gradient of a quantile goes where an unstable sort puts equal elements
keepdim = pick(False, True)
some = pick(None, 0, -1, 1)
interpolation = pick("linear", "lower", "higher", "midpoint", "nearest")

ROWS = [
    # Along a dim no layout: of the equal elements of an expanded tensor torch chooses another one from call to call.
    Row("median", lambda lib, x: lib.median(x), case(x)),
    Row(
        "median dim",
        lambda lib, x, dim, keepdim: lib.median(x, dim, keepdim),
        case(x, dim=dims, keepdim=keepdim),
        without=("layout",),
    ),
    Row("median of many", lambda lib, x: x.median(axis=-1), case(long_x), without=("layout",)),
    Row("nanmedian", lambda lib, x: lib.nanmedian(x), case(x)),
    Row(
        "nanmedian dim",
        lambda lib, x, dim, keepdim: x.nanmedian(dim, keepdim),
        case(x, dim=dims, keepdim=keepdim),
        without=("layout",),
    ),
    Row("nanmedian of many", lambda lib, x: x.nanmedian(-1), case(long_x), without=("layout",)),
    Row(
        "kthvalue",
        lambda lib, x, k, dim, keepdim: lib.kthvalue(x, k, dim, keepdim),
        case(x, k=pick(1, 2, 3, 4), dim=dims, keepdim=keepdim),
    ),
    Row("kthvalue of many", lambda lib, x, k: x.kthvalue(k), case(long_x, k=pick(3, 6, 1, 8))),
    # No edges: torch does not order NaN here, and where there is one, what it finds is not the mode.
    Row(
        "mode",
        lambda lib, x, dim, keepdim: lib.mode(x, dim, keepdim),
        case(x, dim=dims, keepdim=keepdim),
        without=("edges",),
    ),
    Row("mode of many", lambda lib, x: x.mode(), case(long_x), without=("edges",)),
    # No layout, and no derivatives at edges: both make elements equal.
    Row(
        "quantile",
        lambda lib, x, q, dim, keepdim, interpolation: lib.quantile(x, q, dim, keepdim, interpolation=interpolation),
        case(different, q=pick(0.5, 0.3, 0.0, 1.0, 0.77), dim=some, keepdim=keepdim, interpolation=interpolation),
        "sums",
        without=("layout", "edges"),
    ),
    Row(
        "quantile of a vector",
        lambda lib, x, dim, keepdim: x.quantile(x.new_ones(3).cumsum(0) / 4, dim, keepdim),
        case(different, dim=some, keepdim=keepdim),
        "sums",
        without=("layout", "edges"),
    ),
    Row(
        "nanquantile",
        lambda lib, x, q, dim, interpolation: lib.nanquantile(x, q, dim, interpolation=interpolation),
        case(different, q=pick(0.5, 0.3, 1.0), dim=some, interpolation=interpolation),
        "sums",
        without=("layout", "edges"),
    ),
    Row(
        "quantile edges",
        lambda lib, x, q, dim, interpolation: lib.quantile(x, q, dim, interpolation=interpolation),
        case(x, q=pick(0.5, 0.3, 0.0, 1.0), dim=some, interpolation=interpolation),
        "sums",
        without=("grad", "grad grad"),
    ),
    Row(
        "nanquantile edges",
        lambda lib, x, q, dim, interpolation: lib.nanquantile(x, q, dim, interpolation=interpolation),
        case(x, q=pick(0.5, 0.3, 0.0, 1.0), dim=some, interpolation=interpolation),
        "sums",
        without=("grad", "grad grad"),
    ),
]
