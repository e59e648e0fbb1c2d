"""The functions of kernels/scalar.py as compiled loops over flat arrays."""

import numba

from kernels import scalar

compiled = numba.njit(cache=True, error_model="numpy")
inline = numba.njit(inline="always", error_model="numpy")

_gelu = inline(scalar.gelu)
_gelu_backward = inline(scalar.gelu_backward)
_gelu_tanh = inline(scalar.gelu_tanh)
_gelu_tanh_backward = inline(scalar.gelu_tanh_backward)


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
