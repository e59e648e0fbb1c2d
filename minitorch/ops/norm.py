"""Batch normalisation (Ioffe and Szegedy, arXiv 1502.03167).

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
"""

import math

from minitorch.autograd.fused import gradients_by_definition
from minitorch.autograd.grad_mode import is_grad_enabled, no_grad
from minitorch.autograd.op import op


def per_channel(v, x):
    """A vector with a number per channel in a shape that broadcasts against x: (C) -> (C, 1, ...)."""
    return v.reshape(-1 if v.numel() else 0, *(1,) * (x.ndim - 2))


def batch_norm_definition(x, weight, bias, eps):
    """As the book writes it: subtract the mean of the batch, divide by its standard deviation, scale and shift."""
    dims = [d for d in range(x.ndim) if d != 1]  # all but the channels
    mean = x.mean(dims, keepdim=True)
    var = ((x - mean) ** 2).mean(dims, keepdim=True)
    y = (x - mean) / (var + eps).sqrt()
    if weight is not None:
        y = y * per_channel(weight, x)
    return y if bias is None else y + per_channel(bias, x)


@op(label="NativeBatchNormBackward0")
def batch_norm_of_batch(input, weight, bias, *, eps):
    """(y, mean, biased variance), by the statistics of the batch; the gradient is that of y."""
    w, b = (None if v is None else v.array for v in (weight, bias))
    y, mean, var = input.kernels.batch_norm(input.array, w, b, eps)
    statistics = input.wrap(mean), input.wrap(var)
    saved_mean, saved_var = statistics

    def vjp(g):
        if is_grad_enabled():
            return gradients_by_definition(
                lambda x, w, b: batch_norm_definition(x, w, b, eps), (input, weight, bias), g[0]
            )
        return batch_norm_backward(g[0], input, weight, saved_mean, saved_var, eps=eps)

    return (y, mean, var), vjp


@op
def batch_norm_backward(g, input, weight, mean, var, *, eps):
    w = None if weight is None else weight.array
    return (g.kernels.batch_norm_backward(g.array, input.array, w, mean.array, var.array, eps),)


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
    channels = input.shape[1] if input.ndim > 1 else 0
    for name, v in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if v is not None and v.dtype is not input.dtype and input.dtype.is_floating_point:
            raise RuntimeError(
                "mixed dtype (CPU): expect parameter to have scalar type of "
                f"{input.dtype.type_name.removesuffix('Tensor')} (batch_norm: {name} is {v.dtype})"
            )
        if v is not None and v.ndim != 1:
            raise RuntimeError(f"batch_norm: expected 1 dim of {name} but it has {v.ndim}")
        if v is not None and v.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {v.numel()}")
    if input.ndim < 2:
        raise IndexError(f"batch_norm: expected at least 2 dims (N, C, ...), got an input of shape {list(input.shape)}")
    if not input.dtype.is_floating_point:
        name = input.dtype.type_name.removesuffix("Tensor")
        raise NotImplementedError(f"\"batch_norm\" not implemented for '{name}'")
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError(
                f"Expected {'running_mean' if running_mean is None else 'running_var'} to be defined when "
                "training=False"
            )
        y = (input - per_channel(running_mean, input)) / (per_channel(running_var, input) + eps).sqrt()
        if weight is not None:
            y = y * per_channel(weight, input)
        return y if bias is None else y + per_channel(bias, input)
    y, mean, var = batch_norm_of_batch(input, weight, bias, eps=eps)
    if n == 0:
        return y
    with no_grad():
        if running_mean is not None:
            running_mean.mul_(1 - momentum).add_(mean.detach() * momentum)
        if running_var is not None:
            running_var.mul_(1 - momentum).add_(var.detach() * (momentum * n / (n - 1)))
    return y
