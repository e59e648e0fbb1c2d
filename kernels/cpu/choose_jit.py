"""The loops of where, compiled: no branches, so that they become choices of vectors."""

import numba

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def choose(condition, a, b, out):
    for i in range(out.size):
        x, y = a[i], b[i]
        out[i] = x if condition[i] else y


@compiled
def fill(number, here, condition, x, out):
    """The number where the condition is `here`, x elsewhere."""
    for i in range(out.size):
        y = x[i]
        out[i] = number if condition[i] == here else y
