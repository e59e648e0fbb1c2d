"""Attention of all heads, as kernels/cpu/attention.py, by products, a softmax and passes over all scores."""

import math

import numpy as np

from kernels.cuda.array import from_numpy, full
from kernels.cuda.elementwise import mul, sub, where
from kernels.cuda.matmul import matmul
from kernels.cuda.reduce import sum
from kernels.cuda.shape import permute
from kernels.cuda.softmax import softmax


def transposed(x):
    """(..., n, m) -> (..., m, n)."""
    return permute(x, (*range(len(x.shape) - 2), -1, -2))


def attention(query, key, value, scale, causal):
    """softmax(scale Q K') V, and what backward needs: the weights. causal: query i sees keys 0 ... i."""
    scores = matmul(query, transposed(key))  # (..., L, E) (..., E, S) -> (..., L, S)
    scores = mul(scores, full((), scale, scores.dtype))
    if causal:
        seen = from_numpy(np.tri(*scores.shape[-2:], dtype=bool), wait=False)
        scores = where(seen, scores, full((), -math.inf, scores.dtype))
    weights = softmax(scores, len(scores.shape) - 1)
    return matmul(weights, value), weights


def attention_backward(g, query, key, value, y, weights, scale, causal):
    """Gradients of query, key and value, in the batch dims of y."""
    d = sum(mul(y, g), (len(y.shape) - 1,), True)
    g_scores = mul(weights, sub(matmul(g, transposed(value)), d))
    g_scores = mul(g_scores, full((), scale, g_scores.dtype))
    return matmul(g_scores, key), matmul(transposed(g_scores), query), matmul(transposed(weights), g)
