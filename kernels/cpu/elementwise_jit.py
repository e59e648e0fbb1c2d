"""Functions of math_jit.py and of kernels/scalar.py as compiled loops over flat arrays."""

import numba

from kernels import scalar
from kernels.cpu import math_jit as fast

compiled = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})

_gelu = fast.of(scalar.gelu)
_gelu_backward = fast.of(scalar.gelu_backward)
_gelu_tanh = fast.of(scalar.gelu_tanh)
_gelu_tanh_backward = fast.of(scalar.gelu_tanh_backward)


@compiled
def exp(x, out):
    for i in range(out.size):
        out[i] = fast.exp(x[i])


@compiled
def log(x, out):
    for i in range(out.size):
        out[i] = fast.log(x[i])


@compiled
def log1p(x, out):
    for i in range(out.size):
        out[i] = fast.log1p(x[i])


@compiled
def sigmoid(x, out):
    for i in range(out.size):
        out[i] = fast.sigmoid(x[i])


@compiled
def gelu(x, out):
    for i in range(out.size):
        out[i] = _gelu(x[i])


@compiled
def gelu_backward(g, x, out):
    for i in range(out.size):
        out[i] = _gelu_backward(g[i], x[i])


@compiled
def gelu_tanh(x, out):
    for i in range(out.size):
        out[i] = _gelu_tanh(x[i])


@compiled
def gelu_tanh_backward(g, x, out):
    for i in range(out.size):
        out[i] = _gelu_tanh_backward(g[i], x[i])
