"""Calls of every kernel, for the tests of kernels.cuda.

CASES[title](make) calls a kernel of the module make.k, and gives its results. The arrays are made by `make`, from the
same numbers for every module, and views by the module itself: so kernels.cpu and kernels.cuda meet the same strides,
and must give the same numbers.
"""

import functools
import itertools

import numpy as np

from kernels import steps
from kernels.bfloat16 import BFLOAT16

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 100.0, -100.0, np.inf, -np.inf, np.nan]
INTEGERS = [0, 1, -1, 2, 3, -3, 7, 100, -100]
FLOATS = "float16", "float32", "float64"
INTS = "uint8", "int8", "int32", "int64"


class Make:
    """Makes arrays for the kernel module k. widen: float16 numbers come as float32."""

    def __init__(self, k, widen=False):
        self.k = k
        self.widen = widen

    def __call__(self, values, dtype):
        with np.errstate(all="ignore"):
            array = np.array(values).astype(dtype)
        return self.k.from_numpy(array.astype(np.float32) if self.widen and dtype == "float16" else array)


CASES = {}


def case(title, function):
    assert title not in CASES, title
    CASES[title] = function


def call(kernel, title, *arguments):
    """The case of one kernel called with settings and recipes, which are functions of `make` as the ones below."""
    case(f"{kernel} {title}", lambda make: getattr(make.k, kernel)(*[a(make) if callable(a) else a for a in arguments]))


def of(values, dtype="float32"):
    """These values."""
    return lambda make: make(values, dtype)


def normal(*shape, dtype="float32", seed=0):
    """Numbers from a normal distribution, times 3; for integers without their fraction."""
    return lambda make: make(3 * np.random.default_rng([seed, *shape]).standard_normal(shape), dtype)


def whole(*shape, high, dtype="int64"):
    """Whole numbers from 0 to below high."""
    return lambda make: make(np.random.default_rng([1, *shape]).integers(0, high, shape), dtype)


def permuted(recipe, *dims):
    return lambda make: make.k.permute(recipe(make), dims)


def part(recipe, *index):
    return lambda make: make.k.getitem(recipe(make), index)


def expanded(recipe, *shape):
    return lambda make: make.k.expand(recipe(make), shape)


def pairs(values, dtype):
    """Two arrays that hold all pairs of values."""
    first, second = zip(*itertools.product(values, values), strict=True)
    return of(first, dtype), of(second, dtype)


# -- making, copying, viewing ------------------------------------------------------------------------------------------

for dtype in (*FLOATS, *INTS, "bool"):
    call("full", dtype, (3, 5), 2, np.dtype(dtype))
    call("copy", dtype, permuted(normal(3, 4, dtype=dtype), 1, 0))
    for other in (*FLOATS, *INTS, "bool"):
        call("cast", f"{dtype} to {other}", of([0, 1, 2.75, 100, 0.25], dtype), np.dtype(other))
call("full", "0-d", (), 2.5, np.dtype("float32"))
call("full", "zero-size", (0, 3), 2.5, np.dtype("float32"))
call("arange", "17", 17)
call("arange", "0", 0)
case(
    "empty_strided",
    lambda make: [
        (a.shape, a.strides, make.k.is_contiguous(a))
        for a in (
            make.k.empty_strided((2, 3, 4), (12, 1, 3), np.dtype("float32")),
            make.k.empty_strided((2, 0), (7, 1), np.dtype("int64")),
            make.k.empty_strided((), (), np.dtype("float64")),
        )
    ],
)
call("empty", "zero-size", (2, 0, 3), np.dtype("int32"))
call("from_numpy", "of a view", np.arange(12.0).reshape(3, 4).T[::2])
call("from_numpy", "0-d", np.array(3))
call("to_numpy", "of a view", permuted(part(normal(3, 4), slice(1, 3)), 1, 0))


def copied_into_view(make):
    x = normal(4, 6)(make)
    make.k.copy_into(make.k.getitem(make.k.permute(x, (1, 0)), (slice(1, 5, 2),)), make([[1.75], [-2.5]], "float64"))
    return x


def filled_view(make):
    x = normal(4, 6)(make)
    make.k.fill(make.k.getitem(make.k.permute(x, (1, 0)), (slice(1, 5, 2),)), 0.1)
    return x


def copied_into_overlapping(make):
    x = normal(64)(make)
    make.k.copy_into(make.k.getitem(x, (slice(1, None),)), make.k.getitem(x, (slice(0, 63),)))
    return x


def distance(make):
    x = normal(3, 4)(make)
    return make.k.address(make.k.getitem(x, (1, slice(2, None)))) - make.k.address(x)


def overlaps(make):
    """Of a view with its base, with nothing of it, and with an array of its own memory."""
    x, other = normal(3, 4)(make), normal(3, 4)(make)
    parts = make.k.getitem(x, (1,)), make.k.getitem(x, (slice(0, 0),)), other
    return [make.k.may_overlap(x, part) for part in parts]


def moved_bfloat16(make):
    """bfloat16 made, viewed, copied, joined, written to, and widened, so that it can be compared."""
    k = make.k
    x = k.cast(normal(3, 4)(make), BFLOAT16)
    view = k.getitem(k.permute(x, (1, 0)), (slice(1, 3),))
    joined = k.cat([view, k.full((1, 3), 1 / 3, BFLOAT16)], 0)
    k.copy_into(k.getitem(joined, (0,)), of([0.1, -2, np.inf])(make))
    return [k.cast(y, np.dtype("float32")) for y in (x, k.copy(view), joined, k.index(x, (np.array([2, 0, 2]),)))]


def rounded_to_bfloat16(make):
    """Ties, carries, infinities, NaN and subnormals, and back."""
    bits = np.array([0x3F808000, 0x3F818000, 0x3F80FFFF, 0x7F7FFFFF, 0x7F800000, 0xFF800001, 0x00008001, 0x80000000])
    x = make.k.cast(make.k.from_numpy(bits.astype(np.uint32).view(np.float32)), BFLOAT16)
    return make.k.cast(x, np.dtype("float32")), make.k.cast(x, np.dtype("float64"))


case("cast bfloat16 rounding", rounded_to_bfloat16)
case("cast bfloat16 and moves of it", moved_bfloat16)
case("copy_into a view, broadcast and cast", copied_into_view)
case("fill a view", filled_view)
case("copy_into overlapping", copied_into_overlapping)
case("address of a view", distance)
case("may_overlap", overlaps)
call("is_contiguous", "new", normal(3, 4))
call("is_contiguous", "permuted", permuted(normal(3, 4), 1, 0))
call("is_contiguous", "rows", part(normal(3, 4), slice(1, 3)))
call("is_contiguous", "columns", part(normal(3, 4), slice(None), slice(1, 3)))
call("is_contiguous", "expanded", expanded(normal(1, 4), 3, 4))
call("view", "of rows", part(normal(5, 4), slice(1, 3)), (2, 2, 2))
call("view", "0-d", normal(1, 1), ())
call("reshape", "by copy", permuted(normal(3, 4), 1, 0), (2, 6))
call("permute", "3-d", normal(2, 3, 4), (2, 0, 1))
call("expand", "both ends", normal(2, 1, 4), (3, 2, 5, 4))
call("expand", "0-d", normal(), (2, 3))
call("getitem", "mixed", normal(4, 5, 6), (1, None, slice(1, 4, 2)))
call("getitem", "element", normal(4, 5), (1, 2))
call("getitem", "nothing", normal(4, 5), (slice(2, 2),))
call("getitem", "of a view", part(normal(9, 9), slice(2, 8, 2)), (1, slice(3, 8)))
call("diagonal", "above", normal(3, 4), 1, 0, 1)
call("diagonal", "of a part", permuted(part(normal(3, 4, 2), slice(1, 3)), 2, 0, 1), -1, 2, 0)
call("sliding", "windows", normal(2, 7), 1, 3, 2)
call("sliding", "of columns", permuted(normal(3, 4), 1, 0), 0, 2, 1)
call("memory", "of a part", part(normal(3, 4), slice(1, 3)))
call("offset", "of a part", part(normal(3, 4), slice(1, 3), 2))
call("strided", "overlapping", part(normal(3, 4), slice(1, 3)), (2, 3), (1, 2), 3)
call("is_shared", "new", normal(3))
call("is_shared", "part", part(normal(3), slice(1, 3)))
case("is_shared base", lambda make: (lambda x: (make.k.getitem(x, (0,)), make.k.is_shared(x))[1])(normal(3)(make)))
PARTS = normal(2, 3), permuted(normal(3, 4), 1, 0), normal(0, 3)
case("cat rows", lambda make: make.k.cat([recipe(make) for recipe in PARTS], 0))
case("split columns", lambda make: make.k.split(normal(2, 5)(make), [3, 0, 2], 1))
case("cat columns", lambda make: make.k.cat([normal(2, 3)(make), normal(2, 1)(make)], 1))

# -- element by element ------------------------------------------------------------------------------------------------

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

# -- reductions --------------------------------------------------------------------------------------------------------

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

# -- indexing ----------------------------------------------------------------------------------------------------------

ROWS, COLUMNS = np.array([2, 0, -1, 2]), np.array([[1], [3]])
MASK = np.array([[True, False, True], [False, False, True]])
INDICES = {
    "rows": ((5, 4), (ROWS,)),
    "columns": ((5, 4), (slice(None), COLUMNS)),
    "both": ((5, 4), (ROWS[:2], COLUMNS)),
    "mask": ((2, 3, 4), (MASK,)),
    "mask and rows": ((2, 3, 4), (MASK, ROWS[:3])),
    "apart": ((3, 4, 5), (ROWS[:2], slice(None), COLUMNS)),
    "slice and None": ((3, 4, 5), (slice(1, None), None, ROWS)),
    "int": ((3, 4, 5), (1, slice(0, 3, 2), ROWS)),
    "no rows": ((3, 4), (np.zeros(0, np.int64),)),
    "one": ((3, 4), (np.array(1),)),
    "a mask without dims": ((3, 2), (np.array(True),)),
    "nothing by a mask without dims": ((2,), (np.array(False),)),
}


def put(make, array, index, value, accumulate):
    array = array(make)
    make.k.index_put(array, index, value(make), accumulate)
    return array


def put_into_view(make):
    x = normal(5, 6)(make)
    view = make.k.getitem(make.k.permute(x, (1, 0)), (slice(0, 6, 2),))
    make.k.index_put(view, (slice(None), np.array([1, 1, 4])), normal(3, 1, seed=3)(make), True)
    return x


def scattered(make, array, dim, index, source, reduce):
    array = array(make)
    make.k.scatter(array, dim, index(make), source(make), reduce)
    return array


for title, (shape, index) in INDICES.items():
    call("index", title, normal(*shape), index)
    backwards = tuple(reversed(range(len(shape))))
    larger = part(normal(shape[-1] + 1, *shape[-2::-1], dtype="int64"), slice(1, None))
    call("index", f"{title} of a view", permuted(larger, *backwards), index)
    value_shape = np.zeros(shape)[index].shape
    for accumulate, dtype in itertools.product((False, True), ("float16", "float32", "int64")):
        array, value = normal(*shape, dtype=dtype), normal(*value_shape, dtype=dtype, seed=2)
        case(
            f"index_put {title} {accumulate} {dtype}",
            lambda make, x=array, i=index, v=value, a=accumulate: put(make, x, i, v, a),
        )
case("index_put into a view, broadcast", put_into_view)

for shape, index_shape, dim in (((4, 3), (5, 2), 0), ((3, 4, 2), (3, 3, 2), 1), ((), (), 0), ((3, 1), (3, 0), 1)):
    for dtype in (*FLOATS, "int64"):
        title = f"{shape} {index_shape} {dim} {dtype}"
        array, index = normal(*shape, dtype=dtype), whole(*index_shape, high=shape[dim] if shape else 1)
        source = normal(*index_shape, dtype=dtype, seed=2)
        if shape:  # NumPy has no gather of 0-d arrays: see the test of its own
            call("gather", title, array, dim, index)
            for reduce in (None, "sum", "prod", "amax", "amin"):
                arguments = array, dim, index, source, reduce
                case(f"scatter {reduce} {title}", lambda make, arguments=arguments: scattered(make, *arguments))


def nothing_outside(make, array):
    return make.k.first_outside(array(make), 0, 2) is None


for dtype in (*FLOATS, "uint8", "int32", "int64"):
    case(f"first_outside {dtype}", functools.partial(nothing_outside, array=of([[0, 1, 2]], dtype)))
case("first_outside empty", functools.partial(nothing_outside, array=normal(3, 0)))
call("gather", "views", permuted(part(normal(5, 3), slice(1, 5)), 1, 0), 1, permuted(whole(6, 3, high=4), 1, 0))

# -- order ------------------------------------------------------------------------------------------------------------

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

# -- matrices, windows, layers -----------------------------------------------------------------------------------------

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


REMEMBERED = {  # rule -> how many arrays it keeps beside the parameter, and its numbers
    "sgd": (0, (0.1,)),
    "sgd_momentum": (1, (0.1, 0.9, 0.9, 0.5, 1)),
    "asgd": (1, (0.99, 0.1, 0.5)),
    "adagrad": (1, (0.1, 1e-6)),
    "rmsprop": (1, (0.1, 0.9, 0.1, 1e-6)),
    "rmsprop_momentum": (2, (0.1, 0.9, 0.1, 1e-6, 0.9)),
    "rmsprop_centered": (2, (0.1, 0.9, 0.1, 1e-6)),
    "rmsprop_centered_momentum": (3, (0.1, 0.9, 0.1, 1e-6, 0.9)),
    "adadelta": (2, (1, 0.9, 0.1, 1e-6)),
    "adam": (2, (1, 0.1, 0.99, 0.01, 0.3, 0.2, 1e-6)),
    "amsgrad": (3, (0.9, 0.1, 0.99, 0.01, 0.3, 0.2, 1e-6)),
    "adamax": (2, (0.1, 0.99, 0.3, 1e-6)),
    "nadam": (2, (1, 0.1, 0.99, 0.01, 0.2, 0.1, 0.3, 1e-6)),
    "radam": (2, (0.9, 0.1, 0.99, 0.01, 0.3, 0.7, 1e-6)),
    "yogi": (2, (0.1, 0.01, 0.3, 0.2, 1e-6)),
    "rprop": (2, (0.5, 1.2, 0.01, 0.9)),
    "muon_momentum": (1, (0.9, 0.1, 1)),
    "muon": (0, (0.9, 0.1)),
}


def optimizer_step(make, name, dtype, sign, weight_decay):
    """A step of a parameter that does not lie row by row, and what it leaves."""
    count, settings = REMEMBERED[name]
    p, g = permuted(normal(3, 4, dtype=dtype), 1, 0)(make), normal(4, 3, dtype=dtype, seed=1)(make)
    kept = [normal(4, 3, dtype=dtype, seed=n)(make) for n in range(2, 2 + count)]
    kept = kept if name == "rprop" else [make.k.mul(x, x) for x in kept]  # roots are taken of most of them
    if "centered" in name:
        kept[0] = make.k.mul(kept[1], kept[1])  # the mean of squares is never below the square of the mean
    make.k.take_steps([(getattr(steps, name), (p, g, *kept), (sign, weight_decay, *settings))])
    return (p, *kept) if kept else p


for name, dtype in itertools.product(REMEMBERED, ("float32", "float64")):
    for numbers in ((1, 0), (-1, 0.1)):  # sign, weight_decay
        title = f"take_steps {name} {numbers} {dtype}"
        case(title, lambda make, n=name, d=dtype, s=numbers: optimizer_step(make, n, d, *s))
for dtype in ("float32", "float64"):
    call("dot", dtype, normal(7, dtype=dtype), normal(7, dtype=dtype, seed=1))
    call("largest", dtype, normal(7, dtype=dtype))


def add_and_dot(make, dtype):
    """What comes of x, and the product."""
    x, y, z = (normal(7, dtype=dtype, seed=n)(make) for n in range(3))
    return make.k.add_and_dot(x, y, 0.3, 0.9, z), x


for dtype in ("float32", "float64"):
    case(f"add_and_dot {dtype}", lambda make, d=dtype: add_and_dot(make, d))


def adafactor_step(make, shape, averages, dtype):
    """A step of Adafactor of one parameter, and what it leaves."""
    p, g = (normal(*shape, dtype=dtype, seed=n)(make) for n in (0, 1))
    kept = [make.k.copy(make.k.mul(x, x)) for x in (normal(*s, dtype=dtype, seed=2)(make) for s in averages)]
    make.k.adafactor([((p, g, *kept), (0.3, 0.1, 0.9, -1, 1e-7, 1e-3, 1.0))])
    return (p, *kept)


for sizes in [((4, 3), (4, 1), (1, 3)), ((2, 1, 3), (2, 1, 1), (2, 1, 3)), ((5,), (5,)), ((), ())]:
    for dtype in ("float32", "float64"):
        case(f"adafactor {sizes[0]} {dtype}", lambda make, s=sizes, d=dtype: adafactor_step(make, s[0], s[1:], d))
for shape in ((4, 3), (2, 5)):
    matrix = (normal(*shape), (3.4445, -4.7750, 2.0315), 2, 1e-7)
    case(f"orthogonal {shape}", lambda make, m=matrix: make.k.orthogonal([(m[0](make), *m[1:])]))

# -- recurrent layers --------------------------------------------------------------------------------------------------

STEPS = ((0, 2), (2, 2), (4, 1))  # of sequences of lengths 3 and 2


def lstm_both_ways(make, dtype, width=3, steps=STEPS):
    """Forward, and backward with what forward saved. A state that is not 3 wide is projected."""
    x, h, c, weight, projection = (
        normal(*shape, dtype=dtype)(make) for shape in [(5, 12), (2, width), (2, 3), (12, width), (width, 3)]
    )
    projection = None if width == 3 else projection
    y, h, c, saved = make.k.lstm(x, h, c, weight, projection, steps)
    gradients = make.k.lstm_backward(y, h, c, saved, weight, projection, steps)
    return y, h, c, *saved, *(g for g in gradients if g is not None)


def attention_both_ways(make, dtype, causal):
    """Forward, and backward with what forward saved; keys and values of one head serve both heads of queries."""
    q, k, v, g = (normal(*shape, dtype=dtype)(make) for shape in [(2, 3, 2), (1, 4, 2), (1, 4, 3), (2, 3, 3)])
    y, weights = make.k.attention(q, k, v, 0.7, causal)
    return y, *make.k.attention_backward(g, q, k, v, y, weights, 0.7, causal)


def gru_both_ways(make, dtype, biased=True, steps=STEPS):
    """Forward, and backward with what forward saved."""
    x, h, weight, bias = (normal(*shape, dtype=dtype)(make) for shape in [(5, 9), (2, 3), (9, 3), (9,)])
    y, h, saved = make.k.gru(x, h, weight, bias if biased else None, steps)
    return y, h, *saved, *make.k.gru_backward(y, h, saved, weight, steps)


for dtype in ("float32", "float64"):
    x, g, h, weight = (normal(*shape, dtype=dtype) for shape in [(5, 3), (5, 3), (2, 3), (3, 3)])
    for relu in (False, True):
        call("rnn", f"{dtype} relu={relu}", x, h, weight, STEPS, relu)
        call("rnn_backward", f"{dtype} relu={relu}", g, h, x, x, weight, STEPS, relu)
    case(f"lstm {dtype}", functools.partial(lstm_both_ways, dtype=dtype))
    case(f"lstm_backward {dtype} projected", functools.partial(lstm_both_ways, dtype=dtype, width=2))
    case(f"attention {dtype}", functools.partial(attention_both_ways, dtype=dtype, causal=False))
    case(f"attention_backward {dtype} causal", functools.partial(attention_both_ways, dtype=dtype, causal=True))
    case(f"gru {dtype}", functools.partial(gru_both_ways, dtype=dtype))
    case(
        f"gru_backward {dtype} without bias, backwards in time",
        functools.partial(gru_both_ways, dtype=dtype, biased=False, steps=STEPS[::-1]),
    )

# -- what only kernels.cuda has ----------------------------------------------------------------------------------------


def products(make):
    """Every kernel of matmul.py."""
    from kernels.cuda.matmul import blocked, naive, tiled

    return [step(normal(3, 4)(make), normal(4, 2)(make)) for step in (naive, tiled, blocked)]


def draws(dtype):
    """Every random kernel, for the seed 5 from number 2 on."""

    def every(make):
        from kernels.cuda import draw

        at = np.uint64(5), np.uint64(2)
        continuous = "uniform", "normal", "log_normal", "exponential", "geometric", "cauchy"
        kind = np.dtype(dtype)
        return [
            *[getattr(draw, name)((3, 3), kind, *at, -0.5 if name == "geometric" else 1, 2) for name in continuous],
            draw.integers((3,), kind, *at, -5, 12),
            draw.integers((3,), np.dtype("int64"), *at, 0, 1 << 64),
            draw.permutation(5, kind, *at),
            draw.bernoulli((7,), kind, *at, 0.5),
            draw.bernoulli_each(kind, *at, make.k.full((2, 3), 0.5, kind)),
        ]

    return every


def direct_convolutions(make):
    """Every kernel of conv.py."""
    from kernels.cuda.conv import direct, direct_input, direct_weight

    shapes = (1, 2, 3, 3), (2, 1, 2, 2), (1, 2, 2, 2)
    x, weight, g = (normal(*shape)(make) for shape in shapes)
    settings = (1, 1), (0, 0), (1, 1), 2
    return [
        direct(x, weight, shapes[2], *settings),
        direct_input(g, weight, shapes[0], *settings),
        direct_weight(g, x, shapes[1], *settings),
    ]


GPU_ONLY = {
    "direct convolutions": direct_convolutions,
    "products": products,
    "draw float32": draws("float32"),
    "draw float64": draws("float64"),
}
