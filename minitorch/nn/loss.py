"""Losses as layers.

https://docs.pytorch.org/docs/stable/nn.html#loss-functions
"""

from minitorch.nn.module import Module
from minitorch.ops.loss import cross_entropy, mse_loss, nll_loss


class MSELoss(Module):
    """(input - target)^2, and its mean or sum."""

    def __init__(self, size_average=None, reduce=None, reduction="mean"):
        super().__init__()
        self.reduction = reduction_of(size_average, reduce, reduction)

    def forward(self, input, target):
        return mse_loss(input, target, self.reduction)


class NLLLoss(Module):
    """The negative log-likelihood -weight[t] * input[t] of log-probabilities (N, C, ...) at classes t (N, ...)."""

    def __init__(self, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index, self.reduction = ignore_index, reduction_of(size_average, reduce, reduction)

    def forward(self, input, target):
        return nll_loss(input, target, self.weight, self.ignore_index, self.reduction)


class CrossEntropyLoss(Module):
    """-log softmax(scores)[class], for scores (N, C, ...) and classes (N, ...), or probabilities (N, C, ...)."""

    def __init__(
        self, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean", label_smoothing=0.0
    ):
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing
        self.reduction = reduction_of(size_average, reduce, reduction)

    def forward(self, input, target):
        settings = (self.weight, self.ignore_index, self.reduction, self.label_smoothing)
        return cross_entropy(input, target, *settings)


def reduction_of(size_average, reduce, reduction):
    """The reduction that torch's two old arguments stand for, where one is given."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is False:
        return "none"
    return "sum" if size_average is False else "mean"
