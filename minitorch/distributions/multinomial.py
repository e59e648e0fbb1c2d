"""The multinomial distribution.

https://docs.pytorch.org/docs/stable/distributions.html#multinomial
"""

import math

from minitorch.creation import tensor, zeros
from minitorch.distributions import constraints
from minitorch.distributions.binomial import Binomial
from minitorch.distributions.categorical import Categorical
from minitorch.distributions.distribution import Distribution
from minitorch.distributions.utils import broadcast_all
from minitorch.dtype import int64
from minitorch.ops.elementwise import exp, lgamma, masked_fill
from minitorch.ops.gather import scatter_add
from minitorch.ops.like import ones_like


class Multinomial(Distribution):
    """How often each of K categories comes in total_count = n draws: counts x with probability n! prod(p**x / x!)."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}

    def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        self._categorical = Categorical(probs, logits)
        self._counts = Binomial(total_count, self.probs)  # of each category; refuses a negative total
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args)

    def expand(self, batch_shape):
        new = self.__new__(type(self))
        new.total_count, new._categorical = self.total_count, self._categorical.expand(batch_shape)
        new._counts = self._counts.expand((*batch_shape, *self._event_shape))
        return self.as_self(new, batch_shape)

    @property
    def support(self):
        return constraints.multinomial(self.total_count)

    @property
    def probs(self):
        """The probabilities."""
        return self._categorical.probs

    @property
    def logits(self):
        """log p."""
        return self._categorical.logits

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self._categorical.param_shape

    @property
    def mean(self):
        return self.probs * self.total_count

    @property
    def variance(self):
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape=()):
        drawn = self._categorical.sample((self.total_count, *sample_shape)).movedim(0, -1)
        counts = zeros(self.extended_shape(sample_shape), dtype=int64, device=drawn.device)
        return scatter_add(counts, -1, drawn, ones_like(drawn)).type_as(self.probs)

    def log_prob(self, value):
        self.validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        logits = masked_fill(logits, (value == 0) & (logits == -math.inf), 0)  # 0 log 0 is 0
        return lgamma(value.sum(-1) + 1) - lgamma(value + 1).sum(-1) + (logits * value).sum(-1)

    def entropy(self):
        """n H - log n! + the sum over categories of E log x!, for the entropy H of one draw: each x is binomial."""
        n = tensor(self.total_count)
        counts = self._counts
        support = counts.enumerate_support(expand=False)[1:]
        expected = (exp(counts.log_prob(support)) * lgamma(support + 1)).sum([0, -1])
        return n * self._categorical.entropy() - lgamma(n + 1) + expected
