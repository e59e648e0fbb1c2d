"""The normal distribution.

https://docs.pytorch.org/docs/stable/distributions.html#normal
"""

import math

from minitorch.autograd import no_grad
from minitorch.creation import empty
from minitorch.distributions import constraints
from minitorch.distributions.distribution import Distribution, batch_of
from minitorch.distributions.utils import broadcast_all
from minitorch.ops.elementwise import erf, erfinv, log
from minitorch.random import normal


class Normal(Distribution):
    """Of mean loc and standard deviation scale: density exp(-((x - loc) / scale)**2 / 2) / (scale sqrt(2 pi))."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc, scale, validate_args=None):
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(batch_of((loc, scale), self.loc), validate_args=validate_args)

    @property
    def mean(self):
        return self.loc

    @property
    def mode(self):
        return self.loc

    @property
    def stddev(self):
        return self.scale

    @property
    def variance(self):
        return self.scale.pow(2)

    def sample(self, sample_shape=()):
        shape = self.extended_shape(sample_shape)
        with no_grad():
            return normal(self.loc.expand(shape), self.scale.expand(shape))

    def rsample(self, sample_shape=()):
        noise = empty(self.extended_shape(sample_shape), dtype=self.loc.dtype, device=self.loc.device).normal_()
        return self.loc + noise * self.scale

    def log_prob(self, value):
        self.validate_sample(value)
        squares = (value - self.loc) ** 2 / (2 * self.scale**2)
        return -squares - log(self.scale) - math.log(math.sqrt(2 * math.pi))

    def cdf(self, value):
        self.validate_sample(value)
        return 0.5 * (1 + erf((value - self.loc) * self.scale.reciprocal() / math.sqrt(2)))

    def icdf(self, value):
        return self.loc + self.scale * erfinv(2 * value - 1) * math.sqrt(2)

    def entropy(self):
        return 0.5 + 0.5 * math.log(2 * math.pi) + log(self.scale)
