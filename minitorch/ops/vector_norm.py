"""The p-norm of vectors, on which every other norm and distance is built.

    |x|_p = (sum of |x_i|^p)^(1/p)      its limits: max |x_i| for inf, min |x_i| for -inf;  p = 0 counts what is not 0

Its derivative is sign(x) (|x| / |x|_p)^(p - 1); where |x|_p is 0 and p >= 1 it is 0, and of the elements of the largest
(or smallest) magnitude each gets an equal share.
https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html
"""

import math

from minitorch.autograd.op import numpy_names, op
from minitorch.dtype import FLOATING
from minitorch.ops.half import rounded, wide
from minitorch.ops.reduce import restore, same
from minitorch.promotion import promote_types
from minitorch.size import normalize_dims


@op(label="LinalgVectorNormBackward0")
def p_norm(input, *, p, dims, keepdim):
    """The p-norm over dims (a tuple of numbers that are not negative) of a floating tensor."""
    k, dtype = input.kernels, input.array.dtype
    size = wide(k, k.abs(input.array))

    def vjp(g, y):
        g, y = restore(g, dims, keepdim), restore(y, dims, keepdim)
        if p == 0:
            return None
        if p == 1:
            return g * input.sign()
        if p == 2:
            return g * (input / y).masked_fill(y == 0, 0)
        if abs(p) == math.inf:
            largest = same(input.abs(), y).to(g.dtype)
            return input.sign() * (g / largest.sum(dims, keepdim=True) * largest)
        if p < 1:
            return input.sign() * (input.abs() ** (p - 1)).masked_fill(input == 0, 0) * g * y ** (1 - p)
        power = input.sign() * input.abs() ** (p - 1) if p < 2 else input * input.abs() ** (p - 2)
        return power * (g / y ** (p - 1)).masked_fill(y == 0, 0)

    if p == 0:
        array = k.sum(k.cast(k.ne(size, k.full((), 0, size.dtype)), size.dtype), dims, keepdim)
    elif p == 1:
        array = k.sum(size, dims, keepdim)
    elif abs(p) == math.inf:
        array = (k.amax if p > 0 else k.amin)(size, dims, keepdim)
    elif p == 2:
        array = k.sqrt(k.sum(k.mul(size, size), dims, keepdim))
    else:
        power, root = (k.full((), exponent, size.dtype) for exponent in (p, 1 / p))
        array = k.pow(k.sum(k.pow(size, power), dims, keepdim), root)
    return rounded(k, array, dtype), vjp


@numpy_names
def vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None):
    """|x|_ord over dim (a number, several, or None for all), of x in `dtype`.

    RuntimeError for integers, and for an extreme (ord inf or negative) of no elements.
    """
    if isinstance(ord, str):
        raise TypeError(f"linalg_vector_norm(): argument 'ord' must be Number, not {type(ord).__name__}")
    x = in_norm_dtype("linalg.vector_norm", x, dtype)
    if (ord < 0 or ord == math.inf) and x.ndim:
        every = dim is None or dim == ()
        for d in range(x.ndim) if every else (dim,) if isinstance(dim, int) else dim:
            if x.size(d) == 0:
                where = "an empty tensor" if every else f"the dimension {d} because it is empty"
                raise RuntimeError(
                    f"linalg.vector_norm cannot compute the {ord} norm on {where} and the operation does not have an "
                    "identity"
                )
    return p_norm(x, p=ord, dims=normalize_dims(dim, x.ndim), keepdim=keepdim)


def in_norm_dtype(name, x, dtype):
    """x in `dtype`, a floating one that loses nothing; RuntimeError for another, and for an x of integers."""
    refuse_integers(name, x)
    if dtype is None:
        return x
    if not dtype.is_floating_point:
        raise RuntimeError(f"{name}: dtype should be floating point or complex, but got {dtype.word}")
    if promote_types(x.dtype, dtype) is not dtype:
        raise RuntimeError(
            f"{name}: the dtype of the input ({x.dtype.word}) should be convertible without narrowing to the "
            f"specified dtype ({dtype.word})"
        )
    return x.cast(dtype.numpy)


def refuse_integers(name, x):
    """RuntimeError for a tensor that is not floating."""
    if x.array.dtype.kind not in FLOATING:
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {x.dtype.word}")
