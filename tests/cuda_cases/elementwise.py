"""Calls of kernels: element by element."""

import numpy as np

from cuda_cases.recipes import FLOATS, INTEGERS, INTS, SPECIAL, call, expanded, normal, of, pairs, part, permuted

KEEP_DTYPE = "neg", "abs", "sign", "relu", "floor", "ceil", "trunc", "round"
FLOATING = (
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos",
    "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "erfinv", "lgamma", "digamma",
    "sigmoid", "silu",
)  # fmt: skip
TESTS = "isnan", "isinf", "isfinite", "logical_not", "signbit"
ARITHMETIC = (
    "add", "sub", "mul", "floor_divide", "remainder", "trunc_divide", "fmod", "maximum", "minimum", "fmax", "fmin",
)  # fmt: skip
FLOATING_PAIRS = "div", "pow", "atan2", "hypot", "copysign", "logaddexp", "logaddexp2"
COMPARISONS = "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor"
BITS = "bitwise_and", "bitwise_or", "bitwise_xor"
WHOLE = "gcd", "shift_left", "shift_right"
DIVISIONS = "floor_divide", "remainder", "trunc_divide", "fmod"

for dtype in FLOATS:
    for kernel in (*KEEP_DTYPE, *FLOATING, *TESTS):
        call(kernel, dtype, of(SPECIAL, dtype))
    for kernel in (*ARITHMETIC, *COMPARISONS, *FLOATING_PAIRS):
        call(kernel, dtype, *pairs(SPECIAL, dtype))
    for approximate in ("none", "tanh"):
        call("gelu", f"{approximate} {dtype}", of(SPECIAL, dtype), approximate)
        title, g = f"{approximate} {dtype}", normal(5, 1, dtype=dtype)
        call("gelu_backward", title, g, normal(5, 9, dtype=dtype), approximate)
    for kernel in ("relu_backward", "sigmoid_backward", "tanh_backward", "silu_backward"):
        call(kernel, dtype, normal(5, 1, dtype=dtype), normal(5, 9, dtype=dtype))
    call("softplus", dtype, of(SPECIAL, dtype), 2, 3.5)
    call("softplus_backward", dtype, normal(5, 1, dtype=dtype), normal(5, 9, dtype=dtype), 2, 3.5)
for dtype in INTS:
    for kernel in (*KEEP_DTYPE, *TESTS, "bitwise_not"):
        call(kernel, dtype, of(INTEGERS, dtype))
    for kernel in (*ARITHMETIC, *COMPARISONS, *BITS, *WHOLE):
        call(kernel, dtype, *pairs([i for i in INTEGERS if i or kernel not in DIVISIONS], dtype))
    call("pow", dtype, of([-3, -1, 0, 1, 2, 3, 5], dtype), of([3, 5, 0, 9, 6, 4, 2], dtype))
    if dtype != "uint8":
        call("pow", f"{dtype} negative", of([-3, -1, -1, 0, 1, 1, 2], dtype), of([-3, -4, -5, -1, -2, -3, -1], dtype))
for kernel in (*TESTS, "abs", "sign", "bitwise_not"):
    call(kernel, "bool", of([False, True], "bool"))
for kernel in (*COMPARISONS, *BITS, "add", "mul", "maximum", "minimum"):
    call(kernel, "bool", *pairs([False, True], "bool"))
for dtype in FLOATS:
    call("round", f"halves {dtype}", of([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.25, 2.75], dtype))
    call("erfinv", f"inside {dtype}", of([-0.99, -0.5, -0.25, 1e-3, 0.25, 0.75, 0.999], dtype))
    call("digamma", f"below 0 {dtype}", of([-0.25, -1.75, -2.5, 0.25, 12], dtype))
    call("zeta", dtype, of([2, 3, 4, 1, 0, 2, 3, 2], dtype), of([0.5, -1.5, 12, 2, 2, -3, np.inf, np.nan], dtype))
for low, high in ((-1, 2), (None, 2), (-1, None), (3, 2)):
    for dtype in (*FLOATS, "int32"):
        call("clamp", f"{low} {high} {dtype}", of(INTEGERS if dtype == "int32" else SPECIAL, dtype), low, high)
for dtype in (*FLOATS, "int64", "bool"):
    call("where", dtype, of([[True], [False]], "bool"), normal(3, dtype=dtype), normal(1, dtype=dtype))

for dtype in FLOATS:
    call("blend", dtype, normal(5, dtype=dtype), normal(5, seed=1, dtype=dtype), 0.9, 0.3)

a, b = of([-10.208022, -21.782774, 8.714604]), of([0.34078768, -0.745911, 0.55518025])
call("floor_divide", "where a quotient rounds down across a whole number", a, b)

call("where", "transposed", permuted(of([[True, False, True], [False, True, True]], "bool"), 1, 0), *[normal(3, 1)] * 2)
call("mul", "transposed", permuted(normal(3, 4), 1, 0), permuted(normal(3, 4, seed=1), 1, 0))
call("add", "0-d", normal(), normal(seed=1))
call("mul", "by 0-d", normal(3, 4), normal())
call("add", "zero-size", normal(3, 0), normal(1))
call("sub", "broadcast both", normal(3, 1, 4), normal(5, 1))
call("exp", "permuted", permuted(normal(3, 4, 5), 2, 0, 1))
call("add", "strided", part(normal(9, 8), slice(1, 8, 3), slice(0, 8, 2)), normal(3, 1))
call("neg", "expanded", expanded(normal(4, 1, 1), 2, 4, 3, 5))
