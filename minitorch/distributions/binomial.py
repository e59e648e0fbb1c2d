"""The binomial distribution.

https://docs.pytorch.org/docs/stable/distributions.html#binomial
"""

from minitorch.autograd import no_grad
from minitorch.distributions import constraints
from minitorch.distributions.distribution import ProbsOrLogits, enumerated
from minitorch.ops.draw import binomial
from minitorch.ops.elementwise import abs, exp, lgamma, log1p


class Binomial(ProbsOrLogits):
    """How many of total_count = n tries succeed: k with probability n! / (k! (n - k)!) p**k (1 - p)**(n - k)."""

    arg_constraints = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }
    has_enumerate_support = True

    def __init__(self, total_count=1, probs=None, logits=None, validate_args=None):
        (total_count,) = self.set_one(probs, logits, total_count)
        self.total_count = total_count.type_as(self.param)
        super().__init__(self.param.size(), validate_args=validate_args)

    @property
    def support(self):
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self):
        return self.total_count * self.probs

    @property
    def mode(self):
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self):
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape=()):
        shape = self.extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value):
        """log n! - log k! - log (n - k)! + k l - n log(1 + exp(l)), for the logit l: log(1 - p) = -log(1 + exp(l)).

        log(1 + exp(l)) = max(l, 0) + log(1 + exp(-|l|)), which does not overflow; at l = 0 max has derivative 1/2.
        """
        self.validate_sample(value)
        n, logits = self.total_count, self.logits
        above = (logits.clamp(min=0) + logits - logits.clamp(max=0)) / 2
        normalizer = n * above + n * log1p(exp(-abs(logits))) - lgamma(n + 1)
        return value * logits - lgamma(value + 1) - lgamma(n - value + 1) - normalizer

    def entropy(self):
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(exp(log_prob) * log_prob).sum(0)

    def enumerate_support(self, expand=True):
        """0, ..., n. NotImplementedError where the batch has different counts."""
        count = int(self.total_count.max())
        if not self.total_count.min() == count:
            raise NotImplementedError("Inhomogeneous total count not supported by `enumerate_support`.")
        return enumerated(count + 1, self.param, self._batch_shape, expand)
