"""Philox4x32-10: a block of four random words for each counter, and nothing to hand on from one to the next.

So every thread of a GPU makes its own numbers, and each is the same whatever the grid. The bits of the counter are
mixed in ten rounds, by multiplications whose high and low halves change places; the key says which stream it is.

J. Salmon, M. Moraes, R. Dror, D. Shaw: Parallel random numbers: as easy as 1, 2, 3. SC 2011.
https://doi.org/10.1145/2063384.2063405
"""

import numpy as np

# All numbers are uint64, so that a product of two words fits; a bare 32 would be an int64, and make float64 of both.
M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)  # the factors, and what is added to the key each round
W0, W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
WORD, BITS, NOTHING = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(0)


def philox(a, b, c, d, k, m):
    """Four words of 32 bits, from a counter of four and a key of two; each as a uint64."""
    for _ in range(10):
        p, q = M0 * a, M1 * c
        a, b, c, d = (q >> BITS) ^ b ^ k, q & WORD, (p >> BITS) ^ d ^ m, p & WORD
        k, m = (k + W0) & WORD, (m + W1) & WORD
    return a, b, c, d
