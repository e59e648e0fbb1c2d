"""Distributions beyond the parity rows: words of refusals, validation off and on, divergences of one's own."""

import pytest
import torch

import minitorch
from minitorch.distributions import Bernoulli, Categorical, Distribution, Normal, kl_divergence, register_kl


@pytest.mark.parametrize(
    "program",
    [
        lambda t: t.distributions.Normal(t.zeros(2), t.tensor([1.0, -1.0])),
        lambda t: t.distributions.Normal(0.0, 1.0).log_prob(2.0),
        lambda t: t.distributions.Normal(t.zeros(2), 1.0).log_prob(t.zeros(3)),
        lambda t: t.distributions.Uniform(t.zeros(2), 1.0).log_prob(t.tensor([0.5, 2.0])),
        lambda t: t.distributions.Multinomial(3, t.ones(2)).log_prob(t.ones(3)),
        lambda t: t.distributions.Multinomial(3, t.ones(2)).log_prob(t.tensor([3.0, 3.0])),
        lambda t: t.distributions.Categorical(t.tensor(1.0)),
        lambda t: t.distributions.Categorical(),
        lambda t: t.distributions.Bernoulli(t.ones(2) / 2, t.ones(2)),
        lambda t: t.distributions.Bernoulli(0.5).log_prob(t.tensor(0.5)),
        lambda t: t.distributions.Binomial(t.tensor([1, 2]), t.ones(2) / 2).entropy(),
        lambda t: t.distributions.Poisson(1.0).entropy(),
        lambda t: t.distributions.Poisson(1.0).rsample(),
    ],
)
def test_refusals_in_torchs_words(program):
    said = []
    for library in (minitorch, torch):
        with pytest.raises((ValueError, NotImplementedError)) as refusal:
            program(library)
        said.append((refusal.type, str(refusal.value).replace("minitorch", "torch")))
    (our_class, ours), (their_class, theirs) = said
    assert our_class is their_class
    assert ours == theirs or "entropy" in theirs  # Binomial's entropy is a sum over its support: so we say


def test_validation_can_be_turned_off():
    Normal(0.0, -1.0, validate_args=False)
    try:
        Distribution.set_default_validate_args(False)
        Normal(0.0, -1.0)
    finally:
        Distribution.set_default_validate_args(True)
    with pytest.raises(ValueError, match="scale"):
        Normal(0.0, -1.0)
    with pytest.raises(ValueError, match="True or False"):
        Distribution.set_default_validate_args(2)


def test_what_was_not_given_is_computed_when_asked_for():
    logits = minitorch.zeros(3, requires_grad=True)
    d = Categorical(logits=logits)
    with minitorch.no_grad():
        assert "probs" not in vars(d) and d.sample().shape == ()
    d.probs[0].backward()  # in the graph, although it was first computed under no_grad
    assert logits.grad.tolist() == pytest.approx([2 / 9, -1 / 9, -1 / 9])


def test_divergences_are_inherited_and_may_be_added():
    class Standard(Normal):
        """A normal distribution of one's own."""

    assert kl_divergence(Standard(0.0, 1.0), Normal(0.0, 1.0)).item() == 0
    with pytest.raises(NotImplementedError, match="p type Standard and q type Bernoulli"):
        kl_divergence(Standard(0.0, 1.0), Bernoulli(0.5))
    register_kl(Standard, Bernoulli)(lambda p, q: 7)
    assert kl_divergence(Standard(0.0, 1.0), Bernoulli(0.5)) == 7
