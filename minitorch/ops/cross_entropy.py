"""Losses of classes: the negative log-likelihood and the cross-entropy.

https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
"""

import numpy as np

from minitorch.autograd.fused import gradients_by_definition
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import op
from minitorch.ops.activation import log_softmax
from minitorch.ops.elementwise import where
from minitorch.ops.gather import brought_back
from minitorch.ops.loss import reduced, reduction_of, refuse_gradient
from minitorch.ops.refusals import floating_only


def asked_for(input, target, weight, ignore_index):
    """(where a target counts, the classes, the weight of each), as arrays of the target's shape.

    A target that is ignore_index does not count: its class is 0, and its weight. IndexError for one that is no class.
    """
    k, classes, zero = input.kernels, input.array.shape[1], lambda dtype: k.full((), 0, dtype)
    target = k.cast(target.array, np.dtype(np.int64))
    counted = k.ne(target, k.full((), ignore_index, target.dtype))
    target = k.where(counted, target, zero(target.dtype))
    wrong = k.first_outside(target, 0, classes - 1)
    if wrong is not None:
        raise IndexError(f"Target {wrong} is out of bounds.")
    if weight is None:
        return counted, target, k.cast(counted, input.array.dtype)
    weight = k.reshape(weight.array, (classes,))  # of any shape -> (C)
    return counted, target, k.where(counted, k.index(weight, (target,)), zero(weight.dtype))


def loss_of_picked(k, log_p, counted, classes, weights, reduction):
    """-weights * log_p at the classes where they are counted, else 0: log_p (N, C, ...), the others (N, ...)."""
    column = (log_p.shape[0], 1, *log_p.shape[2:])  # (N, ...) -> (N, 1, ...), as gather wants it
    picked = k.reshape(k.gather(log_p, 1, k.reshape(classes, column)), classes.shape)
    loss = k.where(counted, k.neg(k.mul(picked, weights)), k.full((), 0, log_p.dtype))
    everything = tuple(range(loss.ndim))
    if reduction != "none":
        loss = k.sum(loss, everything, False)
    return k.div(loss, k.sum(weights, everything, False)) if reduction == "mean" else loss


@op(label="NllLossBackward0")
def weighted_nll(input, target, weight, *, ignore_index, reduction):
    """-weight * input at the class of each target that counts, else 0: input (N, C, ...), target (N, ...)."""
    shape, asked = input.array.shape, asked_for(input, target, weight, ignore_index)
    column = (shape[0], 1, *shape[2:])  # (N, ...) -> (N, 1, ...), as gather wants it
    loss = loss_of_picked(input.kernels, input.array, *asked, reduction)
    counted, classes, weights = [input.wrap(x) for x in asked]

    def vjp(g):
        share = where(counted, -weights * (g / weights.sum() if reduction == "mean" else g), 0)
        return brought_back(share.reshape(column), classes.reshape(column), shape, 1)

    return loss, vjp, None, None


@op(label="NllLossBackward0")
def weighted_cross_entropy(input, target, weight, *, ignore_index, reduction):
    """weighted_nll of log_softmax(input), for input (N, C). Its gradient is one pass: share (softmax(input) - 1 at the
    class), where share is the weight times the gradient of the loss."""
    k, asked = input.kernels, asked_for(input, target, weight, ignore_index)
    log_p = k.log_softmax(input.array if k.is_contiguous(input.array) else k.copy(input.array), 1)
    loss = loss_of_picked(k, log_p, *asked, reduction)
    log_p, counted, classes, weights = [input.wrap(x) for x in (log_p, *asked)]

    def vjp(g):
        if is_grad_enabled():
            definition = lambda x: weighted_nll(
                log_softmax(x, 1), target, weight, ignore_index=ignore_index, reduction=reduction
            )
            return gradients_by_definition(definition, (input,), g)[0]
        return cross_entropy_backward(g, log_p, counted, classes, weights, reduction=reduction)

    return loss, vjp, None, None


@op
def cross_entropy_backward(g, log_p, counted, classes, weights, *, reduction):
    k, g, weights = g.kernels, g.array, weights.array
    if reduction == "mean":
        g = k.div(g, k.sum(weights, (0,), False))
    share = k.where(counted.array, k.mul(weights, g), k.full((), 0, weights.dtype))
    return k.nll_of_softmax_backward(share, log_p.array, classes.array)


def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
    """-weight[t] * input[t], for log-probabilities input (N, C, ...) or (C) and classes t in target (N, ...) or ().

    Elements whose target is ignore_index do not count. The mean is the sum of the losses over the sum of their weights.
    ValueError or RuntimeError where shapes do not fit, IndexError for a target that is no class.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if input.ndim == 0:
        raise ValueError("nll_loss: Expected 1 or more dimensions (got 0)")
    if input.ndim == 1:
        check_target_dtype(target)
        if target.ndim == 1 and len(target) != 1:
            raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {len(target)}")
        target = target[None] if target.ndim != 1 else target  # () or (1)
        loss = nll_loss(input[None], target, weight, ignore_index=ignore_index, reduction=reduction)
        return loss.squeeze(0) if reduction == "none" else loss
    return of_classes(weighted_nll, input, target, weight, ignore_index, reduction)


def of_classes(operation, input, target, weight, ignore_index, reduction):
    """weighted_nll or weighted_cross_entropy at the classes in target, after torch's checks."""
    check_classes(input, target, weight, ignore_index)
    return operation(input, target, weight, ignore_index=ignore_index, reduction=reduction)


def check_classes(input, target, weight, ignore_index):
    """torch's errors for shapes that do not fit, and for other dtypes."""
    channels = input.shape[1] if input.ndim > 1 else 0
    batch = target.shape[0] if target.ndim else 0
    if input.shape[0] != batch:
        raise ValueError(f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({batch}).")
    if target.ndim != input.ndim - 1:
        raise RuntimeError(
            f"nll_loss: an input of shape {list(input.shape)} needs a target of shape "
            f"{[n for d, n in enumerate(input.shape) if d != 1]}, got {list(target.shape)}"
        )
    if input.shape[2:] != target.shape[1:]:
        raise RuntimeError(f"size mismatch (got input: {list(input.shape)} , target: {list(target.shape)})")
    floating_only("nll_loss_out_frame", input)
    check_target_dtype(target)
    if weight is not None and (weight.numel() != channels or (input.ndim == 2 and weight.ndim != 1)):
        raise RuntimeError(
            f"weight tensor should be defined either for all {channels} classes or no classes but got weight tensor of "
            f"shape: {list(weight.shape)}"
        )
    if weight is not None and weight.dtype is not input.dtype:
        names = [x.dtype.word for x in (input, weight)]
        raise RuntimeError(f"expected scalar type {names[0]} but found {names[1]}")
    if not isinstance(ignore_index, int):
        raise TypeError(f"nll_loss(): argument 'ignore_index' must be int, not {type(ignore_index).__name__}")
    refuse_gradient("nll_loss_forward", weight=weight)


def check_target_dtype(target):
    """RuntimeError for classes that are neither int64 nor uint8."""
    if target.array.dtype not in (np.int64, np.uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype.word}")


def cross_entropy(
    input,
    target,
    weight=None,
    size_average=None,
    ignore_index=-100,
    reduce=None,
    reduction="mean",
    label_smoothing=0.0,
):
    """-sum over classes c of p[c] log softmax(input)[c], for scores input (N, C, ...) or (C).

    target            classes (N, ...) or (): p is 1 at the class; or probabilities of the shape of input
    weight            a factor for each class's term
    label_smoothing   this share of p is spread evenly over all classes
    """
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    label_smoothing = max(label_smoothing, 0)  # torch takes a negative one for none
    classes = 0 if input.ndim == 1 else 1
    reduction = reduction_of(size_average, reduce, reduction)
    if input.shape == target.shape:
        check_probabilities(target, ignore_index)
        log_p = log_softmax(input, classes)
        return by_probabilities(log_p, target, classes, weight, reduction, label_smoothing)
    if input.ndim == 2 and label_smoothing == 0 and input.array.dtype in (np.float32, np.float64):
        return of_classes(weighted_cross_entropy, input, target, weight, ignore_index, reduction)
    log_p = log_softmax(input, classes)
    loss = nll_loss(log_p, target, weight, ignore_index=ignore_index, reduction=reduction)
    if label_smoothing == 0:
        return loss
    if input.ndim == 1 and target.ndim:
        raise RuntimeError("cross_entropy: with label_smoothing, scores of shape (C) need a target of shape ()")
    if weight is not None and weight.ndim == 0:
        raise IndexError("cross_entropy: with label_smoothing, the weight is a vector of a number for each class")
    if weight is not None and weight.ndim > 1 and (reduction == "mean" or len(weight) != weight.numel()):
        raise RuntimeError(f"cross_entropy: the weight is a vector, got one of shape {list(weight.shape)}")
    counted = target != ignore_index
    weighted = log_p if weight is None else log_p * along(weight, classes, log_p)
    smooth = where(counted, -weighted.sum(classes), 0)
    if reduction == "mean":
        total = (
            counted.sum() if weight is None else where(counted, weight.reshape(-1)[where(counted, target, 0)], 0).sum()
        )
        smooth = smooth.sum() / total
    else:
        smooth = reduced(smooth, reduction)
    return (1 - label_smoothing) * loss + label_smoothing / input.shape[classes] * smooth


def along(weight, classes, x):
    """A weight per class in a shape that broadcasts against x."""
    return weight.reshape(-1, *(1,) * (x.ndim - classes - 1))


def check_probabilities(target, ignore_index):
    """RuntimeError for a target that is no probability, or an ignore_index with one."""
    if not target.dtype.is_floating_point:
        raise RuntimeError(f"Expected floating point type for target with class probabilities, got {target.dtype.word}")
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")


def by_probabilities(log_p, target, classes, weight, reduction, label_smoothing):
    """cross_entropy for a target of probabilities; the mean is over the batch."""
    n = log_p.shape[classes]
    if weight is not None and weight.shape != (n,):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {n} classes or no classes but got weight "
            f"tensor of shape: {list(weight.shape)}"
        )
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / n
    terms = log_p * target if weight is None else log_p * target * along(weight, classes, log_p)
    loss = -terms.sum(classes)
    return loss.sum() / (log_p.numel() // max(n, 1)) if reduction == "mean" else reduced(loss, reduction)
