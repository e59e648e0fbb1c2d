"""The Bernoulli distribution.

https://docs.pytorch.org/docs/stable/distributions.html#bernoulli
"""

import math

from minitorch.autograd import no_grad
from minitorch.distributions import constraints
from minitorch.distributions.distribution import ProbsOrLogits, batch_of, enumerated
from minitorch.distributions.utils import broadcast_all
from minitorch.nn.functional import binary_cross_entropy_with_logits
from minitorch.ops.draw import bernoulli
from minitorch.ops.elementwise import masked_fill


class Bernoulli(ProbsOrLogits):
    """1 with probability p, else 0; given by probs = p or by logits = log(p / (1 - p))."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.boolean
    has_enumerate_support = True

    def __init__(self, probs=None, logits=None, validate_args=None):
        self.set_one(probs, logits)
        super().__init__(batch_of((logits if probs is None else probs,), self.param), validate_args=validate_args)

    @property
    def mean(self):
        return self.probs

    @property
    def mode(self):
        """1 or 0, NaN where they are equally likely."""
        return masked_fill((self.probs >= 0.5).type_as(self.probs), self.probs == 0.5, math.nan)

    @property
    def variance(self):
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape=()):
        with no_grad():
            return bernoulli(self.probs.expand(self.extended_shape(sample_shape)))

    def log_prob(self, value):
        self.validate_sample(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self):
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand=True):
        return enumerated(2, self.param, self._batch_shape, expand)
