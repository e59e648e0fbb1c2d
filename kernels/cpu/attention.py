"""Attention of all heads, a few at a time: their scores never leave the second cache, and are never kept.

Backward computes them once more, from the logarithm of each row's sum (Dao et al., FlashAttention, arXiv 2205.14135):
a product more costs less than the memory for all scores, whose pages the system has to find and to clear. Causal
attention goes block by block of queries, each only with the keys that its last query sees: half is not done. Heads have
nothing to do with each other, and are shared among the cores.
"""

import math

import numpy as np

from kernels.cpu.matmul import product
from kernels.cpu.threads import spread

BLOCK = 64  # queries of causal attention
TOGETHER = 1 << 17  # scores: 512 KiB, half of the second cache
RATE = 40  # multiplications with additions in a nanosecond, by one core, all that is around them included


def heads_of(x, batch):
    """(..., n, E) -> (heads, n, E), where batch are the leading dims that x broadcasts to."""
    return np.broadcast_to(x, (*batch, *x.shape[-2:])).reshape(math.prod(batch), *x.shape[-2:])


def blocks(queries, keys, causal):
    """(queries, keys that these see), each a slice, of all that is worked on at once."""
    step = BLOCK if causal else max(queries, 1)
    for start in range(0, queries, step):
        yield slice(start, start + step), slice(min(start + step, keys) if causal else keys)


def by_heads(run, q, k, v, causal):
    """run(heads), a slice, for all heads, as many together as have TOGETHER scores in a block."""
    heads, queries, keys = q.shape[0], q.shape[1], k.shape[1]
    together = max(TOGETHER // max((min(BLOCK, queries) if causal else queries) * keys, 1), 1)

    def some(first, last):
        for head in range(first, last, together):
            run(slice(head, min(head + together, last)))

    spread(some, heads, q.shape[0] * queries * keys * (q.shape[2] + v.shape[2]) / RATE)


def hide(scores, first):
    """-inf for keys later than their query, the first of which has the number `first`."""
    later = ~np.tri(*scores.shape[-2:], k=first, dtype=bool)[:, first:]
    np.copyto(scores[..., first:], -np.inf, where=later)


def softmax_of_scores(p, logsum, scale, first, causal):
    """p = softmax(scale p), and logsum, the logarithm of each row's sum; causal: query i sees keys 0 ... first + i."""
    if p.dtype == np.float32:
        from kernels.cpu.attention_jit import softmax_of_scores

        softmax_of_scores(p, logsum, np.float32(scale), first, causal)
        return
    p *= scale
    if causal:
        hide(p, first)
    largest = p.max(-1, keepdims=True)
    p -= largest
    np.exp(p, out=p)
    total = p.sum(-1, keepdims=True)
    p /= total
    logsum[...] = largest + np.log(total)


def softmax_again(p, logsum, scale, first, causal):
    """The same p, from the scores and logsum."""
    if p.dtype == np.float32:
        from kernels.cpu.attention_jit import softmax_again

        softmax_again(p, logsum, np.float32(scale), first, causal)
        return
    p *= scale
    if causal:
        hide(p, first)
    p -= logsum
    np.exp(p, out=p)


def scores_backward(g, p, mean, scale):
    """g = scale p (g - mean): the gradient of the scores."""
    if p.dtype == np.float32:
        from kernels.cpu.attention_jit import scores_backward

        scores_backward(g, p, mean, np.float32(scale))
        return
    g -= mean
    g *= p
    g *= scale


def attention(query, key, value, scale, causal):
    """softmax(scale Q K') V, and the logarithms of the rows' sums; causal: query i sees keys 0 ... i."""
    batch = np.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    q, k, v = (heads_of(x, batch) for x in (query, key, value))
    y, logsum = np.zeros((*q.shape[:2], v.shape[-1]), q.dtype), np.zeros((*q.shape[:2], 1), q.dtype)

    def run(h):
        for i, j in blocks(q.shape[1], k.shape[1], causal):
            p = product(q[h, i], k[h, j].swapaxes(-1, -2))
            softmax_of_scores(p, logsum[h, i], scale, i.start, causal)
            y[h, i] = product(p, v[h, j])

    if k.shape[1]:
        by_heads(run, q, k, v, causal)
    return y.reshape(*batch, *y.shape[1:]), logsum  # (heads, L, F) -> (..., L, F)


def attention_backward(g, query, key, value, y, logsum, scale, causal):
    """Gradients of query, key and value, in the batch dims of y.

    Of the scores it is P * (g V' - d), where d, the sum of P * g V' along a row, is that of y * g: the shorter one.
    """
    batch = y.shape[:-2]
    g, q, k, v, y = (heads_of(x, batch) for x in (g, query, key, value, y))
    g_q, g_k, g_v = (np.zeros(x.shape, x.dtype) for x in (q, k, v))

    def run(h):
        mean = (y[h] * g[h]).sum(-1, keepdims=True)
        for i, j in blocks(q.shape[1], k.shape[1], causal):
            p = product(q[h, i], k[h, j].swapaxes(-1, -2))
            softmax_again(p, logsum[h, i], scale, i.start, causal)
            g_v[h, j] += product(p.swapaxes(-1, -2), g[h, i])
            g_scores = product(g[h, i], v[h, j].swapaxes(-1, -2))
            scores_backward(g_scores, p, mean[:, i], scale)
            g_q[h, i] = product(g_scores, k[h, j])
            g_k[h, j] += product(g_scores.swapaxes(-1, -2), q[h, i])

    by_heads(run, q, k, v, causal)
    return tuple(x.reshape(*batch, *x.shape[1:]) for x in (g_q, g_k, g_v))
