"""`Distribution`: what all distributions share.

Shapes: a sample has shape sample_shape + batch_shape + event_shape. The event is one value (() for numbers, (K,) for a
vector of counts); the batch is that of the parameters, one distribution for each; the samples are independent.
"""

import warnings

from minitorch.autograd import no_grad
from minitorch.distributions.utils import NUMBERS, broadcast_all, lazy_property, logits_to_probs, probs_to_logits
from minitorch.ops.elementwise import exp
from minitorch.ranges import arange
from minitorch.size import Size
from minitorch.tensor import Tensor


class Distribution:
    """The base of all distributions. A subclass sets its parameters as attributes, then calls this __init__.

    arg_constraints: the constraint of each parameter. support: that of the values. ValueError where validation is on
    (as it is by default, unless Python runs with -O) and a parameter or value does not satisfy its constraint.
    """

    has_rsample = False
    has_enumerate_support = False
    _validate_args = __debug__

    @staticmethod
    def set_default_validate_args(value):
        """Turn validation on or off."""
        if value not in (True, False):
            raise ValueError(f"set_default_validate_args expects True or False, got {value!r}")
        Distribution._validate_args = value

    def __init__(self, batch_shape=(), event_shape=(), validate_args=None):
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            for name, constraint in self.arg_constraints.items():
                if name not in vars(self) and isinstance(getattr(type(self), name), lazy_property):
                    continue  # it will be computed from the other one
                value = getattr(self, name)
                if not constraint.check(value).all():
                    raise ValueError(
                        f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of "
                        f"distribution {self!r} to satisfy the constraint {constraint!r}, but found invalid values:\n"
                        f"{value}"
                    )

    def __repr__(self):
        given = {name: vars(self)[name] for name in self.arg_constraints if name in vars(self)}
        parts = [f"{name}: {x if x.numel() == 1 else x.size()}" for name, x in given.items()]
        return f"{type(self).__name__}({', '.join(parts)})"

    # -- shapes --------------------------------------------------------------------------------------------------------

    @property
    def batch_shape(self):
        """The shape of the parameters."""
        return self._batch_shape

    @property
    def event_shape(self):
        """The shape of one value."""
        return self._event_shape

    def extended_shape(self, sample_shape=()):
        """The shape of a sample: sample_shape + batch_shape + event_shape."""
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def expand(self, batch_shape):
        """The same distribution with its parameters expanded to a larger batch."""
        new = self.__new__(type(self))
        for name, constraint in self.arg_constraints.items():
            if name in vars(self):
                x = vars(self)[name]
                setattr(new, name, x.expand(*batch_shape, *x.shape[x.dim() - constraint.event_dim :]))
        return self.as_self(new, batch_shape)

    def as_self(self, new, batch_shape):
        """`new`, whose parameters are set, as a distribution of this batch; its arguments are not checked again."""
        Distribution.__init__(new, batch_shape, self._event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    # -- what a subclass defines ---------------------------------------------------------------------------------------

    @property
    def arg_constraints(self):
        """The constraint of each parameter, by name."""
        raise NotImplementedError

    @property
    def support(self):
        """The constraint of the values."""
        raise NotImplementedError

    @property
    def mean(self):
        """The expected value."""
        raise NotImplementedError

    @property
    def mode(self):
        """The likeliest value."""
        raise NotImplementedError(f"{self.__class__} does not implement mode")

    @property
    def variance(self):
        """The expected squared distance from the mean."""
        raise NotImplementedError

    @property
    def stddev(self):
        """The square root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape=()):
        """Draw; outside the graph."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape=()):
        """Draw a differentiable function of the parameters and of noise that does not depend on them."""
        raise NotImplementedError

    def log_prob(self, value):
        """The logarithm of the density, or of the probability, at value."""
        raise NotImplementedError

    def cdf(self, value):
        """The probability of a number that is not above value."""
        raise NotImplementedError

    def icdf(self, value):
        """The inverse of cdf."""
        raise NotImplementedError

    def enumerate_support(self, expand=True):
        """All values, along a first dim; expand: for each of the batch."""
        raise NotImplementedError

    def entropy(self):
        """The expectation of -log_prob."""
        raise NotImplementedError

    def perplexity(self):
        """exp of the entropy."""
        return exp(self.entropy())

    # -- checks --------------------------------------------------------------------------------------------------------

    def validate_sample(self, value):
        """ValueError unless validation is off, or value has the right shape and lies in the support."""
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        if value.shape[value.dim() - len(self._event_shape) :] != self._event_shape:
            raise ValueError(
                f"The right-most size of value must match event_shape: {value.size()} vs {self._event_shape}."
            )
        expected = self.extended_shape()
        for i, j in zip(reversed(value.shape), reversed(expected), strict=False):
            if i != j and 1 not in (i, j):
                raise ValueError(
                    f"Value is not broadcastable with batch_shape+event_shape: {value.size()} vs {expected}."
                )
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{self.__class__} does not define `support` to enable sample validation. Please initialize the "
                "distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        if not support.check(value).all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the "
                f"support ({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )


def batch_of(parameters, broadcast):
    """The batch shape: () where all parameters were numbers, else that of the broadcast ones."""
    return () if all(isinstance(p, NUMBERS) for p in parameters) else broadcast.shape


def check_one(probs, logits):
    """ValueError unless exactly one of the two is given."""
    if (probs is None) == (logits is None):
        raise ValueError("Either `probs` or `logits` must be specified, but not both.")


class ProbsOrLogits(Distribution):
    """A distribution given by probabilities or by their logits; the other one is computed when asked for."""

    is_binary = True

    def set_one(self, probs, logits, *others):
        """Set probs or logits, broadcast with others; returns these. ValueError unless exactly one is given."""
        check_one(probs, logits)
        *others, param = broadcast_all(*others, logits if probs is None else probs)
        if probs is None:
            self.logits = param
        else:
            self.probs = param
        return others

    @lazy_property
    def logits(self):
        """log(p / (1 - p)), or log p of categories."""
        return probs_to_logits(self.probs, self.is_binary)

    @lazy_property
    def probs(self):
        """The probabilities."""
        return logits_to_probs(self.logits, self.is_binary)

    @property
    def param(self):
        """The one of the two that was given."""
        return next(x for name, x in vars(self).items() if name in ("probs", "logits"))

    @property
    def param_shape(self):
        """The shape of the parameter."""
        return self.param.size()


def enumerated(count, param, batch_shape, expand):
    """0, ..., count - 1 along a first dim, in the dtype of param; expand: for each of the batch."""
    values = arange(count, dtype=param.dtype, device=param.device)
    values = values.view(-1, *[1] * len(batch_shape))  # (count,) -> (count, 1, ..., 1)
    return values.expand(-1, *batch_shape) if expand else values
