"""The categorical distribution.

https://docs.pytorch.org/docs/stable/distributions.html#categorical
"""

import math

from minitorch.creation import full
from minitorch.distributions import constraints
from minitorch.distributions.distribution import ProbsOrLogits, check_one, enumerated
from minitorch.dtype import finfo, int64
from minitorch.ops.draw import multinomial
from minitorch.ops.expand import broadcast_tensors
from minitorch.ops.gather import gather
from minitorch.size import Size


class Categorical(ProbsOrLogits):
    """The number of a category, 0 ... K - 1, with the probabilities of the last dim.

    Given by probs or by logits = log p. Neither needs to be normalized: the attributes are.
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True
    is_binary = False

    def __init__(self, probs=None, logits=None, validate_args=None):
        check_one(probs, logits)
        name, param = ("probs", probs) if logits is None else ("logits", logits)
        if param.dim() < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if logits is None:
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self.logits = logits - logits.logsumexp(-1, keepdim=True)
        super().__init__(param.shape[:-1], validate_args=validate_args)

    @property
    def support(self):
        return constraints.integer_interval(0, self.param_shape[-1] - 1)

    @property
    def mean(self):
        """NaN: categories are no numbers."""
        return full(self.extended_shape(), math.nan, dtype=self.probs.dtype, device=self.probs.device)

    @property
    def mode(self):
        return self.probs.argmax(-1)

    @property
    def variance(self):
        return self.mean

    def sample(self, sample_shape=()):
        sample_shape = Size(sample_shape)
        rows = self.probs.reshape(-1, self.param_shape[-1])  # batch_shape + (K,) -> (B, K)
        drawn = multinomial(rows, sample_shape.numel(), True).T
        return drawn.reshape(self.extended_shape(sample_shape))  # (S, B) -> sample_shape + batch_shape

    def log_prob(self, value):
        self.validate_sample(value)
        value, log_p = broadcast_tensors(value.long().unsqueeze(-1), self.logits)
        return gather(log_p, -1, value[..., :1]).squeeze(-1)

    def entropy(self):
        logits = self.logits.clamp(min=finfo(self.logits.dtype).min)  # 0 log 0 is 0
        return -(logits * self.probs).sum(-1)

    def enumerate_support(self, expand=True):
        return enumerated(self.param_shape[-1], self.param, self._batch_shape, expand).to(int64)
