"""exp, log and log1p as compiled loops over flat arrays."""

from kernels.cpu import math_jit
from kernels.cpu.math_jit import compiled


@compiled
def exp(x, out):
    for i in range(out.size):
        out[i] = math_jit.exp(x[i])


@compiled
def log(x, out):
    for i in range(out.size):
        out[i] = math_jit.log(x[i])


@compiled
def log1p(x, out):
    for i in range(out.size):
        out[i] = math_jit.log1p(x[i])
