"""The steps of optimizers, in place: what minitorch/optim computes with plain operations, in one pass over memory.

Each changes p and what the optimizer remembers, element by element, as kernels/steps.py says under the same name. The
gradient in it is sign g + weight_decay p.
"""

import numpy as np

from kernels.cpu.threads import spread

NANOSECONDS = 0.025  # for a byte of the arrays, on one thread: all is memory traffic


def run(compiled, arrays, sign, weight_decay, numbers):
    """Run a compiled loop over the arrays as flat ones, with numbers in their dtype."""
    number = arrays[0].dtype.type
    flat = [np.ascontiguousarray(a).reshape(-1) for a in arrays]
    settings = number(sign), number(weight_decay), tuple(map(number, numbers))
    nanoseconds = NANOSECONDS * flat[0].nbytes * len(flat)
    spread(lambda start, stop: compiled(*[a[start:stop] for a in flat], *settings), flat[0].size, nanoseconds)
    for array, result in zip(arrays, flat, strict=True):
        if not array.flags.c_contiguous:
            array[...] = result.reshape(array.shape)


def sgd(p, g, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import sgd

    run(sgd, (p, g), sign, weight_decay, numbers)


def sgd_momentum(p, g, b, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import sgd_momentum

    run(sgd_momentum, (p, g, b), sign, weight_decay, numbers)


def asgd(p, g, average, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import asgd

    run(asgd, (p, g, average), sign, weight_decay, numbers)


def adagrad(p, g, s, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import adagrad

    run(adagrad, (p, g, s), sign, weight_decay, numbers)


def rmsprop(p, g, v, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import rmsprop

    run(rmsprop, (p, g, v), sign, weight_decay, numbers)


def rmsprop_momentum(p, g, v, b, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import rmsprop_momentum

    run(rmsprop_momentum, (p, g, v, b), sign, weight_decay, numbers)


def rmsprop_centered(p, g, v, a, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import rmsprop_centered

    run(rmsprop_centered, (p, g, v, a), sign, weight_decay, numbers)


def rmsprop_centered_momentum(p, g, v, a, b, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import rmsprop_centered_momentum

    run(rmsprop_centered_momentum, (p, g, v, a, b), sign, weight_decay, numbers)


def adadelta(p, g, v, u, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import adadelta

    run(adadelta, (p, g, v, u), sign, weight_decay, numbers)


def adam(p, g, m, v, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import adam

    run(adam, (p, g, m, v), sign, weight_decay, numbers)


def amsgrad(p, g, m, v, largest, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import amsgrad

    run(amsgrad, (p, g, m, v, largest), sign, weight_decay, numbers)


def adamax(p, g, m, u, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import adamax

    run(adamax, (p, g, m, u), sign, weight_decay, numbers)


def nadam(p, g, m, v, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import nadam

    run(nadam, (p, g, m, v), sign, weight_decay, numbers)


def radam(p, g, m, v, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import radam

    run(radam, (p, g, m, v), sign, weight_decay, numbers)


def yogi(p, g, m, v, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import yogi

    run(yogi, (p, g, m, v), sign, weight_decay, numbers)


def rprop(p, g, before, eta, sign, weight_decay, *numbers):
    from kernels.cpu.optim_jit import rprop

    run(rprop, (p, g, before, eta), sign, weight_decay, numbers)
