"""Matrix products (..., m, k) (..., k, n) -> (..., m, n): the definition is np.matmul, which calls BLAS.

Large ones are split among our threads. And on cores with AVX-512 float32 matrices are multiplied by our own loops
(product_jit.py): many BLAS leave those registers alone, so ours take half the time, of 48 x 48 x 48 as of 1000.
"""

from functools import cache

import numpy as np

from kernels.cpu.threads import spread

MANY = 100**3  # multiplications; of fewer, BLAS takes 20 us, and no loops of ours need to be loaded
SIDE = 9  # rows and columns from which on ours are faster: of fewer, most of a tile is empty
MATRIX = 32**3  # and multiplications of each matrix in a batch: 512 of 16^3 take 0.10 ms, 0.08 by BLAS
TILE = 8, 16  # rows and columns: where pieces of one product are cut
OURS, BLAS = 100, 50  # multiplications in a nanosecond, by one core
VECTOR, OUTER = 10, 20  # the same of a matrix and a vector; of two vectors, column times row


@cache
def wide():
    """Do the cores have AVX-512?"""
    from kernels.cpu.vectors_jit import WIDE

    return WIDE


def by_blas(a, b, bias, out):
    """out = a b + bias"""
    np.matmul(a, b, out=out)
    if bias.size:
        out += bias


def by_columns_times_rows(a, b, bias, out):
    """The same for matrices of one column and one row, which np.matmul multiplies ten times as slowly.

    1024 of 6 x 100: NumPy takes 150 us, the compiled loop 28.
    """
    if a.dtype == np.float32:
        from kernels.cpu.product_jit import columns_times_rows

        columns_times_rows(a[:, :, 0], np.ascontiguousarray(b[:, 0]), bias, out)
        return
    np.multiply(a, b, out=out)
    if bias.size:
        out += bias


def way(a, b):
    """(function(a, b, bias, out), its multiplications in a nanosecond) for batches of matrices; it works alone."""
    m, k, n = *a.shape[1:], b.shape[2]
    if k == 1:
        return by_columns_times_rows, OUTER
    if a.dtype == np.float32 and min(m, n) >= SIDE and m * k * n >= MATRIX and len(a) * m * k * n >= MANY and wide():
        from kernels.cpu.product_jit import products

        return products, OURS
    return by_blas, VECTOR if 1 in (m, n) else BLAS


def in_pieces(a, b, bias, out):
    """out (batch, m, n) = a (batch, m, k) b (batch, k, n) + bias (n) or no elements, by all threads."""
    (run, rate), (count, m, n), (height, width) = way(a, b), out.shape, TILE
    nanoseconds = out.size * a.shape[-1] / rate
    if count > 1:
        spread(lambda i, j: run(a[i:j], b[i:j], bias, out[i:j]), count, nanoseconds)
    elif out.size * a.shape[-1] < MANY:  # BLAS takes another way for small ones, and its bits are others
        run(a, b, bias, out)
    elif m >= n or a.shape[-1] == 1:
        rows = lambda i, j: slice(i * height, j * height)
        spread(lambda i, j: run(a[:, rows(i, j)], b, bias, out[:, rows(i, j)]), -(-m // height), nanoseconds)
    else:
        columns = lambda i, j: (..., slice(i * width, j * width))
        spread(
            lambda i, j: run(a, b[columns(i, j)], bias[columns(i, j)], out[columns(i, j)]), -(-n // width), nanoseconds
        )


def in_one(x, batch):
    """(..., m, k) -> (batch, m, k)"""
    return np.broadcast_to(x, (*batch, *x.shape[-2:])).reshape(-1, *x.shape[-2:])


def are_floats(a, b):
    """Are they matrices of one floating dtype that can be multiplied?"""
    return a.dtype == b.dtype and a.dtype.kind == "f" and a.ndim > 1 < b.ndim and a.shape[-1] == b.shape[-2]


def matmul(a, b, out=None):
    """a (..., m, k), b (..., k, n) -> (..., m, n), the batches broadcast; vectors as np.matmul takes them."""
    if a.size * b.size < MANY:  # more than the multiplications: so they are few
        return np.matmul(a, b, out=out)
    if not are_floats(a, b) or (out is not None and not out.flags.c_contiguous):
        return np.matmul(a, b, out=out)
    batch = a.shape[:-2] if b.ndim == 2 else np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if out is None:
        out = np.empty((*batch, a.shape[-2], b.shape[-1]), a.dtype)
    if b.ndim == 2:
        a, b, whole = a.reshape(1, -1, a.shape[-1]), b[None], out.reshape(1, -1, b.shape[-1])  # -> (1, ... m, k or n)
    else:
        a, b, whole = in_one(a, batch), in_one(b, batch), out.reshape(-1, *out.shape[-2:])  # -> (batch, m or k, k or n)
    in_pieces(a, b, np.empty(0, a.dtype), whole)
    return out


def affine(x, weight, bias):
    """x W^T + b: (rows, in) (out, in) (out) -> (rows, out), of which each part is in a cache when b is added."""
    if x.size * weight.size < MANY or not are_floats(x, weight.T) or bias.shape != weight.shape[:1]:
        return np.add(np.matmul(x, weight.T), bias)
    out = np.empty((len(x), len(weight)), x.dtype)
    in_pieces(x[None], weight.T[None], np.ascontiguousarray(bias), out[None])
    return out
