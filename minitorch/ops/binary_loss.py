"""Losses of yes and no: binary_cross_entropy, with logits, and those of several labels at once.

https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

import numpy as np

from minitorch.autograd.graph import expands_to
from minitorch.autograd.op import op
from minitorch.dtype import bfloat16
from minitorch.ops.activation import logsigmoid, number, sigmoid
from minitorch.ops.loss import in_dtype_of, reduced, reduction_of, refuse_gradient
from minitorch.ops.refusals import floating_only
from minitorch.promotion import common


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    """-(target log input + (1 - target) log(1 - input)), for probabilities input and target.

    A logarithm below -100 counts as -100, so that the loss is finite. weight, a factor of each loss, may broadcast.
    For logits, binary_cross_entropy_with_logits is the better one: it loses no digits.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    if target.dtype is not input.dtype:
        names = [x.dtype.word for x in (target, input)]
        raise RuntimeError(f"Found dtype {names[0]} but expected {names[1]}")
    floating_only("binary_cross_entropy", input)
    for name, x in (("input", input), ("target", target)):
        numbers = x.float() if x.dtype is bfloat16 else x
        if x.kernels.first_outside(numbers.array, 0, 1) is not None:
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")
    refuse_gradient("binary_cross_entropy", weight=weight)
    loss = surprise(input, target)
    return reduced(loss if weight is None else times(loss, weight), reduction)


@op(label="BinaryCrossEntropyBackward0")
def surprise(input, target):
    k, x, y, one, least = input.kernels, input.array, target.array, number(input, 1), number(input, -100)
    yes, no = k.maximum(k.log(x), least), k.maximum(k.log1p(k.neg(x)), least)
    return (
        k.sub(k.mul(k.sub(y, one), no), k.mul(y, yes)),
        lambda g: surprise_slope(g, input, target),
        lambda g: -g * (input / (1 - input)).log(),
    )


EPSILON = 1e-12
EPSILON_32 = float(np.float32(EPSILON))


@op(label="BinaryCrossEntropyBackwardBackward0")
def surprise_slope(g, input, target):
    """g times the derivative (x - y) / (x (1 - x)), its denominator 1e-12 at least; epsilons as in torch."""
    k, x, one = g.kernels, input.array, number(input, 1)
    curve = k.maximum(k.mul(k.sub(one, x), x), number(input, EPSILON_32))

    def vjp_input(h):
        x, y = input, target
        return h * g * (x * x - 2 * x * y + y) / ((x + EPSILON) ** 2 * (1 - x + EPSILON) ** 2)

    return (
        k.div(k.mul(g.array, k.sub(x, target.array)), curve),
        lambda h: h * (input - target) / ((input + EPSILON) * (1 - input + EPSILON)),
        vjp_input,
        lambda h: -h * g / ((1 - input) * input),
    )


def binary_cross_entropy_with_logits(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None
):
    """binary_cross_entropy(sigmoid(input), target), from log(sigmoid) itself: finite and exact for any logit.

    loss = (1 - target) input - (1 + (pos_weight - 1) target) log(sigmoid(input))

    weight is a factor of each loss, pos_weight one of the part with target 1; they may broadcast.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if target.shape != input.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    refuse_gradient("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
    floating_only("log_sigmoid_cpu", input)
    if pos_weight is None:
        loss = surprise_of_logits(input, target)
    else:
        loss = (1 - target) * input - times(logsigmoid(input), 1 + (pos_weight - 1) * target)
    loss = in_dtype_of(target, loss)
    return reduced(loss if weight is None else times(loss, weight), reduction)


@op(promote=common, label="BinaryCrossEntropyWithLogitsBackward0")
def surprise_of_logits(input, target):
    """The loss without pos_weight, (1 - y) x - min(x, 0) + log(1 + e^-|x|). Its derivative is sigmoid(x) - y."""
    k, x, y = input.kernels, input.array, target.array
    log_p = k.sub(k.minimum(x, number(input, 0)), k.log1p(k.exp(k.neg(k.abs(x)))))
    return (
        k.sub(k.mul(k.sub(number(input, 1), y), x), log_p),
        lambda g: (sigmoid(input) - target) * g,
        lambda g: -g * input,
    )


def times(loss, weight):
    """loss * weight, in the shape and dtype of the loss. RuntimeError for a weight of a larger shape."""
    if not expands_to(weight.shape, loss.shape):
        raise RuntimeError(f"a loss of shape {list(loss.shape)} has no room for a weight of shape {list(weight.shape)}")
    return in_dtype_of(loss, loss * weight)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """log(1 + e^(-target input)), for targets 1 and -1. (Finite for any input; torch's overflows.)"""
    reduction = reduction_of(size_average, reduce, reduction)
    refuse_gradient("soft_margin_loss", target=target)
    return reduced(-logsigmoid(times(input, target)), reduction)


def multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    """The mean over the last dim of binary_cross_entropy_with_logits(input, target): a yes or no for each of C labels.

    input and target (..., C) -> (...); weight is a factor for each label.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return reduced(loss.sum(input.ndim - 1) / input.shape[-1], reduction)
