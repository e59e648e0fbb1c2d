"""Attention by several heads (Vaswani et al., arXiv 1706.03762, section 3.2.2), and the masks of attention.

    head_i = softmax(Q W_i^Q (K W_i^K)' / sqrt(E / H)) V W_i^V        out = [head_1 ... head_H] W^O

The W_i of all heads are one matrix (E, E), and the heads are parts of the width: (L, B, E) -> (B, H, L, E / H).
https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
"""

import math
import warnings

from minitorch.ops.activation import softmax
from minitorch.ops.attention import scaled_dot_product_attention
from minitorch.ops.dropout import dropout
from minitorch.ops.join import cat
from minitorch.ops.like import zeros_like
from minitorch.ops.matmul import linear
from minitorch.ops.pad import pad


def masked_softmax(X, valid_lens):
    """Softmax over the last dim of X (B, L, S), in which only the first valid_lens elements count; others get 0.

    valid_lens (B): one number for all queries of a sequence; (B, L): one for each query; None: all count. The book's
    function, d2l.ai section 11.3.2.1.
    """
    if valid_lens is None:
        return softmax(X, -1)
    if valid_lens.ndim == 1:
        valid_lens = valid_lens.unsqueeze(1)  # (B) -> (B, 1)
    places = X.wrap(X.kernels.arange(X.shape[-1]))  # (S)
    return softmax(X.masked_fill(places >= valid_lens.unsqueeze(-1), -1e6), -1)  # (B, L, 1) against (S)


def additive_mask(mask, name, dtype, other=None, other_name=""):
    """A mask as numbers to add: 0 where a boolean one is False, -inf where it is True; one of numbers as it is."""
    if mask is None:
        return None
    boolean = mask.array.dtype.kind == "b"
    check(boolean or mask.dtype.is_floating_point, f"only bool and floating types of {name} are supported")
    if other is not None and mask.dtype is not other.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    return zeros_like(mask, dtype=dtype).masked_fill(mask, -math.inf) if boolean else mask


def check(condition, message):
    """torch's AssertionError."""
    if not condition:
        raise AssertionError(message)


def check_dims(query, key, value, key_padding_mask, attn_mask, num_heads):
    """Whether the inputs have a batch dim. AssertionError for dims that do not go together."""
    check(
        query.ndim in (2, 3),
        f"query should be unbatched 2D or batched 3D tensor but received {query.ndim}-D query tensor",
    )
    batched = query.ndim == 3
    kind = f"For {'batched' if batched else 'unbatched'} ({query.ndim}-D) `query`, expected"
    check(
        key.ndim == value.ndim == query.ndim,
        f"{kind} `key` and `value` to be {query.ndim}-D but found {key.ndim}-D and {value.ndim}-D tensors respectively",
    )
    wanted = query.ndim - 1
    check(
        key_padding_mask is None or key_padding_mask.ndim == wanted,
        f"{kind} `key_padding_mask` to be `None` or {wanted}-D but found {getattr(key_padding_mask, 'ndim', 0)}-D",
    )
    if attn_mask is not None:
        found = f"but found {attn_mask.ndim}-D tensor instead"
        check(attn_mask.ndim in (2, 3), f"{kind} `attn_mask` to be `None`, 2-D or 3-D {found}")
        expected = (num_heads, query.shape[0], key.shape[0])
        check(
            batched or attn_mask.ndim == 2 or tuple(attn_mask.shape) == expected,
            f"Expected `attn_mask` shape to be {expected} but got {attn_mask.shape}",
        )
    return batched


def multi_head_attention_forward(
    query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn,
    dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, attn_mask=None,
    use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, static_k=None,
    static_v=None, average_attn_weights=True, is_causal=False,
):  # fmt: skip
    """(output (L, B, E), weights (B, L, S), or (B, H, L, S) if not averaged, or None).

    query (L, B, E), key (S, B, K), value (S, B, V); without B for one sequence. in_proj_weight (3 E, E) holds W^Q, W^K
    and W^V one below the other, unless they are separate. key_padding_mask (B, S): True (or -inf) for keys that nobody
    looks at; attn_mask (L, S) or (B H, L, S): the same for each query. bias_k and bias_v (1, 1, E) are a further key
    and value, and add_zero_attn adds one of zeros. is_causal: attn_mask is the causal one, which need not be read.
    """
    batched = check_dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        key_padding_mask = key_padding_mask if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, batch, width = query.shape
    check(width == embed_dim_to_check, f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    check(width % num_heads == 0, f"embed_dim {width} not divisible by num_heads {num_heads}")
    padding = additive_mask(key_padding_mask, "key_padding_mask", query.dtype, attn_mask, "attn_mask")
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    by_rule = is_causal and padding is None and not need_weights
    mask = None if by_rule else additive_mask(attn_mask, "attn_mask", query.dtype)
    q, k, v = projections(
        query, key, value, in_proj_weight, in_proj_bias,
        (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else None,
    )  # fmt: skip
    mask = mask if mask is None else mask_of_heads(mask, length, key.shape[0], batch, num_heads)
    if bias_k is not None or bias_v is not None:
        check(bias_k is not None and bias_v is not None, "bias_k is set but bias_v is None, or the other way round")
        check(static_k is None and static_v is None, "bias cannot be added to static key or value.")
        k, v = cat([k, bias_k.repeat(1, batch, 1)]), cat([v, bias_v.repeat(1, batch, 1)])
        mask, padding = one_key_more(mask), one_key_more(padding)
    q = heads(q, num_heads)  # (L, B, E) -> (B, H, L, E / H)
    k = heads(k, num_heads) if static_k is None else given_heads(static_k, "static_k", batch, num_heads, width)
    v = heads(v, num_heads) if static_v is None else given_heads(static_v, "static_v", batch, num_heads, width)
    if add_zero_attn:
        k, v = (cat([x, x.new_zeros((*x.shape[:2], 1, x.shape[3]))], 2) for x in (k, v))
        mask, padding = one_key_more(mask), one_key_more(padding)
    if padding is not None:
        check(padding.shape[0] == batch, f"Expected key_padded_mask.shape[0] to be {batch}, but got {padding.shape[0]}")
        check(
            padding.shape[1] == k.shape[2],
            f"Expected key_padded_mask.shape[1] to be {k.shape[2]}, but got {padding.shape[1]}",
        )
        padding = padding.unsqueeze(1).unsqueeze(1)  # (B, S) -> (B, 1, 1, S)
        mask = padding if mask is None else mask + padding
    p, weights = dropout_p if training else 0.0, None
    if need_weights:
        scores = (q * math.sqrt(1 / q.shape[-1])) @ k.mT  # (B, H, L, S)
        weights = softmax(scores if mask is None else scores + mask, -1)
        weights = dropout(weights, p) if p > 0 else weights
        out = weights @ v  # (B, H, L, S) (B, H, S, E / H) -> (B, H, L, E / H)
    else:
        out = scaled_dot_product_attention(q, k, v, mask, p, by_rule)
    out = out.permute(2, 0, 1, 3).reshape(length * batch, width)  # (B, H, L, E / H) -> (L, B, H, E / H) -> (L B, E)
    out = linear(out, out_proj_weight, out_proj_bias)
    out = out.reshape(length, batch, out.shape[1])  # (L B, E) -> (L, B, E)
    weights = weights.mean(1) if need_weights and average_attn_weights else weights
    if not batched:
        out, weights = out.squeeze(1), weights if weights is None else weights.squeeze(0)
    return out, weights


def projections(query, key, value, weight, bias, separate):
    """Q W^Q, K W^K and V W^V; in self-attention, where the three are one tensor, by one product."""
    biases = (None, None, None) if bias is None else bias.chunk(3)
    if separate is not None:
        check(all(w is not None for w in separate), "use_separate_proj_weight is True but one of the weights is None")
        check(key.shape[:2] == value.shape[:2], f"key's sequence and batch dims {key.shape[:2]} do not match value's")
        return [linear(x, w, b) for x, w, b in zip((query, key, value), separate, biases, strict=True)]
    check(key.shape == value.shape, f"key shape {key.shape} does not match value shape {value.shape}")
    check(weight is not None, "use_separate_proj_weight is False but in_proj_weight is None")
    if query is key is value:
        return linear(query, weight, bias).chunk(3, -1)  # (L, B, 3 E) -> 3 of (L, B, E)
    return [linear(x, w, b) for x, w, b in zip((query, key, value), weight.chunk(3), biases, strict=True)]


def heads(x, count):
    """The width divided among the heads: (L, B, E) -> (L, B, H, E / H) -> (B, H, L, E / H)."""
    length, batch, width = x.shape
    return x.reshape(length, batch, count, width // count).permute(1, 2, 0, 3)


def given_heads(x, name, batch, count, width):
    """Keys or values that come divided already: (B H, S, E / H) -> (B, H, S, E / H)."""
    check(x.shape[0] == batch * count, f"expecting {name}.size(0) of {batch * count}, but got {x.shape[0]}")
    check(x.shape[2] == width // count, f"expecting {name}.size(2) of {width // count}, but got {x.shape[2]}")
    return x.reshape(batch, count, *x.shape[1:])


def mask_of_heads(mask, length, keys, batch, count):
    """A mask (L, S), or (B H, L, S), so that it broadcasts against scores (B, H, L, S)."""
    expected = (length, keys) if mask.ndim == 2 else (batch * count, length, keys)
    if tuple(mask.shape) != expected:
        raise RuntimeError(f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {expected}.")
    return mask if mask.ndim == 2 else mask.reshape(batch, count, length, keys)


def one_key_more(mask):
    """A mask for one more key, which all may look at."""
    return mask if mask is None else pad(mask, (0, 1))
