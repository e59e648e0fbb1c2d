"""New tensors drawn by a tensor of parameters: bernoulli, poisson, binomial, multinomial, gumbel_softmax.

The numbers are those of stream/stream.py, taken row by row, or on a GPU of stream/philox.py (those by rejection, and
multinomial's with replacement, are found on the host). No gradient flows through: that of the parameters is 0.
https://docs.pytorch.org/docs/stable/torch.html#random-sampling
"""

from operator import index

import numpy as np

from minitorch.autograd.op import check_tensors, op
from minitorch.dtype import int64
from minitorch.memory_format import contiguous_format
from minitorch.ops.activation import softmax
from minitorch.ops.like import empty_like, new_empty, zeros_like
from minitorch.ops.sampling import stream_of
from minitorch.ops.sorting import topk

MOST_CATEGORIES = 1 << 24  # torch counts them in float32


@op(label="BernoulliBackward0")
def with_gradient_zero(input, *, numbers):
    return numbers, lambda g: zeros_like(g)


def bernoulli(input, p=None, *, generator=None):
    """1 with the probability that stands in input, or with probability p; else 0. torch's bits."""
    result = empty_like(input, memory_format=contiguous_format)
    result.bernoulli_(input.detach() if p is None else p, generator=generator)
    return with_gradient_zero(input, numbers=result.array)


@op
def poisson(input, *, generator=None):
    """Poisson numbers of the rates that stand in input. torch's bits.

    RuntimeError for a rate that is negative or NaN, NotImplementedError for an integer dtype.
    """
    stream = stream_of(generator, input.device, "poisson")
    return stream.poisson(input.host()), lambda g: zeros_like(g)


def no_derivative(g):
    raise RuntimeError("derivative for aten::binomial is not implemented")


@op(label="NotImplemented")
def draw_binomial(count, prob, *, stream):
    return stream.binomial(count.host(), prob.host()), no_derivative, no_derivative


def binomial(count, prob, generator=None):
    """How many of `count` tries succeed, with probability prob each; the two broadcast. torch's bits.

    ValueError for counts of an integer dtype, RuntimeError for two dtypes. As in torch, there is no derivative, not
    even 0. NotImplementedError for the 16-bit dtypes.
    """
    check_tensors("binomial", (count, prob))
    if not count.is_floating_point():
        raise ValueError(f"binomial only supports floating-point dtypes for count, got: {count.dtype.name}")
    if count.array.dtype.itemsize == 2:
        raise NotImplementedError(f"binomial is not implemented for {count.dtype.name}")
    if prob.array.dtype != count.array.dtype:
        raise RuntimeError(f"binomial: found dtype {prob.dtype.name} for prob but expected {count.dtype.name}")
    return draw_binomial(count, prob, stream=stream_of(generator, count.device, "binomial"))


def multinomial(input, num_samples, replacement=False, *, generator=None):
    """Numbers of categories, num_samples from each row of weights: (K,) -> (n,), (R, K) -> (R, n). torch's bits.

    A row of weights p need not sum to 1. With replacement each sample is the first category whose cumulative
    probability reaches a uniform number. Without, the categories race: each one arrives after an exponential time of
    rate p, and the first n to arrive are taken, the largest p / q for q of rate 1. (One sample is drawn so, too.)
    RuntimeError for weights that are negative, not finite or all 0, and for more samples than categories.
    """
    check_tensors("multinomial", (input,))
    n = index(num_samples)
    check_weights(input, n, replacement)
    if len(input) == 0:
        return new_empty(input, 0, n, dtype=int64)
    if replacement and n > 1:
        stream = stream_of(generator, input.device, "multinomial")
        rows = input.host().reshape(-1, input.shape[-1])  # (K,) or (R, K) -> (R, K)
        found = by_cumulative(rows, input.kernels.to_numpy(stream.uniform((len(rows), n), np.float64)))
        return input.wrap(input.kernels.from_numpy(found.reshape(*input.shape[:-1], n)))  # (R, n) or (n,), as input
    race = input.detach() / empty_like(input).exponential_(generator=generator)
    return (
        topk(race, n).indices
        if n > 1 and race.array.size
        else race.argmax(-1, keepdim=True).expand(*race.shape[:-1], n)
    )


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    """softmax((logits + G) / tau) for Gumbel noise G: a category drawn so that gradients flow (arXiv 1611.01144).

    The largest element is category i with the probability softmax(logits)_i; the smaller tau, the nearer is the result
    to one-hot. hard: one-hot, with the gradient of the soft one. eps is not used, as in torch. torch's bits of G.
    """
    noise = -empty_like(logits, memory_format=contiguous_format).exponential_().log()
    soft = softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    chosen = zeros_like(logits).scatter_(dim, soft.argmax(dim, keepdim=True), 1.0)
    return chosen - soft.detach() + soft


def by_cumulative(rows, uniform):
    """(R, n): for each of n uniform numbers a row the first category whose cumulative probability is not below it."""
    work = np.float32 if rows.dtype == np.float16 else rows.dtype
    cumulative = rows.cumsum(-1, dtype=work)
    cumulative /= cumulative[:, -1:]
    cumulative[:, -1] = 1
    return np.stack([np.searchsorted(row, u) for row, u in zip(cumulative, uniform, strict=True)])


def check_weights(input, n, replacement):
    weights = input.host()
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"multinomial: prob_dist must be 1 or 2 dim, got shape {list(weights.shape)}")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype.name}")
    if n <= 0:
        raise RuntimeError(f"multinomial: cannot sample n_sample <= 0 samples, got {n}")
    if not replacement and n > weights.shape[-1]:
        raise RuntimeError(
            f"multinomial: cannot sample n_sample > prob_dist.size(-1) samples without replacement ({n} > "
            f"{weights.shape[-1]})"
        )
    if weights.shape[-1] > MOST_CATEGORIES:
        raise RuntimeError("multinomial: number of categories cannot exceed 2^24")
    if not ((weights >= 0) & (weights < np.inf)).all():
        raise RuntimeError("multinomial: probability tensor contains either `inf`, `nan` or element < 0")
    if not (weights.sum(-1) > 0).all():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
