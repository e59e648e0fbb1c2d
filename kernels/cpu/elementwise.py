"""Functions that work element by element. Where NumPy has exactly the right one, the kernel is NumPy's.

Some float32 functions go through float64, of which NumPy's own are 1.7 to 3.8 units in the last place off (measured
against float64), torch's 0.5 to 1; through float64 the error is 0.5, of exp and log in 0.7 ns an element with AVX-512
and 1.4 and 3.6 without. Long arrays take 0.2 ns by the compiled loops of elementwise_jit.py.
"""

import functools

import numpy as np

from kernels.cpu.array import in_float32
from kernels.cpu.loops import SHORT, apply, is_long
from kernels.cpu.threads import spread

LONG = 1 << 18  # elements from which on NumPy's sum or product is made in pieces


def through_float64(function):
    """function, which computes float32 arrays in float64 and rounds once."""

    @functools.wraps(function)
    def rounded(*inputs):
        if inputs[0].dtype != np.float32:
            return function(*inputs)
        return np.asarray(function(*[x.astype(np.float64) for x in inputs])).astype(np.float32)

    return rounded


# -- one input ---------------------------------------------------------------------------------------------------------

neg = np.negative
abs = np.absolute
sqrt = np.sqrt
exp2 = np.exp2
expm1 = through_float64(np.expm1)
log2 = through_float64(np.log2)
log10 = through_float64(np.log10)
sin = np.sin
cos = np.cos
tan = through_float64(np.tan)
asin = through_float64(np.arcsin)
acos = through_float64(np.arccos)
atan = through_float64(np.arctan)
sinh = through_float64(np.sinh)
cosh = through_float64(np.cosh)
asinh = np.arcsinh
acosh = np.arccosh
atanh = np.arctanh
isnan = np.isnan
isinf = np.isinf
isfinite = np.isfinite
logical_not = np.logical_not
bitwise_not = np.invert


def floor(x):
    """The largest whole number not above x; integers are whole already."""
    return np.floor(x) if x.dtype.kind == "f" else x.copy()


def ceil(x):
    """The smallest whole number not below x."""
    return np.ceil(x) if x.dtype.kind == "f" else x.copy()


def trunc(x):
    """x without its fraction."""
    return np.trunc(x) if x.dtype.kind == "f" else x.copy()


def round(x):
    """The nearest whole number; halves go to the even one."""
    return np.rint(x) if x.dtype.kind == "f" else x.copy()


def signbit(x):
    """Where x is negative, -0.0 and -NaN too."""
    return np.signbit(x) if x.dtype.kind == "f" else x < 0


def sign(x):
    """-1, 0 or 1; 0 for NaN, and a boolean itself."""
    if x.dtype.kind == "b":
        return x.copy()
    y = np.sign(x)
    return np.where(np.isnan(x), x.dtype.type(0), y) if x.dtype.kind == "f" else y


def relu(x):
    """max(x, 0); NaN stays."""
    if not is_long(x):
        return np.maximum(x, x.dtype.type(0))
    from kernels.cpu.activation_jit import relu

    return apply(relu, x, nanoseconds=0.07)


# -- one input, by compiled loops --------------------------------------------------------------------------------------


def tanh(x):
    """The hyperbolic tangent."""
    return apply(np.tanh, x, nanoseconds=0.18) if is_long(x) else np.tanh(x)


exp_exact = through_float64(np.exp)
log_exact = through_float64(np.log)
log1p_exact = through_float64(np.log1p)


def exp(x):
    """e^x."""
    if not is_long(x):
        return exp_exact(x)
    from kernels.cpu.elementwise_jit import exp

    return apply(exp, x, nanoseconds=0.16)


def log(x):
    """The natural logarithm."""
    if not is_long(x):
        return log_exact(x)
    from kernels.cpu.elementwise_jit import log

    return apply(log, x, nanoseconds=0.2)


def log1p(x):
    """log(1 + x), which keeps its digits near 0."""
    if not is_long(x):
        return log1p_exact(x)
    from kernels.cpu.elementwise_jit import log1p

    return apply(log1p, x, nanoseconds=0.2)


# -- two inputs --------------------------------------------------------------------------------------------------------

div = np.true_divide
maximum = np.maximum
minimum = np.minimum
fmax = np.fmax
fmin = np.fmin
atan2 = through_float64(np.arctan2)
hypot = np.hypot
copysign = np.copysign
logaddexp = through_float64(np.logaddexp)
logaddexp2 = through_float64(np.logaddexp2)
gcd = np.gcd
eq = np.equal
ne = np.not_equal
lt = np.less
le = np.less_equal
gt = np.greater
ge = np.greater_equal
logical_and = np.logical_and
logical_or = np.logical_or
logical_xor = np.logical_xor
bitwise_and = np.bitwise_and
bitwise_or = np.bitwise_or
bitwise_xor = np.bitwise_xor
shift_left = np.left_shift  # 0 where b is negative or the bits run out
shift_right = np.right_shift  # the sign fills up


def add(a, b):
    """a + b."""
    if a.size <= SHORT >= b.size:
        return np.add(a, b)
    if a.size < b.size:
        a, b = b, a  # the same sum, and below the larger one comes first
    if not is_row_of(a, b):
        return in_pieces(np.add, a, b)
    from kernels.cpu.elementwise_jit import add_row

    return each_row(add_row, a, b)


def mul(a, b):
    """a b."""
    if a.size <= SHORT >= b.size:
        return np.multiply(a, b)
    if a.size < b.size:
        a, b = b, a
    if not is_row_of(a, b):
        return in_pieces(np.multiply, a, b)
    from kernels.cpu.elementwise_jit import mul_row

    return each_row(mul_row, a, b)


def sub(a, b):
    """a - b."""
    return np.subtract(a, b) if a.size <= SHORT else in_pieces(np.subtract, a, b)


@in_float32
def blend(a, b, keep, take):
    """keep a + take b, for numbers keep and take."""
    return a * a.dtype.type(keep) + b * b.dtype.type(take)


def in_pieces(function, a, b):
    """function(a, b), on all cores where a is long, and b of its shape, or smaller in other dims than the first, or one
    number: the product of a million numbers takes 66 us, not 94."""
    cut = b.ndim == a.ndim and len(b) == len(a) and all(m in (1, n) for m, n in zip(b.shape, a.shape, strict=True))
    if a.size < LONG or a.dtype != b.dtype or not a.flags.c_contiguous or not (cut or b.ndim == 0):
        return function(a, b)
    out = np.empty_like(a)
    spread(lambda i, j: function(a[i:j], b[i:j] if cut else b, out[i:j]), len(a), a.size * 0.09)
    return out


def is_row_of(a, b):
    """Whether b is met by each row of a: then NumPy, which begins anew with each row, takes twice as long as we do."""
    alike = a.dtype == np.float32 == b.dtype and a.flags.c_contiguous and b.flags.c_contiguous
    return alike and 0 < b.ndim < a.ndim and b.shape == a.shape[-b.ndim :]


def each_row(compiled, a, b):
    """Run a compiled loop over the rows of a, all of which meet b."""
    out, b = np.empty_like(a), b.reshape(-1)
    rows, results = a.reshape(-1, b.size), out.reshape(-1, b.size)
    spread(lambda start, stop: compiled(rows[start:stop], b, results[start:stop]), len(rows), out.size * 0.07)
    return out


def pow(a, b):
    """a to the power of b. A whole number to a negative power is 0, but for 1 and -1."""
    if a.dtype.kind != "i":
        return np.power(a, b)
    power = np.power(a, np.maximum(b, 0))
    if np.all(b >= 0):
        return power
    inverse = np.where(np.abs(a) == 1, np.power(a, np.abs(b) % 2), np.zeros((), a.dtype))
    return np.where(b < 0, inverse, power)


def refuse_zero(a, b):
    """torch's RuntimeError for an integer divided by 0."""
    if a.size and b.dtype.kind in "iu" and not b.all():
        raise RuntimeError("ZeroDivisionError")


def floor_divide(a, b):
    """The largest whole number not above a / b; a / b itself for a float divided by 0."""
    refuse_zero(a, b)
    quotient = np.floor_divide(a, b)
    return np.where(b == 0, a / b, quotient).astype(a.dtype, copy=False) if a.dtype.kind == "f" else quotient


def fmod(a, b):
    """a - b trunc(a / b): it has the sign of a."""
    refuse_zero(a, b)
    return np.fmod(a, b)


def trunc_divide(a, b):
    """a / b with its fraction cut off."""
    refuse_zero(a, b)
    if a.dtype.kind == "f":
        return np.trunc(a / b)
    quotient = np.floor_divide(a, b)
    return quotient + ((quotient < 0) & (quotient * b != a)).astype(a.dtype)


def remainder(a, b):
    """a - b floor(a / b): it has the sign of b."""
    refuse_zero(a, b)
    return np.remainder(a, b)


# -- three -------------------------------------------------------------------------------------------------------------


def where(condition, a, b):
    """a where condition is true, b elsewhere, broadcast.

    NumPy's loop branches at every element, and half of an irregular condition is guessed wrong: 3.5 ns an element. The
    compiled one for float32 chooses vectors of numbers: 0.07 ns. Short arrays are not worth its call.
    """
    if condition.size < 4096:
        return np.where(condition, a, b)
    arrays = [x for x in (condition, a, b) if x.ndim]
    alike = all(x.shape == condition.shape and x.flags.c_contiguous for x in arrays)
    if not (a.dtype == np.float32 == b.dtype and len(arrays) > 1 and condition.ndim and alike):
        return np.where(condition, a, b)
    from kernels.cpu.choose_jit import choose, fill

    out = np.empty(condition.shape, np.float32)
    if len(arrays) == 3:
        loop, inputs = choose, (condition, a, b)
    else:
        number, x = (a, b) if b.ndim else (b, a)
        loop, inputs = functools.partial(fill, number[()], x is b), (condition, x)
    flat = [x.reshape(-1) for x in (*inputs, out)]
    spread(lambda start, stop: loop(*[x[start:stop] for x in flat]), out.size, out.size // 10)
    return out


def clamp(x, low, high):
    """min(max(x, low), high), for Python numbers low and high, or None; NaN stays."""
    if low is not None:
        x = np.maximum(x, np.asarray(low).astype(x.dtype))
    return x if high is None else np.minimum(x, np.asarray(high).astype(x.dtype))
