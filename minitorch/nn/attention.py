"""Attention as layers: multi-head as torch has it; the book's additive and dot product attention; positions.

https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html and d2l.ai, chapter 11.
"""

import math

import numpy as np

from minitorch.creation import empty, from_numpy
from minitorch.nn import init
from minitorch.nn.dropout import Dropout
from minitorch.nn.linear import Linear
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.ops.elementwise import tanh
from minitorch.ops.multihead import masked_softmax, multi_head_attention_forward


class MultiheadAttention(Module):
    """Attention by num_heads heads, each on its part of the width; see ops/multihead.py for the formula and the masks.

    query (L, B, E), key (S, B, kdim), value (S, B, vdim) -> ((L, B, E), weights (B, L, S) or None); with batch_first B
    comes first, and without B it is one sequence. The weights begin by xavier_uniform_, the biases as 0.
    """

    def __init__(
        self, embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None,
        vdim=None, batch_first=False, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} "
                "instead"
            )
        if embed_dim % num_heads:
            raise AssertionError("embed_dim must be divisible by num_heads")
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.kdim, self.vdim = embed_dim if kdim is None else kdim, embed_dim if vdim is None else vdim
        self.dropout, self.batch_first, self.add_zero_attn = dropout, batch_first, add_zero_attn
        where = {"device": device, "dtype": dtype}
        separate = not self._qkv_same_embed_dim
        for name, inner in (("q", embed_dim), ("k", self.kdim), ("v", self.vdim)):
            weight = Parameter(empty(embed_dim, inner, **where)) if separate else None
            self.register_parameter(f"{name}_proj_weight", weight)
        weight = None if separate else Parameter(empty(3 * embed_dim, embed_dim, **where))
        self.register_parameter("in_proj_weight", weight)
        self.register_parameter("in_proj_bias", Parameter(empty(3 * embed_dim, **where)) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **where)
        for name in ("bias_k", "bias_v"):
            self.register_parameter(name, Parameter(empty(1, 1, embed_dim, **where)) if add_bias_kv else None)
        self._reset_parameters()

    @property
    def _qkv_same_embed_dim(self):
        return self.kdim == self.embed_dim == self.vdim

    def _reset_parameters(self):
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for vector in (self.bias_k, self.bias_v):
            if vector is not None:
                init.xavier_normal_(vector)

    def forward(
        self, query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True,
        is_causal=False,
    ):  # fmt: skip
        """(output, weights): see multi_head_attention_forward."""
        swap = self.batch_first and query.ndim == 3
        if swap:
            query, key, value = swapped(query, key, value)
        out, weights = multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k,
            self.bias_v, self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, self.training,
            key_padding_mask, need_weights, attn_mask, not self._qkv_same_embed_dim, self.q_proj_weight,
            self.k_proj_weight, self.v_proj_weight, average_attn_weights=average_attn_weights, is_causal=is_causal,
        )  # fmt: skip
        return out.transpose(0, 1) if swap else out, weights


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear under the name that torch gives it in this place, and prints."""


def swapped(query, key, value):
    """(B, L, E) -> (L, B, E); what was one tensor stays one."""
    new = query.transpose(0, 1)
    keys = new if key is query else key.transpose(0, 1)
    return new, keys, keys if value is key else value.transpose(0, 1)


# -- the book's --------------------------------------------------------------------------------------------------------


class AdditiveAttention(Module):
    """Scores w' tanh(W_q q + W_k k) (Bahdanau et al., arXiv 1409.0473; d2l.ai section 11.3.3).

    queries (B, L, query_size), keys (B, S, key_size), values (B, S, V), valid_lens (B), (B, L) or None: -> (B, L, V).
    The weights of the last call are in attention_weights (B, L, S).
    """

    def __init__(self, key_size, query_size, num_hiddens, dropout):
        super().__init__()
        self.W_k = Linear(key_size, num_hiddens, bias=False)
        self.W_q = Linear(query_size, num_hiddens, bias=False)
        self.w_v = Linear(num_hiddens, 1, bias=False)
        self.dropout = Dropout(dropout)

    def forward(self, queries, keys, values, valid_lens=None):
        queries, keys = self.W_q(queries), self.W_k(keys)
        features = tanh(queries.unsqueeze(2) + keys.unsqueeze(1))  # (B, L, 1, H) + (B, 1, S, H) -> (B, L, S, H)
        scores = self.w_v(features).squeeze(-1)  # (B, L, S, 1) -> (B, L, S)
        self.attention_weights = masked_softmax(scores, valid_lens)
        return self.dropout(self.attention_weights) @ values


class DotProductAttention(Module):
    """softmax(Q K' / sqrt(E)) V over the first valid_lens keys (d2l.ai section 11.3.2).

    queries (B, L, E), keys (B, S, E), values (B, S, V), valid_lens (B), (B, L) or None: -> (B, L, V). The weights of
    the last call are in attention_weights (B, L, S).
    """

    def __init__(self, dropout):
        super().__init__()
        self.dropout = Dropout(dropout)

    def forward(self, queries, keys, values, valid_lens=None):
        scores = queries @ keys.mT / math.sqrt(queries.shape[-1])  # (B, L, E) (B, E, S) -> (B, L, S)
        self.attention_weights = masked_softmax(scores, valid_lens)
        return self.dropout(self.attention_weights) @ values


class PositionalEncoding(Module):
    """X + P, with P[i, 2j] = sin(i / 10000^(2j / E)) and P[i, 2j + 1] = cos of the same; then dropout.

    X (B, L, num_hiddens) with L up to max_len. P (1, max_len, num_hiddens) is a constant, no parameter, and not in
    state_dict. (Vaswani et al., section 3.5; d2l.ai section 11.6.3)
    """

    def __init__(self, num_hiddens, dropout, max_len=1000):
        super().__init__()
        self.dropout = Dropout(dropout)
        angles = np.arange(max_len)[:, None] / 10000 ** (np.arange(0, num_hiddens, 2) / num_hiddens)
        table = np.zeros((1, max_len, num_hiddens), np.float32)
        table[..., 0::2] = np.sin(angles)
        table[..., 1::2] = np.cos(angles)[:, : num_hiddens // 2]
        self.register_buffer("P", from_numpy(table), persistent=False)

    def forward(self, X):
        if X.shape[1] > self.P.shape[1]:
            raise RuntimeError(
                f"PositionalEncoding: a sequence of length {X.shape[1]} is longer than max_len {self.P.shape[1]}"
            )
        return self.dropout(X + self.P[:, : X.shape[1]].to(X))
