"""exp, log and log1p as compiled loops over flat arrays; sums and products with a row, over all rows."""

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


@compiled
def add_row(a, b, out):
    for row in range(out.shape[0]):
        x, y = a[row], out[row]
        for i in range(y.size):
            y[i] = x[i] + b[i]


@compiled
def mul_row(a, b, out):
    for row in range(out.shape[0]):
        x, y = a[row], out[row]
        for i in range(y.size):
            y[i] = x[i] * b[i]
