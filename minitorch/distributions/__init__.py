"""Probability distributions: what they draw, how likely a value is, their moments, entropy and divergence.

    normal = Normal(0.0, 1.0)
    normal.sample((2, 3))       # a tensor of shape sample_shape + batch_shape + event_shape
    normal.log_prob(value)      # the logarithm of the density, of shape batch_shape
    kl_divergence(p, q)

Start at distribution.py. After a seed, samples are torch's, as stream/stream.py says.
https://docs.pytorch.org/docs/stable/distributions.html
"""

from minitorch.distributions import constraints, utils
from minitorch.distributions.bernoulli import Bernoulli
from minitorch.distributions.binomial import Binomial
from minitorch.distributions.categorical import Categorical
from minitorch.distributions.distribution import Distribution
from minitorch.distributions.exponential import Exponential
from minitorch.distributions.kl import kl_divergence, register_kl
from minitorch.distributions.multinomial import Multinomial
from minitorch.distributions.normal import Normal
from minitorch.distributions.poisson import Poisson
from minitorch.distributions.uniform import Uniform

__all__ = [
    "Bernoulli",
    "Binomial",
    "Categorical",
    "Distribution",
    "Exponential",
    "Multinomial",
    "Normal",
    "Poisson",
    "Uniform",
    "constraints",
    "kl_divergence",
    "register_kl",
    "utils",
]
