"""Metrics: how good a model's scores are, over batch after batch.

    metric = Accuracy()
    for x, y in loader:
        metric.update(net(x), y)
    print(metric.compute())

Scores are (N, C, ...) for C classes, targets the classes' numbers (N, ...), as cross_entropy takes them. What is in an
attribute of a metric is all it knows: numbers and tensors, which a checkpoint holds (trainer.py).
"""

import math

from minitorch.autograd import no_grad
from minitorch.creation import zeros
from minitorch.dtype import int64
from minitorch.nn.functional import cross_entropy
from minitorch.ops.unique import bincount


class Mean:
    """The mean of numbers, each with a weight: of losses of batches, by their sizes. nan of none."""

    def __init__(self):
        self.total, self.count = 0.0, 0

    def update(self, value, weight=1):
        self.total += value * weight
        self.count += weight

    def compute(self):
        return self.total / self.count if self.count else math.nan


class Accuracy:
    """The share of targets whose class has the highest score; targets of ignore_index do not count. nan of none."""

    def __init__(self, ignore_index=-100):
        self.ignore_index, self.right, self.count = ignore_index, 0, 0

    def update(self, scores, targets):
        counted = targets != self.ignore_index
        self.right += ((scores.argmax(1) == targets) & counted).sum().item()
        self.count += counted.sum().item()

    def compute(self):
        return self.right / self.count if self.count else math.nan


class Perplexity:
    """exp of the mean cross-entropy, which is the geometric mean of 1 / p(target): among how many equally likely words
    the model is left to guess. (The book says harmonic mean, which would be another number.) 1 at best, C for a model
    that knows nothing, infinite for one that rules out what comes; nan of no targets.
    """

    def __init__(self, ignore_index=-100):
        self.ignore_index, self.nats, self.count = ignore_index, 0.0, 0

    def update(self, scores, targets):
        with no_grad():
            self.nats += cross_entropy(scores, targets, ignore_index=self.ignore_index, reduction="sum").item()
        self.count += (targets != self.ignore_index).sum().item()

    def compute(self):
        if not self.count:
            return math.nan
        return math.exp(self.nats / self.count) if self.nats / self.count < 709 else math.inf


class IoU:
    """Intersection over union of pixels' classes, TP / (TP + FP + FN) a class: their mean, over all pixels seen.

    A class that is neither in the targets nor predicted has none, and does not count (`per_class` gives nan).
    """

    def __init__(self, classes, ignore_index=-100):
        self.classes, self.ignore_index = classes, ignore_index
        self.confusion = zeros(classes, classes, dtype=int64)  # pixels of class (row) that were taken for (column)

    def update(self, scores, targets):
        counted = targets != self.ignore_index
        pairs = targets[counted] * self.classes + scores.argmax(1)[counted]
        counts = bincount(pairs, minlength=self.classes**2).cpu()
        self.confusion += counts.reshape(self.classes, self.classes)  # (C * C) -> (C, C)

    def per_class(self):
        """IoU of each class, (C,)."""
        right = self.confusion.diagonal()
        return right / (self.confusion.sum(0) + self.confusion.sum(1) - right)

    def compute(self):
        return self.per_class().nanmean().item()
