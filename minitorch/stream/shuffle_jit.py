"""Shuffles of very many numbers, one exchange after the other, compiled by numba. Imported at first use."""

import numpy as np
from numba import njit


@njit(cache=True)
def shuffle(order, distances):
    """For i from 0: exchange order[i] and order[i + distances[i]]; in place."""
    for i in range(distances.size):
        j = i + np.int64(distances[i])
        order[i], order[j] = order[j], order[i]


@njit(cache=True)
def insert(order, start, draws):
    """For i from `start`: put order[j] at i and i at j, where j = draws mod (i + 1); in place."""
    for k in range(draws.size):
        i = start + k
        j = np.int64(draws[k] % np.uint64(i + 1))
        order[i] = order[j] if j < i else i
        order[j] = i


def shuffle_inside_out(n, draw, block):
    """A random order of 0 ... n-1, grown from the front: number i goes to a random place j <= i, what was there to i.

    https://en.wikipedia.org/wiki/Fisher-Yates_shuffle#The_%22inside-out%22_algorithm
    """
    order = np.empty(n, np.int64)
    for start in range(0, n, block):
        insert(order, start, draw(min(block, n - start)))
    return order
