"""Attention of float32 heads, compiled: a piece of work is some of the heads, without a line of Python in between.

Each block of queries goes with all keys that its last query sees. The scores of one block are all that is kept, and are
gone over while they are in the first cache. Causal: query i sees the keys 0 ... i.
"""

import numba
import numpy as np
from numba import types

from kernels.cpu.math_jit import compiled, exp, inline, log
from kernels.cpu.product_jit import multiply
from kernels.cpu.reduce_jit import sum_of
from kernels.cpu.softmax_jit import largest_of, product_of

BLOCK = 64  # queries

tensors = types.Array(types.float32, 4, "A", readonly=True)  # of any strides
results, rows = types.float32[:, :, :, :], types.float32[:, :, ::1]


@inline
def seen(i, first, keys, causal):
    """How many of the keys query i of a block sees, the first of which has the number `first`."""
    return min(first + i + 1, keys) if causal else keys


@compiled
def scaled(row, scale, visible):
    """row = scale row, and -inf for the keys from the number `visible` on."""
    for j in range(row.size):
        row[j] = row[j] * scale if j < visible else np.float32(-np.inf)


@compiled
def powers(row, scale, shift, visible):
    """row = e^(scale row - shift), and 0 for the keys from the number `visible` on. (That e^-inf is 0 a core finds by
    way of numbers below the normal ones, which takes it ten times as long.)"""
    for j in range(row.size):
        power = exp(row[j] * scale - shift if j < visible else np.float32(0))
        row[j] = power if j < visible else np.float32(0)


@compiled
def softmax_of_scores(p, logsum, scale, first, causal):
    """p (queries, keys) = softmax(scale p), row by row; logsum (queries) of e^(scale p). Each step goes over all rows:
    within one it would wait for the step before it."""
    keys = p.shape[1]
    largest, total = np.empty(len(p), np.float32), np.empty(len(p), np.float32)
    for i in range(len(p)):
        scaled(p[i], scale, seen(i, first, keys, causal))
        largest[i] = largest_of(p, i * keys, keys)
    for i in range(len(p)):
        powers(p[i], np.float32(1), largest[i], seen(i, first, keys, causal))
    for i in range(len(p)):
        total[i] = np.float32(sum_of(p[i]))
    for i in range(len(p)):
        logsum[i] = largest[i] + log(total[i])
    for i in range(len(p)):
        row, factor = p[i], 1 / total[i]
        for j in range(row.size):
            row[j] *= factor


@compiled
def softmax_again(p, logsum, scale, first, causal):
    """The same p, from the scores and what softmax_of_scores left in logsum: e^(scale p - logsum)."""
    for i in range(len(p)):
        powers(p[i], scale, logsum[i], seen(i, first, p.shape[1], causal))


@compiled
def scores_backward(g_p, p, g, y, scale):
    """g_p = scale p (g_p - mean), the gradient of the scores; the mean of g_p, weighted by p, is the sum of g y."""
    for i in range(len(p)):
        row, weights, mean = g_p[i], p[i], np.float32(product_of(g[i], y[i]))
        for j in range(row.size):
            row[j] = weights[j] * (row[j] - mean) * scale


def loop(*arguments):
    """A loop over some of the heads, compiled when this file is loaded."""
    signature = types.void(*arguments, types.float32, types.boolean, types.intp, types.intp)
    return numba.njit(signature, nogil=True, cache=True, error_model="numpy")


@loop(tensors, tensors, tensors, results, rows)
def attend(q, k, v, y, logsum, scale, causal, low, high):
    """y = softmax(scale q k') v, (B, H, L, E) (B, H, S, E) (B, H, S, F) -> (B, H, L, F), of heads low to high, counted
    over B and H; logsum (B, H, L)."""
    heads, queries, keys = q.shape[1], q.shape[2], k.shape[2]
    memory, none = np.empty(BLOCK * keys, np.float32), np.empty(0, np.float32)
    for head in range(low, high):
        b, h = head // heads, head % heads
        for start in range(0, queries, BLOCK):
            stop = min(start + BLOCK, queries)
            n = min(stop, keys) if causal else keys
            p = memory[: (stop - start) * n].reshape(stop - start, n)
            multiply(q[b, h, start:stop], k[b, h, :n].T, none, p, False)
            softmax_of_scores(p, logsum[b, h, start:stop], scale, start, causal)
            multiply(p, v[b, h, :n], none, y[b, h, start:stop], False)


@loop(tensors, tensors, tensors, tensors, tensors, rows, results, results, results)
def attend_backward(g, q, k, v, y, logsum, g_q, g_k, g_v, scale, causal, low, high):
    """The gradients. What the first block of queries makes of g_k and g_v, the others add to."""
    heads, queries, keys = q.shape[1], q.shape[2], k.shape[2]
    memory, none = np.empty((2, BLOCK * keys), np.float32), np.empty(0, np.float32)
    for head in range(low, high):
        b, h = head // heads, head % heads
        first = min(BLOCK, queries, keys) if causal else keys
        g_k[b, h, first:] = g_v[b, h, first:] = 0
        for start in range(0, queries, BLOCK):
            stop = min(start + BLOCK, queries)
            n, block = min(stop, keys) if causal else keys, slice(start, stop)
            p = memory[0, : (stop - start) * n].reshape(stop - start, n)
            g_p = memory[1, : (stop - start) * n].reshape(stop - start, n)
            multiply(q[b, h, block], k[b, h, :n].T, none, p, False)
            softmax_again(p, logsum[b, h, block], scale, start, causal)
            multiply(p.T, g[b, h, block], none, g_v[b, h, :n], start > 0)
            multiply(g[b, h, block], v[b, h, :n].T, none, g_p, False)
            scores_backward(g_p, p, g[b, h, block], y[b, h, block], scale)
            multiply(g_p, k[b, h, :n], none, g_q[b, h, block], False)
            multiply(g_p.T, q[b, h, block], none, g_k[b, h, :n], start > 0)
