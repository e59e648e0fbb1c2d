"""Smooth activation functions, and their derivatives times g. Formulas: kernels/scalar.py."""

from kernels import scalar
from kernels.cuda.array import full, in_float32
from kernels.cuda.elementwise import abs, add, binary, div, exp, gt, log1p, maximum, mul, neg, unary, where

sigmoid = unary(scalar.sigmoid)
sigmoid_backward = binary(scalar.sigmoid_backward)
relu_backward = binary(scalar.relu_backward)
tanh_backward = binary(scalar.tanh_backward)
silu = unary(scalar.silu)
silu_backward = binary(scalar.silu_backward)


@in_float32
def softplus(x, beta, threshold):
    """log(1 + e^z) / beta for z = beta x, by plain kernels; x itself where z is above the threshold."""
    zero, beta, threshold = (full((), value, x.dtype) for value in (0, beta, threshold))
    z = mul(x, beta)
    bend = log1p(exp(neg(abs(z))))
    return where(gt(z, threshold), x, div(add(maximum(z, zero), bend), beta))


@in_float32
def softplus_backward(g, x, beta, threshold):
    """g sigmoid(beta x), by plain kernels; g itself where beta x is above the threshold."""
    z = mul(x, full((), beta, x.dtype))
    return where(gt(z, full((), threshold, x.dtype)), g, mul(g, sigmoid(z)))


gelu_exact = unary(scalar.gelu)
gelu_by_tanh = unary(scalar.gelu_tanh)


def gelu(x, approximate):
    """x times the normal distribution function of x, exact or by tanh."""
    return (gelu_by_tanh if approximate == "tanh" else gelu_exact)(x)


gelu_backward_exact = binary(scalar.gelu_backward)
gelu_backward_by_tanh = binary(scalar.gelu_tanh_backward)


def gelu_backward(g, x, approximate):
    """g times the derivative of gelu at x."""
    return (gelu_backward_by_tanh if approximate == "tanh" else gelu_backward_exact)(g, x)
