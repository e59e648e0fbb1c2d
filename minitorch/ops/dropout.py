"""Dropout (Srivastava et al., JMLR 15, 2014): each element is 0 with probability p, and the others grow to make up
for it. So the mean stays what it was, and nothing changes for evaluation.

    dropout                       one chance for each element
    dropout1d, 2d, 3d             one for each channel: neighbours in an image are too alike to stand in for each other
    alpha_dropout, feature_...    keeps the variance, too: for networks of selu (Klambauer et al., arXiv 1706.02515)

All draw torch's masks for the same seed.
https://docs.pytorch.org/docs/stable/nn.functional.html#dropout-functions
"""

import math
import warnings

from minitorch.autograd.inplace import inplace as inplace_twin
from minitorch.ops.sampling import draw_like
from minitorch.stream import default_streams

SELU_LOW = 1.7580993408473766  # minus the value of selu at -inf


def dropout(input, p=0.5, training=True, inplace=False):
    """In training x * mask / (1 - p), where mask is 1 with probability 1 - p and 0 otherwise; else x itself.

    ValueError for a p outside of [0, 1].
    """
    return applied(input, p, training, inplace)


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    """In training a (x * mask + low (1 - mask)) + b, where low is selu's lowest value; else x itself.

    a and b are such that mean 0 and variance 1 stay so.
    """
    return applied(input, p, training, inplace, alpha=True)


def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    """alpha_dropout of whole channels: one mask for each (n, c) of an input (N, C, ...)."""
    return applied(input, p, training, inplace, channels=True, alpha=True)


def dropout1d(input, p=0.5, training=True, inplace=False):
    """dropout of whole channels of an input (N, C, L) or (C, L)."""
    check_probability(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional "
            "batch dimension (i.e. 2D or 3D inputs)."
        )
    return batched(input, p, training, inplace, 3)


def dropout2d(input, p=0.5, training=True, inplace=False):
    """dropout of whole channels of an input (N, C, H, W). A 3-d one counts as (N, C, L), with a warning."""
    if input.ndim != 4:
        warnings.warn(
            f"dropout2d: Received a {input.ndim}-D input to dropout2d, which is not (N, C, H, W): its first two dims "
            "are taken for N and C. Please use dropout, or dropout1d, instead.",
            stacklevel=2,
        )
    return applied(input, p, training, inplace, channels=True)


def dropout3d(input, p=0.5, training=True, inplace=False):
    """dropout of whole channels of an input (N, C, D, H, W) or (C, D, H, W)."""
    if input.ndim not in (4, 5):
        warnings.warn(
            f"dropout3d: Received a {input.ndim}-D input to dropout3d, which is neither (N, C, D, H, W) nor "
            "(C, D, H, W). Please use dropout instead.",
            stacklevel=2,
        )
    return batched(input, p, training, inplace, 5)


def batched(input, p, training, inplace, ndim):
    """dropout of channels for an input whose batch dim may be missing."""
    result = applied(input if input.ndim == ndim else input.unsqueeze(0), p, training, inplace, channels=True)
    if inplace:
        return input
    return result if input.ndim == ndim else result.squeeze(0)


def check_probability(p):
    """ValueError for a p outside of [0, 1]."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def applied(input, p, training, inplace, **kind):
    """Dropout of some kind, with what all kinds share."""
    check_probability(p)
    if not training or p == 0 or input.numel() == 0:
        return input
    return (dropped_ if inplace else dropped)(input, p, **kind)


def dropped(input, p, channels=False, alpha=False):
    """Dropout in training. channels: one mask for each of the first two dims; alpha: as alpha_dropout."""
    if p == 1:
        return input * input.new_zeros(())
    if channels and input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    mask = drawn_mask(input.new_empty(*input.shape[:2], *(1,) * (input.ndim - 2)) if channels else input, 1 - p)
    if not alpha:
        return input * (mask / (1 - p))
    a = 1 / math.sqrt((SELU_LOW * SELU_LOW * p + 1) * (1 - p))
    return input * (mask * a) + ((mask - 1) * (SELU_LOW * a) + SELU_LOW * a * p)


def drawn_mask(like, p):
    """1 with probability p, else 0, in the shape and dtype of `like`, drawn in the order of its memory, as by torch."""
    if not like.dtype.is_floating_point:
        name = like.dtype.word
        raise RuntimeError(f"result type Float can't be cast to the desired output type {name}")
    stream = default_streams[like.device.type]
    dtype = like.array.dtype
    return like.wrap(draw_like(like.array, like.kernels, stream, lambda shape, _: stream.bernoulli(shape, dtype, p)))


dropped_ = inplace_twin(dropped)
