"""Losses of numbers: mse_loss, l1_loss, smooth_l1_loss, huber_loss; and what all losses share.

The other losses: cross_entropy.py (classes), binary_loss.py (two classes), likelihood_loss.py, margin_loss.py.
https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

import warnings

import numpy as np

from minitorch.autograd.op import op
from minitorch.dtype import CATEGORY
from minitorch.ops.elementwise import where
from minitorch.ops.half import rounded, wide
from minitorch.ops.refusals import floating_only
from minitorch.promotion import common

# -- what all losses share ---------------------------------------------------------------------------------------------


def reduction_of(size_average, reduce, reduction):
    """The reduction: "mean", "sum" or "none" (each loss). ValueError for another."""
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def legacy_reduction(size_average, reduce):
    """What the two arguments meant by which one said it before there was `reduction`; with a warning."""
    reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.", stacklevel=4
    )
    return reduction


def reduced(loss, reduction):
    """The mean or the sum of the losses, or all of them."""
    return loss.mean() if reduction == "mean" else loss.sum() if reduction == "sum" else loss


def refuse_gradient(name, **tensors):
    """torch's RuntimeError for a weight that requires grad where no derivative for weights is known."""
    for argument, x in tensors.items():
        if x is not None and x.requires_grad:
            raise RuntimeError(
                f"The function '{name}' is not differentiable with respect to argument '{argument}'. This input cannot "
                "have requires_grad True."
            )


def in_dtype_of(x, loss):
    """The loss in the dtype of x, in which torch computes it. RuntimeError where that loses the fraction."""
    if CATEGORY[x.array.dtype.kind] < CATEGORY[loss.array.dtype.kind]:
        names = [t.dtype.word for t in (loss, x)]
        raise RuntimeError(f"result type {names[0]} can't be cast to the desired output type {names[1]}")
    return loss.cast(x.array.dtype)


def of_one_shape(name, input, target):
    """Both, broadcast to one shape; with a warning, for it is seldom meant. RuntimeError where they do not fit."""
    if input.shape == target.shape:
        return input, target
    warnings.warn(
        f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely "
        "lead to incorrect results due to broadcasting. Please ensure they have the same size.",
        stacklevel=3,
    )
    try:
        shape = np.broadcast_shapes(input.shape, target.shape)
    except ValueError:
        raise RuntimeError(
            f"{name}: an input of shape {list(input.shape)} and a target of shape {list(target.shape)} do not broadcast"
        ) from None
    return input.expand(shape), target.expand(shape)


def weighted(errors, weight, input):
    """The errors, each times its weight. ValueError for a weight that is not of the shape of input."""
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    return errors * weight


# -- the squared error -------------------------------------------------------------------------------------------------


@op(promote=common, label="MseLossBackward0")
def squared_error(input, target, *, reduction):
    k = input.kernels
    floating_only("mse_cpu", input)
    difference = k.sub(input.array, target.array)
    squares, dtype = wide(k, k.mul(difference, difference)), difference.dtype
    n = squares.size if reduction == "mean" else 1
    if reduction != "none":
        squares = k.sum(squares, tuple(range(squares.ndim)), False)
    if reduction == "mean":
        squares = k.div(squares, k.full((), n, squares.dtype))
    factor = 2 / max(n, 1)
    return rounded(k, squares, dtype), lambda g: g * (input - target) * factor, lambda g: g * (target - input) * factor


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """(input - target)^2, and its mean or sum. A target of another shape broadcasts, with a warning.

    weight (of the shape of input) is a factor of each error; the mean is then over the weights.
    """
    x, y = of_one_shape("mse_loss", input, target)
    reduction = reduction_of(size_average, reduce, reduction)
    if weight is None:
        return squared_error(x, y, reduction=reduction)
    loss = weighted((x - y).square(), weight, input)
    return loss.sum() / weight.sum() if reduction == "mean" else reduced(loss, reduction)


# -- errors of which large ones count less -----------------------------------------------------------------------------


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """|input - target|, and its mean or sum; the derivative at 0 is 0. weight is as in mse_loss."""
    x, y = of_one_shape("l1_loss", input, target)
    reduction = reduction_of(size_average, reduce, reduction)
    loss = (x - y).abs()
    if weight is None:
        return reduced(loss, reduction)
    loss = weighted(loss, weight, input)
    return loss.sum() / weight.sum() if reduction == "mean" else reduced(loss, reduction)


def rounded_error(d, delta):
    """d^2 / 2 where |d| < delta, delta (|d| - delta / 2) elsewhere: a parabola that goes on as straight lines."""
    far = d.abs() >= delta
    inner = where(far, 0.0, d)  # so that an infinite square has no part in the gradient
    return where(far, delta * (d.abs() - 0.5 * delta), 0.5 * inner * inner)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """d^2 / (2 beta) where |d| < beta, |d| - beta / 2 elsewhere, d = input - target (Girshick, arXiv 1504.08083)."""
    x, y = of_one_shape("smooth_l1_loss", input, target)
    reduction = reduction_of(size_average, reduce, reduction)
    if beta == 0:
        return reduced((x - y).abs(), reduction)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, got {beta}")
    x, y = common("smooth_l1_loss", (x, y))
    floating_only("smooth_l1_cpu", x)
    return reduced(rounded_error(x - y, beta) / beta, reduction)


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """d^2 / 2 where |d| < delta, delta (|d| - delta / 2) elsewhere, for d = input - target (Huber, 1964).

    weight (of the shape of input) is a factor of each loss.
    """
    x, y = of_one_shape("huber_loss", input, target)
    reduction = reduction_of(None, None, reduction)
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta, got {delta}")
    x, y = common("huber_loss", (x, y))
    floating_only("huber_cpu", x)
    loss = in_dtype_of(input, rounded_error(x - y, delta))
    return reduced(loss if weight is None else weighted(loss, weight, input), reduction)
