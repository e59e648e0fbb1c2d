"""The Poisson distribution.

https://docs.pytorch.org/docs/stable/distributions.html#poisson
"""

from minitorch.autograd import no_grad
from minitorch.distributions import constraints
from minitorch.distributions.distribution import Distribution, batch_of
from minitorch.distributions.utils import broadcast_all
from minitorch.ops.draw import poisson
from minitorch.ops.elementwise import lgamma, xlogy


class Poisson(Distribution):
    """Of probability rate**k exp(-rate) / k! for k = 0, 1, ...: how many events of this rate in a unit of time."""

    arg_constraints = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate, validate_args=None):
        (self.rate,) = broadcast_all(rate)
        super().__init__(batch_of((rate,), self.rate), validate_args=validate_args)

    @property
    def mean(self):
        return self.rate

    @property
    def mode(self):
        return self.rate.floor()

    @property
    def variance(self):
        return self.rate

    def sample(self, sample_shape=()):
        with no_grad():
            return poisson(self.rate.expand(self.extended_shape(sample_shape)))

    def log_prob(self, value):
        self.validate_sample(value)
        rate, value = broadcast_all(self.rate, value)
        return xlogy(value, rate) - rate - lgamma(value + 1)
