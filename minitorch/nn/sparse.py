"""Tables whose rows are learned: see ops/embedding.py.

https://docs.pytorch.org/docs/stable/nn.html#sparse-layers
"""

from minitorch.autograd.grad_mode import no_grad
from minitorch.creation import empty
from minitorch.nn import functional as F
from minitorch.nn import init
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter


class _Table(Module):
    """weight (num_embeddings, embedding_dim), which begins as N(0, 1), but for zeros in row padding_idx."""

    def make(self, padding_idx, weight, freeze, what, device, dtype):
        """Make weight, or take the one given. AssertionError for a padding_idx out of range, or another shape."""
        rows, shape = self.num_embeddings, (self.num_embeddings, self.embedding_dim)
        if padding_idx is not None and not -rows <= padding_idx < rows:
            raise AssertionError(f"{what} must be within num_embeddings")
        self.padding_idx = padding_idx if padding_idx is None or padding_idx >= 0 else padding_idx + rows
        if weight is None:
            self.weight = Parameter(empty(shape, device=device, dtype=dtype), requires_grad=not freeze)
            self.reset_parameters()
        elif weight.shape != shape:
            raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
        else:
            self.weight = Parameter(weight, requires_grad=not freeze)

    def reset_parameters(self):
        """Draw new first values."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)

    def settings(self, *names):
        """Those of the settings that are not what they are by default, as text."""
        usual = {"padding_idx": None, "max_norm": None, "norm_type": 2, "scale_grad_by_freq": False, "sparse": False}
        return [f"{name}={getattr(self, name)}" for name in names if getattr(self, name) != usual[name]]


def two_dims(embeddings):
    """AssertionError for a table that is none."""
    if embeddings.ndim != 2:
        raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
    return embeddings.shape


class Embedding(_Table):
    """Rows of weight: input (...) of indices -> (..., embedding_dim).

    padding_idx: a row of zeros that is not trained. max_norm: rows that are looked up are first made that short.
    """

    def __init__(
        self, num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0,
        scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        self.make(padding_idx, _weight, _freeze, "Padding_idx", device, dtype)

    def forward(self, input):
        settings = self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        return F.embedding(input, self.weight, *settings)

    def extra_repr(self):
        rest = self.settings("padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse")
        return ", ".join([f"{self.num_embeddings}, {self.embedding_dim}", *rest])

    @classmethod
    def from_pretrained(
        cls, embeddings, freeze=True, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False,
        sparse=False,
    ):  # fmt: skip
        """A layer with `embeddings` for weight, which is not trained unless freeze is False."""
        settings = padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse
        return cls(*two_dims(embeddings), *settings, _weight=embeddings, _freeze=freeze)


class EmbeddingBag(_Table):
    """The sum, mean or largest of the rows of each bag: input (B, L), or (L) with the offsets (B) where bags begin."""

    def __init__(
        self, num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode="mean",
        sparse=False, _weight=None, include_last_offset=False, padding_idx=None, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.max_norm, self.norm_type, self.scale_grad_by_freq = max_norm, norm_type, scale_grad_by_freq
        self.mode, self.sparse, self.include_last_offset = mode, sparse, include_last_offset
        self.make(padding_idx, _weight, False, "padding_idx", device, dtype)

    def forward(self, input, offsets=None, per_sample_weights=None):
        settings = self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse
        last = self.include_last_offset, self.padding_idx
        return F.embedding_bag(input, self.weight, offsets, *settings, per_sample_weights, *last)

    def extra_repr(self):
        rest = self.settings("max_norm", "norm_type", "scale_grad_by_freq")
        padding = self.settings("padding_idx")
        return ", ".join([f"{self.num_embeddings}, {self.embedding_dim}", *rest, f"mode={self.mode!r}", *padding])

    @classmethod
    def from_pretrained(
        cls, embeddings, freeze=True, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode="mean",
        sparse=False, include_last_offset=False, padding_idx=None,
    ):  # fmt: skip
        """A layer with `embeddings` for weight, which is not trained unless freeze is False."""
        settings = max_norm, norm_type, scale_grad_by_freq, mode, sparse
        last = {"include_last_offset": include_last_offset, "padding_idx": padding_idx}
        layer = cls(*two_dims(embeddings), *settings, _weight=embeddings, **last)
        layer.weight.requires_grad_(not freeze)
        return layer
