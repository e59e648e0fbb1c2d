"""The p-norm of vectors, on which norm, dist, normalize, pairwise_distance and cosine_similarity are built.

    |x|_p = (sum of |x_i|^p)^(1/p)      its limits: max |x_i| for inf, min |x_i| for -inf;  p = 0 counts what is not 0

Its derivative is sign(x) (|x| / |x|_p)^(p - 1); at x = 0, and where |x|_p is 0, it is 0.
https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html
"""

import math

from minitorch.autograd.op import op
from minitorch.ops.reduce import restore, same


@op(label="LinalgVectorNormBackward0")
def p_norm(input, *, p, dims, keepdim):
    """The p-norm over dims (a tuple of numbers that are not negative) of a floating tensor."""
    k = input.kernels
    size = k.abs(input.array)

    def vjp(g, y):
        g, y = restore(g, dims, keepdim), restore(y, dims, keepdim)
        if p == 0:
            return input.new_zeros(input.shape)
        if p == 1:
            return g * input.sign()
        if abs(p) == math.inf:  # the elements of that size share it
            found = same(input.abs(), y).to(g.dtype)
            return g * input.sign() * found / found.sum(dims, keepdim=True)
        if p == 2:
            return g * (input / y).masked_fill(y == 0, 0)
        power = (input.abs() ** (p - 1)).masked_fill(input == 0, 0)
        return input.sign() * power * (g / y ** (p - 1)).masked_fill(y == 0, 0)

    if p == 0:
        return k.sum(k.cast(k.ne(size, k.full((), 0, size.dtype)), size.dtype), dims, keepdim), vjp
    if p == 1:
        return k.sum(size, dims, keepdim), vjp
    if abs(p) == math.inf:
        return (k.amax if p > 0 else k.amin)(size, dims, keepdim), vjp
    if p == 2:
        return k.sqrt(k.sum(k.mul(size, size), dims, keepdim)), vjp
    power, root = (k.full((), exponent, size.dtype) for exponent in (p, 1 / p))
    return k.pow(k.sum(k.pow(size, power), dims, keepdim), root), vjp
