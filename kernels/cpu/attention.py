"""Attention of all heads, block by block of queries: the scores of a block never leave the caches, and are never kept.

Backward computes them once more, from the logarithm of each row's sum (Dao et al., FlashAttention, arXiv 2205.14135):
a product more costs less than the memory for all scores, whose pages the system has to find and to clear. A block goes
with the keys that its last query sees: of causal attention half is not done. Heads have nothing to do with each other,
and are shared among the cores: float32 by compiled loops (attention_jit.py), float64 by the NumPy that stands here.

The result lies in memory as the queries do, the gradients of (B, H, L, E) as (B, L, H, E), as torch's: so most networks
come from them, and go on to them, without a copy.
"""

import math

import numpy as np

from kernels.cpu.threads import spread

BLOCK = 64  # queries
RATE = 40  # multiplications with additions in a nanosecond, by one core, all that is around them included


def heads_of(x, batch):
    """(..., n, E) -> (B, H, n, E), where batch are the leading dims that x broadcasts to, the last one H."""
    if x.shape[:-2] != batch:
        x = np.broadcast_to(x, (*batch, *x.shape[-2:]))
    return x if len(batch) == 2 else x.reshape(math.prod(batch[:-1]), math.prod(batch[-1:]), *x.shape[-2:])


def room_for(batch, n, width, dtype):
    """(*batch, n, width): memory for a gradient."""
    if len(batch) != 2:
        return np.empty((*batch, n, width), dtype)
    return np.empty((batch[0], n, batch[1], width), dtype).swapaxes(1, 2)


def by_heads(run, q, k, v):
    """run(low, high) for all heads, counted over (B, H)."""
    count = q.shape[0] * q.shape[1]
    spread(run, count, count * q.shape[2] * k.shape[2] * (q.shape[3] + v.shape[3]) / RATE)


def blocks(queries, keys, causal):
    """(queries, keys that these see), each a slice."""
    for start in range(0, queries, BLOCK):
        yield slice(start, start + BLOCK), slice(min(start + BLOCK, keys) if causal else keys)


def hide(scores, first):
    """-inf for keys later than their query, the first of which has the number `first`."""
    later = ~np.tri(*scores.shape[-2:], k=first, dtype=bool)[:, first:]
    np.copyto(scores[..., first:], -np.inf, where=later)


def scores_of(q, k, scale, first, causal):
    """scale Q K', -inf where a query does not see a key."""
    scores = q @ k.swapaxes(-1, -2)
    scores *= scale
    if causal:
        hide(scores, first)
    return scores


def attend(q, k, v, y, logsum, scale, causal, low, high):
    """attention_jit.attend in NumPy."""
    for head in range(low, high):
        at = divmod(head, q.shape[1])
        for i, j in blocks(q.shape[2], k.shape[2], causal):
            p = scores_of(q[at][i], k[at][j], scale, i.start, causal)
            largest = p.max(-1, keepdims=True)
            p -= largest
            np.exp(p, out=p)
            total = p.sum(-1, keepdims=True)
            p /= total
            logsum[at][i] = (largest + np.log(total))[:, 0]
            y[at][i] = p @ v[at][j]


def attend_backward(g, q, k, v, y, logsum, g_q, g_k, g_v, scale, causal, low, high):
    """attention_jit.attend_backward in NumPy.

    Of the scores it is P * (g V' - d), where d, the sum of P * g V' along a row, is that of y * g: the shorter one.
    """
    for head in range(low, high):
        at = divmod(head, q.shape[1])
        g_k[at] = g_v[at] = 0
        mean = (y[at] * g[at]).sum(-1, keepdims=True)
        for i, j in blocks(q.shape[2], k.shape[2], causal):
            p = scores_of(q[at][i], k[at][j], scale, i.start, causal)
            p -= logsum[at][i, None]
            np.exp(p, out=p)
            g_v[at][j] += p.T @ g[at][i]
            g_scores = scale * p * (g[at][i] @ v[at][j].T - mean[i])
            g_q[at][i] = g_scores @ k[at][j]
            g_k[at][j] += g_scores.T @ q[at][i]


def attention(query, key, value, scale, causal):
    """softmax(scale Q K') V, and the logarithms of the rows' sums; causal: query i sees keys 0 ... i."""
    run = attend
    if query.dtype == np.float32:
        from kernels.cpu.attention_jit import attend as run
    batch = query.shape[:-2]
    if not batch == key.shape[:-2] == value.shape[:-2]:
        batch = np.broadcast_shapes(batch, key.shape[:-2], value.shape[:-2])
    shape, order = (*batch, query.shape[-2], value.shape[-1]), "K" if len(batch) < 3 else "C"  # that of the queries
    y = np.empty_like(query, shape=shape, order=order)
    if y.strides[-1] != y.itemsize:  # the loops write whole vectors of neighbours
        y = np.empty(shape, query.dtype)
    q, k, v, out = (heads_of(x, batch) for x in (query, key, value, y))
    logsum = np.zeros(q.shape[:3], q.dtype)
    if k.shape[2]:
        by_heads(lambda low, high: run(q, k, v, out, logsum, scale, causal, low, high), q, k, v)
    else:
        y[...] = 0
    return y, logsum


def attention_backward(g, query, key, value, y, logsum, scale, causal):
    """Gradients of query, key and value, in the batch dims of y."""
    run = attend_backward
    if query.dtype == np.float32:
        from kernels.cpu.attention_jit import attend_backward as run
    if g.strides[-1] != g.itemsize:  # the loops read whole vectors of neighbours
        g = np.ascontiguousarray(g)
    batch = y.shape[:-2]
    gradients = [room_for(batch, *x.shape[-2:], x.dtype) for x in (query, key, value)]
    inputs = [heads_of(x, batch) for x in (g, query, key, value, y)]
    outputs = [heads_of(x, batch) for x in gradients]
    if y.size and key.shape[-2]:
        by_heads(lambda low, high: run(*inputs, logsum, *outputs, scale, causal, low, high), *inputs[1:4])
    else:
        for x in gradients:
            x[...] = 0
    return tuple(gradients)
