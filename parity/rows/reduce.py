"""Sums, products, extremes, positions. Small whole numbers give ties: which of equals is chosen is torch's choice."""

import numpy as np

from parity.draw import arrays, case, dims, pick, shapes, whole
from parity.harness import Row

x = arrays(style=("whole", "normal"))
# Of these the mean of equal elements is their very value; of others torch's std may be rounding where it should be 0.
dyadic = x.map(lambda a: np.asarray(np.round(a * 64) / 64))
some_x = arrays(shapes(min_side=1), style=("whole", "normal"))  # of no elements, the second derivative is inf * 0
matrix = arrays(shapes(1, 2, min_side=2), style=("whole", "normal"))
keepdim = pick(False, True)
# Not (0, 0) for extremes of nothing: two faults at once.
# Not () for var and std, where torch's gradient divides by 1 - correction; nor correction 2, for 2 of 2 is inf - inf.
spread_dims = pick(None, 0, (0, 1), -1, (0, -1), (1,), (0, 0), 3, (0, 2))
several = pick(None, 0, (0, 1), -1, (), (0, -1), (1,), (0, 0), 3, (0, 2))
some = pick(0, (0, 1), -1, (), (0, -1), (1,), 3, (0, 2))

ROWS = [
    Row("sum", lambda lib, x: lib.sum(x), case(x), "sums"),
    Row("sum dim", lambda lib, x, dim, keepdim: x.sum(dim, keepdim), case(x, dim=several, keepdim=keepdim), "sums"),
    Row(
        "sum dtype",
        lambda lib, x, dtype: x.sum(dtype=getattr(lib, dtype)),
        case(x, dtype=pick("float64", "float32", "int64", "int32", "bool")),
        "sums",
    ),
    Row("mean", lambda lib, x: lib.mean(x), case(x), "sums"),
    Row("mean dim", lambda lib, x, dim, keepdim: x.mean(dim, keepdim), case(x, dim=several, keepdim=keepdim), "sums"),
    # No edges: with two zeros torch gives gradient 0 unseen, where ours multiplies the others out (0 * inf is nan).
    # Nor numbers near 0, by which torch's second derivative divides, where ours multiplies the others out.
    Row("prod", lambda lib, x: lib.prod(x), case(arrays(style=("whole", "positive"))), "sums", without=("edges",)),
    Row(
        "nansum",
        lambda lib, x, dim, keepdim: lib.nansum(x, dim, keepdim),
        case(x, dim=several, keepdim=keepdim),
        "sums",
    ),
    Row(
        "nansum dtype",
        lambda lib, x, dtype: x.nansum(dtype=getattr(lib, dtype)),
        case(x, dtype=pick("float64", "float32", "int64")),
        "sums",
        without=("edges",),  # which integer a NaN becomes is nobody's promise
    ),
    Row(
        "nanmean",
        lambda lib, x, dim, keepdim: lib.nanmean(x, dim, keepdim),
        case(x, dim=several, keepdim=keepdim),
        "sums",
    ),
    Row(
        "logsumexp",
        lambda lib, x, dim, keepdim: lib.logsumexp(x, dim, keepdim),
        case(x, dim=pick(0, (0, 1), -1, (0, -1), (1,), 3, (0, 2)), keepdim=keepdim),  # torch trips over ()
        "sums",
    ),
    Row("prod dim", lambda lib, x, dim, keepdim: lib.prod(x, dim, keepdim), case(x, dim=dims, keepdim=keepdim), "sums"),
    Row("var", lambda lib, x: lib.var(x), case(x), "sums"),
    Row(
        "var dim",
        lambda lib, x, dim, correction, keepdim: lib.var(x, dim, correction=correction, keepdim=keepdim),
        case(x, dim=spread_dims, correction=pick(1, 0, 0.5), keepdim=keepdim),
        "sums",
    ),
    Row(
        "var unbiased",
        lambda lib, x, dim, unbiased: x.var(dim, unbiased),
        case(some_x, dim=dims, unbiased=keepdim),
        "sums",
    ),
    Row("std", lambda lib, x: lib.std(x), case(dyadic), "sums"),
    Row(
        "std dim",
        lambda lib, x, dim, correction, keepdim: lib.std(x, dim, correction=correction, keepdim=keepdim),
        case(dyadic, dim=spread_dims, correction=pick(1, 0), keepdim=keepdim),
        "sums",
    ),
    # No edges: torch's mean here is of a running sum, and inf - inf in it is nan, but at its end.
    Row("var_mean", lambda lib, x: lib.var_mean(x), case(x), "sums", without=("edges",)),
    Row(
        "var_mean dim",
        lambda lib, x, dim, correction, keepdim: lib.var_mean(x, dim, correction=correction, keepdim=keepdim),
        case(x, dim=spread_dims, correction=pick(1, 0, None), keepdim=keepdim),
        "sums",
        without=("edges",),
    ),
    Row(
        "std_mean",
        lambda lib, x, unbiased: lib.std_mean(x, unbiased),
        case(dyadic, unbiased=keepdim),
        "sums",
        without=("edges",),
    ),
    Row(
        "std_mean dim",
        lambda lib, x, dim, unbiased, keepdim: lib.std_mean(x, axis=dim, unbiased=unbiased, keepdims=keepdim),
        case(dyadic, dim=spread_dims, unbiased=keepdim, keepdim=keepdim),
        "sums",
        without=("edges",),
    ),
    Row("count_nonzero", lambda lib, x, dim: lib.count_nonzero(x, dim), case(x, dim=several)),
    Row("any", lambda lib, x: lib.any(x), case(x)),
    Row("any dim", lambda lib, x, dim, keepdim: lib.any(x, dim, keepdim), case(x, dim=dims, keepdim=keepdim)),
    Row("all", lambda lib, x: lib.all(x), case(x)),
    Row("all dim", lambda lib, x, dim, keepdim: lib.all(x, dim, keepdim), case(x, dim=dims, keepdim=keepdim)),
    Row("amax", lambda lib, x, dim, keepdim: lib.amax(x, dim, keepdim), case(x, dim=some, keepdim=keepdim)),
    Row("amin", lambda lib, x, dim, keepdim: lib.amin(x, dim, keepdim), case(x, dim=some, keepdim=keepdim)),
    Row("aminmax", lambda lib, x: lib.aminmax(x), case(x)),
    Row(
        "aminmax dim",
        lambda lib, x, dim, keepdim: lib.aminmax(x, dim=dim, keepdim=keepdim),
        case(x, dim=dims, keepdim=keepdim),
    ),
    Row("max", lambda lib, x: lib.max(x), case(x)),
    Row("min", lambda lib, x: lib.min(x), case(x)),
    Row("max dim", lambda lib, x, dim, keepdim: lib.max(x, dim, keepdim), case(x, dim=dims, keepdim=keepdim)),
    Row("min dim", lambda lib, x, dim, keepdim: lib.min(x, dim, keepdim), case(x, dim=dims, keepdim=keepdim)),
    Row("argmax", lambda lib, x: lib.argmax(x), case(x)),
    Row("argmin", lambda lib, x: lib.argmin(x), case(x)),
    Row("argmax dim", lambda lib, x, dim, keepdim: lib.argmax(x, dim, keepdim), case(x, dim=dims, keepdim=keepdim)),
    Row("argmin dim", lambda lib, x, dim, keepdim: lib.argmin(x, dim, keepdim), case(x, dim=dims, keepdim=keepdim)),
    Row(
        "cov", lambda lib, x, correction: lib.cov(x, correction=correction), case(matrix, correction=pick(1, 0)), "sums"
    ),
    Row(
        "cov weights",
        lambda lib, x, times, weights: x.cov(fweights=times, aweights=weights),
        case(arrays((3, 5), "normal"), times=whole((5,), 1, 4), weights=arrays((5,), "positive")),
        "sums",
        without=("dtypes", "errors"),  # both may make the weights float32, whose rounding is then in float64 results
    ),
    # No layout: torch divides rounding by rounding where all observations are equal.
    Row("corrcoef", lambda lib, x: lib.corrcoef(x), case(arrays((3, 5), "normal")), "sums", without=("layout",)),
    Row(
        "histc", lambda lib, x, bins, high: lib.histc(x, bins, 0, high), case(x, bins=pick(4, 1, 7), high=pick(0, 2, 3))
    ),
]
