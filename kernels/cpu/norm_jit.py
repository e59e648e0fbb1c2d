"""The loops of norm.py, compiled. Arrays are contiguous, x (N, C, S) and not empty.

A row is read from memory once, and then again from the cache: its sum first, then the squares of what is left when the
mean is taken off, which so keep their digits. Sums of a few thousand float32 are kept in float32, the rest in float64.
"""

import math

import numba

from kernels.cpu.math_jit import compiled, inline
from kernels.cpu.reduce_jit import LONG, sum_of, sums

# each product is rounded by itself, not part of a multiply-add (unsaid, fastmath would be the caller's)
rounded = numba.njit(forceinline=True, error_model="numpy", fastmath=False)


@sums
def squares_of(x, mean):
    """The sum of (x - mean)^2, in float64."""
    total = 0.0
    for start in range(0, x.size, LONG):
        part, few = x[start : start + LONG], x.dtype.type(0)
        for i in range(part.size):
            few += (part[i] - mean) * (part[i] - mean)
        total += few
    return total


@inline
def by_one(x, mean, scale, weight, bias, y):
    """y for a row in which each number has a weight of its own."""
    for i in range(x.size):
        y[i] = (x[i] - mean) * scale * weight[i] + bias[i]


@inline
def by_all(x, mean, scale, bias, y):
    """y for numbers that share a weight, which `scale` holds."""
    for i in range(x.size):
        y[i] = (x[i] - mean) * scale + bias


@compiled
def standardize(start, stop, x, weight, bias, share, eps, y, mean, var):
    """All of it for the c from start on, before stop."""
    N, _, S = x.shape
    for c in range(start, stop):
        total = squares = 0.0
        for n in range(N):
            total += sum_of(x[n, c])
        mean[c] = total / (N * S)
        m = mean[c]
        for n in range(N):
            squares += squares_of(x[n, c], m)
        var[c] = squares / (N * S)
        scale = x.dtype.type(1 / math.sqrt(squares / (N * S) + eps))
        first = c * S // share % weight.size  # the number of the row's first weight
        for n in range(N):
            if share == 1:
                by_one(x[n, c], m, scale, weight[first : first + S], bias[first : first + S], y[n, c])
            else:
                for k in range(S // share):
                    part = slice(k * share, (k + 1) * share)
                    by_all(x[n, c, part], m, scale * weight[first + k], bias[first + k], y[n, c, part])


@sums
def products_by_one(g, x, mean, scale, weight, gw, gb):
    """(sum h, sum h z) of a row in which each number has a weight of its own; g z and g are added to gw and gb."""
    total = product = x.dtype.type(0)
    for i in range(x.size):
        z = (x[i] - mean) * scale
        gb[i] += g[i]
        gw[i] += g[i] * z
        total += weight[i] * g[i]
        product += weight[i] * g[i] * z
    return total, product


@sums
def products_by_all(g, x, mean):
    """(sum g, sum g (x - mean)), in float64."""
    total = product = 0.0
    for start in range(0, x.size, LONG):
        arriving, part = g[start : start + LONG], x[start : start + LONG]
        few = few_products = x.dtype.type(0)
        for i in range(part.size):
            few += arriving[i]
            few_products += arriving[i] * (part[i] - mean)
        total += few
        product += few_products
    return total, product


@rounded
def gradient_by_one(g, x, mean, scale, weight, a, b, gx):
    """a and b: the means of h and h z. Where a mean is that of one number, h - a is 0."""
    for i in range(x.size):
        gx[i] = scale * (weight[i] * g[i] - a - (x[i] - mean) * b)


@rounded
def gradient_by_all(g, x, mean, scale, weight, a, b, gx):
    for i in range(x.size):
        gx[i] = scale * (weight * g[i] - a - (x[i] - mean) * b)


@compiled
def standardize_backward(start, stop, together, g, x, weight, mean, var, share, eps, gx, gw, gb):
    """All of it for the pieces of so many c together, from start on, before stop. What a piece adds to the gradients of
    weights and biases is in its own row of gw and gb; there is one row where each c has a weight of its own."""
    N, C, S = x.shape
    number = x.dtype.type
    for c in range(start * together, min(stop * together, C)):
        m, scale = mean[c], number(1 / math.sqrt(var[c] + eps))
        first = c * S // share % weight.size
        piece = c // together if len(gw) > 1 else 0
        w, b = gw[piece], gb[piece]
        total = product = 0.0  # sum h, sum h z
        if share == 1:
            own = slice(first, first + S)
            for n in range(N):
                sum_h, sum_hz = products_by_one(g[n, c], x[n, c], m, scale, weight[own], w[own], b[own])
                total += sum_h
                product += sum_hz
        else:
            for k in range(S // share):
                sum_g = sum_gz = 0.0
                for n in range(N):
                    part = slice(k * share, (k + 1) * share)
                    of_g, of_gx = products_by_all(g[n, c, part], x[n, c, part], m)
                    sum_g += of_g
                    sum_gz += of_gx * scale
                b[first + k] += sum_g
                w[first + k] += sum_gz
                total += weight[first + k] * sum_g
                product += weight[first + k] * sum_gz
        of_h, of_z = number(total / (N * S)), number(product * scale / (N * S))
        for n in range(N):
            if share == 1:
                gradient_by_one(g[n, c], x[n, c], m, scale, weight[first : first + S], of_h, of_z, gx[n, c])
            else:
                for k in range(S // share):
                    part = slice(k * share, (k + 1) * share)
                    gradient_by_all(
                        g[n, c, part], x[n, c, part], m, scale, weight[first + k], of_h, of_z, gx[n, c, part]
                    )
