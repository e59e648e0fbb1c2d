"""Losses that are 0 as soon as a margin is kept: hinge, ranking, cosine, triplet, and those of several classes.

https://docs.pytorch.org/docs/stable/nn.functional.html#loss-functions
"""

import numpy as np

from minitorch.ops.elementwise import minimum, where
from minitorch.ops.like import full_like
from minitorch.ops.loss import reduced, reduction_of, refuse_gradient
from minitorch.ops.refusals import floating_only
from minitorch.ops.similarity import pairwise_distance


def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"):
    """input where target is 1, max(margin - input, 0) where it is -1: for distances of pairs that are alike, or not."""
    reduction = reduction_of(size_average, reduce, reduction)
    apart = where(target != 1, (full_like(input, margin) - input).clamp(min=0), 0)
    return reduced(apart + where(target != -1, input, 0), reduction)


def margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    """max(margin - target (input1 - input2), 0): target 1 wants input1 above input2, -1 below."""
    reduction = reduction_of(size_average, reduce, reduction)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
            f"{input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced((-target * (input1 - input2) + float(margin)).clamp(min=0), reduction)


def cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    """1 - cos where target is 1, max(cos - margin, 0) where it is -1, for cos that of the angle of the two vectors.

    input1, input2 (N, D) and target (N); or (D) and ().
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if not input1.ndim == input2.ndim == target.ndim + 1:
        raise RuntimeError(
            f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    squares = [(x * x).sum(-1) + 1e-12 for x in (input1, input2)]
    cosine = (input1 * input2).sum(-1) / (squares[0] * squares[1]).sqrt()
    alike, apart = where(target == 1, 1 - cosine, 0), where(target == -1, (cosine - margin).clamp(min=0), 0)
    return reduced(alike + apart, reduction)


def triplet_margin_loss(
    anchor,
    positive,
    negative,
    margin=1.0,
    p=2,
    eps=1e-6,
    swap=False,
    size_average=None,
    reduce=None,
    reduction="mean",
):
    """max(margin + d(anchor, positive) - d(anchor, negative), 0), d being pairwise_distance with p and eps.

    swap    takes d(positive, negative) instead of d(anchor, negative) where it is smaller (Balntas et al., BMVC 2016)
    """
    reduction = reduction_of(size_average, reduce, reduction)
    return of_triplets(
        anchor, positive, negative, lambda x, y: pairwise_distance(x, y, p, eps), margin, swap, reduction
    )


def triplet_margin_with_distance_loss(
    anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction="mean"
):
    """triplet_margin_loss with any distance d, a function of two tensors; pairwise_distance unless given."""
    distance = pairwise_distance if distance_function is None else distance_function
    return of_triplets(anchor, positive, negative, distance, margin, swap, reduction_of(None, None, reduction))


def of_triplets(anchor, positive, negative, distance, margin, swap, reduction):
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduced((margin + near - far).clamp(min=0), reduction)


# -- several classes ---------------------------------------------------------------------------------------------------


def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"):
    """weight[t] / C times the sum over c != t of max(margin - input[t] + input[c], 0)^p, for scores input and class t.

    input (N, C) and target (N), or (C) and (); weight (C). p is 1 or 2.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.ndim != 1:
        raise ValueError("weight must be one-dimensional")
    refuse_gradient("multi_margin_loss", weight=weight)
    floating_only("multi_margin_loss", input)
    rows = input.reshape(-1, input.shape[-1] if input.ndim else 1)  # (N, C); one row where there is no batch
    n, classes = rows.shape
    if input.ndim > 2 or target.ndim > 1 or target.numel() != n:
        raise RuntimeError(
            f"inconsistent target size, expected {n} but got {list(target.shape)} for an input of {list(input.shape)}"
        )
    if weight is not None and weight.dtype is not input.dtype:
        names = [x.dtype.word for x in (input, weight)]
        raise RuntimeError(f"expected scalar type {names[0]} but found {names[1]}")
    if weight is not None and weight.numel() != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")
    column = checked_classes(target, 0, classes).reshape(n, 1)
    itself = rows.new_zeros(n, classes).scatter_add(1, column, rows.new_ones(n, 1)) == 1
    gaps = margin - rows.gather(1, column) + rows
    kept = (gaps > 0) & ~itself
    losses = where(kept, gaps, 0.0) ** p
    if weight is not None:
        losses = where(kept, losses * weight[column], 0.0)
    loss = losses.sum(1) / classes
    return reduced(loss.reshape(target.shape), reduction)


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """1 / C times the sum of max(1 - input[t] + input[c], 0) over the classes t of a row and all others c.

    input (N, C), or (C). target of the same shape names the classes of each row, up to the first -1.
    """
    reduction = reduction_of(size_average, reduce, reduction)
    floating_only("multilabel_margin_loss_forward_out_frame", input)
    if input.ndim > 2 or 0 in input.shape[-1:]:
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(input.shape)}"
        )
    if target.shape != input.shape:
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    rows = input.reshape(-1, input.shape[-1] if input.ndim else 1)  # (N, C)
    classes = checked_classes(target, -1, rows.shape[1]).reshape(rows.shape)
    named = classes.kernels.to_numpy(classes.array) >= 0
    named = rows.wrap(rows.kernels.from_numpy(np.logical_and.accumulate(named, axis=1)))  # until the first -1
    index = where(named, classes, 0)
    others = rows.new_zeros(rows.shape).scatter_add(1, index, named.to(rows.dtype)) == 0
    gaps = 1 - rows.gather(1, index).unsqueeze(2) + rows.unsqueeze(1)  # (N, C classes named, C others)
    loss = where(named.unsqueeze(2) & others.unsqueeze(1) & (gaps > 0), gaps, 0.0).sum((1, 2)) / rows.shape[1]
    return reduced(loss if input.ndim > 1 else loss[0], reduction)


def checked_classes(target, lowest, classes):
    """target, an int64 tensor of classes from `lowest` on. RuntimeError for another dtype or a class out of range."""
    if target.array.dtype != np.int64:
        raise RuntimeError(f"expected scalar type Long but found {target.dtype.word}")
    if target.kernels.first_outside(target.array, lowest, classes - 1) is not None:
        raise RuntimeError(f"target out of range: classes are from {lowest} to {classes - 1}")
    return target
