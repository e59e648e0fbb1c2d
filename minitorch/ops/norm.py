"""Normalisation: numbers are shifted and scaled to mean 0 and variance 1, and then by weights that are learned.

    y = (x - mean) / sqrt(var + eps) * weight + bias        var: the mean of (x - mean)^2

All four are one operation, `standardize`. They differ in what they average over, and in what has a weight of its own:

                                      a mean and a variance for    over               a weight for
    batch_norm (arXiv 1502.03167)     each channel c of (N, C, L)  n and l            each channel
    instance_norm (1607.08022)        each (n, c)                  l                  each channel
    group_norm (1803.08494)           each n and group of c        l and the group    each channel
    layer_norm (1607.06450)           each element of a batch      the last dims      each place in the last dims

where L stands for any number of dims. rms_norm (1910.07467) is layer_norm without the mean.
https://docs.pytorch.org/docs/stable/nn.functional.html#normalization-functions
"""

import math
from operator import index

from minitorch.autograd.fused import gradients_by_definition
from minitorch.autograd.grad_mode import is_grad_enabled, no_grad
from minitorch.autograd.inplace import assign, check_writable
from minitorch.autograd.op import op
from minitorch.dtype import finfo, float16, float32, float64
from minitorch.ops.pad import pad
from minitorch.ops.pool import avg_pool2d
from minitorch.ops.refusals import floating_only
from minitorch.promotion import common


def standardize_definition(x, weight, bias, layout, share, eps):
    """As the book writes it: subtract the mean, divide by the standard deviation, scale and shift.

    layout: x as (N, C, S), with a mean for each c. share: so many numbers in a row have one weight, then the next.
    """
    y = x.reshape(layout)
    y = y - y.mean((0, 2), keepdim=True)
    y = y / ((y**2).mean((0, 2), keepdim=True) + eps).sqrt()
    if weight is not None:
        times = y.numel() // max(weight.numel() * share, 1)
        y = y.reshape(times, weight.numel(), share)  # (N, C, S) -> (times, W, share)
        y = y * weight.reshape(-1, 1) + bias.reshape(-1, 1)
    return y.reshape(x.shape)


def standardize(input, weight, bias, *, layout, share, eps):
    """(y, mean, biased variance); the gradient is that of y."""
    w, b = (None if v is None else v.kernels.reshape(v.array, (v.array.size,)) for v in (weight, bias))
    y, mean, var = input.kernels.standardize(input.array, w, b, layout, share, eps)
    saved_mean, saved_var = input.wrap(mean), input.wrap(var)

    def vjp(g):
        inputs = input, weight, bias
        if is_grad_enabled():
            return gradients_by_definition(lambda *v: standardize_definition(*v, layout, share, eps), inputs, g[0])
        return standardize_backward(g[0], input, weight, saved_mean, saved_var, layout=layout, share=share, eps=eps)

    return (y, mean, var), vjp


@op
def standardize_backward(g, input, weight, mean, var, *, layout, share, eps):
    """The gradients of input, weight and bias (which are for nobody where there is no weight)."""
    kernels, w = g.kernels, None if weight is None else weight.kernels.reshape(weight.array, (weight.array.size,))
    gx, gw, gb = kernels.standardize_backward(g.array, input.array, w, mean.array, var.array, layout, share, eps)
    if weight is not None:
        gw, gb = (kernels.reshape(v, weight.array.shape) for v in (gw, gb))  # (C) -> as the weight
    return ((gx, gw, gb),)


# The same, under the names that torch's nodes have.
over_batch = op(standardize, label="NativeBatchNormBackward0", materialize_grads=False)
over_layer = op(standardize, label="NativeLayerNormBackward0", materialize_grads=False)
over_group = op(standardize, label="NativeGroupNormBackward0", materialize_grads=False)


def both_or_none(weight, bias):
    """weight and bias, where one is missing, as ones or zeros."""
    if weight is None and bias is not None:
        weight = bias.new_ones(bias.shape)
    if bias is None and weight is not None:
        bias = weight.new_zeros(weight.shape)
    return weight, bias


def same_dtype(name, input, **vectors):
    """RuntimeError where a weight or another vector has not the dtype of the input."""
    for which, v in vectors.items():
        if v is not None and v.array.dtype != input.array.dtype:
            raise RuntimeError(
                "mixed dtype (CPU): expect parameter to have scalar type of "
                f"{input.dtype.word} ({name}: {which} is {v.dtype})"
            )


# -- over the batch ----------------------------------------------------------------------------------------------------


def per_channel(v, x):
    """A vector with a number per channel in a shape that broadcasts against x: (C) -> (C, 1, ...)."""
    return v.reshape(-1 if v.numel() else 0, *(1,) * (x.ndim - 2))


def check_channels(name, input, **vectors):
    """torch's errors for an input without channels, or a vector that has not one number for each."""
    channels = input.shape[1] if input.ndim > 1 else 0
    if input.dtype.is_floating_point:
        same_dtype(name, input, **vectors)
    for which, v in vectors.items():
        if v is not None and v.ndim != 1 and (which.startswith("running") or name == "instance_norm"):
            raise RuntimeError(f"{name}: expected 1 dim of {which} but it has {v.ndim}")
        if v is not None and v.numel() != channels:
            raise RuntimeError(f"{which} should contain {channels} elements not {v.numel()}")
    if input.ndim < 2 and input.shape != (0,):
        raise IndexError(f"{name}: expected at least 2 dims (N, C, ...), got an input of shape {list(input.shape)}")


@op(promote=common)
def blend(old, new, *, keep, take):
    """keep old + take new; not to be recorded."""
    return old.kernels.blend(old.array, new.array, keep, take)


def move_running(running_mean, running_var, mean, var, n, momentum):
    """running = (1 - momentum) running + momentum new, in place, with the unbiased variance of n numbers."""
    with no_grad():
        for running, new, take in ((running_mean, mean, momentum), (running_var, var, momentum * n / (n - 1))):
            if running is not None:
                check_writable(running, "batch_norm")
                moved = blend(running, new, keep=1 - momentum, take=take)
                assign(running, moved.cast(running.array.dtype), "batch_norm")


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05):
    """(x - mean) / sqrt(var + eps) * weight + bias, for x (N, C, ...) and a number of each kind per channel.

    training      mean and (biased) variance are those of the batch, and the running ones move towards the batch's:
                  running = (1 - momentum) running + momentum new, with the unbiased variance
    otherwise     they are the running ones
    """
    if eps < 0 or (training and eps == 0):
        raise ValueError(
            f"batch_norm eps must be {'positive during training' if training else 'non-negative'}, but got {eps}"
        )
    n = math.prod((*input.shape[:1], *input.shape[2:]))
    if training and n == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    check_channels("batch_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    floating_only("batch_norm", input)
    if input.ndim == 1:  # and empty: torch lets that be
        return input.clone()
    if not training:
        return by_running(input, running_mean, running_var, weight, bias, eps)
    spread = math.prod(input.shape[2:])
    layout = (*input.shape[:2], spread)
    y, mean, var = over_batch(input, *both_or_none(weight, bias), layout=layout, share=spread, eps=eps)
    if n:
        move_running(running_mean, running_var, mean, var, n, momentum)
    return y


def by_running(input, running_mean, running_var, weight, bias, eps):
    """Normalisation by given means and variances of the channels."""
    if running_mean is None or running_var is None:
        missing = "running_mean" if running_mean is None else "running_var"
        raise RuntimeError(f"Expected {missing} to be defined when training=False")
    y = (input - per_channel(running_mean, input)) / (per_channel(running_var, input) + eps).sqrt()
    if weight is not None:
        y = y * per_channel(weight, input)
    return y if bias is None else y + per_channel(bias, input)


# -- over parts of each element of the batch ---------------------------------------------------------------------------


def instance_norm(
    input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05
):
    """batch_norm of every (n, c) for itself. The running statistics move towards the averages over the batch."""
    spread = math.prod(input.shape[2:])
    if use_input_stats and input.ndim > 1 and spread == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
    moving = running_mean, running_var  # may be of any dtype
    if input.dtype.is_floating_point:
        running_mean, running_var = (v if v is None else v.to(input.dtype) for v in moving)
    if input.ndim > 1:
        check_channels(
            "instance_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias
        )
    if input.ndim < 2:
        raise IndexError(f"instance_norm: expected at least 2 dims (N, C, ...), got shape {list(input.shape)}")
    floating_only("batch_norm", input)
    if not use_input_stats:
        return by_running(input, running_mean, running_var, weight, bias, eps)
    batch, channels = input.shape[:2]
    layout = (1, batch * channels, spread)  # (N, C, ...) -> (1, N C, L)
    if eps == 0:  # what does not vary becomes 0, as in torch, and not 0 / 0
        eps = finfo(float64 if input.dtype is float64 else float32).tiny
    y, mean, var = over_batch(input, *both_or_none(weight, bias), layout=layout, share=spread, eps=eps)
    mean, var = (v.reshape(batch, channels).mean(0) for v in (mean, var))  # (N C) -> (N, C) -> (C)
    move_running(*moving, mean, var, spread, momentum)
    return y


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-05):
    """(x - mean) / sqrt(var + eps) * weight + bias for x (N, C, ...), with mean and variance over each of num_groups
    groups of channels, and a weight and a bias per channel."""
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    num_groups = index(num_groups)
    if num_groups == 0:
        raise ZeroDivisionError("group_norm: num_groups must not be 0")
    batch, channels, *image = input.shape
    if batch * channels // num_groups * math.prod(image) == 1:
        size = [batch * channels // num_groups, num_groups, *image]
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")
    if not isinstance(num_groups, int):
        raise TypeError(
            f"group_norm(): argument 'num_groups' (position 2) must be int, not {type(num_groups).__name__}"
        )
    if num_groups < 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}")
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    for name, v in (("weight", weight), ("bias", bias)):
        if v is not None and v.shape != (channels,):
            raise RuntimeError(
                f"Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of "
                f"shape {list(v.shape)} and input of shape {list(input.shape)}"
            )
    same_dtype("group_norm", input, weight=weight, bias=bias)
    floating_only("GroupNormKernelImpl", input)
    share = math.prod(image)
    layout = (1, batch * num_groups, channels // num_groups * share)  # (N, C, ...) -> (1, N G, C / G L)
    return over_group(input, *both_or_none(weight, bias), layout=layout, share=share, eps=eps)[0]


def check_normalized_shape(name, input, normalized_shape, **vectors):
    """normalized_shape as a tuple: torch's errors where it is not the end of the input's shape, or not a weight's."""
    shape = tuple(normalized_shape if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,))
    whole = input.array.shape
    if not all(isinstance(n, int) for n in shape):
        raise TypeError(f"{name}(): argument 'normalized_shape' must be tuple of ints, got {normalized_shape!r}")
    if not shape:
        raise RuntimeError(
            f"Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            f"element, but got normalized_shape = {list(shape)}"
        )
    for which, v in vectors.items():
        if v is not None and v.array.shape != shape:
            raise RuntimeError(
                f"Expected {which} to be of same shape as normalized_shape, but got {which} of shape {list(v.shape)} "
                f"and normalized_shape = {list(shape)}"
            )
    if len(whole) < len(shape) and name == "rms_norm":
        raise ValueError(f"Input tensor must have at least {len(shape)} dimensions, but got {len(whole)}")
    if whole[-len(shape) :] != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*, "
            f"{', '.join(map(str, shape))}], but got input of size{list(whole)} ({name})"
        )
    return shape


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05):
    """(x - mean) / sqrt(var + eps) * weight + bias, with mean and variance over the last dims, whose sizes are
    normalized_shape, as weight's and bias's."""
    shape = check_normalized_shape("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    same_dtype("layer_norm", input, weight=weight, bias=bias)
    floating_only("LayerNormKernelImpl", input)
    layout = (1, math.prod(input.array.shape[: -len(shape)]), math.prod(shape))  # (..., S...) -> (1, M, S)
    return over_layer(input, *both_or_none(weight, bias), layout=layout, share=1, eps=eps)[0]


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """x / sqrt(mean of x^2 + eps) * weight, with the mean over the last dims, whose sizes are normalized_shape.

    eps is the dtype's, unless given.
    """
    shape = check_normalized_shape("rms_norm", input, normalized_shape, weight=weight)
    floating_only("rms_norm", input)
    eps = finfo(input.dtype).eps if eps is None else eps
    dims = tuple(range(-len(shape), 0))
    x = input.float() if input.dtype is float16 else input  # whose squares might overflow
    y = x / (x.square().mean(dims, keepdim=True) + eps).sqrt()
    return (y if weight is None else y * weight).to(input.dtype)


# -- over neighbouring channels ----------------------------------------------------------------------------------------


def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    """x / (k + alpha * mean of x^2 over a window of `size` channels)^beta, for x (N, C, L...); the channels beyond the
    first and the last count as 0 (Krizhevsky et al., 2012)."""
    if input.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)")
    if input.numel() == 0:
        return input
    squares = (input * input).reshape(input.shape[0], 1, input.shape[1], -1)  # (N, C, L...) -> (N, 1, C, L)
    padded = pad(squares, (0, 0, size // 2, (size - 1) // 2))
    mean = avg_pool2d(padded, (size, 1), stride=1).reshape(input.shape)  # -> (N, C, L...)
    return input / (mean * alpha + k) ** beta
