"""The focal loss: the cross-entropy with less weight on what is classified well already.

Of a hundred thousand boxes in a picture nearly all hold nothing, and are soon seen to; each of them loses little, all
together more than the few that hold something. A factor (1 - p)^gamma for what was given the probability p of its true
class takes them out: with gamma = 2, a box with p = 0.9 counts a hundred times less, one with p = 0.1 hardly less.

Lin et al., Focal Loss for Dense Object Detection, https://arxiv.org/abs/1708.02002
"""

import math

from minitorch.autograd.variable import Variable
from minitorch.creation import tensor
from minitorch.ops.activation import log_softmax, logsigmoid
from minitorch.ops.gather import gather
from minitorch.ops.loss import reduced, reduction_of


def focal_loss(input, target, gamma=2.0, alpha=None, reduction="mean"):
    """-alpha_t (1 - p_t)^gamma log p_t, p_t the probability of the true class t; gamma = 0 is the cross-entropy.

    binary     target has the shape of input, 1 for yes, 0 for no; p = sigmoid(input). Between 0 and 1: that share of
               the loss for yes, the rest of that for no. alpha: the weight of yes, then 1 - alpha is that of no, or
               both weights (2), no first
    classes    input (N, C, ...) or (C), target the classes (N, ...) or (); p = softmax(input). alpha: a weight for
               each class (C), or one number for all
    reduction  "mean" (over the number of losses, whatever their weights), "sum" or "none"

    (1 - p)^gamma is taken as e^(gamma log(1 - p)), and log(1 - p) without computing p: so a logit of 10,000 is none
    too many, in the gradient too.
    """
    reduction = reduction_of(None, None, reduction)
    if gamma < 0:
        raise ValueError(f"focal_loss: gamma must not be negative, got {gamma}")
    loss = (binary if input.shape == target.shape else of_classes)(input, target, gamma, alpha)
    return reduced(loss, reduction)


def binary(input, target, gamma, alpha):
    """The losses of two classes, each a term of its own."""
    if alpha is None:
        weights = (1.0, 1.0)
    else:
        weights = per_class(input, alpha, 2).unbind() if is_list(alpha) else (1 - alpha, alpha)
    yes, log_p, log_q = target.to(input.dtype), logsigmoid(input), logsigmoid(-input)
    return -weights[1] * yes * modulated(log_p, log_q, gamma) - weights[0] * (1 - yes) * modulated(log_q, log_p, gamma)


def of_classes(input, target, gamma, alpha):
    """The losses of several classes."""
    dim = 0 if input.ndim == 1 else 1
    if not input.ndim or target.shape != (*input.shape[:dim], *input.shape[dim + 1 :]):
        raise RuntimeError(
            f"focal_loss: for an input of shape {list(input.shape)}, target must have this shape (two classes) or be "
            f"without dim {dim} (several), got {list(target.shape)}"
        )
    log_p, index = log_softmax(input, dim), target.unsqueeze(dim)  # (N, ...) -> (N, 1, ...)
    own = gather(log_p, dim, index).squeeze(dim)
    log_others = log_p.scatter(dim, index, -math.inf).logsumexp(dim)
    loss = -modulated(own, log_others, gamma)
    if alpha is None:
        return loss
    return loss * (per_class(input, alpha, input.shape[dim])[target] if is_list(alpha) else alpha)


def modulated(log_p, log_q, gamma):
    """(1 - p)^gamma log p, of log p and log(1 - p)."""
    return (gamma * log_q).exp() * log_p if gamma else log_p


def is_list(alpha):
    """Whether alpha is a weight for each class, and not one number."""
    return isinstance(alpha, list | tuple) or (isinstance(alpha, Variable) and alpha.ndim > 0)


def per_class(input, alpha, classes):
    """alpha as a tensor like input. RuntimeError where it is not one weight for each class."""
    alpha = alpha if isinstance(alpha, Variable) else tensor(alpha, dtype=input.dtype)
    if alpha.shape != (classes,):
        raise RuntimeError(
            f"focal_loss: alpha must be a number or {classes} weights, one for each class, got {list(alpha.shape)}"
        )
    return alpha.to(dtype=input.dtype, device=input.device)
