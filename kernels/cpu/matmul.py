"""Matrix products (..., m, k) (..., k, n) -> (..., m, n): the definition is np.matmul, which calls BLAS.

Large ones are split among our threads. And float32 matrices whose sides are long are multiplied by our own loops
(product_jit.py) on cores with AVX-512: many BLAS leave those registers alone, so ours take 0.5 to 0.7 of the time.
"""

from functools import cache

import numpy as np

from kernels.cpu.threads import LONG, spread

SIDE = 48  # from so long sides on ours are no slower: 100 x 50 x 60 takes 13 us, 6 by BLAS, for edges cost whole tiles
MATRIX = 64**3  # and from so many multiplications in each matrix of a batch
OURS = 200**3  # and from so many in all: their first use compiles them for seconds, and saves less than 0.1 ms before
RATE = 50  # multiplications with additions in a nanosecond, by one core


@cache
def wide():
    """Do the cores have AVX-512?"""
    from kernels.cpu.vectors_jit import WIDE

    return WIDE


def is_ours(a, b, out):
    """Are these batches of matrices for product_jit.py?"""
    m, k, n = *a.shape[1:], b.shape[2]
    long = min(m, k, n) >= SIDE and m * k * n >= MATRIX and out.size * k >= OURS
    return long and a.dtype == np.float32 and wide()


def product(a, b):
    """a (batch, m, k), b (batch, k, n) -> (batch, m, n), by this thread alone."""
    out = np.empty((*a.shape[:-1], b.shape[-1]), a.dtype)
    if is_ours(a, b, out):
        from kernels.cpu.product_jit import products

        products(a, b, out)
        return out
    return np.matmul(a, b, out=out)


def in_one(x, batch):
    """(..., m, k) -> (batch, m, k)"""
    return np.broadcast_to(x, (*batch, *x.shape[-2:])).reshape(-1, *x.shape[-2:])


def work(a, b):
    """Nanoseconds, about, of the product by one thread."""
    matrices = max(a.size // (a.shape[-2] * a.shape[-1] or 1), b.size // (b.shape[-2] * b.shape[-1] or 1))
    return matrices * a.shape[-2] * a.shape[-1] * b.shape[-1] / RATE


def matmul(a, b, out=None):
    """a (..., m, k), b (..., k, n) -> (..., m, n), the batches broadcast; vectors as np.matmul takes them."""
    if a.size * b.size < LONG * RATE:  # more than the multiplications: so it is short
        return np.matmul(a, b, out=out)
    floats = a.dtype == b.dtype and a.dtype.kind == "f" and a.ndim > 1 < b.ndim and a.shape[-1] == b.shape[-2]
    if not floats or (out is not None and not out.flags.c_contiguous) or (nanoseconds := work(a, b)) < LONG:
        return np.matmul(a, b, out=out)
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if out is None:
        out = np.empty((*batch, a.shape[-2], b.shape[-1]), a.dtype)
    if b.ndim == 2:
        a, b, whole = a.reshape(1, -1, a.shape[-1]), b[None], out.reshape(1, -1, b.shape[-1])  # -> (1, ... m, k or n)
    else:
        a, b, whole = in_one(a, batch), in_one(b, batch), out.reshape(-1, *out.shape[-2:])  # -> (batch, m or k, k or n)
    if is_ours(a, b, whole):
        from kernels.cpu.product_jit import products as run
    else:
        run = np.matmul
    count, m, n = whole.shape
    if count > 1:
        spread(lambda i, j: run(a[i:j], b[i:j], whole[i:j]), count, nanoseconds)
    elif m >= n:
        spread(lambda i, j: run(a[:, i:j], b, whole[:, i:j]), m, nanoseconds)
    else:
        spread(lambda i, j: run(a, b[:, :, i:j], whole[:, :, i:j]), n, nanoseconds)
    return out
