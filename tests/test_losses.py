"""Losses: against what they mean, computed the long way."""

import itertools
import math

import numpy as np
import pytest

import minitorch
from minitorch.nn import functional as F


def spelled(path, blank):
    """What a path reads as: repetitions as one, then without blanks."""
    return [label for label, _ in itertools.groupby(path) if label != blank]


@pytest.mark.parametrize("target", [[], [1], [1, 1], [2, 1], [1, 2, 1]])
def test_ctc_loss_is_the_sum_over_all_paths(target):
    x = np.random.default_rng(0).standard_normal((5, 3))
    p = np.exp(x) / np.exp(x).sum(1, keepdims=True)
    paths = [path for path in itertools.product(range(3), repeat=5) if spelled(path, 0) == target]
    chance = sum(math.prod(p[t, label] for t, label in enumerate(path)) for path in paths)
    log_p = minitorch.tensor(x).log_softmax(1).requires_grad_()
    loss = F.ctc_loss(log_p, minitorch.tensor(target, dtype=minitorch.int64), (5,), (len(target),), reduction="sum")
    assert loss.item() == pytest.approx(-math.log(chance), rel=1e-12)
    loss.backward()
    owed = np.zeros_like(p)
    for path in paths:
        for t, label in enumerate(path):
            owed[t, label] += math.prod(p[u, other] for u, other in enumerate(path)) / chance
    np.testing.assert_allclose(log_p.grad.numpy(), p - owed, atol=1e-13)


def test_ctc_loss_of_labels_that_never_happen():
    x = minitorch.tensor([[0.0, 1.0, -math.inf]] * 3).requires_grad_()
    loss = F.ctc_loss(x.log_softmax(1), minitorch.tensor([1]), (3,), (1,))
    loss.backward()
    assert x.grad.isfinite().all() and x.grad[:, 2].tolist() == [0, 0, 0]  # where torch's are NaN
    impossible = F.ctc_loss(x.log_softmax(1), minitorch.tensor([2]), (3,), (1,))
    assert impossible.item() == math.inf


def test_ctc_loss_refuses():
    log_p = minitorch.zeros(4, 1, 3).log_softmax(2).requires_grad_()
    with pytest.raises(RuntimeError, match="labels from 0 to 2"):
        F.ctc_loss(log_p, minitorch.tensor([[3]]), (4,), (1,))
    (slope,) = minitorch.autograd.grad(F.ctc_loss(log_p, minitorch.tensor([[1]]), (4,), (1,)), log_p, create_graph=True)
    with pytest.raises(RuntimeError, match="second derivative"):
        slope.sum().backward()


def test_ctc_loss_minds_what_was_written_since():
    log_p = minitorch.zeros(4, 1, 3).requires_grad_() * 1
    loss = F.ctc_loss(log_p, minitorch.tensor([[1]]), (4,), (1,))
    log_p.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()
