"""Matrix products (..., m, k) (..., k, n) -> (..., m, n): the definition is np.matmul, which calls BLAS.

float32 products of a fair size are our own (product_jit.py) on a core with AVX-512. Many BLAS leave those registers
alone, so ours take 0.5 to 0.7 of the time; BLAS's threads go on waiting for work after each product, in circles, at
the cost of what runs next; and ours give the same bits whatever the number of threads.
"""

from functools import cache

import numpy as np

from kernels.cpu.threads import spread

LARGE = 200**3  # multiplications in all from which on ours are ready sooner, or two threads are worth their start
MATRIX = 64**3  # and in each matrix of a batch: of 4 x 100 x 50 x 60 ours take 54 us, 24 by BLAS
SIDE = 48  # and at least so long have the sides to be, for edges take the time of whole tiles
RATE = 100  # multiplications with additions in a nanosecond, by one core


@cache
def wide():
    """Do the cores have AVX-512?"""
    from kernels.cpu.vectors_jit import WIDE

    return WIDE


def is_ours(a, b):
    """Is it for product_jit.py?"""
    if not (a.dtype == b.dtype == np.float32 and a.ndim > 1 < b.ndim and a.shape[-1] == b.shape[-2]):
        return False
    m, k, n = *a.shape[-2:], b.shape[-1]
    matrix = m * k * n
    if min(m, k, n) < SIDE or matrix < MATRIX:
        return False
    count = max(a.size // (m * k), b.size // (k * n))  # matrices, at least
    return matrix * count >= LARGE and wide()


def in_one(x, batch):
    """(..., m, k) -> (batch, m, k)"""
    return np.broadcast_to(x, (*batch, *x.shape[-2:])).reshape(-1, *x.shape[-2:])


def matmul(a, b, out=None):
    """a (..., m, k), b (..., k, n) -> (..., m, n), the batches broadcast; vectors as np.matmul takes them."""
    if not is_ours(a, b) or (out is not None and not out.flags.c_contiguous):
        return np.matmul(a, b, out=out)
    from kernels.cpu.product_jit import products

    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if out is None:
        out = np.empty((*batch, a.shape[-2], b.shape[-1]), np.float32)
    if b.ndim == 2:
        a, b, whole = a.reshape(1, -1, a.shape[-1]), b[None], out.reshape(1, -1, b.shape[-1])  # -> (1, ... m, k or n)
    else:
        a, b, whole = in_one(a, batch), in_one(b, batch), out.reshape(-1, *out.shape[-2:])  # -> (batch, m or k, k or n)
    count, m, n = whole.shape
    time = whole.size * a.shape[-1] / RATE
    if count > 1:
        spread(lambda i, j: products(a[i:j], b[i:j], whole[i:j]), count, time)
    elif m >= n:
        spread(lambda i, j: products(a[:, i:j], b, whole[:, i:j]), m, time)
    else:
        spread(lambda i, j: products(a, b[:, :, i:j], whole[:, :, i:j]), n, time)
    return out
