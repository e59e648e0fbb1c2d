"""Operations that work element by element: arithmetic, choosing, and the functions of one variable.

Begin with arithmetic.py. https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops
"""

from minitorch.ops.elementwise.arithmetic import (
    add,
    addcdiv,
    addcmul,
    div,
    float_power,
    float_power_,
    floor_divide,
    fmod,
    lerp,
    mul,
    pow,
    remainder,
    rsub,
    sub,
    true_divide,
)
from minitorch.ops.elementwise.choosing import (
    clamp,
    clamp_max,
    clamp_min,
    copysign,
    fmax,
    fmin,
    heaviside,
    masked_fill,
    maximum,
    minimum,
    nan_to_num,
    where,
)
from minitorch.ops.elementwise.exponential import (
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    logit,
    reciprocal,
    rsqrt,
    sqrt,
    square,
    xlogy,
)
from minitorch.ops.elementwise.operands import refuse_bool
from minitorch.ops.elementwise.rounding import (
    abs,
    ceil,
    floor,
    frac,
    neg,
    positive,
    round,
    sgn,
    sign,
    trunc,
)
from minitorch.ops.elementwise.special import (
    digamma,
    erf,
    erfc,
    erfinv,
    lgamma,
    polygamma,
)
from minitorch.ops.elementwise.trigonometric import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    deg2rad,
    hypot,
    rad2deg,
    sin,
    sinc,
    sinh,
    tan,
    tanh,
)
