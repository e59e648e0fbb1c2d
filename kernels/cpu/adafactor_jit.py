"""A step of Adafactor of one parameter."""

import math

import numpy as np

from kernels import steps
from kernels.cpu.math_jit import compiled, inline
from kernels.cpu.reduce_jit import sum_of

adafactor = inline(steps.adafactor)


@compiled
def step(p, g, row, column, settings):
    """p and g (batch, n, m), row (batch, n), column (batch, m); row (1, 0) where column is the variance of each number.

    settings: b, the part of what is new in the averages; rho, the length of the step where p has a root mean square of
    1; shrink, the decay of p; sign, -1 to maximize; eps1, eps2, d.
    """
    b, rho, shrink, sign, eps1, eps2, d = settings
    batch, n, m = p.shape
    line, totals = np.empty(m, p.dtype), np.empty(m)
    one, most = p.dtype.type(1), p.dtype.type(1) / eps1

    square = 0.0  # the sum over p
    for a in range(batch):
        totals[:] = 0
        for i in range(n):
            gradients, values = g[a][i], p[a][i]
            for j in range(m):
                line[j] = gradients[j] * gradients[j]
                totals[j] += line[j]
            if row.size > 0:
                row[a, i] += b * (sum_of(line) / m - row[a, i])
            for j in range(m):
                line[j] = values[j] * values[j]
            square += sum_of(line)
        for j in range(m):
            column[a, j] += b * (totals[j] / n - column[a, j])
    size = np.sqrt(square / p.size)
    rate = sign * rho * (size if size > eps2 else eps2)

    across, along = np.ones((batch, n), p.dtype), np.empty((batch, m), p.dtype)  # 1 / sqrt(V) is their product
    for a in range(batch):
        mean = row[a].mean()
        for i in range(row.shape[1]):
            across[a, i] = one / math.sqrt(row[a, i] / (eps1 if mean < eps1 else mean))
        for j in range(m):
            along[a, j] = one / math.sqrt(column[a, j])

    square = 0.0  # the sum over the direction
    for a in range(batch):
        for i in range(n):
            gradients, factors, factor = g[a][i], along[a], across[a, i]
            for j in range(m):
                direction = adafactor(gradients[j], factor * factors[j], most)
                line[j] = direction * direction
            square += sum_of(line)
    length = np.sqrt(square / p.size) / d
    rate = p.dtype.type(rate / length if length > 1 else rate)

    for a in range(batch):
        for i in range(n):
            gradients, factors, factor, values = g[a][i], along[a], across[a, i], p[a][i]
            for j in range(m):
                direction = adafactor(gradients[j], factor * factors[j], most)
                values[j] = shrink * values[j] - rate * direction
