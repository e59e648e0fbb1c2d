"""Functions that work element by element. One template for each number of inputs; a function is a template and a body.

Inputs broadcast, and may lie in memory in any way: a thread computes where its element of each input is (strides.py).
The bodies are Python's own operators and math functions, those of kernels/scalar.py, and functions below. In a body,
constants are made with type(x)(...): a bare 0.5 would be a float64, and take x with it. Integers are not checked for
division by 0, as on torch's CUDA: a GPU has no exceptions, and waiting for a check would cost more than the division.
"""

import builtins
import operator

import numpy as np

from kernels import scalar
from kernels.cuda.array import copy, empty, full, in_float32
from kernels.cuda.block import larger, smaller
from kernels.cuda.device import cuda, device_function, math
from kernels.cuda.launch import elements, launch
from kernels.cuda.shape import permute
from kernels.cuda.strides import common_steps, memory_order, place

# -- the templates -----------------------------------------------------------------------------------------------------


def prepared(dtype, *arrays):
    """(an array for the result, the shape and steps for the visit, what turns the dims of the result back).

    The result lies in memory as the arrays do, as NumPy's and torch's does: that of two transposed matrices is a
    transposed one. So they are visited in the order of memory, in which the result is filled row by row.
    """
    shape = arrays[0].shape if len(arrays) == 1 else np.broadcast_shapes(*[a.shape for a in arrays])
    if all(a.layout.flags.c_contiguous for a in arrays):
        return empty(shape, dtype), *common_steps(shape, *arrays), lambda out: out
    order = memory_order(shape, tuple([np.broadcast_to(a.layout, shape).strides for a in arrays]))
    steps = common_steps(shape, *arrays, order=order)
    if order is None:
        return empty(shape, dtype), *steps, lambda out: out
    back = sorted(range(len(order)), key=order.__getitem__)
    return empty([shape[d] for d in order], dtype), *steps, lambda out: permute(out, back)


def unary(body, result=None):
    """A function of one array. result: the dtype of the result, where it is not that of the input."""
    body = device_function(body)

    @cuda.jit
    def unary_kernel(out, a, a_steps, shape):
        """out = body(a). Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
            out[i] = body(a[place(i, shape, a_steps)])

    @in_float32
    def function(x):
        out, shape, x_steps, turned = prepared(result or x.dtype, x)
        launch(unary_kernel, elements(out.size), out, x, x_steps, shape)
        return turned(out)

    return function


def binary(body, result=None):
    """A function of two arrays of one dtype."""
    body = device_function(body)

    @cuda.jit
    def binary_kernel(out, a, a_steps, b, b_steps, shape):
        """out = body(a, b). Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
            out[i] = body(a[place(i, shape, a_steps)], b[place(i, shape, b_steps)])

    @in_float32
    def function(a, b):
        out, shape, a_steps, b_steps, turned = prepared(result or a.dtype, a, b)
        launch(binary_kernel, elements(out.size), out, a, a_steps, b, b_steps, shape)
        return turned(out)

    return function


@cuda.jit
def where_kernel(out, condition, condition_steps, a, a_steps, b, b_steps, shape):
    """out = a where condition else b. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        if condition[place(i, shape, condition_steps)]:
            out[i] = a[place(i, shape, a_steps)]
        else:
            out[i] = b[place(i, shape, b_steps)]


def where(condition, a, b):
    """a where condition is true, else b."""
    out, shape, condition_steps, a_steps, b_steps, turned = prepared(a.dtype, condition, a, b)
    launch(where_kernel, elements(out.size), out, condition, condition_steps, a, a_steps, b, b_steps, shape)
    return turned(out)


def floats_or_else(for_floats, for_others):
    """A function that has another body for integers and booleans."""

    def function(x, *others):
        return (for_floats if x.dtype.kind == "f" else for_others)(x, *others)

    return function


def no_where(x):
    """False for every element."""
    return full(x.shape, False, np.bool_)


def everywhere(x):
    """True for every element."""
    return full(x.shape, True, np.bool_)


# -- one array ---------------------------------------------------------------------------------------------------------


def sign_of(x):
    """-1, 0 or 1; 0 for NaN."""
    if x > 0:
        return type(x)(1)
    return -type(x)(1) if x < 0 else type(x)(0)


@device_function
def truncated(x):
    """x without its fraction."""
    return math.ceil(x) if x < 0 else math.floor(x)


def nearest_whole(x):
    """x rounded; halves go to the even number."""
    one, half = type(x)(1), type(x)(0.5)
    whole = math.floor(x)
    rest = x - whole
    if rest > half or (rest == half and math.floor(whole * half) != whole * half):
        whole += one
    return math.copysign(whole, x)


neg = unary(operator.neg)
abs = unary(builtins.abs)
exp = unary(math.exp)
exp2 = unary(math.exp2)
expm1 = unary(math.expm1)
log = unary(math.log)
log2 = unary(math.log2)
log10 = unary(math.log10)
log1p = unary(math.log1p)
sqrt = unary(math.sqrt)
sin = unary(math.sin)
cos = unary(math.cos)
tan = unary(math.tan)
asin = unary(math.asin)
acos = unary(math.acos)
atan = unary(math.atan)
sinh = unary(math.sinh)
cosh = unary(math.cosh)
tanh = unary(math.tanh)
asinh = unary(math.asinh)
acosh = unary(math.acosh)
atanh = unary(math.atanh)
sign = unary(sign_of)
relu = unary(scalar.relu)
floor = floats_or_else(unary(math.floor), copy)
ceil = floats_or_else(unary(math.ceil), copy)
trunc = floats_or_else(unary(truncated), copy)
round = floats_or_else(unary(nearest_whole), copy)
signbit = floats_or_else(unary(lambda x: math.copysign(type(x)(1), x) < 0, np.bool_), unary(lambda x: x < 0, np.bool_))
isnan = floats_or_else(unary(math.isnan, np.bool_), no_where)
isinf = floats_or_else(unary(math.isinf, np.bool_), no_where)
isfinite = floats_or_else(unary(math.isfinite, np.bool_), everywhere)
logical_not = unary(lambda x: x == 0, np.bool_)
invert = unary(operator.invert)


def bitwise_not(x):
    """~x; for booleans, not x."""
    return logical_not(x) if x.dtype.kind == "b" else invert(x)


def clamp(x, low, high):
    """min(max(x, low), high) for numbers low and high; None is no bound."""
    if low is not None:
        x = maximum(x, full((), low, x.dtype))
    if high is not None:
        x = minimum(x, full((), high, x.dtype))
    return x


# -- two arrays --------------------------------------------------------------------------------------------------------


def floor_quotient(a, b):
    """The whole number below a / b that goes with the remainder below; a / b if that is not finite. As Python's //."""
    if b == 0:
        return a / b
    one, half = type(a)(1), type(a)(0.5)
    rest = math.fmod(a, b)
    quotient = (a - rest) / b
    if rest != 0 and (rest < 0) != (b < 0):
        quotient -= one
    if quotient == 0:
        return math.copysign(quotient, a / b)
    whole = math.floor(quotient)
    return whole + one if quotient - whole > half else whole


def float_remainder(a, b):
    """a - b * floor(a / b) without the rounding error: what is left has the sign of b. As Python's %."""
    rest = math.fmod(a, b)
    return rest + b if rest != 0 and (rest < 0) != (b < 0) else rest


def integer_fmod(a, b):
    """What is left of a after whole steps of b; it has the sign of a."""
    rest = a % b
    return rest - b if rest != 0 and (rest < 0) != (a < 0) else rest


def integer_quotient_towards_zero(a, b):
    """a / b rounded towards 0: one more than a // b where that is negative and not exact."""
    quotient = a // b
    return quotient + 1 if quotient < 0 and quotient * b != a else quotient


def integer_power(a, n):
    """a ** n by repeated squaring: n written in binary says which of a, a^2, a^4, a^8, ... to multiply. For a negative
    n it is 0, but for 1 and -1."""
    if n < 0:
        if a == 1 or a == -1:
            return 1 if a == 1 or n % 2 == 0 else -1
        return 0
    result = 1
    while n > 0:
        if n % 2 == 1:
            result *= a
        a *= a
        n //= 2
    return result


def greatest_divisor(a, b):
    """Euclid's algorithm."""
    while b != 0:
        a, b = b, a % b
    return builtins.abs(a)


add = binary(operator.add)
sub = binary(operator.sub)
mul = binary(operator.mul)
div = binary(operator.truediv)
floor_divide = floats_or_else(binary(floor_quotient), binary(operator.floordiv))
remainder = floats_or_else(binary(float_remainder), binary(operator.mod))
trunc_divide = floats_or_else(binary(lambda a, b: truncated(a / b)), binary(integer_quotient_towards_zero))
pow = floats_or_else(binary(operator.pow), binary(integer_power))
maximum = binary(larger)
minimum = binary(smaller)
fmax = binary(lambda a, b: a if a > b or b != b else b)
fmin = binary(lambda a, b: a if a < b or b != b else b)
fmod = floats_or_else(binary(math.fmod), binary(integer_fmod))
atan2 = binary(math.atan2)
hypot = binary(math.hypot)
copysign = binary(math.copysign)
logaddexp = binary(scalar.logaddexp)
logaddexp2 = binary(scalar.logaddexp2)
gcd = binary(greatest_divisor)
eq = binary(operator.eq, np.bool_)
ne = binary(operator.ne, np.bool_)
lt = binary(operator.lt, np.bool_)
le = binary(operator.le, np.bool_)
gt = binary(operator.gt, np.bool_)
ge = binary(operator.ge, np.bool_)
logical_and = binary(lambda a, b: a != 0 and b != 0, np.bool_)
logical_or = binary(lambda a, b: a != 0 or b != 0, np.bool_)
logical_xor = binary(lambda a, b: (a != 0) != (b != 0), np.bool_)
bitwise_and = binary(operator.and_)
bitwise_or = binary(operator.or_)
bitwise_xor = binary(operator.xor)
shift_left = binary(lambda a, b: a << b if 0 <= b < 64 else 0)  # computed in 64 bits: more of them fall off the end
shift_right = binary(lambda a, b: a >> b if 0 <= b < 64 else a >> 63)


@in_float32
def blend(a, b, keep, take):
    """keep a + take b, for numbers keep and take."""
    return add(mul(a, full((), keep, a.dtype)), mul(b, full((), take, b.dtype)))
