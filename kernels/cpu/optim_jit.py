"""The functions of kernels/steps.py as compiled loops over the elements of parameters, which they change.

One template for each number of arrays that an optimizer remembers. Each goes over a table of steps: `places` says which
elements of all, counted through, are a step's (first, end), `addresses` where its arrays are, `settings` its numbers.
"""

import functools
import types

import numba
from numba.core.types import CPointer
from numba.extending import intrinsic
from numba.np.unsafe.ndarray import to_fixed_tuple

from kernels import steps

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")
scalar = numba.njit(error_model="numpy")  # LLVM puts it into the loops; numba itself does not with *numbers

gradient = scalar(steps.gradient)


@numba.njit(cache=True)
def address(x):
    """Where the first element of an array is: NumPy takes seven times as long to say it."""
    return x.ctypes.data


@intrinsic
def pointer(typing, address, like):
    """An address, as one of numbers like those of an array."""
    kind = CPointer(like.dtype)

    def emit(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(kind))

    return kind(address, like), emit


@scalar
def part(i, k, start, stop, places, addresses, settings):
    """Of array i of step k the elements that lie between start and stop, if any do."""
    first, end = places[k]
    from_here = min(max(start - first, 0), end - first)
    size = max(min(stop, end) - first - from_here, 0)
    return numba.carray(pointer(addresses[k, i] + from_here * settings.itemsize, settings), size)


NUMBERS = 0  # of a step; `loop` puts the rule's here, and the rule itself for the one below


def rule(p, d, *more):
    """Stands in the templates for a function of kernels/steps.py."""
    raise NotImplementedError


def remembering_nothing(*table):
    for k in range(len(table[2])):
        p, g = part(0, k, *table), part(1, k, *table)
        numbers = to_fixed_tuple(table[-1][k], NUMBERS)
        for i in range(p.size):
            d = gradient(p[i], g[i], *numbers[:2])
            p[i] = rule(p[i], d, *numbers[2:])


def remembering_one(*table):
    for k in range(len(table[2])):
        p, g, a = part(0, k, *table), part(1, k, *table), part(2, k, *table)
        numbers = to_fixed_tuple(table[-1][k], NUMBERS)
        for i in range(p.size):
            d = gradient(p[i], g[i], *numbers[:2])
            p[i], a[i] = rule(p[i], d, a[i], *numbers[2:])


def remembering_two(*table):
    for k in range(len(table[2])):
        p, g, a, b = part(0, k, *table), part(1, k, *table), part(2, k, *table), part(3, k, *table)
        numbers = to_fixed_tuple(table[-1][k], NUMBERS)
        for i in range(p.size):
            d = gradient(p[i], g[i], *numbers[:2])
            p[i], a[i], b[i] = rule(p[i], d, a[i], b[i], *numbers[2:])


def remembering_three(*table):
    for k in range(len(table[2])):
        p, g, a, b, c = (
            part(0, k, *table),
            part(1, k, *table),
            part(2, k, *table),
            part(3, k, *table),
            part(4, k, *table),
        )
        numbers = to_fixed_tuple(table[-1][k], NUMBERS)
        for i in range(p.size):
            d = gradient(p[i], g[i], *numbers[:2])
            p[i], a[i], b[i], c[i] = rule(p[i], d, a[i], b[i], c[i], *numbers[2:])


TEMPLATES = {2: remembering_nothing, 3: remembering_one, 4: remembering_two, 5: remembering_three}  # by arrays


@functools.cache
def loop(function, arrays):
    """The template for so many arrays, compiled for a function of kernels/steps.py. Numba keeps what it has compiled on
    disk by its name, and not where it closes over a function: so it is a copy with a name, and globals, of its own."""
    template, numbers = TEMPLATES[arrays], function.__code__.co_argcount - arrays + 2  # sign and weight_decay, too
    own = {**globals(), "rule": scalar(function), "NUMBERS": numbers}
    copy = types.FunctionType(template.__code__, own, function.__name__)
    copy.__qualname__ = function.__name__
    return compiled(copy)
