"""The Transformer: encoder and decoder, made of attention and small networks on each position.

Each part of a layer is added to its input (a residual connection) and normalised: after the sum, as in the paper, or
with norm_first before the part, which trains more easily when there are many layers.

Vaswani et al., Attention is all you need, arXiv 1706.03762. (torch has a fast path for inference without gradients,
which writes 0 for the outputs at padded positions; here evaluation computes the same as training.)
https://docs.pytorch.org/docs/stable/nn.html#transformer-layers
"""

import copy
import math

from minitorch.creation import full
from minitorch.nn import init
from minitorch.nn.attention import MultiheadAttention
from minitorch.nn.container import ModuleList
from minitorch.nn.dropout import Dropout
from minitorch.nn.linear import Linear
from minitorch.nn.module import Module
from minitorch.nn.normalization import LayerNorm
from minitorch.ops.activation import gelu, relu


def subsequent_mask(size, device=None, dtype=None):
    """(L, L) with 0 on and below the diagonal and -inf above: a query may look at itself and what came before."""
    return full((size, size), -math.inf, device=device, dtype=dtype).triu(1)


def causal(mask, is_causal, x, batch_first):
    """Whether a mask is the causal one: as the caller says or, where he says None, by comparison."""
    if is_causal is not None or mask is None:
        return bool(is_causal)
    size = x.shape[0] if x.ndim == 2 else x.shape[1 if batch_first else 0]
    if tuple(mask.shape) != (size, size):
        return False
    return bool((mask == subsequent_mask(size, mask.device, mask.dtype)).all())


def activation_of(activation):
    """The function that "relu" or "gelu" names; a function itself."""
    if not isinstance(activation, str):
        return activation
    if activation not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {activation}")
    return relu if activation == "relu" else gelu


class Layer(Module):
    """What encoder and decoder layers share: attention to oneself, the network on each position, and their norms.

    src, tgt (L, B, d_model), or (B, L, d_model) with batch_first; masks as for MultiheadAttention.
    """

    cross = False  # whether there is attention to the encoder's output, too

    def __init__(
        self, d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=relu, layer_norm_eps=1e-5,
        batch_first=False, norm_first=False, bias=True, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        where = {"device": device, "dtype": dtype}
        attention = {"dropout": dropout, "bias": bias, "batch_first": batch_first, **where}
        self.self_attn = MultiheadAttention(d_model, nhead, **attention)
        if self.cross:
            self.multihead_attn = MultiheadAttention(d_model, nhead, **attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias=bias, **where)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias=bias, **where)
        self.norm_first = norm_first
        parts = (1, 2, 3) if self.cross else (1, 2)
        for number in parts:
            setattr(self, f"norm{number}", LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where))
        for number in parts:
            setattr(self, f"dropout{number}", Dropout(dropout))
        self.activation = activation_of(activation)

    def attend(self, x, attn_mask, key_padding_mask, is_causal):
        """Every position looks at all others."""
        return self.self_attn(
            x, x, x, attn_mask=attn_mask, key_padding_mask=key_padding_mask, need_weights=False, is_causal=is_causal
        )[0]

    def feed_forward(self, x):
        """The same two-layer network on each position."""
        return self.linear2(self.dropout(self.activation(self.linear1(x))))

    def with_part(self, x, norm, dropout, part):
        """x + part(x), normalised before or after."""
        return x + dropout(part(norm(x))) if self.norm_first else norm(x + dropout(part(x)))


class TransformerEncoderLayer(Layer):
    """Self-attention, then the network on each position.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html
    """

    def forward(self, src, src_mask=None, src_key_padding_mask=None, is_causal=False):
        attend = lambda x: self.attend(x, src_mask, src_key_padding_mask, is_causal)
        x = self.with_part(src, self.norm1, self.dropout1, attend)
        return self.with_part(x, self.norm2, self.dropout2, self.feed_forward)


class TransformerDecoderLayer(Layer):
    """Self-attention, attention to the encoder's output (`memory`), then the network on each position.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html
    """

    cross = True

    def forward(
        self, tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None,
        tgt_is_causal=False, memory_is_causal=False,
    ):  # fmt: skip
        attend = lambda x: self.attend(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        look = lambda x: self.multihead_attn(
            x, memory, memory, attn_mask=memory_mask, key_padding_mask=memory_key_padding_mask, need_weights=False,
            is_causal=memory_is_causal,
        )[0]  # fmt: skip
        x = self.with_part(tgt, self.norm1, self.dropout1, attend)
        x = self.with_part(x, self.norm2, self.dropout2, look)
        return self.with_part(x, self.norm3, self.dropout3, self.feed_forward)


def clones(layer, count):
    """So many copies of a layer, with weights of their own (which begin equal)."""
    return ModuleList([copy.deepcopy(layer) for _ in range(count)])


class TransformerEncoder(Module):
    """num_layers copies of an encoder layer on top of each other, then `norm` if given.

    enable_nested_tensor and mask_check are accepted, and change nothing: they are about torch's fast path.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html
    """

    def __init__(self, encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True):
        super().__init__()
        self.layers, self.num_layers, self.norm = clones(encoder_layer, num_layers), num_layers, norm
        self.enable_nested_tensor, self.mask_check = enable_nested_tensor, mask_check

    def forward(self, src, mask=None, src_key_padding_mask=None, is_causal=None):
        is_causal = causal(mask, is_causal, src, self.layers[0].self_attn.batch_first)
        x = src
        for layer in self.layers:
            x = layer(x, src_mask=mask, src_key_padding_mask=src_key_padding_mask, is_causal=is_causal)
        return x if self.norm is None else self.norm(x)


class TransformerDecoder(Module):
    """num_layers copies of a decoder layer on top of each other, then `norm` if given.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html
    """

    def __init__(self, decoder_layer, num_layers, norm=None):
        super().__init__()
        self.layers, self.num_layers, self.norm = clones(decoder_layer, num_layers), num_layers, norm

    def forward(
        self, tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None,
        tgt_is_causal=None, memory_is_causal=False,
    ):  # fmt: skip
        tgt_is_causal = causal(tgt_mask, tgt_is_causal, tgt, self.layers[0].self_attn.batch_first)
        x = tgt
        for layer in self.layers:
            x = layer(
                x, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal,
                memory_is_causal,
            )  # fmt: skip
        return x if self.norm is None else self.norm(x)


class Transformer(Module):
    """Encoder and decoder. src (S, B, d_model), tgt (T, B, d_model) -> (T, B, d_model); B first with batch_first.

    Matrices begin by xavier_uniform_. custom_encoder and custom_decoder take the place of the usual ones.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html
    """

    def __init__(
        self, d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, dim_feedforward=2048, dropout=0.1,
        activation=relu, custom_encoder=None, custom_decoder=None, layer_norm_eps=1e-5, batch_first=False,
        norm_first=False, bias=True, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        where = {"device": device, "dtype": dtype}
        settings = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)

        def stack(layer, holder, count):
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **where)
            return holder(layer, count, norm)

        self.encoder, self.decoder = custom_encoder, custom_decoder
        if custom_encoder is None:
            self.encoder = stack(TransformerEncoderLayer(*settings, **where), TransformerEncoder, num_encoder_layers)
        if custom_decoder is None:
            self.decoder = stack(TransformerDecoderLayer(*settings, **where), TransformerDecoder, num_decoder_layers)
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def _reset_parameters(self):
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self, src, tgt, src_mask=None, tgt_mask=None, memory_mask=None, src_key_padding_mask=None,
        tgt_key_padding_mask=None, memory_key_padding_mask=None, src_is_causal=None, tgt_is_causal=None,
        memory_is_causal=False,
    ):  # fmt: skip
        batch_dim = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[batch_dim] != tgt.shape[batch_dim]:
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(src, src_mask, src_key_padding_mask, src_is_causal)
        return self.decoder(
            tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal,
            memory_is_causal,
        )  # fmt: skip

    @staticmethod
    def generate_square_subsequent_mask(sz, device=None, dtype=None):
        """The causal mask (sz, sz)."""
        return subsequent_mask(sz, device, dtype)
