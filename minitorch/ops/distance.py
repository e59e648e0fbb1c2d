"""Distances: of two tensors, and of all pairs of two lists of points.

https://docs.pytorch.org/docs/stable/generated/torch.cdist.html
"""

import math

from minitorch.autograd.op import op
from minitorch.dtype import FLOATING
from minitorch.ops.matmul import product, refuse
from minitorch.ops.vector_norm import p_norm, vector_norm

MODES = "use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"
MANY = 25  # points on either side, from which on the first mode goes through a matrix product


def dist(input, other, p=2):
    """|input - other|_p over all elements; the two broadcast."""
    difference = input - other
    if difference.array.dtype.kind not in FLOATING:
        raise RuntimeError(
            f"norm(): input dtype should be either floating point or complex. Got {difference.dtype.word} instead."
        )
    return vector_norm(difference, p)


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The distances |a - b|_p of each row a of x1 (..., n, d) to each row b of x2 (..., m, d): (..., n, m).

    Batch dims broadcast. For p = 2 and more than 25 rows (or as compute_mode says), |a|^2 - 2 a b + |b|^2 is one matrix
    product: quick, but for near points less exact. Otherwise all differences are made, (..., n, m, d) numbers.
    """
    for name, x in (("X1", x1), ("X2", x2)):
        refuse("cdist", x.ndim < 2, f"cdist only supports at least 2D tensors, {name} got: {x.ndim}D")
    d1, d2 = x1.shape[-1], x2.shape[-1]
    refuse("cdist", d1 != d2, f"X1 and X2 must have the same number of columns. X1: {d1} X2: {d2}")
    for name, x in (("X1", x1), ("X2", x2)):
        kind = x.dtype.word
        refuse(
            "cdist",
            x.array.dtype.kind not in FLOATING,
            f"cdist only supports floating-point dtypes, {name} got: {kind}",
        )
    refuse("cdist", p < 0, "cdist only supports non-negative p values")
    if compute_mode not in MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    mode = MODES.index(compute_mode)
    refuse("cdist", x1.dtype is not x2.dtype, f"expected scalar type {x1.dtype.word} but found {x2.dtype.word}")
    if p == 2 and (mode == 1 or (mode == 0 and max(x1.shape[-2], x2.shape[-2]) > MANY)):
        return euclidean(x1, x2)
    difference = x1.unsqueeze(-2) - x2.unsqueeze(-3)  # (..., n, 1, d) - (..., 1, m, d) -> (..., n, m, d)
    if p == math.inf and d1:
        return largest(difference)
    p = p if d1 else 2  # of points without coordinates every distance is 0
    return p_norm(difference, p=p, dims=(difference.ndim - 1,), keepdim=False)


@op(label="EuclideanDistBackward0")
def euclidean(x1, x2):
    """The root of |a|^2 - 2 a b + |b|^2, which is one product: of (-2 a, |a|^2, 1) and (b, 1, |b|^2).

    gradient of a = the sum over b of r (a - b),   of b = the sum over a of r (b - a),   r = g / distance (0 at 0)
    """
    k, dtype = x1.kernels, x1.array.dtype
    squares = [k.sum(k.mul(x.array, x.array), (x.array.ndim - 1,), True) for x in (x1, x2)]
    ones = [k.full(square.shape, 1, dtype) for square in squares]
    a = k.cat([k.mul(x1.array, k.full((), -2, dtype)), squares[0], ones[0]], x1.array.ndim - 1)
    b = k.cat([x2.array, ones[1], squares[1]], x2.array.ndim - 1)
    across = (*range(b.ndim - 2), b.ndim - 1, b.ndim - 2)
    array = k.sqrt(k.clamp(k.matmul(a, k.permute(b, across)), 0, None))

    def ratio(y, g):
        return (g / y).masked_fill(y == 0, 0)

    def vjp1(g, y):
        r = ratio(y, g)
        return x1 * r.sum(-1, keepdim=True) - product(r, x2)

    def vjp2(g, y):
        r = ratio(y, g)
        return x2 * r.sum(-2).unsqueeze(-1) - product(r.mT, x1)

    return array, vjp1, vjp2


@op
def largest(input):
    """max |x| over the last dim, as cdist has it: of equal elements each gets the whole gradient, not a share."""
    k = input.kernels
    array = k.amax(k.abs(input.array), (input.array.ndim - 1,), False)
    return array, lambda g, y: g.unsqueeze(-1) * input.sign() * (input.abs() == y.unsqueeze(-1)).to(g.dtype)
