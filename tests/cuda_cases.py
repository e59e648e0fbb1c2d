"""Calls of every kernel, for the tests of kernels.cuda: case(k, make) computes something with the kernel module k.

The arrays come from `make`, which puts the same numbers on the device of k, and views are made by k itself: so a case run
with kernels.cpu and with kernels.cuda sees the same strides, and must give the same numbers.
"""

import itertools

import numpy as np

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 100.0, -100.0, np.inf, -np.inf, np.nan]
INTEGERS = [0, 1, -1, 2, 3, -3, 7, 100, -100]
FLOATS = "float16", "float32", "float64"
INTS = "uint8", "int8", "int32", "int64"


class Make:
    """Arrays on the device of the kernel module k. widen: float16 numbers come as float32."""

    def __init__(self, k, widen=False):
        self.k = k
        self.widen = widen

    def __call__(self, values, dtype="float32"):
        with np.errstate(invalid="ignore"):
            array = np.array(values).astype(dtype)
        return self.k.from_numpy(array.astype(np.float32) if self.widen and dtype == "float16" else array)

    def normal(self, *shape, dtype="float32", seed=0):
        """Numbers from a normal distribution, times 3; for integers without their fraction."""
        return self(3 * np.random.default_rng([seed, *shape]).standard_normal(shape), dtype)

    def whole(self, *shape, low=0, high, dtype="int64"):
        """Whole numbers from low to below high."""
        return self(np.random.default_rng([1, *shape]).integers(low, high, shape), dtype)

    def pairs(self, values, dtype):
        """Two arrays that hold all pairs of values."""
        first, second = zip(*itertools.product(values, values), strict=True)
        return self(first, dtype), self(second, dtype)


CASES = {}


def case(name, function):
    assert name not in CASES, name
    CASES[name] = function


# -- making, copying, viewing ---------------------------------------------------------------------------------------------

for dtype in (*FLOATS, *INTS, "bool"):
    case(f"full {dtype}", lambda k, make, d=dtype: k.full((3, 5), 2, np.dtype(d)))
    case(f"copy {dtype}", lambda k, make, d=dtype: k.copy(k.permute(make.normal(3, 4, dtype=d), (1, 0))))
    for other in (*FLOATS, *INTS, "bool"):
        case(
            f"cast {dtype} to {other}",
            lambda k, make, d=dtype, e=other: k.cast(make([0, 1, 2.75, 100, 0.25], d), np.dtype(e)),
        )
case("full 0-d", lambda k, make: k.full((), 2.5, np.dtype("float32")))
case("full zero-size", lambda k, make: k.full((0, 3), 2.5, np.dtype("float32")))
case("arange", lambda k, make: k.arange(17))
case("arange of none", lambda k, make: k.arange(0))
case("empty", lambda k, make: k.to_numpy(k.empty((2, 0, 3), np.dtype("int32"))))
case("from_numpy of a view", lambda k, make: k.from_numpy(np.arange(12.0).reshape(3, 4).T[::2]))
case("from_numpy 0-d", lambda k, make: k.from_numpy(np.array(3)))


def copied_into_view(k, make):
    x = make.normal(4, 6)
    k.copy_into(k.getitem(k.permute(x, (1, 0)), (slice(1, 5, 2),)), make.normal(2, 1, dtype="int32"))
    return x


def copied_from_itself(k, make):
    x = make.normal(64)
    k.copy_into(k.getitem(x, (slice(1, None),)), k.getitem(x, (slice(0, 63),)))
    return x


case("copy_into a view, broadcast and cast", copied_into_view)
case("copy_into from itself", copied_from_itself)
case(
    "is_contiguous",
    lambda k, make: [
        k.is_contiguous(make.normal(3, 4)),
        k.is_contiguous(k.permute(make.normal(3, 4), (1, 0))),
        k.is_contiguous(k.getitem(make.normal(3, 4), (slice(1, 3),))),
        k.is_contiguous(k.expand(make.normal(1, 4), (3, 4))),
    ],
)


def distance(k, make):
    x = make.normal(3, 4)
    return k.address(k.getitem(x, (1, slice(2, None)))) - k.address(x)


case("address", distance)
case("view", lambda k, make: k.view(k.getitem(make.normal(5, 4), (slice(1, 3),)), (2, 2, 2)))
case("reshape by copy", lambda k, make: k.reshape(k.permute(make.normal(3, 4), (1, 0)), (2, 6)))
case("reshape to 0-d", lambda k, make: k.reshape(make.normal(1, 1), ()))
case("permute", lambda k, make: k.permute(make.normal(2, 3, 4), (2, 0, 1)))
case("expand", lambda k, make: k.expand(make.normal(2, 1, 4), (3, 2, 5, 4)))
case("expand 0-d", lambda k, make: k.expand(make.normal(), (2, 3)))
case("getitem", lambda k, make: k.getitem(make.normal(4, 5, 6), (1, None, slice(1, 4, 2))))
case("getitem element", lambda k, make: k.getitem(make.normal(4, 5), (1, 2)))
case("getitem nothing", lambda k, make: k.getitem(make.normal(4, 5), (slice(2, 2),)))
case("getitem of a view", lambda k, make: k.getitem(k.getitem(make.normal(9, 9), (slice(2, 8, 2),)), (1, slice(3, 8))))
case("cat", lambda k, make: k.cat([make.normal(2, 3), k.permute(make.normal(3, 4), (1, 0)), make.normal(0, 3)], 0))
case("cat dim 1", lambda k, make: k.cat([make.normal(2, 3), make.normal(2, 1)], 1))

# -- element by element ---------------------------------------------------------------------------------------------------

SAME = "neg", "abs", "sign", "relu", "floor", "ceil"
TRANSCENDENTAL = "exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "sigmoid"
TESTS = "isnan", "isinf", "isfinite", "logical_not"
ARITHMETIC = "add", "sub", "mul", "floor_divide", "remainder", "trunc_divide", "maximum", "minimum"
COMPARISONS = "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor"
BITS = "bitwise_and", "bitwise_or", "bitwise_xor"

for name in (*SAME, *TRANSCENDENTAL, *TESTS):
    for dtype in FLOATS:
        case(f"{name} {dtype}", lambda k, make, n=name, d=dtype: getattr(k, n)(make(SPECIAL, d)))
for name in (*SAME, *TESTS):
    for dtype in ("uint8", "int32", "int64"):
        case(f"{name} {dtype}", lambda k, make, n=name, d=dtype: getattr(k, n)(make(INTEGERS, d)))
for name in (*TESTS, "abs", "sign", "bitwise_not"):
    case(f"{name} bool", lambda k, make, n=name: getattr(k, n)(make([False, True], "bool")))
for dtype in INTS:
    case(f"bitwise_not {dtype}", lambda k, make, d=dtype: k.bitwise_not(make(INTEGERS, d)))
for name in (*ARITHMETIC, *COMPARISONS, "div", "pow"):
    for dtype in FLOATS:
        case(f"{name} {dtype}", lambda k, make, n=name, d=dtype: getattr(k, n)(*make.pairs(SPECIAL, d)))
for name in (*ARITHMETIC, *COMPARISONS, *BITS):
    for dtype in ("uint8", "int32", "int64"):
        values = [i for i in INTEGERS if i] if "divide" in name or name == "remainder" else INTEGERS
        case(f"{name} {dtype}", lambda k, make, n=name, d=dtype, v=values: getattr(k, n)(*make.pairs(v, d)))
for name in (*COMPARISONS, *BITS, "add", "mul", "maximum", "minimum"):
    case(f"{name} bool", lambda k, make, n=name: getattr(k, n)(*make.pairs([False, True], "bool")))
for dtype in INTS:
    case(f"pow {dtype}", lambda k, make, d=dtype: k.pow(make([-3, -1, 0, 1, 2, 3, 5], d), make([3, 5, 0, 9, 6, 4, 2], d)))
for approximate in ("none", "tanh"):
    for dtype in FLOATS:
        case(f"gelu {approximate} {dtype}", lambda k, make, a=approximate, d=dtype: k.gelu(make(SPECIAL, d), a))
        case(
            f"gelu_backward {approximate} {dtype}",
            lambda k, make, a=approximate, d=dtype: k.gelu_backward(make.normal(5, 1, dtype=d), make.normal(5, 9, dtype=d), a),
        )
for low, high in ((-1, 2), (None, 2), (-1, None), (3, 2)):
    for dtype in (*FLOATS, "int32"):
        case(
            f"clamp {low} {high} {dtype}",
            lambda k, make, low=low, high=high, d=dtype: k.clamp(make(INTEGERS if d == "int32" else SPECIAL, d), low, high),
        )
for dtype in (*FLOATS, "int64", "bool"):
    case(
        f"where {dtype}",
        lambda k, make, d=dtype: k.where(make([[True], [False]], "bool"), make.normal(3, dtype=d), make.normal(1, dtype=d)),
    )

case("0-d", lambda k, make: k.add(make.normal(), make.normal(seed=1)))
case("0-d and 2-d", lambda k, make: k.mul(make.normal(3, 4), make.normal()))
case("zero-size", lambda k, make: k.add(make.normal(3, 0), make.normal(1)))
case("broadcast both", lambda k, make: k.sub(make.normal(3, 1, 4), make.normal(5, 1)))
case("transposed", lambda k, make: k.exp(k.permute(make.normal(3, 4, 5), (2, 0, 1))))
case("strided", lambda k, make: k.add(k.getitem(make.normal(9, 8), (slice(1, 8, 3), slice(0, 8, 2))), make.normal(3, 1)))
case("expanded", lambda k, make: k.neg(k.expand(make.normal(4, 1, 1), (2, 4, 3, 5))))

# -- reductions -----------------------------------------------------------------------------------------------------------

REDUCTIONS = "sum", "prod", "amax", "amin", "any", "all"
EXTREMES = "max", "min", "argmax", "argmin"

for name in REDUCTIONS:
    for dtype in (*FLOATS, "int32", "int64", "bool"):
        if dtype in ("bool", "int32") and name in ("sum", "prod"):
            continue  # minitorch widens these to int64 before it calls a kernel
        case(f"{name} {dtype}", lambda k, make, n=name, d=dtype: getattr(k, n)(make.normal(3, 5, dtype=d), (1,), False))
    case(f"{name} of all", lambda k, make, n=name: getattr(k, n)(make.normal(3, 5, 2), (0, 1, 2), False))
    case(f"{name} of many", lambda k, make, n=name: getattr(k, n)(make.normal(333), (0,), False))
    case(f"{name} first dim", lambda k, make, n=name: getattr(k, n)(make.normal(9, 3), (0,), True))
    case(f"{name} outer dims", lambda k, make, n=name: getattr(k, n)(make.normal(2, 3, 4), (0, 2), True))
    case(f"{name} 0-d", lambda k, make, n=name: getattr(k, n)(make.normal(), (), False))
    case(f"{name} nan", lambda k, make, n=name: getattr(k, n)(make([[1, np.nan, 3], [np.inf, 2, 3]]), (1,), False))
    case(f"{name} of none left", lambda k, make, n=name: getattr(k, n)(make.normal(0, 3), (1,), False))
    case(
        f"{name} strided",
        lambda k, make, n=name: getattr(k, n)(k.permute(k.getitem(make.normal(6, 7, 3), (slice(0, 6, 2),)), (2, 0, 1)), (1, 2), False),
    )  # fmt: skip
for name in ("sum", "prod", "any", "all"):
    case(f"{name} of nothing", lambda k, make, n=name: getattr(k, n)(make.normal(3, 0), (1,), False))
for name in EXTREMES:
    for dtype in (*FLOATS, "int32", "bool"):
        case(f"{name} {dtype}", lambda k, make, n=name, d=dtype: getattr(k, n)(make.normal(3, 11, dtype=d), 1, False))
    case(f"{name} first dim", lambda k, make, n=name: getattr(k, n)(make.normal(9, 3), 0, True))
    case(f"{name} of equals", lambda k, make, n=name: getattr(k, n)(make([[2, 7, 7, 2, 2, 7, 7, 2, 2]] * 2), 1, False))
    case(
        f"{name} nan", lambda k, make, n=name: getattr(k, n)(make([[1, 2, 3, 4, np.nan, np.nan, 7, np.nan, 9, 10]]), 1, False)
    )
    case(f"{name} transposed", lambda k, make, n=name: getattr(k, n)(k.permute(make.normal(5, 3, 2), (2, 0, 1)), 1, False))
    case(f"{name} of none left", lambda k, make, n=name: getattr(k, n)(make.normal(0, 3), 1, False))

for name in ("softmax", "log_softmax"):
    for dtype in FLOATS:
        case(f"{name} {dtype}", lambda k, make, n=name, d=dtype: getattr(k, n)(make.normal(3, 11, dtype=d), 1))
    case(f"{name} first dim", lambda k, make, n=name: getattr(k, n)(make.normal(5, 2, 3), 0))
    case(f"{name} zero-size", lambda k, make, n=name: getattr(k, n)(make.normal(3, 0), 1))
    case(f"{name} transposed", lambda k, make, n=name: getattr(k, n)(k.permute(make.normal(5, 3), (1, 0)), 1))
    case(f"{name} large", lambda k, make, n=name: getattr(k, n)(make([[1e4, 1e4, 0], [-np.inf, 2, 3], [np.inf, 0, 0]]), 1))

# -- indexing -------------------------------------------------------------------------------------------------------------

ROWS, COLUMNS = np.array([2, 0, -1, 2]), np.array([[1], [3]])
MASK = np.array([[True, False, True], [False, False, True]])
INDICES = {
    "rows": ((5, 4), (ROWS,)),
    "columns": ((5, 4), (slice(None), COLUMNS)),
    "both": ((5, 4), (ROWS[:2], COLUMNS)),
    "mask": ((2, 3, 4), (MASK,)),
    "mask and rows": ((2, 3, 4), (MASK, ROWS[:3])),
    "apart": ((3, 4, 5), (ROWS[:2], slice(None), COLUMNS)),
    "slice and none": ((3, 4, 5), (slice(1, None), None, ROWS)),
    "int": ((3, 4, 5), (1, slice(0, 3, 2), ROWS)),
    "no rows": ((3, 4), (np.zeros(0, np.int64),)),
    "one": ((3, 4), (np.array(1),)),
}
for name, (shape, key) in INDICES.items():
    case(f"index {name}", lambda k, make, s=shape, i=key: k.index(make.normal(*s), i))
    case(
        f"index {name} of a view",
        lambda k, make, s=shape, i=key: k.index(
            k.permute(make.normal(*s[::-1], dtype="int64"), tuple(range(len(s)))[::-1]), i
        ),
    )
    for accumulate in (False, True):
        for dtype in ("float16", "float32", "int64"):

            def put(k, make, s=shape, i=key, a=accumulate, d=dtype):
                x = make.normal(*s, dtype=d)
                k.index_put(x, i, make.normal(*k.index(x, i).shape, dtype=d, seed=2), a)
                return x

            case(f"index_put {name} {accumulate} {dtype}", put)


def put_into_view(k, make):
    x = make.normal(5, 6)
    view = k.getitem(k.permute(x, (1, 0)), (slice(0, 6, 2),))
    k.index_put(view, (slice(None), np.array([1, 1, 4])), make.normal(3, 1, seed=3), True)
    return x


def scattered(k, make, shape, index_shape, dim, dtype):
    x = make.normal(*shape, dtype=dtype)
    index = make.whole(*index_shape, high=shape[dim] if shape else 1)
    k.scatter_add(x, dim, index, make.normal(*index_shape, dtype=dtype, seed=2))
    return x


case("index_put into a view", put_into_view)
for shape, index_shape, dim in (((4, 3), (5, 2), 0), ((3, 4, 2), (3, 3, 2), 1), ((), (), 0), ((3, 0), (3, 0), 1)):
    for dtype in ("float16", "float32", "float64", "int64"):
        case(
            f"gather {shape} {index_shape} {dim} {dtype}",
            lambda k, make, s=shape, i=index_shape, dim=dim, d=dtype: k.gather(
                make.normal(*s, dtype=d), dim, make.whole(*i, high=s[dim] if all(s) and s else 1)
            ),
        )
        if 0 not in shape:
            case(
                f"scatter_add {shape} {index_shape} {dim} {dtype}",
                lambda k, make, s=shape, i=index_shape, dim=dim, d=dtype: scattered(k, make, s, i, dim, d),
            )


def gathered_views(k, make):
    return k.gather(k.permute(make.normal(4, 3), (1, 0)), 1, k.permute(make.whole(6, 3, high=4), (1, 0)))


case("gather views", gathered_views)

# -- matrices, windows, layers --------------------------------------------------------------------------------------------

for dtype in (*FLOATS, "int64"):
    case(f"matmul {dtype}", lambda k, make, d=dtype: k.matmul(make.normal(3, 5, dtype=d), make.normal(5, 4, dtype=d)))
case("matmul batch", lambda k, make: k.matmul(make.normal(2, 1, 3, 4), make.normal(3, 4, 2)))
case("matmul transposed", lambda k, make: k.matmul(k.permute(make.normal(5, 3), (1, 0)), k.permute(make.normal(4, 5), (1, 0))))
case("matmul expanded", lambda k, make: k.matmul(k.expand(make.normal(1, 4), (3, 4)), make.normal(4, 3)))
case("matmul no k", lambda k, make: k.matmul(make.normal(3, 0), make.normal(0, 4)))
case("matmul no rows", lambda k, make: k.matmul(make.normal(2, 0, 3), make.normal(3, 4)))

CONVOLUTIONS = {  # x, weight, stride, padding, dilation, groups
    "plain": ((2, 3, 5, 6), (4, 3, 3, 2), (1, 1), (0, 0), (1, 1), 1),
    "stride": ((1, 2, 7, 6), (2, 2, 3, 3), (2, 3), (1, 2), (1, 1), 1),
    "dilation": ((1, 2, 7, 8), (3, 2, 2, 3), (1, 2), (2, 1), (3, 2), 1),
    "groups": ((2, 4, 4, 4), (6, 2, 2, 2), (1, 1), (1, 0), (1, 1), 2),
    "depthwise": ((1, 3, 4, 4), (3, 1, 3, 3), (1, 1), (1, 1), (1, 1), 3),
    "no images": ((0, 2, 4, 4), (3, 2, 2, 2), (1, 1), (0, 0), (1, 1), 1),
}
for name, (x, weight, *settings) in CONVOLUTIONS.items():
    for dtype in FLOATS if name == "plain" else ("float32",):
        case(
            f"conv2d {name} {dtype}",
            lambda k, make, x=x, w=weight, s=settings, d=dtype: k.conv2d(make.normal(*x, dtype=d), make.normal(*w, dtype=d), *s),
        )

        def conv2d_gradient(k, make, of, x=x, w=weight, s=settings, d=dtype):
            shape = k.conv2d(make.normal(*x), make.normal(*w), *s).shape
            g = make.normal(*shape, dtype=d, seed=5)
            if of == "x":
                return k.conv2d_input(g, make.normal(*w, dtype=d), x, *s)
            return k.conv2d_weight(g, make.normal(*x, dtype=d), w, *s)

        case(f"conv2d_input {name} {dtype}", lambda k, make, f=conv2d_gradient: f(k, make, "x"))
        case(f"conv2d_weight {name} {dtype}", lambda k, make, f=conv2d_gradient: f(k, make, "weight"))
case(
    "conv2d views",
    lambda k, make: k.conv2d(
        k.permute(make.normal(1, 5, 5, 2), (0, 3, 1, 2)), k.getitem(make.normal(4, 2, 2, 2), (slice(1, 4, 2),)), (1, 1), (0, 0), (1, 1), 1
    ),
)  # fmt: skip

POOLS = {  # x, kernel_size, stride, padding, dilation, ceil_mode
    "plain": ((2, 2, 6, 4), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "overlap": ((1, 2, 7, 6), (3, 2), (2, 1), (1, 1), (1, 1), False),
    "ceil": ((1, 1, 7, 8), (2, 3), (2, 3), (0, 1), (1, 1), True),
    "dilation": ((1, 2, 8, 7), (2, 3), (1, 2), (1, 1), (3, 2), False),
    "no images": ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1), False),
}
for name, (x, *settings) in POOLS.items():
    for dtype in (*FLOATS, "int64") if name == "plain" else ("float32",):
        case(f"max_pool2d {name} {dtype}", lambda k, make, x=x, s=settings, d=dtype: k.max_pool2d(make.normal(*x, dtype=d), *s))

        def max_pool2d_gradients(k, make, x=x, s=settings, d=dtype):
            values, indices = k.max_pool2d(make.normal(*x, dtype=d), *s)
            back = k.max_pool2d_backward(make.normal(*values.shape, dtype=d, seed=4), indices, x)
            return back, k.max_pool2d_gather(back, indices)

        case(f"max_pool2d_backward and _gather {name} {dtype}", max_pool2d_gradients)
case(
    "max_pool2d ties and nan",
    lambda k, make: k.max_pool2d(
        make([[[[1, 1, 1, 1], [1, 1, 1, 1], [np.nan, 2, -np.inf, -np.inf], [np.nan, 3, -np.inf, -np.inf]]]]), (2, 2), (2, 2), (0, 0), (1, 1), False
    ),
)  # fmt: skip
for name, (x, kernel_size, stride, padding, dilation, ceil_mode) in POOLS.items():
    if dilation == (1, 1):
        for include, override in ((True, None), (False, None), (True, 3)):
            settings = kernel_size, stride, padding, ceil_mode, include, override
            for dtype in FLOATS if name == "plain" else ("float32",):
                case(
                    f"avg_pool2d {name} {include} {override} {dtype}",
                    lambda k, make, x=x, s=settings, d=dtype: k.avg_pool2d(make.normal(*x, dtype=d), *s),
                )

                def avg_pool2d_gradient(k, make, x=x, s=settings, d=dtype):
                    shape = k.avg_pool2d(make.normal(*x), *s).shape
                    return k.avg_pool2d_backward(make.normal(*shape, dtype=d, seed=4), x, *s)

                case(f"avg_pool2d_backward {name} {include} {override} {dtype}", avg_pool2d_gradient)

for shape in ((4, 3), (2, 3, 5), (2, 3, 3, 2)):
    for affine in (True, False):
        for dtype in FLOATS:

            def normed(k, make, s=shape, affine=affine, d=dtype):
                weight, bias = (make.normal(s[1], dtype=d, seed=n) if affine else None for n in (6, 7))
                return k.batch_norm(make.normal(*s, dtype=d), weight, bias, 1e-5)

            def normed_backward(k, make, s=shape, affine=affine, d=dtype):
                weight = make.normal(s[1], dtype=d, seed=6) if affine else None
                x = make.normal(*s, dtype=d)
                dims = 0, *range(2, len(s))
                mean, var = (f(k.to_numpy(x), dims, dtype="float64") for f in (np.mean, np.var))
                g = make.normal(*s, dtype=d, seed=8)
                return k.batch_norm_backward(g, x, weight, make(mean, d), make(var, d), 1e-5)

            case(f"batch_norm {shape} {affine} {dtype}", normed)
            case(f"batch_norm_backward {shape} {affine} {dtype}", normed_backward)


def sgd_step(k, make, dtype, momentum, dampening, weight_decay, nesterov, maximize, first):
    p, g, buf = (make.normal(3, 4, dtype=dtype, seed=n) for n in range(3))
    p = k.permute(p, (1, 0))
    buf = k.permute(buf, (1, 0)) if momentum else None
    k.sgd(p, k.reshape(g, (4, 3)), buf, 0.1, momentum, dampening, weight_decay, nesterov, maximize, first)
    return (p, buf) if momentum else p


def adam_step(k, make, dtype, amsgrad, weight_decay, maximize):
    p, g, m, v, vmax = (make.normal(3, 4, dtype=dtype, seed=n) for n in range(5))
    v, vmax = k.mul(v, v), k.mul(vmax, vmax) if amsgrad else None
    k.adam(p, g, m, v, vmax, 3, 0.1, 0.9, 0.99, 1e-6, weight_decay, maximize)
    return (p, m, v, vmax) if amsgrad else (p, m, v)


for dtype in FLOATS:
    for settings in (
        (0, 0, 0, False, False, False),
        (0, 0, 0.1, False, True, False),
        (0.9, 0.5, 0.1, False, False, False),
        (0.9, 0.5, 0.1, False, False, True),
        (0.9, 0, 0, True, True, False),
    ):
        case(f"sgd {settings} {dtype}", lambda k, make, d=dtype, s=settings: sgd_step(k, make, d, *s))
    for settings in ((False, 0, False), (True, 0.1, True)):
        case(f"adam {settings} {dtype}", lambda k, make, d=dtype, s=settings: adam_step(k, make, d, *s))
