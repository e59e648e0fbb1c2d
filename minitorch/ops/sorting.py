"""Order: sort, topk, and searching in what is sorted. NaN counts as the largest.

https://docs.pytorch.org/docs/stable/generated/torch.sort.html
"""

import numpy as np

from minitorch import dtype as dtypes
from minitorch import return_types
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.ops.compare import ge, gt
from minitorch.ops.elementwise import where
from minitorch.ops.gather import brought_back, gather
from minitorch.ops.like import full_like, scalar_like, zeros_like
from minitorch.size import normalize_dim


def to_places(input, indices, dim):
    """The VJP of picking input[i][indices[i][j]] along dim: each gradient goes to the place its element came from."""
    shape, index = input.array.shape, input.wrap(indices)
    return lambda g: brought_back(g[0], index, shape, dim)


@op(label="SortBackward0")
def ordered(input, *, dim, descending):
    values, indices = input.kernels.sort(input.array, dim, descending)
    return (values, indices), to_places(input, indices, dim)


@op(label="TopkBackward0")
def best(input, *, k, dim, largest, sorted):
    values, indices = input.kernels.topk(input.array, k, dim, largest, sorted)
    return (values, indices), to_places(input, indices, dim)


def sort(input, dim=-1, descending=False, stable=False):
    """(values, indices) in order along dim. Equal elements always keep their order (stable asks for what is so)."""
    d = normalize_dim(dim, input.array.ndim)
    if input.array.ndim:
        return return_types.sort(*ordered(input, dim=d, descending=descending))
    return return_types.sort(*(y.squeeze(0) for y in ordered(input.unsqueeze(0), dim=0, descending=descending)))


def argsort(input, dim=-1, descending=False, stable=False):
    """The indices that sort input along dim."""
    return sort(input, dim, descending).indices


def msort(input):
    """input sorted along its first dim."""
    return sort(input, 0).values


def topk(input, k, dim=-1, largest=True, sorted=True):
    """(values, indices) of the k largest elements along dim, in descending order; or smallest, in ascending."""
    if not isinstance(k, int) or isinstance(k, bool):
        raise TypeError(f"topk(): argument 'k' (position 1) must be int, not {type(k).__name__}")
    d = normalize_dim(dim, input.array.ndim)
    if not 0 <= k <= (input.array.shape[d] if input.array.ndim else 1):
        raise RuntimeError("selected index k out of range")
    if input.array.dtype.kind == "b":
        raise RuntimeError("topk does not support bool dtypes on CPU")
    if input.array.ndim:
        return return_types.topk(*best(input, k=k, dim=d, largest=largest, sorted=sorted))
    return return_types.topk(*(y.squeeze(0) for y in best(input.unsqueeze(0), k=1, dim=0, largest=True, sorted=True)))


# -- searching ---------------------------------------------------------------------------------------------------------


def searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None):
    """For each value the number of elements of the sorted sequence below it (right: not above it), row by row.

    sorted_sequence: (N,), or (..., N) for input (..., M). sorter: indices that sort the sequence.
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    row = sorted_sequence
    if not isinstance(input, Variable):
        input = scalar_like(row, input, np.dtype(np.float64 if isinstance(input, float) else np.int64))
    check_rows(row, input, sorter)
    if sorter is not None:
        row = gather(row, -1, sorter)
    values = input if input.array.ndim else input.unsqueeze(0)
    rows = row.expand(*values.shape[:-1], row.shape[-1])  # (N,) -> (..., N)
    found = bisect(rows.detach(), values.detach(), right or side == "right").reshape(input.shape)
    return found.int() if out_int32 else found


def bisect(rows, values, right):
    """Binary search of all values at once: the place of each lies between low and high, and the gap is halved."""
    n = rows.shape[-1]
    low, high = zeros_like(values, dtype=dtypes.int64), full_like(values, n, dtype=dtypes.int64)
    for _ in range(n.bit_length()):
        middle = (low + high) // 2
        element = gather(rows, -1, middle.clamp(max=n - 1))
        above = gt(element, values) if right else ge(element, values)
        low, high = where(above | (low >= high), low, middle + 1), where(above, middle, high)
    return low


def check_rows(row, input, sorter):
    """torch's errors for searchsorted."""
    if row.array.ndim != 1 and (input.array.ndim == 0 or row.array.shape[:-1] != input.array.shape[:-1]):
        raise RuntimeError(
            "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
            f"tensor and input value tensor must match, but we got boundaries tensor {list(row.array.shape)} and input "
            f"value tensor {list(input.array.shape)}"
        )
    if sorter is None:
        return
    if sorter.array.dtype != np.int64:
        raise RuntimeError(
            f"torch.searchsorted(): sorter must be a tensor of long dtype but got dtype {sorter.dtype.name}"
        )
    if sorter.array.shape != row.array.shape:
        raise RuntimeError(
            "torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
            f"{list(row.array.shape)} and got sorter tensor {list(sorter.array.shape)}"
        )


def bucketize(input, boundaries, *, out_int32=False, right=False):
    """The bucket of each value, among those that sorted boundaries make."""
    if boundaries.array.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.array.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
