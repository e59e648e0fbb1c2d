"""One step of an optimizer, of one element, written once: Numba compiles it for the CPU and for CUDA.

Each takes the parameter p, what `gradient` made of its gradient g, what the optimizer remembers, and numbers; it gives
the parameter and what is remembered, after the step. All have one dtype. The rules in words, and what the numbers are,
stand in minitorch/optim.
"""

import math


def gradient(p, g, sign, weight_decay):
    """sign g + weight_decay p; without decay p has no part in it, be it infinite."""
    g = sign * g
    if weight_decay != 0:
        g += weight_decay * p
    return g


def sgd(p, g, lr):
    return p - lr * g


def sgd_momentum(p, g, b, lr, momentum, keep, take, nesterov):
    b = keep * b + take * g
    step = g + momentum * b if nesterov != 0 else b
    return p - lr * step, b


def muon_momentum(direction, g, b, momentum, fresh, nesterov):
    """The direction, of which the old one has no part, and the momentum."""
    b = momentum * b + fresh * g
    return momentum * b + fresh * g if nesterov != 0 else b, b


def muon(p, direction, shrink, lr):
    return shrink * p - lr * direction


def adafactor(g, scale, most):
    """The direction; scale: one by the root of the variance, most: the largest that it may be."""
    return g * (most if scale > most else scale)  # NaN stays


def asgd(p, g, average, shrink, eta, mu):
    p = shrink * p - eta * g
    average = average + mu * (p - average) if mu != 1 else p
    return p, average


def adagrad(p, g, s, lr, eps):
    s = s + g * g
    return p - lr * (g / (math.sqrt(s) + eps)), s


def rmsprop(p, g, v, lr, alpha, fresh, eps):
    v = alpha * v + fresh * g * g
    return p - lr * (g / (math.sqrt(v) + eps)), v


def rmsprop_momentum(p, g, v, b, lr, alpha, fresh, eps, momentum):
    v = alpha * v + fresh * g * g
    b = momentum * b + g / (math.sqrt(v) + eps)
    return p - lr * b, v, b


def rmsprop_centered(p, g, v, a, lr, alpha, fresh, eps):
    v = alpha * v + fresh * g * g
    a = a + fresh * (g - a)
    return p - lr * (g / (math.sqrt(v - a * a) + eps)), v, a


def rmsprop_centered_momentum(p, g, v, a, b, lr, alpha, fresh, eps, momentum):
    v = alpha * v + fresh * g * g
    a = a + fresh * (g - a)
    b = momentum * b + g / (math.sqrt(v - a * a) + eps)
    return p - lr * b, v, a, b


def adadelta(p, g, v, u, lr, rho, fresh, eps):
    v = rho * v + fresh * g * g
    d = math.sqrt(u + eps) / math.sqrt(v + eps) * g
    u = rho * u + fresh * d * d
    return p - lr * d, v, u


def adam(p, g, m, v, shrink, fresh1, beta2, fresh2, step_size, correction, eps):
    p = shrink * p
    m = m + fresh1 * (g - m)
    v = beta2 * v + fresh2 * g * g
    return p - step_size * (m / (math.sqrt(v) / correction + eps)), m, v


def amsgrad(p, g, m, v, largest, shrink, fresh1, beta2, fresh2, step_size, correction, eps):
    p = shrink * p
    m = m + fresh1 * (g - m)
    v = beta2 * v + fresh2 * g * g
    largest = largest if largest > v or largest != largest else v  # NaN stays
    return p - step_size * (m / (math.sqrt(largest) / correction + eps)), m, v, largest


def adamax(p, g, m, u, fresh1, beta2, step_size, eps):
    m = m + fresh1 * (g - m)
    u, size = beta2 * u, abs(g) + eps
    u = u if u > size or u != u else size  # NaN stays
    return p - step_size * (m / u), m, u


def nadam(p, g, m, v, shrink, fresh1, beta2, fresh2, m_step, g_step, correction, eps):
    p = shrink * p
    m = m + fresh1 * (g - m)
    v = beta2 * v + fresh2 * g * g
    root = math.sqrt(v / correction) + eps
    return p - g_step * (g / root) - m_step * (m / root), m, v


def radam(p, g, m, v, shrink, fresh1, beta2, fresh2, step_size, rectified, eps):
    """rectified 0: v is not to be trusted yet."""
    p = shrink * p
    m = m + fresh1 * (g - m)
    v = beta2 * v + fresh2 * g * g
    step = step_size * m
    if rectified != 0:
        step *= rectified / (math.sqrt(v) + eps)
    return p - step, m, v


def yogi(p, g, m, v, fresh1, fresh2, step_size, correction, eps):
    m = m + fresh1 * (g - m)
    square = g * g
    if v > square:
        v = v - fresh2 * square
    elif v < square:
        v = v + fresh2 * square
    return p - step_size * (m / (math.sqrt(v) / correction + eps)), m, v


def rprop(p, g, before, eta, eta_minus, eta_plus, least, most):
    if g * before > 0:
        eta *= eta_plus
    elif g * before < 0:
        eta *= eta_minus
        g = type(g)(0)
    eta = min(max(eta, least), most)
    if g > 0:
        p = p - eta
    elif g < 0:
        p = p + eta
    return p, g, eta
