"""Losses that are negative log-likelihoods, or differences of them: kl_div, poisson_nll_loss, gaussian_nll_loss.

https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

import math
import warnings

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.variable import Variable
from minitorch.ops.elementwise import where
from minitorch.ops.like import full_like
from minitorch.ops.loss import reduced, reduction_of


def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    """target (log target - input), for log-probabilities input; with log_target, target is given as its logarithm.

    Its sum is the divergence (Kullback and Leibler, 1951) of input from target. "batchmean" is the sum over the size of
    the first dim; "mean" is over all elements.
    """
    if size_average is None and reduce is None and reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size. 'batchmean' divides "
            "only by the batch size, and aligns with the KL div math definition. 'mean' will be changed to behave the "
            "same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    batchmean = size_average is None and reduce is None and reduction == "batchmean"
    reduction = "sum" if batchmean else reduction_of(size_average, reduce, reduction)
    if not (input.is_floating_point() and target.is_floating_point()):
        raise RuntimeError("kl_div: Integral inputs not supported.")
    if log_target:
        loss = target.exp() * (target - input)
    else:
        nothing = target == 0  # 0 log 0 counts as 0
        loss = target * where(nothing, 1.0, target).log() - target * input
    loss = reduced(loss, reduction)
    return loss / input.shape[0] if batchmean and input.ndim else loss


def poisson_nll_loss(
    input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None, reduction="mean"
):
    """e^input - target input, for target of a Poisson distribution of rate e^input.

    log_input=False    the rate is input itself: input - target log(input + eps)
    full               adds log(target!) for target > 1, by Stirling's formula
    """
    reduction = reduction_of(size_average, reduce, reduction)
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        loss = loss + stirling.masked_fill(target <= 1, 0)
    return reduced(loss, reduction)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    """(log var + (input - target)^2 / var) / 2, for target of a normal distribution with mean input and variance var.

    var     of the shape of input, or with size 1, or nothing, for its last dim; or a number. It counts as eps at least.
    full    adds log(2 pi) / 2
    """
    if not isinstance(var, Variable):
        var = full_like(input, var)
    if bool((var < 0).any()):
        raise ValueError("var has negative entry/entries")
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.unsqueeze(-1)
        elif var.ndim != input.ndim or [m for n, m in zip(input.shape, var.shape, strict=True) if n != m] != [1]:
            raise ValueError("var is of incorrect size")
    reduction = reduction_of(None, None, reduction)
    var = var.clone()
    with no_grad():  # the gradient passes as if nothing had been clamped
        var.clamp_(min=eps)
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, reduction)
