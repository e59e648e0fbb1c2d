"""`kl_divergence(p, q)`: how many nats are lost where q is taken for p, the expectation of log p(x) - log q(x) under p.

https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.kl
"""

import math

from minitorch.distributions.bernoulli import Bernoulli
from minitorch.distributions.binomial import Binomial
from minitorch.distributions.categorical import Categorical
from minitorch.distributions.exponential import Exponential
from minitorch.distributions.normal import Normal
from minitorch.distributions.poisson import Poisson
from minitorch.distributions.uniform import Uniform
from minitorch.nn.functional import softplus
from minitorch.ops.elementwise import log, log1p, where
from minitorch.ops.like import full_like

FORMULAS = {}  # (type of p, type of q) -> a function of p and q


def register_kl(type_p, type_q):
    """A decorator: the function below it is the divergence of a type_p from a type_q, subclasses included."""

    def decorator(function):
        FORMULAS[type_p, type_q] = function
        return function

    return decorator


def kl_divergence(p, q):
    """The divergence of each distribution of the batch of p from that of q. NotImplementedError for unknown pairs."""
    for type_p in type(p).__mro__:
        for type_q in type(q).__mro__:
            if (type_p, type_q) in FORMULAS:
                return FORMULAS[type_p, type_q](p, q)
    raise NotImplementedError(
        f"No KL(p || q) is implemented for p type {type(p).__name__} and q type {type(q).__name__}"
    )


# -- of one kind -------------------------------------------------------------------------------------------------------


@register_kl(Normal, Normal)
def normal_normal(p, q):
    ratio = (p.scale / q.scale).pow(2)
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale).pow(2) - 1 - log(ratio))


@register_kl(Uniform, Uniform)
def uniform_uniform(p, q):
    result = log((q.high - q.low) / (p.high - p.low))
    return where((q.low > p.low) | (q.high < p.high), math.inf, result)


@register_kl(Exponential, Exponential)
def exponential_exponential(p, q):
    ratio = q.rate / p.rate
    return -log(ratio) + ratio - 1


@register_kl(Poisson, Poisson)
def poisson_poisson(p, q):
    return p.rate * (log(p.rate) - log(q.rate)) - (p.rate - q.rate)


@register_kl(Bernoulli, Bernoulli)
def bernoulli_bernoulli(p, q):
    """p log(p / q) + (1 - p) log((1 - p) / (1 - q)): log p = -softplus(-logit), log(1 - p) = -softplus(logit)."""
    ones = p.probs * (softplus(-q.logits) - softplus(-p.logits))
    ones[q.probs == 0], ones[p.probs == 0] = math.inf, 0
    zeros = (1 - p.probs) * (softplus(q.logits) - softplus(p.logits))
    zeros[q.probs == 1], zeros[p.probs == 1] = math.inf, 0
    return ones + zeros


@register_kl(Categorical, Categorical)
def categorical_categorical(p, q):
    terms = p.probs * (p.logits - q.logits)
    return where(p.probs == 0, 0, where(q.probs == 0, math.inf, terms)).sum(-1)


@register_kl(Binomial, Binomial)
def binomial_binomial(p, q):
    if (p.total_count < q.total_count).any():
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    one = p.probs * (p.logits - q.logits) + log1p(-p.probs) - log1p(-q.probs)
    return where(p.total_count > q.total_count, math.inf, p.total_count * one)


# -- of two kinds ------------------------------------------------------------------------------------------------------


@register_kl(Bernoulli, Poisson)
def bernoulli_poisson(p, q):
    return -p.entropy() - (p.probs * log(q.rate) - q.rate)


@register_kl(Exponential, Normal)
def exponential_normal(p, q):
    variance = q.scale.pow(2)
    density = 0.5 * log(p.rate.pow(2) * variance * 2 * math.pi)
    return density - 1 + (p.rate.pow(-2) - q.loc / p.rate + q.loc.pow(2) * 0.5) / variance


@register_kl(Uniform, Exponential)
def uniform_exponential(p, q):
    result = q.rate * (p.high + p.low) / 2 - log((p.high - p.low) * q.rate)
    return where(p.low < 0, math.inf, result)


@register_kl(Uniform, Normal)
def uniform_normal(p, q):
    width = p.high - p.low
    squares = width.pow(2) / 12 + ((p.high + p.low - 2 * q.loc) / 2).pow(2)
    return log(math.sqrt(math.pi * 2) * q.scale / width) + 0.5 * squares / q.scale.pow(2)


@register_kl(Normal, Exponential)
@register_kl(Normal, Uniform)
def normal_infinity(p, q):
    """q gives no density to values that p has."""
    return full_like(p.loc, math.inf)


@register_kl(Exponential, Uniform)
@register_kl(Poisson, Bernoulli)
@register_kl(Poisson, Binomial)
def rate_infinity(p, q):
    """q gives no probability to values that p has."""
    return full_like(p.rate, math.inf)
