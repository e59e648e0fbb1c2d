"""`fma(x, y, z)`: x * y + z rounded once, as the processor's fused multiply-add does it and NumPy does not.

The exact value of x * y + z is a sum of floating-point numbers: a product of two numbers of p bits has at most 2p bits,
so it is one float64 if p = 24 (float32), and two of them if p = 53 (float64). What is left is to add such numbers with
one rounding at the end. Two tricks do that:

    two_sum(a, b)      s = a + b as rounded, and e, the error of that rounding: s + e is a + b exactly (Knuth)
    add_to_odd(a, b)   a + b rounded to odd: if it is no float64, take of its two neighbours the one whose last bit is 1

A sum rounded to odd can be rounded once more, to a precision two bits smaller or added to something larger, and the
result is as if only the second rounding had happened: the odd last bit remembers on which side of every midpoint the
exact sum was. S. Boldo, G. Melquiond: Emulation of FMA and correctly rounded sums: proved algorithms using rounding to
odd. IEEE Transactions on Computers 57(4), 2008.
"""

import numpy as np

SPLITTER = 2.0**27 + 1  # cuts the 53 bits of a float64 in two


def two_sum(a, b):
    """(s, e): s = a + b as rounded, e what the rounding lost."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def split(a):
    """(high, low) of 26 bits each, high + low = a: products of such halves are exact. (Veltkamp)"""
    c = SPLITTER * a
    high = c - (c - a)
    return high, a - high


def two_product(a, b):
    """(p, e): p = a * b as rounded, e what the rounding lost. (Dekker)"""
    p = a * b
    a_high, a_low = split(a)
    b_high, b_low = split(b)
    return p, ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


def add_to_odd(a, b):
    """a + b rounded to odd, of float64 arrays."""
    s, e = two_sum(a, b)
    bits = s.view(np.int64)
    inexact = (e < 0) | (e > 0)
    outwards = np.where((e > 0) == (s > 0), 1, -1)  # +1 on the bits is the next number away from zero
    bits += np.where(inexact & (bits & 1 == 0), outwards, 0)
    return s


def fma(x, y, z):
    """x * y + z, rounded once, for an array x, a number y and a number or array z; in x's dtype, float32 or float64.

    In float64 exact unless the result is subnormal, or y and z lie more than 2 ** 1000 apart.
    """
    dtype = x.dtype
    y, z = dtype.type(y), np.asarray(z, dtype)
    if y == 1 or not z.any():  # only one of the two operations rounds
        return x * y + z
    if dtype == np.float32:
        return add_to_odd(x.astype(np.float64) * np.float64(y), z.astype(np.float64)).astype(np.float32)
    exponent = np.frexp(max(abs(y), np.abs(z).max(initial=0)))[1]
    y, z = np.ldexp(y, -exponent), np.ldexp(z, -exponent)  # far from overflow
    p, e = two_product(x, y)
    small, smaller = two_sum(z, e)
    large, rest = two_sum(p, small)
    return np.ldexp(large + add_to_odd(rest, smaller), exponent)
