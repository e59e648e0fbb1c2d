"""The exponential distribution.

https://docs.pytorch.org/docs/stable/distributions.html#exponential
"""

from minitorch.creation import empty
from minitorch.distributions import constraints
from minitorch.distributions.distribution import Distribution, batch_of
from minitorch.distributions.utils import broadcast_all
from minitorch.ops.elementwise import exp, log, log1p
from minitorch.ops.like import zeros_like


class Exponential(Distribution):
    """Of density rate exp(-rate x) for x >= 0: the time to the first of events that come at this rate."""

    arg_constraints = {"rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True

    def __init__(self, rate, validate_args=None):
        (self.rate,) = broadcast_all(rate)
        super().__init__(batch_of((rate,), self.rate), validate_args=validate_args)

    @property
    def mean(self):
        return self.rate.reciprocal()

    @property
    def mode(self):
        return zeros_like(self.rate)

    @property
    def stddev(self):
        return self.rate.reciprocal()

    @property
    def variance(self):
        return self.rate.pow(-2)

    def rsample(self, sample_shape=()):
        shape = self.extended_shape(sample_shape)
        return empty(shape, dtype=self.rate.dtype, device=self.rate.device).exponential_() / self.rate

    def log_prob(self, value):
        self.validate_sample(value)
        return log(self.rate) - self.rate * value

    def cdf(self, value):
        self.validate_sample(value)
        return 1 - exp(-self.rate * value)

    def icdf(self, value):
        return -log1p(-value) / self.rate

    def entropy(self):
        return 1.0 - log(self.rate)
