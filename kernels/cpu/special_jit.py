"""The special functions of kernels/scalar.py, and those of C, as compiled loops over flat arrays."""

import math

import numba

from kernels import scalar
from kernels.cpu import math_jit
from kernels.cpu.math_jit import compiled

inline = numba.njit(inline="always", error_model="numpy")

_erfinv = inline(scalar.erfinv)
_digamma = inline(scalar.digamma)
_zeta = inline(scalar.zeta)


@compiled
def erf(x, out):
    for i in range(out.size):
        out[i] = math_jit.erf(x[i])


@compiled
def erfc(x, out):
    for i in range(out.size):
        out[i] = math.erfc(x[i])


@compiled
def erfinv(x, out):
    for i in range(out.size):
        out[i] = _erfinv(x[i])


@compiled
def lgamma(x, out):
    for i in range(out.size):
        out[i] = math.lgamma(x[i])


@compiled
def digamma(x, out):
    for i in range(out.size):
        out[i] = _digamma(x[i])


@compiled
def zeta(s, q, out):
    for i in range(out.size):
        out[i] = _zeta(s[i], q[i])
