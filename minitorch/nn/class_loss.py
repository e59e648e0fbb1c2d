"""Losses of classes as layers: of two, of several, and of sequences of them.

https://docs.pytorch.org/docs/stable/nn.html#loss-functions
"""

import math

from minitorch.nn import functional as F
from minitorch.nn.linear import Linear
from minitorch.nn.loss import _Loss, _WeightedLoss
from minitorch.nn.parameter import Buffer
from minitorch.tensor import Tensor

# -- of two classes ----------------------------------------------------------------------------------------------------


class BCELoss(_WeightedLoss):
    """-(target log input + (1 - target) log(1 - input)), for probabilities."""

    def forward(self, input, target):
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """BCELoss of sigmoid(input); pos_weight multiplies the target's part."""

    def __init__(self, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None):
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input, target):
        weights = {"weight": self.weight, "pos_weight": self.pos_weight}
        return F.binary_cross_entropy_with_logits(input, target, **weights, reduction=self.reduction)


class SoftMarginLoss(_Loss):
    """log(1 + e^(-target input)), for targets 1 and -1."""

    def forward(self, input, target):
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """BCEWithLogitsLoss, averaged over the classes."""

    def forward(self, input, target):
        return F.multilabel_soft_margin_loss(input, target, weight=self.weight, reduction=self.reduction)


# -- of classes --------------------------------------------------------------------------------------------------------


class NLLLoss(_WeightedLoss):
    """-weight[t] * input[t], for log-probabilities (N, C, ...) and classes t (N, ...)."""

    def __init__(self, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input, target):
        settings = {"weight": self.weight, "ignore_index": self.ignore_index, "reduction": self.reduction}
        return F.nll_loss(input, target, **settings)


class CrossEntropyLoss(_WeightedLoss):
    """-log softmax(scores)[class], for scores (N, C, ...) and classes (N, ...), or probabilities (N, C, ...)."""

    def __init__(
        self, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean", label_smoothing=0.0
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input, target):
        settings = {"weight": self.weight, "ignore_index": self.ignore_index, "reduction": self.reduction}
        return F.cross_entropy(input, target, **settings, label_smoothing=self.label_smoothing)


class LinearCrossEntropyLoss(_WeightedLoss):
    """CrossEntropyLoss of a linear layer's scores, with options in chunks, which saves memory.

    num_classes classes; with out_features (d1, ..., dK) the scores are (N, num_classes, d1, ..., dK).
    """

    def __init__(
        self, in_features, num_classes, *, out_features=(), bias=False, device=None, dtype=None, reduction="mean",
        weight=None, ignore_index=None, label_smoothing=0.0, options=None,
    ):  # fmt: skip
        if weight is not None and weight.shape != (num_classes,):
            raise RuntimeError(f"expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}")
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError(f"expected label_smoothing to be in range [0, 1], got {label_smoothing}")
        super().__init__(weight, reduction=reduction)
        self.num_classes, self.out_features = num_classes, out_features
        self.ignore_index, self.label_smoothing, self.options = ignore_index, label_smoothing, options
        self.linear = Linear(in_features, math.prod(out_features, start=num_classes), bias, device, dtype)

    def forward(self, input, target):
        shape, bias = (self.num_classes, *self.out_features), self.linear.bias
        return F.linear_cross_entropy(
            input,
            self.linear.weight.reshape(*shape, self.linear.in_features),
            target,
            linear_bias=None if bias is None else bias.reshape(shape),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self):
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, out_features={self.out_features}, "
            f"bias={self.linear.bias is not None}, reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )


class FocalLoss(_Loss):
    """CrossEntropyLoss or BCEWithLogitsLoss times (1 - p)^gamma, p the probability of the true class.

    alpha: a weight for each class, or a number (see functional.focal_loss). torch has no such layer.
    """

    def __init__(self, gamma=2.0, alpha=None, reduction="mean"):
        super().__init__(reduction=reduction)
        self.gamma = gamma
        self.alpha = Buffer(alpha) if isinstance(alpha, Tensor) else alpha  # as a buffer it goes where the module goes

    def forward(self, input, target):
        return F.focal_loss(input, target, gamma=self.gamma, alpha=self.alpha, reduction=self.reduction)

    def extra_repr(self):
        return f"gamma={self.gamma}, alpha={self.alpha}, reduction={self.reduction!r}"


# -- of sequences ------------------------------------------------------------------------------------------------------


class CTCLoss(_Loss):
    """-log of the probability that frames (T, N, C) of log-probabilities spell the target: see ops/ctc.py."""

    def __init__(self, blank=0, reduction="mean", zero_infinity=False):
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs, targets, input_lengths, target_lengths):
        settings = {"blank": self.blank, "reduction": self.reduction, "zero_infinity": self.zero_infinity}
        return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, **settings)
