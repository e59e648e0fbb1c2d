"""The elementwise operations as methods of Tensor: names only. They stand in ops/elementwise, ops/compare, ops/bits."""

from minitorch import ops
from minitorch.autograd.inplace import inplace
from minitorch.ops.compare import inplace_comparison, inplace_logic


class ElementwiseMethods:
    """x.sin(), x.add(y), x.clamp_(0, 1) ...: what Tensor inherits. A name with _ at its end writes into x."""

    # -- arithmetic ----------------------------------------------------------------------------------------------------

    add = ops.elementwise.add
    sub = subtract = ops.elementwise.sub
    mul = multiply = ops.elementwise.mul
    div = divide = ops.elementwise.div
    true_divide = ops.elementwise.true_divide
    floor_divide = ops.elementwise.floor_divide
    remainder = ops.elementwise.remainder
    fmod = ops.elementwise.fmod
    pow = ops.elementwise.pow
    float_power = ops.elementwise.float_power
    addcmul = ops.elementwise.addcmul
    addcdiv = ops.elementwise.addcdiv
    lerp = ops.elementwise.lerp

    add_ = __iadd__ = inplace(add)
    sub_ = subtract_ = __isub__ = inplace(sub)
    mul_ = multiply_ = __imul__ = inplace(mul)
    div_ = divide_ = __itruediv__ = __idiv__ = inplace(div)
    true_divide_ = inplace(true_divide)
    floor_divide_ = __ifloordiv__ = inplace(floor_divide)
    remainder_ = __imod__ = inplace(remainder)
    fmod_ = inplace(fmod)
    pow_ = __ipow__ = inplace(pow)
    float_power_ = ops.elementwise.float_power_
    addcmul_ = inplace(addcmul)
    addcdiv_ = inplace(addcdiv)
    lerp_ = inplace(lerp)

    # -- choosing ------------------------------------------------------------------------------------------------------

    def where(self, condition, other):
        """self where condition is true, other elsewhere."""
        return ops.elementwise.where(condition, self, other)

    masked_fill = ops.elementwise.masked_fill
    maximum = ops.elementwise.maximum
    minimum = ops.elementwise.minimum
    fmax = ops.elementwise.fmax
    fmin = ops.elementwise.fmin
    clamp = clip = ops.elementwise.clamp
    clamp_min = ops.elementwise.clamp_min
    clamp_max = ops.elementwise.clamp_max
    nan_to_num = ops.elementwise.nan_to_num
    copysign = ops.elementwise.copysign
    heaviside = ops.elementwise.heaviside

    masked_fill_ = inplace(masked_fill)
    clamp_ = clip_ = inplace(clamp)
    clamp_min_ = inplace(clamp_min)
    clamp_max_ = inplace(clamp_max)
    nan_to_num_ = inplace(nan_to_num)
    copysign_ = inplace(copysign)
    heaviside_ = inplace(heaviside)

    # -- sign, fraction ------------------------------------------------------------------------------------------------

    neg = negative = ops.elementwise.neg
    positive = ops.elementwise.positive
    abs = absolute = ops.elementwise.abs
    sign = ops.elementwise.sign
    sgn = ops.elementwise.sgn
    floor = ops.elementwise.floor
    ceil = ops.elementwise.ceil
    trunc = fix = ops.elementwise.trunc
    frac = ops.elementwise.frac
    round = ops.elementwise.round

    neg_ = negative_ = inplace(neg)
    abs_ = absolute_ = inplace(abs)
    sign_ = inplace(sign)
    sgn_ = inplace(sgn)
    floor_ = inplace(floor)
    ceil_ = inplace(ceil)
    trunc_ = fix_ = inplace(trunc)
    frac_ = inplace(frac)
    round_ = inplace(round)

    # -- powers, exponentials, logarithms ------------------------------------------------------------------------------

    reciprocal = ops.elementwise.reciprocal
    square = ops.elementwise.square
    sqrt = ops.elementwise.sqrt
    rsqrt = ops.elementwise.rsqrt
    exp = ops.elementwise.exp
    exp2 = ops.elementwise.exp2
    expm1 = ops.elementwise.expm1
    log = ops.elementwise.log
    log2 = ops.elementwise.log2
    log10 = ops.elementwise.log10
    log1p = ops.elementwise.log1p
    logit = ops.elementwise.logit
    xlogy = ops.elementwise.xlogy
    logaddexp = ops.elementwise.logaddexp
    logaddexp2 = ops.elementwise.logaddexp2

    reciprocal_ = inplace(reciprocal)
    square_ = inplace(square)
    sqrt_ = inplace(sqrt)
    rsqrt_ = inplace(rsqrt)
    exp_ = inplace(exp)
    exp2_ = inplace(exp2)
    expm1_ = inplace(expm1)
    log_ = inplace(log)
    log2_ = inplace(log2)
    log10_ = inplace(log10)
    log1p_ = inplace(log1p)
    logit_ = inplace(logit)
    xlogy_ = inplace(xlogy)

    # -- circular and hyperbolic functions -----------------------------------------------------------------------------

    sin = ops.elementwise.sin
    cos = ops.elementwise.cos
    tan = ops.elementwise.tan
    asin = arcsin = ops.elementwise.asin
    acos = arccos = ops.elementwise.acos
    atan = arctan = ops.elementwise.atan
    atan2 = arctan2 = ops.elementwise.atan2
    sinc = ops.elementwise.sinc
    sinh = ops.elementwise.sinh
    cosh = ops.elementwise.cosh
    tanh = ops.elementwise.tanh
    asinh = arcsinh = ops.elementwise.asinh
    acosh = arccosh = ops.elementwise.acosh
    atanh = arctanh = ops.elementwise.atanh
    hypot = ops.elementwise.hypot
    deg2rad = ops.elementwise.deg2rad
    rad2deg = ops.elementwise.rad2deg

    sin_ = inplace(sin)
    cos_ = inplace(cos)
    tan_ = inplace(tan)
    asin_ = arcsin_ = inplace(asin)
    acos_ = arccos_ = inplace(acos)
    atan_ = arctan_ = inplace(atan)
    atan2_ = arctan2_ = inplace(atan2)
    sinc_ = inplace(sinc)
    sinh_ = inplace(sinh)
    cosh_ = inplace(cosh)
    tanh_ = inplace(tanh)
    asinh_ = arcsinh_ = inplace(asinh)
    acosh_ = arccosh_ = inplace(acosh)
    atanh_ = arctanh_ = inplace(atanh)
    hypot_ = inplace(hypot)
    deg2rad_ = inplace(deg2rad)
    rad2deg_ = inplace(rad2deg)

    # -- special functions ---------------------------------------------------------------------------------------------

    erf = ops.elementwise.erf
    erfc = ops.elementwise.erfc
    erfinv = ops.elementwise.erfinv
    lgamma = ops.elementwise.lgamma
    digamma = ops.elementwise.digamma

    def polygamma(self, n):
        """The n-th derivative of digamma."""
        return ops.elementwise.polygamma(n, self)

    erf_ = inplace(erf)
    erfc_ = inplace(erfc)
    erfinv_ = inplace(erfinv)
    lgamma_ = inplace(lgamma)
    digamma_ = inplace(digamma)
    polygamma_ = inplace(polygamma)

    # -- comparisons, logic, bits --------------------------------------------------------------------------------------

    eq = ops.compare.eq
    ne = not_equal = ops.compare.ne
    lt = less = ops.compare.lt
    le = less_equal = ops.compare.le
    gt = greater = ops.compare.gt
    ge = greater_equal = ops.compare.ge
    isnan = ops.compare.isnan
    isinf = ops.compare.isinf
    isposinf = ops.compare.isposinf
    isneginf = ops.compare.isneginf
    isfinite = ops.compare.isfinite
    isreal = ops.compare.isreal
    signbit = ops.compare.signbit
    isclose = ops.compare.isclose
    allclose = ops.compare.allclose
    equal = ops.compare.equal
    logical_not = ops.compare.logical_not
    logical_and = ops.compare.logical_and
    logical_or = ops.compare.logical_or
    logical_xor = ops.compare.logical_xor
    bitwise_not = ops.bits.bitwise_not
    bitwise_and = ops.bits.bitwise_and
    bitwise_or = ops.bits.bitwise_or
    bitwise_xor = ops.bits.bitwise_xor
    bitwise_left_shift = ops.bits.bitwise_left_shift
    bitwise_right_shift = ops.bits.bitwise_right_shift
    gcd = ops.bits.gcd
    lcm = ops.bits.lcm

    eq_ = inplace_comparison(eq)
    ne_ = not_equal_ = inplace_comparison(ne)
    lt_ = less_ = inplace_comparison(lt)
    le_ = less_equal_ = inplace_comparison(le)
    gt_ = greater_ = inplace_comparison(gt)
    ge_ = greater_equal_ = inplace_comparison(ge)
    logical_not_ = inplace_logic(logical_not)
    logical_and_ = inplace_logic(logical_and)
    logical_or_ = inplace_logic(logical_or)
    logical_xor_ = inplace_logic(logical_xor)
    bitwise_not_ = inplace(bitwise_not)
    bitwise_and_ = __iand__ = inplace(bitwise_and)
    bitwise_or_ = __ior__ = inplace(bitwise_or)
    bitwise_xor_ = __ixor__ = inplace(bitwise_xor)
    bitwise_left_shift_ = __ilshift__ = inplace(bitwise_left_shift)
    bitwise_right_shift_ = __irshift__ = inplace(bitwise_right_shift)
    gcd_ = inplace(gcd)
    lcm_ = inplace(lcm)
