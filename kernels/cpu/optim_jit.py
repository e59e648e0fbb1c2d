"""The loops of optim.py, compiled. Every number has the dtype of the parameters."""

import math

import numba

compiled = numba.njit(cache=True, error_model="numpy")


@compiled
def sgd(p, g, lr, weight_decay, sign):
    for i in range(p.size):
        p[i] -= lr * (sign * g[i] + weight_decay * p[i])


@compiled
def sgd_momentum(p, g, buf, lr, keep, take, momentum, weight_decay, nesterov, sign):
    for i in range(p.size):
        gradient = sign * g[i] + weight_decay * p[i]
        buf[i] = keep * buf[i] + take * gradient
        p[i] -= lr * (gradient + momentum * buf[i] if nesterov else buf[i])


@compiled
def adam(p, g, m, v, rate1, beta2, rate2, eps, weight_decay, step_size, correction, sign):
    for i in range(p.size):
        gradient = sign * g[i] + weight_decay * p[i]
        m[i] += rate1 * (gradient - m[i])
        v[i] = beta2 * v[i] + rate2 * gradient * gradient
        p[i] -= step_size * (m[i] / (math.sqrt(v[i]) / correction + eps))


@compiled
def amsgrad(p, g, m, v, vmax, rate1, beta2, rate2, eps, weight_decay, step_size, correction, sign):
    for i in range(p.size):
        gradient = sign * g[i] + weight_decay * p[i]
        m[i] += rate1 * (gradient - m[i])
        v[i] = beta2 * v[i] + rate2 * gradient * gradient
        vmax[i] = max(vmax[i], v[i])
        p[i] -= step_size * (m[i] / (math.sqrt(vmax[i]) / correction + eps))
