"""The circular and the hyperbolic functions and their inverses. Angles are in radians."""

import math

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import op
from minitorch.ops.elementwise.arithmetic import mul
from minitorch.ops.elementwise.choosing import like, where
from minitorch.ops.elementwise.operands import check_tensor, floating_tensors, tensors_only
from minitorch.ops.refusals import refuse_dtypes
from minitorch.promotion import floating

# -- circular ----------------------------------------------------------------------------------------------------------


@op(promote=floating)
def sin(input):
    """The sine."""
    return input.kernels.sin(input.array), lambda g: g * input.cos()


@op(promote=floating)
def cos(input):
    """The cosine."""
    return input.kernels.cos(input.array), lambda g: g * -input.sin()


@op(promote=floating)
def tan(input):
    """The tangent, sin / cos; its derivative is 1 + tan(x)^2."""
    return input.kernels.tan(input.array), lambda g, y: g * (1 + y * y)


@op(promote=floating)
def asin(input):
    """The angle between -pi/2 and pi/2 whose sine it is; NaN outside -1 ... 1."""
    return input.kernels.asin(input.array), lambda g: g * (1 - input * input).rsqrt()


@op(promote=floating)
def acos(input):
    """The angle between 0 and pi whose cosine it is; NaN outside -1 ... 1."""
    return input.kernels.acos(input.array), lambda g: g * -((1 - input * input).rsqrt())


@op(promote=floating)
def atan(input):
    """The angle between -pi/2 and pi/2 whose tangent it is."""
    return input.kernels.atan(input.array), lambda g: g / (input * input + 1)


@op(promote=floating_tensors)
def atan2(input, other):
    """The angle of the point (other, input), between -pi and pi: atan(input / other) in the right quadrant.

    The derivatives are other / r^2 and -input / r^2, and 0 in the origin.
    """

    def inverse_square():
        r2 = input * input + other * other
        return r2.reciprocal().masked_fill(r2 == 0, 0)

    array = input.kernels.atan2(input.array, other.array)
    return array, lambda g: g * (other * inverse_square()), lambda g: g * (-input * inverse_square())


@op(promote=floating)
def sinc(input):
    """sin(pi x) / (pi x), and 1 at 0."""
    k = input.kernels
    angle = k.mul(input.array, like(input, math.pi))

    def vjp(g):
        angle = input * math.pi
        square = input * input * math.pi
        return where(square == 0, 0.0, g * ((angle * angle.cos() - angle.sin()) / square))

    return k.where(k.eq(angle, like(input, 0)), like(input, 1), k.div(k.sin(angle), angle)), vjp


# -- hyperbolic --------------------------------------------------------------------------------------------------------


@op(promote=floating)
def sinh(input):
    """(e^x - e^-x) / 2."""
    return input.kernels.sinh(input.array), lambda g: g * input.cosh()


@op(promote=floating)
def cosh(input):
    """(e^x + e^-x) / 2."""
    return input.kernels.cosh(input.array), lambda g: g * input.sinh()


@op(promote=floating)
def tanh(input):
    """(e^x - e^-x) / (e^x + e^-x); its derivative is 1 - tanh(x)^2."""
    return input.kernels.tanh(input.array), lambda g, y: g * (1 - y * y) if is_grad_enabled() else tanh_backward(g, y)


@op
def tanh_backward(g, y):
    return g.kernels.tanh_backward(g.array, y.array)


@op(promote=floating)
def asinh(input):
    """The inverse of sinh, log(x + sqrt(x^2 + 1))."""
    return input.kernels.asinh(input.array), lambda g: g * (input * input + 1).rsqrt()


@op(promote=floating)
def acosh(input):
    """The inverse of cosh, log(x + sqrt(x^2 - 1)); NaN below 1."""
    return input.kernels.acosh(input.array), lambda g: g * (input * input - 1).rsqrt()


@op(promote=floating)
def atanh(input):
    """The inverse of tanh, log((1 + x) / (1 - x)) / 2; NaN outside -1 ... 1."""
    return input.kernels.atanh(input.array), lambda g: g / (1 - input * input)


# -- lengths and degrees -----------------------------------------------------------------------------------------------


@op(promote=tensors_only)
def hypot(input, other):
    """sqrt(input^2 + other^2), without overflow."""
    refuse_dtypes("hypot_cpu", input, "biu")
    array = input.kernels.hypot(input.array, other.array)
    return array, lambda g, y: g * (input / y), lambda g, y: g * (other / y)


def deg2rad(input):
    """An angle in degrees, in radians."""
    check_tensor("deg2rad", input)
    return mul(input, math.pi / 180)


def rad2deg(input):
    """An angle in radians, in degrees."""
    check_tensor("rad2deg", input)
    return mul(input, 180 / math.pi)
