"""The steps of optimizers, in place: what minitorch/optim computes with plain operations, in one pass over memory."""

import numpy as np


def run(compiled, arrays, *numbers):
    """Run a compiled loop over the arrays, which it changes, as flat ones; in the numbers' type it is all one dtype."""
    flat = [np.ascontiguousarray(a).reshape(-1) for a in arrays]
    compiled(*flat, *(n if isinstance(n, bool) else arrays[0].dtype.type(n) for n in numbers))
    for array, result in zip(arrays, flat, strict=True):
        if not array.flags.c_contiguous:
            array[...] = result.reshape(array.shape)


def sgd(p, g, buf, lr, momentum, dampening, weight_decay, nesterov, maximize, first=False):
    """g += weight_decay p; buf = momentum buf + (1 - dampening) g; p -= lr buf, or lr (g + momentum buf) for nesterov.

    buf None: no momentum. first: the first step, at which buf becomes g. maximize: with -g for g.
    """
    from kernels.cpu.optim_jit import sgd, sgd_momentum

    sign = -1 if maximize else 1
    if buf is None:
        run(sgd, (p, g), lr, weight_decay, sign)
    else:
        keep, take = (0, 1) if first else (momentum, 1 - dampening)
        run(sgd_momentum, (p, g, buf), lr, keep, take, momentum, weight_decay, nesterov, sign)


def adam(p, g, m, v, vmax, step, lr, beta1, beta2, eps, weight_decay, maximize):
    """m += (1 - beta1) (g - m); v = beta2 v + (1 - beta2) g^2; p -= lr / c1 m / (sqrt(v) / sqrt(c2) + eps).

    c = 1 - beta^step undoes that the averages began at 0; step counts from 1. vmax (None: without it) is AMSGrad's
    largest v so far, which then stands for v.
    """
    from kernels.cpu.optim_jit import adam, amsgrad

    numbers = (
        1 - beta1,
        beta2,
        1 - beta2,
        eps,
        weight_decay,
        lr / (1 - beta1**step),
        (1 - beta2**step) ** 0.5,
        -1 if maximize else 1,
    )
    if vmax is None:
        run(adam, (p, g, m, v), *numbers)
    else:
        run(amsgrad, (p, g, m, v, vmax), *numbers)
