"""Losses as layers.

https://docs.pytorch.org/docs/stable/nn.html#loss-functions
"""

from minitorch.nn.module import Module
from minitorch.ops.cross_entropy import cross_entropy, nll_loss
from minitorch.ops.loss import mse_loss, reduction_of


class MSELoss(Module):
    """(input - target)^2, and its mean or sum."""

    def __init__(self, size_average=None, reduce=None, reduction="mean"):
        super().__init__()
        self.reduction = reduction_of(size_average, reduce, reduction)

    def forward(self, input, target):
        return mse_loss(input, target, reduction=self.reduction)


class NLLLoss(Module):
    """The negative log-likelihood -weight[t] * input[t] of log-probabilities (N, C, ...) at classes t (N, ...)."""

    def __init__(self, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index, self.reduction = ignore_index, reduction_of(size_average, reduce, reduction)

    def forward(self, input, target):
        return nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


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
        return cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
