"""Calls of kernels: sorting, and what goes by order."""

import numpy as np

from cuda_cases.recipes import FLOATS, call, normal, of, part, permuted, whole

for dtype in (*FLOATS, "int64", "bool"):
    for descending in (False, True):
        call("sort", f"{dtype} {descending}", whole(3, 5, high=4, dtype=dtype), 1, descending)
call("sort", "nan", of([1, np.nan, -np.inf, np.inf, np.nan, 0]), 0, True)
call("sort", "more than one merge", whole(2, 11, high=5), 1, False)
call("sort", "zero-size", normal(3, 0), 1, True)
call("sort", "first dim of a view", permuted(part(normal(6, 3), slice(1, 6)), 1, 0), 0, False)
for largest in (False, True):
    call("topk", f"{largest}", normal(3, 5), 2, 1, largest, True)
for in_order in (False, True):
    call("unique_rows", f"{in_order}", whole(9, 2, high=3), in_order)
    call("unique_rows", f"{in_order} nan", of([[1], [np.nan], [1], [1], [np.nan]]), in_order)

for dtype in (*FLOATS, "int64"):
    call("kthvalue", dtype, whole(3, 5, high=4, dtype=dtype), 2, 1, False)
    call("median", dtype, whole(3, 6, high=4, dtype=dtype), 1, True, False)
call("kthvalue", "first dim of a view", permuted(part(normal(6, 3), slice(1, 6)), 1, 0), 3, 0, True)
for ignore_nan in (False, True):
    call("median", f"nan {ignore_nan}", of([[1, np.nan, 3, np.nan], [np.nan] * 4, [4, 2, 2, 1]]), 1, False, ignore_nan)
for dtype in (*FLOATS, "int64", "bool"):
    call("mode", dtype, whole(3, 9, high=4, dtype=dtype), 1, False)
call("mode", "first dim of a view", permuted(part(whole(6, 3, high=2), slice(1, 6)), 1, 0), 0, True)
