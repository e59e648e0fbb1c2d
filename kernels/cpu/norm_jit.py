"""The loops of norm.py, compiled. Arrays are contiguous, x (N, C, S) and not empty."""

import math

import numba

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")
sums = numba.njit(
    nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"}
)  # in several parts at once


@sums
def sum_of(x):
    total = 0.0
    for i in range(x.size):
        total += x[i]
    return total


@sums
def squares_of(x, mean):
    total = 0.0
    for i in range(x.size):
        total += (x[i] - mean) * (x[i] - mean)
    return total


@compiled
def by_one(x, mean, scale, weight, bias, y):
    """y for a row in which each number has a weight of its own."""
    for i in range(x.size):
        y[i] = (x[i] - mean) * scale * weight[i] + bias[i]


@compiled
def by_all(x, mean, scale, bias, y):
    """y for numbers that share a weight, which `scale` holds."""
    for i in range(x.size):
        y[i] = (x[i] - mean) * scale + bias


@compiled
def standardize(start, stop, x, weight, bias, share, eps, y, mean, var):
    """All of it for the c from start on, before stop."""
    N, _, S = x.shape
    for c in range(start, stop):
        m = v = 0.0
        for n in range(N):
            m += sum_of(x[n, c])
        m /= N * S
        for n in range(N):
            v += squares_of(x[n, c], m)
        v /= N * S
        mean[c], var[c] = m, v
        scale = 1 / math.sqrt(v + eps)
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
    total, product = 0.0, 0.0
    for i in range(x.size):
        z = (x[i] - mean) * scale
        gb[i] += g[i]
        gw[i] += g[i] * z
        total += weight[i] * g[i]
        product += weight[i] * g[i] * z
    return total, product


@sums
def products_by_all(g, x, mean):
    """(sum g, sum g (x - mean))."""
    total, product = 0.0, 0.0
    for i in range(x.size):
        total += g[i]
        product += g[i] * (x[i] - mean)
    return total, product


@compiled
def gradient_by_one(g, x, mean, scale, weight, a, b, gx):
    for i in range(x.size):
        gx[i] = scale * (weight[i] * g[i] - a - (x[i] - mean) * b)


@compiled
def gradient_by_all(g, x, mean, scale, weight, a, b, gx):
    for i in range(x.size):
        gx[i] = scale * (weight * g[i] - a - (x[i] - mean) * b)


@compiled
def standardize_backward(start, stop, g, x, weight, mean, var, share, eps, gx, gw, gb):
    N, _, S = x.shape
    for c in range(start, stop):
        m, scale = mean[c], 1 / math.sqrt(var[c] + eps)
        first = c * S // share % weight.size
        total, product = 0.0, 0.0  # sum h, sum h z
        for n in range(N):
            if share == 1:
                own = slice(first, first + S)
                a, b = products_by_one(g[n, c], x[n, c], m, scale, weight[own], gw[own], gb[own])
                total += a
                product += b
            else:
                for k in range(S // share):
                    part = slice(k * share, (k + 1) * share)
                    a, b = products_by_all(g[n, c, part], x[n, c, part], m)
                    gb[first + k] += a
                    gw[first + k] += b * scale
                    total += weight[first + k] * a
                    product += weight[first + k] * b * scale
        a, b = total / (N * S), product * scale / (N * S)
        for n in range(N):
            if share == 1:
                gradient_by_one(g[n, c], x[n, c], m, scale, weight[first : first + S], a, b, gx[n, c])
            else:
                for k in range(S // share):
                    part = slice(k * share, (k + 1) * share)
                    w = weight[first + k]
                    gradient_by_all(g[n, c, part], x[n, c, part], m, scale, w, a, b, gx[n, c, part])
