"""Attention: each query looks at all keys, and takes a mean of the values, weighted by how well the keys fit.

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
"""

import math

import numpy as np

from minitorch.autograd.fused import gradients_by_definition
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.dtype import float16
from minitorch.ops.activation import softmax
from minitorch.ops.dropout import applied


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None, enable_gqa=False
):
    """softmax(Q K^T / sqrt(E) + mask) V (Vaswani et al., arXiv 1706.03762).

    query (..., H, L, E), key (..., H, S, E), value (..., H, S, F) -> (..., H, L, F); the leading dims broadcast.

    attn_mask     broadcasts to (..., H, L, S): numbers that are added, or booleans, True where a query may look. A
                  query that may look nowhere gets 0.
    is_causal     query i may look at the keys 0 ... i
    dropout_p     dropout of the weights, also in evaluation: pass 0 there
    scale         instead of 1 / sqrt(E)
    enable_gqa    there may be fewer heads of keys and values, each shared by several heads of queries that follow each
                  other (grouped query attention, Ainslie et al., arXiv 2305.13245)
    """
    check_attention(query, key, value, attn_mask, is_causal)
    if enable_gqa:
        key, value = shared_heads(key, query), shared_heads(value, query)
    if query.dtype is float16:  # computed in float32, as torch does
        mask = attn_mask.float() if attn_mask is not None and attn_mask.dtype is float16 else attn_mask
        settings = {"attn_mask": mask, "dropout_p": dropout_p, "is_causal": is_causal, "scale": scale}
        return scaled_dot_product_attention(query.float(), key.float(), value.float(), **settings).half()
    if dropout_p > 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")
    width = query.array.shape[-1]
    scale = (1 / math.sqrt(width) if width else 1.0) if scale is None else scale
    if attn_mask is None and dropout_p <= 0:
        return fused_attention(query, key, value, scale=scale, causal=is_causal)
    return attention(query, key, value, attn_mask, max(dropout_p, 0), is_causal, scale)


def attention(query, key, value, attn_mask, dropout_p, is_causal, scale):
    """The definition, in plain operations."""
    scores = query @ key.mT * scale  # (..., L, E) (..., E, S) -> (..., L, S)
    if is_causal:
        later = ~np.tri(*scores.shape[-2:], dtype=bool)
        scores = scores.masked_fill(scores.wrap(scores.kernels.from_numpy(later)), -math.inf)
    if attn_mask is not None:
        additive = attn_mask.dtype.is_floating_point
        scores = scores + attn_mask if additive else scores.masked_fill(~attn_mask, -math.inf)
        nowhere = (scores == -math.inf).all(-1, keepdim=True)  # of these softmax would be 0 / 0
        weights = softmax(scores.masked_fill(nowhere, 0), -1).masked_fill(nowhere, 0)
    else:
        weights = softmax(scores, -1)
    return applied(weights, dropout_p, training=True, inplace=False) @ value  # (..., L, S) (..., S, F)


@op(label="ScaledDotProductFlashAttentionForCpuBackward0")
def fused_attention(query, key, value, *, scale, causal):
    """attention without mask and dropout: see kernels/cpu/attention.py."""
    check_products(query, key, value)
    y, saved = query.kernels.attention(query.array, key.array, value.array, scale, causal)

    def vjp(g, y):
        if is_grad_enabled():
            definition = lambda query, key, value: attention(query, key, value, None, 0, causal, scale)
            return gradients_by_definition(definition, (query, key, value), g)
        return fused_attention_backward(g, query, key, value, y, saved=saved, scale=scale, causal=causal)

    return y, vjp


@op
def fused_attention_backward(g, query, key, value, y, *, saved, scale, causal):
    arrays = (x.array for x in (g, query, key, value, y))
    return (g.kernels.attention_backward(*arrays, saved, scale, causal),)


def shared_heads(x, query):
    """The heads of x, each repeated for the queries' heads that share it: (..., h, S, E) -> (..., H, S, E)."""
    if query.ndim < 3 or x.ndim < 3:
        raise IndexError("Dimension out of range: enable_gqa needs a dim of heads, inputs (..., H, L, E)")
    heads, total = x.shape[-3], query.shape[-3]
    if total % heads:
        raise RuntimeError(
            f"Number of heads in key and value must divide the number of heads in query, got {heads} and {total}"
        )
    repeated = x.unsqueeze(-3).expand(*x.shape[:-2], total // heads, *x.shape[-2:])  # (..., h, H / h, S, E)
    return repeated.flatten(-4, -3)


def check_products(query, key, value):
    """RuntimeError for matrices that cannot be multiplied: (L, E) (E, S), and then (L, S) (S, F)."""
    for a, b, inner in ((query, key, -1), (key, value, -2)):
        if a.array.shape[inner] != b.array.shape[inner]:
            raise RuntimeError(
                f"scaled_dot_product_attention: query {list(query.shape)}, key {list(key.shape)} and value "
                f"{list(value.shape)} must be (..., L, E), (..., S, E) and (..., S, F)"
            )


def check_attention(query, key, value, attn_mask, is_causal):
    """torch's RuntimeErrors for dims, dtypes and masks that do not fit."""
    dims, names = [x.array.ndim for x in (query, key, value)], [x.dtype.name for x in (query, key, value)]
    if min(dims) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            f"{dims[0]} key.dim: {dims[1]} and value.dim: {dims[2]} instead."
        )
    if len(set(names)) > 1:
        raise RuntimeError(
            f"Expected query, key, and value to have the same dtype, but got query.dtype: {names[0]} key.dtype: "
            f"{names[1]} and value.dtype: {names[2]} instead."
        )
    if not query.dtype.is_floating_point:
        raise RuntimeError(f"scaled_dot_product_attention: expected a floating dtype, got {names[0]}")
    if attn_mask is None:
        return
    if not isinstance(attn_mask, Variable):
        raise TypeError(
            "scaled_dot_product_attention(): argument 'attn_mask' (position 4) must be Tensor, not "
            f"{type(attn_mask).__name__}"
        )
    if is_causal:
        raise RuntimeError("scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if attn_mask.dtype.name not in ("bool", "float32", names[0]):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{attn_mask.dtype.name} and  query.dtype: {names[0]} instead."
        )
