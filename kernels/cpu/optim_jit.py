"""The functions of kernels/steps.py as compiled loops over flat arrays, which they change. Numbers have their dtype.

One template for each number of arrays that an optimizer remembers.
"""

import functools
import types

import numba

from kernels import steps

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")
scalar = numba.njit(error_model="numpy")  # LLVM puts it into the loops; numba itself does not with *numbers

gradient = scalar(steps.gradient)


def rule(p, d, *more):
    """Stands in the templates for the function that `loop` puts in its place."""
    raise NotImplementedError


def remembering_nothing(p, g, sign, weight_decay, numbers):
    for i in range(p.size):
        d = gradient(p[i], g[i], sign, weight_decay)
        p[i] = rule(p[i], d, *numbers)


def remembering_one(p, g, a, sign, weight_decay, numbers):
    for i in range(p.size):
        d = gradient(p[i], g[i], sign, weight_decay)
        p[i], a[i] = rule(p[i], d, a[i], *numbers)


def remembering_two(p, g, a, b, sign, weight_decay, numbers):
    for i in range(p.size):
        d = gradient(p[i], g[i], sign, weight_decay)
        p[i], a[i], b[i] = rule(p[i], d, a[i], b[i], *numbers)


def remembering_three(p, g, a, b, c, sign, weight_decay, numbers):
    for i in range(p.size):
        d = gradient(p[i], g[i], sign, weight_decay)
        p[i], a[i], b[i], c[i] = rule(p[i], d, a[i], b[i], c[i], *numbers)


TEMPLATES = {2: remembering_nothing, 3: remembering_one, 4: remembering_two, 5: remembering_three}  # by arrays


@functools.cache
def loop(function, arrays):
    """The template for so many arrays, compiled for a function of kernels/steps.py. Numba keeps what it has compiled on
    disk by its name, and not where it closes over a function: so it is a copy with a name, and a global, of its own."""
    template = TEMPLATES[arrays]
    copy = types.FunctionType(template.__code__, {**globals(), "rule": scalar(function)}, function.__name__)
    copy.__qualname__ = function.__name__
    return compiled(copy)
