"""How near two vectors are: normalize, pairwise_distance, cosine_similarity.

https://docs.pytorch.org/docs/stable/nn.functional.html#distance-functions
"""

from minitorch.autograd.grad_mode import no_grad
from minitorch.dtype import FLOATING, from_numpy
from minitorch.ops.vector_norm import p_norm
from minitorch.promotion import common_dtype, floating
from minitorch.size import normalize_dim, normalize_dims


def normalize(input, p=2.0, dim=1, eps=1e-12):
    """x over its p-norm along dim (or over several dims); a norm counts as eps at least."""
    if not input.dtype.is_floating_point:
        raise RuntimeError(
            f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {input.dtype.word}"
        )
    dims = normalize_dims(dim, input.ndim)
    return input / p_norm(input, p=p, dims=dims, keepdim=True).clamp(min=eps)


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """|x1 - x2 + eps|_p over the last dim, x1 and x2 (..., D) broadcast: (...), or (..., 1) with keepdim.

    eps, added to each difference, keeps the derivative defined where the two are equal.
    """
    (difference,) = floating("pairwise_distance", (x1 - x2 + eps,))
    dims = (difference.ndim - 1,) if difference.ndim else ()
    return p_norm(difference, p=p, dims=dims, keepdim=keepdim)


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """The sum of x1 x2 over dim, over the product of their 2-norms; a norm counts as eps at least. x1, x2 broadcast.

    RuntimeError for integers, and for a negative eps.
    """
    if eps < 0:
        raise RuntimeError(f"eps must be non-negative, got: {eps}")
    dtype = common_dtype((x1, x2))
    if dtype.kind not in FLOATING:
        name = from_numpy(dtype).word
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {name}")
    x1, x2 = x1.cast(dtype), x2.cast(dtype)
    product = x1 * x2  # which also says where the shapes do not fit
    x1, x2 = x1.expand(product.shape), x2.expand(product.shape)
    dim = normalize_dim(dim, product.ndim)
    return (unit(x1, dim, eps) * unit(x2, dim, eps)).sum(dim)


def unit(x, dim, eps):
    """x over its norm along dim."""
    norm = p_norm(x, p=2, dims=(dim,) if x.ndim else (), keepdim=True).clone()
    with no_grad():  # as torch: the gradient passes as if nothing had been clamped
        norm.clamp_(min=eps)
    return x / norm
