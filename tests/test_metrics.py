"""The metrics, beside scikit-learn's."""

import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, jaccard_score, log_loss

import minitorch
from minitorch.metrics import Accuracy, IoU, Mean, Perplexity


def scores_of(*shape):
    rng = np.random.default_rng(0)
    return rng.normal(size=(shape[0], 4, *shape[1:])), rng.integers(0, 4, size=shape)


def updated(metric, scores, targets):
    for start in (0, 3):  # batches of unequal size
        end = 3 if start == 0 else None
        metric.update(minitorch.tensor(scores[start:end]), minitorch.tensor(targets[start:end]))
    return metric


def test_accuracy_is_scikit_learns():
    scores, targets = scores_of(20)
    assert updated(Accuracy(), scores, targets).compute() == accuracy_score(targets, scores.argmax(1))


def test_perplexity_is_exp_of_scikit_learns_log_loss():
    scores, targets = scores_of(20)
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    assert updated(Perplexity(), scores, targets).compute() == pytest.approx(math.exp(log_loss(targets, p)))
    assert updated(Perplexity(), 0 * scores, targets).compute() == pytest.approx(4)
    assert updated(Perplexity(), 1e4 * scores, targets).compute() == math.inf


def test_iou_is_scikit_learns_jaccard_score():
    scores, targets = scores_of(5, 6, 7)
    metric = updated(IoU(4), scores, targets)
    expected = jaccard_score(targets.ravel(), scores.argmax(1).ravel(), average=None)
    np.testing.assert_allclose(metric.per_class().numpy(), expected, rtol=1e-6)
    assert metric.compute() == pytest.approx(expected.mean())


@pytest.mark.parametrize("make", [Accuracy, Perplexity, lambda **k: IoU(4, **k)])
def test_ignored_targets_do_not_count(make):
    scores, targets = scores_of(5, 6, 7)
    targets[:, 2:] = 255
    whole = updated(make(ignore_index=255), scores, targets).compute()
    assert whole == pytest.approx(updated(make(), scores[:, :, :2], targets[:, :2]).compute())


def test_iou_by_hand_and_of_absent_classes():
    metric = IoU(3)
    metric.update(minitorch.eye(3)[minitorch.tensor([0, 0, 1])], minitorch.tensor([0, 1, 1]))
    assert metric.per_class().tolist()[:2] == [0.5, 0.5]
    assert math.isnan(metric.per_class()[2]) and metric.compute() == 0.5
    assert all(math.isnan(empty.compute()) for empty in (Mean(), Accuracy(), Perplexity(), IoU(2)))
