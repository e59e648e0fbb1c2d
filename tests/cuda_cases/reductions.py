"""Calls of kernels: reductions."""

import itertools

import numpy as np

from cuda_cases.recipes import FLOATS, call, normal, of, part, permuted

for kernel in ("sum", "prod", "amax", "amin", "any", "all"):
    widened = kernel in ("sum", "prod")  # minitorch makes integers int64 before it calls these
    for dtype in (*FLOATS, "int64") if widened else (*FLOATS, "int32", "int64", "bool"):
        call(kernel, dtype, normal(3, 5, dtype=dtype), (1,), False)
    call(kernel, "to 0-d", normal(3, 5, 2), (0, 1, 2), False)
    call(kernel, "of many", normal(333), (0,), False)
    call(kernel, "first dim", normal(9, 3), (0,), True)
    call(kernel, "outer dims", normal(2, 3, 4), (0, 2), True)
    call(kernel, "of 0-d", normal(), (), False)
    call(kernel, "nan", of([[1, np.nan, 3], [np.inf, 2, 3]]), (1,), False)
    call(kernel, "no rows", normal(0, 3), (1,), False)
    call(kernel, "strided", permuted(part(normal(6, 7, 3), slice(1, 6, 2)), 2, 0, 1), (1, 2), False)
    if kernel not in ("amax", "amin"):
        call(kernel, "of nothing", normal(3, 0), (1,), False)

for kernel in ("max", "min", "argmax", "argmin"):
    for dtype in (*FLOATS, "int32", "bool"):
        call(kernel, dtype, normal(3, 11, dtype=dtype), 1, False)
    call(kernel, "first dim", normal(9, 3), 0, True)
    call(kernel, "of equals", of([[2, 7, 7, 2, 2, 7, 7, 2, 2]] * 2), 1, False)
    call(kernel, "nan", of([[1, 2, 3, 4, np.nan, np.nan, 7, np.nan, 9, 10]]), 1, False)
    call(kernel, "permuted", permuted(part(normal(6, 3, 2), slice(1, 6)), 2, 0, 1), 1, False)
    call(kernel, "no rows", normal(0, 3), 1, False)

for kernel in ("cumsum", "cumprod"):
    for reverse, dtype in itertools.product((False, True), (*FLOATS, "uint8", "int64")):
        call(kernel, f"{reverse} {dtype}", normal(2, 9, dtype=dtype), 1, reverse)
    call(kernel, "first dim of a view", permuted(part(normal(3, 6), slice(1, 3)), 1, 0), 0, True)
    call(kernel, "middle dim", normal(2, 5, 3), 1, False)
    call(kernel, "zero-size", normal(3, 0), 1, False)
    call(kernel, "nan", of([0, 2, np.inf, 0, 1, np.nan]), 0, False)
for dtype in FLOATS:
    call("logcumsumexp", dtype, normal(2, 9, dtype=dtype), 1)
    for reverse in (False, True):
        factor, x = permuted(normal(9, 2, dtype=dtype), 1, 0), normal(2, 9, dtype=dtype, seed=1)
        call("recurrence", f"{reverse} {dtype}", factor, x, 1, reverse)
call("logcumsumexp", "edges", of([[-np.inf, -np.inf, 1, 1000, np.inf], [1, 2, np.nan, -np.inf, np.inf]]), 1)
call("recurrence", "first dim, a factor of inf that nothing meets", of([[np.inf], [2], [3]]), normal(3, 1), 0, False)
call("recurrence", "zero-size", normal(3, 0), normal(3, 0), 1, True)
for kernel in ("cummax", "cummin"):
    for dtype in (*FLOATS, "int32", "bool"):
        call(kernel, dtype, normal(3, 11, dtype=dtype), 1)
    call(kernel, "edges", of([[2, 2, np.nan, 3, np.nan], [0.0, -0.0, 0.0, np.inf, -np.inf]]), 1)
    call(kernel, "first dim of a view", permuted(part(normal(3, 6), slice(1, 3)), 1, 0), 0)
    call(kernel, "zero-size", normal(3, 0), 1)

for kernel in ("softmax", "log_softmax"):
    for dtype in FLOATS:
        call(kernel, dtype, normal(3, 11, dtype=dtype), 1)
    call(kernel, "first dim", normal(5, 2, 3), 0)
    call(kernel, "zero-size", normal(3, 0), 1)
    call(kernel, "permuted", permuted(part(normal(6, 3), slice(1, 6)), 1, 0), 1)
    call(kernel, "large", of([[1e4, 1e4, 0], [-np.inf, 2, 3], [np.inf, 0, 0]]), 1)
for kernel in ("softmax_backward", "log_softmax_backward"):
    for dtype in FLOATS:
        call(kernel, dtype, normal(3, 11, dtype=dtype), normal(3, 11, dtype=dtype), 1)
    call(kernel, "first dim, permuted", normal(5, 2, 3), permuted(normal(2, 5, 3), 1, 0, 2), 0)
    call(kernel, "zero-size", normal(3, 0), normal(3, 0), 1)
for dtype in FLOATS:
    call("nll_of_softmax_backward", dtype, normal(3, dtype=dtype), normal(3, 11, dtype=dtype), of([2, 10, 0], "int64"))
call("nll_of_softmax_backward", "zero-size", normal(0), normal(0, 4), of([], "int64"))
