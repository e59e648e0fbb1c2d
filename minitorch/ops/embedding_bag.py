"""Bags of rows of a table, added up, averaged, or the largest of each column taken, without the rows themselves.

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html
"""

import warnings

import numpy as np

from minitorch.dtype import bfloat16, float16
from minitorch.ops.embedding import embedding
from minitorch.ops.index import added
from minitorch.ops.shape import reshape


def embedding_bag(
    input,
    weight,
    offsets=None,
    max_norm=None,
    norm_type=2,
    scale_grad_by_freq=False,
    mode="mean",
    sparse=False,
    per_sample_weights=None,
    include_last_offset=False,
    padding_idx=None,
):
    """(B, D) for indices input (B, L), or (L) with the offsets (B) of the bags' first elements, and a table (V, D).

    mode                  "sum", "mean" or "max" of the rows of each bag; 0 for an empty bag
    per_sample_weights    with "sum": each row is first multiplied by its number, in the shape of input
    include_last_offset   the last of the offsets is where the last bag ends
    padding_idx           these elements of a bag do not count
    """
    if weight.dtype.name == "int64" and input.dtype.is_floating_point:
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is "
            "deprecated, and should now be `embedding_bag(input, weight, ...)`.",
            stacklevel=2,
        )
        weight, input = input, weight
    check(input, weight, offsets, mode, scale_grad_by_freq, sparse, per_sample_weights)
    if input.ndim == 2:
        starts = np.arange(len(input)) * input.shape[1]
    else:
        starts = offsets.kernels.to_numpy(offsets.array)
        starts = check_offsets(starts, len(input), include_last_offset)
    rows = embedding(reshape(input, -1), weight, None, max_norm, norm_type, scale_grad_by_freq)  # (L, D)
    bags = np.searchsorted(starts, np.arange(len(rows)), side="right") - 1  # the bag of each row
    counted = np.ones(len(rows), bool)
    if padding_idx is not None:
        counted = input.kernels.to_numpy(input.array).reshape(-1) != padding_idx % len(weight)
        rows = rows[weight.wrap(weight.kernels.from_numpy(counted))]
    bags = bags[counted]
    if mode == "max":
        return largest(rows, bags, len(starts))
    if per_sample_weights is not None:
        factors = reshape(per_sample_weights, -1)
        rows = rows * factors[weight.wrap(weight.kernels.from_numpy(counted))].unsqueeze(1)  # (L) -> (L, 1)
    place, narrow = weight.wrap(weight.kernels.from_numpy(bags)), weight.dtype in (float16, bfloat16)
    terms = rows.float() if narrow else rows  # to round the sums once, not at each row
    total = added(terms.new_zeros(len(starts), weight.shape[1]), place, terms, dim=0)
    if mode == "mean":
        counts = np.maximum(np.bincount(bags, minlength=len(starts)), 1)
        total = total / weight.wrap(weight.kernels.from_numpy(counts)).unsqueeze(1)  # (B) -> (B, 1)
    return total.to(weight.dtype)


def largest(rows, bags, n):
    """The largest of each column in each bag; its gradient goes to the first that is so large."""
    result = rows.new_zeros(n, rows.shape[1])
    for bag in np.unique(bags):
        mine = rows.wrap(rows.kernels.from_numpy(np.flatnonzero(bags == bag)))
        result[int(bag)] = rows[mine].max(0).values
    return result


def check(input, weight, offsets, mode, scale_grad_by_freq, sparse, per_sample_weights):
    """torch's errors for arguments that do not fit each other."""
    if per_sample_weights is not None and input.shape != per_sample_weights.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the "
            f"same shape as the input ({input.shape})"
        )
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim not in (1, 2):
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if input.ndim == 2 and offsets is not None:
        raise ValueError(
            "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
            f"sequences. However, found offsets of type {type(offsets)}"
        )
    if input.ndim == 1 and (offsets is None or offsets.ndim != 1):
        raise ValueError("offsets has to be a 1D Tensor" + (" but got None" if offsets is None else ""))
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if sparse:
        if mode == "max":
            raise ValueError("max mode does not support sparse weights")
        raise NotImplementedError("embedding_bag: sparse gradients are not supported, leave sparse=False")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}')."
        )


def check_offsets(starts, n, include_last_offset):
    """The numbers of the bags' first elements; RuntimeError where they are not from 0 to at most n."""
    if include_last_offset and len(starts) == 0:
        raise RuntimeError("include_last_offset: numBags should be at least 1")
    if len(starts) and starts[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, "
            f"got {starts[0]}"
        )
    if len(starts) and starts[-1] > n:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length({n}) but got offsets[-1] of {starts[-1]}"
        )
    return starts[:-1] if include_last_offset else starts
