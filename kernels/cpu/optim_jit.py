"""The functions of kernels/steps.py as compiled loops over flat arrays, which they change. Numbers have their dtype."""

import numba

from kernels import steps

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")
scalar = numba.njit(error_model="numpy")  # LLVM puts it into the loops; numba itself does not with *numbers

_gradient = scalar(steps.gradient)
_sgd = scalar(steps.sgd)
_sgd_momentum = scalar(steps.sgd_momentum)
_asgd = scalar(steps.asgd)
_adagrad = scalar(steps.adagrad)
_rmsprop = scalar(steps.rmsprop)
_rmsprop_momentum = scalar(steps.rmsprop_momentum)
_rmsprop_centered = scalar(steps.rmsprop_centered)
_rmsprop_centered_momentum = scalar(steps.rmsprop_centered_momentum)
_adadelta = scalar(steps.adadelta)
_adam = scalar(steps.adam)
_amsgrad = scalar(steps.amsgrad)
_adamax = scalar(steps.adamax)
_nadam = scalar(steps.nadam)
_radam = scalar(steps.radam)
_yogi = scalar(steps.yogi)
_rprop = scalar(steps.rprop)


@compiled
def sgd(p, g, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i] = _sgd(p[i], d, *numbers)


@compiled
def sgd_momentum(p, g, b, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], b[i] = _sgd_momentum(p[i], d, b[i], *numbers)


@compiled
def asgd(p, g, average, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], average[i] = _asgd(p[i], d, average[i], *numbers)


@compiled
def adagrad(p, g, s, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], s[i] = _adagrad(p[i], d, s[i], *numbers)


@compiled
def rmsprop(p, g, v, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], v[i] = _rmsprop(p[i], d, v[i], *numbers)


@compiled
def rmsprop_momentum(p, g, v, b, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], v[i], b[i] = _rmsprop_momentum(p[i], d, v[i], b[i], *numbers)


@compiled
def rmsprop_centered(p, g, v, a, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], v[i], a[i] = _rmsprop_centered(p[i], d, v[i], a[i], *numbers)


@compiled
def rmsprop_centered_momentum(p, g, v, a, b, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], v[i], a[i], b[i] = _rmsprop_centered_momentum(p[i], d, v[i], a[i], b[i], *numbers)


@compiled
def adadelta(p, g, v, u, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], v[i], u[i] = _adadelta(p[i], d, v[i], u[i], *numbers)


@compiled
def adam(p, g, m, v, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], m[i], v[i] = _adam(p[i], d, m[i], v[i], *numbers)


@compiled
def amsgrad(p, g, m, v, largest, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], m[i], v[i], largest[i] = _amsgrad(p[i], d, m[i], v[i], largest[i], *numbers)


@compiled
def adamax(p, g, m, u, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], m[i], u[i] = _adamax(p[i], d, m[i], u[i], *numbers)


@compiled
def nadam(p, g, m, v, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], m[i], v[i] = _nadam(p[i], d, m[i], v[i], *numbers)


@compiled
def radam(p, g, m, v, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], m[i], v[i] = _radam(p[i], d, m[i], v[i], *numbers)


@compiled
def yogi(p, g, m, v, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], m[i], v[i] = _yogi(p[i], d, m[i], v[i], *numbers)


@compiled
def rprop(p, g, before, eta, sign, weight_decay, numbers):
    for i in range(p.size):
        d = _gradient(p[i], g[i], sign, weight_decay)
        p[i], before[i], eta[i] = _rprop(p[i], d, before[i], eta[i], *numbers)
