"""softmax and its logarithm along one dim. The largest element is subtracted first, so that nothing overflows."""

import numpy as np

from kernels.cpu.elementwise import exp, log
from kernels.cpu.reduce import sum


def centered(x, dim):
    """x minus its largest element along dim."""
    return x - np.max(x, axis=dim, keepdims=True) if x.size else x.copy()


def softmax(x, dim):
    """e^x / sum of e^x."""
    e = exp(centered(x, dim))
    return e / sum(e, (dim,), True)


def log_softmax(x, dim):
    """x - log(sum of e^x)."""
    z = centered(x, dim)
    return z - log(sum(exp(z), (dim,), True))
