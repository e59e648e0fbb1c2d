"""Calls of kernels: products, convolutions, pooling, normalisation."""

import itertools

import numpy as np

from cuda_cases.recipes import FLOATS, call, expanded, normal, of, part, permuted

for dtype in (*FLOATS, "int64"):
    call("matmul", dtype, normal(3, 5, dtype=dtype), normal(5, 4, dtype=dtype))
call("matmul", "several blocks", normal(5, 3), normal(3, 9))
call("matmul", "batch by columns", permuted(normal(2, 4, 3), 0, 2, 1), permuted(normal(2, 5, 4), 0, 2, 1))
call("matmul", "batch of one matrix", normal(3, 3, 4, dtype="float64"), normal(4, 2, dtype="float64"))
call("matmul", "gaps", part(normal(6, 8), slice(0, 6, 2), slice(0, 8, 2)), normal(4, 3))
call("matmul", "batch", normal(2, 1, 3, 4), normal(3, 4, 2))
call("matmul", "permuted", permuted(part(normal(6, 3), slice(1, 6)), 1, 0), permuted(normal(4, 5), 1, 0))
call("matmul", "expanded", expanded(normal(1, 4), 3, 4), normal(4, 3))
call("matmul", "nothing to add", normal(3, 0), normal(0, 4))
call("affine", "rows", normal(3, 5), normal(4, 5), normal(4))
call("matmul", "no rows", normal(2, 0, 3), normal(3, 4))

positive = of([[[4, 9], [1, 3]], [[2, 9], [-1, 5]]], "float64")
for kernel in ("inv", "slogdet", "det", "cholesky", "svdvals"):
    call(kernel, "batch", positive)
call("inv", "permuted", permuted(positive, 2, 1, 0))
call("solve", "broadcast", positive, normal(2, 3, dtype="float64"))
for flag in (False, True):
    call("solve_triangular", f"{flag}", positive, normal(3, 1, 2, 3, dtype="float64"), flag)
    call("qr", f"{flag}", normal(2, 4, 3, dtype="float64"), flag)
    call("svd", f"{flag}", normal(2, 3, 4, dtype="float64"), flag)
    call("eigh", f"{flag}", positive, flag)
call("slogdet", "nan", of([[np.nan]]))
call("det", "float32", normal(3, 3))
call("pinv", "rank 1", of([[[1, 2], [2, 4], [3, 6]]]), 0.0, 1e-6)

CONVOLUTIONS = {  # shapes of x, weight and the result; stride, padding, dilation, groups
    "plain": ((2, 3, 5, 6), (4, 3, 3, 2), (2, 4, 3, 5), (1, 1), (0, 0), (1, 1), 1),
    "stride": ((1, 2, 7, 6), (2, 2, 3, 3), (1, 2, 4, 3), (2, 3), (1, 2), (1, 1), 1),
    "dilation": ((1, 2, 7, 8), (3, 2, 2, 3), (1, 3, 8, 3), (1, 2), (2, 1), (3, 2), 1),
    "groups": ((2, 4, 4, 4), (6, 2, 2, 2), (2, 6, 5, 3), (1, 1), (1, 0), (1, 1), 2),
    "depthwise": ((1, 3, 4, 4), (3, 1, 3, 3), (1, 3, 4, 4), (1, 1), (1, 1), (1, 1), 3),
    "no images": ((0, 2, 4, 4), (3, 2, 2, 2), (0, 3, 3, 3), (1, 1), (0, 0), (1, 1), 1),
    "1-d": ((2, 4, 7), (2, 2, 3), (2, 2, 3), (2,), (1,), (2,), 2),
    "3-d": ((1, 2, 3, 4, 4), (2, 2, 2, 3, 2), (1, 2, 4, 2, 1), (1, 2, 2), (1, 1, 0), (1, 1, 2), 1),
}
for title, (x, weight, result, *settings) in CONVOLUTIONS.items():
    for dtype in FLOATS if title == "plain" else ("float32",):
        g = normal(*result, dtype=dtype, seed=5)
        call(
            "convolution", f"{title} {dtype}", normal(*x, dtype=dtype), normal(*weight, dtype=dtype), result, *settings
        )
        call("convolution_input", f"{title} {dtype}", g, normal(*weight, dtype=dtype), x, *settings)
        call("convolution_weight", f"{title} {dtype}", g, normal(*x, dtype=dtype), weight, *settings)
last_channels, some_filters = permuted(normal(1, 5, 5, 2), 0, 3, 1, 2), part(normal(4, 2, 2, 2), slice(1, 4, 2))
call("convolution", "views", last_channels, some_filters, (1, 2, 4, 4), (1, 1), (0, 0), (1, 1), 1)
call("convolution", "bias", last_channels, some_filters, (1, 2, 4, 4), (1, 1), (0, 0), (1, 1), 1, normal(2))
call("convolution_input", "bias", normal(1, 2, 4, 4), some_filters, (1, 2, 5, 5), (1, 1), (0, 0), (1, 1), 1, normal(2))
for dtype in (*FLOATS, "bool"):
    title, columns = f"images {dtype}", normal(2, 18, 6, dtype=dtype)
    call("unfold", title, normal(2, 3, 5, 6, dtype=dtype), (3, 2), (2, 1), (1, 0), (1, 3))
    call("fold", title, columns, (5, 6), (3, 2), (2, 1), (1, 0), (1, 3))
call("unfold", "signals, a view", permuted(normal(1, 5, 2), 0, 2, 1), (2,), (1,), (0,), (1,))
call("unfold", "no images", normal(0, 2, 3, 3), (2, 2), (1, 1), (0, 0), (1, 1))
call("fold", "no images", normal(0, 8, 4), (3, 3), (2, 2), (1, 1), (0, 0), (1, 1))


def span(starts, ends, step=1):
    """The windows along a dim; of one row, or of a list of rows for the planes."""
    return np.atleast_2d(np.array(starts)), np.atleast_2d(np.array(ends)), step


POOLS = {  # shapes of x and the result, a span for each dim
    "plain": ((2, 2, 6, 4), (2, 2, 3, 2), span([0, 2, 4], [2, 4, 6]), span([0, 2], [2, 4])),
    "overlap": ((1, 2, 7, 3), (1, 2, 4, 4), span([0, 1, 3, 5], [2, 4, 6, 7]), span([0, 0, 1, 2], [1, 2, 3, 3])),
    "uneven": ((1, 1, 5, 7), (1, 1, 3, 2), span([0, 1, 3], [2, 4, 5]), span([0, 3], [4, 7])),
    "distances": ((1, 2, 8, 7), (1, 2, 2, 3), span([2, 3], [8, 8], 3), span([1, 1, 3], [4, 6, 7], 2)),
    "a row for each plane": (
        (1, 2, 4, 4),
        (1, 2, 2, 2),
        span([[0, 2], [0, 1]], [[2, 4], [2, 3]]),
        span([0, 2], [2, 4]),
    ),
    "signals": ((2, 2, 5), (2, 2, 2), span([0, 3], [3, 5])),
    "volumes": ((1, 2, 3, 4, 3), (1, 2, 2, 2, 1), span([0, 1], [2, 3]), span([0, 2], [2, 4]), span([1], [3])),
    "empty windows": ((1, 1, 3, 3), (1, 1, 2, 2), span([0, 3], [2, 3]), span([0, 2], [2, 3])),
    "no images": ((0, 2, 4, 4), (0, 2, 2, 2), span([0, 2], [2, 4]), span([0, 2], [2, 4])),
}
TIES = [[1, 1, 1, 1], [1, 1, 1, 1], [np.nan, 2, -np.inf, -np.inf], [np.nan, 3, -np.inf, -np.inf]]

for title, (x, result, *spans) in POOLS.items():
    for dtype in (*FLOATS, "int64") if title == "plain" else ("float32",):
        call("max_pool", f"{title} {dtype}", normal(*x, dtype=dtype), spans)
    if title not in ("distances", "a row for each plane"):
        size = result[2:]
        for name, count in (("one", np.array(3.0)), ("each", 1.0 + np.arange(np.prod(size)).reshape(size))):
            for dtype in FLOATS if title == "plain" else ("float32",):
                call("avg_pool", f"{title} {name} {dtype}", normal(*x, dtype=dtype), spans, count)
                g = normal(*result, dtype=dtype, seed=4)
                call("avg_pool_backward", f"{title} {name} {dtype}", g, x, spans, count)
call("max_pool", "ties and nan", of([[TIES]]), [span([0, 2], [2, 4])] * 2)

STARTS, SOURCES, WEIGHTS = np.array([0, 2, 2, 5]), np.array([1, 0, 3, 3, 2]), np.array([0.5, 0.5, 2, -1, 0.25])
for dtype in FLOATS:
    for x in ((2, 4, 3), (3, 4, 1), (0, 4, 2)):
        call(
            "resample",
            f"{x} {dtype}",
            normal(*x, dtype=dtype),
            of(STARTS, "int64"),
            of(SOURCES, "int64"),
            of(WEIGHTS, dtype),
        )

# shape, layout, share: batch_norm of three shapes, layer_norm, group_norm, instance_norm, one mean of nothing
STANDARDS = {
    "batch 2-d": ((4, 3), (4, 3, 1), 1),
    "batch 3-d": ((2, 3, 5), (2, 3, 5), 5),
    "batch 4-d": ((2, 3, 3, 2), (2, 3, 6), 6),
    "layer": ((2, 2, 5), (1, 4, 5), 1),
    "group": ((2, 4, 3), (1, 4, 6), 3),
    "group 2-d": ((2, 6), (1, 4, 3), 1),
    "instance": ((2, 3, 4), (1, 6, 4), 4),
    "no batch": ((0, 3, 4), (0, 3, 4), 4),
}
for title, (shape, layout, share) in STANDARDS.items():
    x = np.random.default_rng(0).standard_normal(shape)
    seen, count = x.reshape(layout), {"layer": 5, "group": 4, "group 2-d": 6}.get(title, 3)
    for affine, dtype in itertools.product((True, False), FLOATS):
        weight, bias = (normal(count, dtype=dtype, seed=n) if affine else None for n in (6, 7))
        mean, var = (of(f((0, 2)) if x.size else np.zeros(3), dtype) for f in (seen.mean, seen.var))
        settings = layout, share, 1e-5
        call("standardize", f"{title} {affine} {dtype}", of(x, dtype), weight, bias, *settings)
        arguments = normal(*shape, dtype=dtype), of(x, dtype), weight, mean, var, *settings
        call("standardize_backward", f"{title} {affine} {dtype}", *arguments)
