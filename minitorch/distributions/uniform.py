"""The uniform distribution.

https://docs.pytorch.org/docs/stable/distributions.html#uniform
"""

import math

from minitorch.distributions import constraints
from minitorch.distributions.distribution import Distribution, batch_of
from minitorch.distributions.utils import broadcast_all
from minitorch.ops.elementwise import log
from minitorch.random import rand


class Uniform(Distribution):
    """Of density 1 / (high - low) on [low, high)."""

    has_rsample = True

    @property
    def arg_constraints(self):
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    @property
    def support(self):
        return constraints.interval(self.low, self.high)

    def __init__(self, low, high, validate_args=None):
        self.low, self.high = broadcast_all(low, high)
        super().__init__(batch_of((low, high), self.low), validate_args=validate_args)

    @property
    def mean(self):
        return (self.high + self.low) / 2

    @property
    def mode(self):
        return math.nan * self.high

    @property
    def stddev(self):
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self):
        return (self.high - self.low).pow(2) / 12

    def rsample(self, sample_shape=()):
        unit = rand(self.extended_shape(sample_shape), dtype=self.low.dtype, device=self.low.device)
        return self.low + unit * (self.high - self.low)

    def log_prob(self, value):
        self.validate_sample(value)
        inside = ((self.low <= value) & (self.high > value)).type_as(self.low)
        return log(inside) - log(self.high - self.low)

    def cdf(self, value):
        self.validate_sample(value)
        return ((value - self.low) / (self.high - self.low)).clamp(0, 1)

    def icdf(self, value):
        return value * (self.high - self.low) + self.low

    def entropy(self):
        return log(self.high - self.low)
