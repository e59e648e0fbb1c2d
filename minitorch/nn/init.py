"""First values of parameters. Each function writes into the tensor, from torch's random numbers, and returns it.

A weight of shape (out, in, *kernel) has fan_in = in * prod(kernel) inputs and fan_out = out * prod(kernel) outputs per
unit. https://docs.pytorch.org/docs/stable/nn.init.html
"""

import math
import warnings

import numpy as np

from minitorch.autograd.grad_mode import no_grad
from minitorch.linalg import qr
from minitorch.ops.elementwise import where
from minitorch.ops.like import empty_like
from minitorch.random import randperm

GAINS = {
    "linear": 1,
    "conv1d": 1,
    "conv2d": 1,
    "conv3d": 1,
    "conv_transpose1d": 1,
    "conv_transpose2d": 1,
    "conv_transpose3d": 1,
    "sigmoid": 1,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity, param=None):
    """The factor by which a layer's standard deviation grows to make up for the nonlinearity after it."""
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}")
    return GAINS[nonlinearity]


def fans(tensor):
    """(fan_in, fan_out)."""
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    kernel = math.prod(tensor.shape[2:])
    return tensor.shape[1] * kernel, tensor.shape[0] * kernel


_calculate_fan_in_and_fan_out = fans  # as torch's is called, which many programs do


@no_grad()
def uniform_(tensor, a=0.0, b=1.0, generator=None):
    """U(a, b)."""
    return tensor.uniform_(a, b, generator=generator)


@no_grad()
def normal_(tensor, mean=0.0, std=1.0, generator=None):
    """N(mean, std^2)."""
    return tensor.normal_(mean, std, generator=generator)


@no_grad()
def constant_(tensor, val):
    """val everywhere."""
    return tensor.fill_(val)


def ones_(tensor):
    """1 everywhere."""
    return constant_(tensor, 1.0)


def zeros_(tensor):
    """0 everywhere."""
    return constant_(tensor, 0.0)


def xavier_uniform_(tensor, gain=1.0, generator=None):
    """U(-a, a) with a = gain sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, AISTATS 2010)."""
    return uniform_(tensor, *symmetric(gain * math.sqrt(3) * math.sqrt(2 / sum(fans(tensor)))), generator=generator)


def xavier_normal_(tensor, gain=1.0, generator=None):
    """N(0, s^2) with s = gain sqrt(2 / (fan_in + fan_out))."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(tensor))), generator=generator)


def kaiming_uniform_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """U(-b, b) with b = gain sqrt(3 / fan) (He et al., ICCV 2015); a is the slope of leaky_relu."""
    return uniform_(tensor, *symmetric(math.sqrt(3) * he_std(tensor, a, mode, nonlinearity)), generator=generator)


def kaiming_normal_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """N(0, s^2) with s = gain / sqrt(fan)."""
    return normal_(tensor, 0.0, he_std(tensor, a, mode, nonlinearity), generator=generator)


def symmetric(bound):
    return -bound, bound


def he_std(tensor, a, mode, nonlinearity):
    """gain / sqrt(fan), where fan is fan_in or fan_out; 0 for a tensor without elements."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return 0.0
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan = fans(tensor)[mode.lower() == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


# -- special matrices and kernels --------------------------------------------------------------------------------------


def eye_(tensor):
    """The identity matrix (or as much of it as fits)."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return written(tensor, np.eye(*tensor.shape))


def dirac_(tensor, groups=1):
    """A convolution's weight (out, in, *kernel) that gives back its input: 1 in the middle of channel i's kernel i."""
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    if tensor.shape[0] % groups:
        raise ValueError("dim 0 must be divisible by groups")
    weight, out = np.zeros(tensor.shape), tensor.shape[0] // groups
    middle = tuple(n // 2 for n in tensor.shape[2:])
    for g in range(groups):
        for channel in range(min(out, tensor.shape[1])):
            weight[(g * out + channel, channel, *middle)] = 1
    return written(tensor, weight)


def bilinear_(tensor):
    """A transposed convolution's weight (in, out, *kernel) that enlarges by bilinear interpolation, channel by channel.

    The kernel is the product over the dims of 1 - |i - centre| / factor, with factor (k + 1) // 2 and the centre at
    factor - 1 for odd k, factor - 1/2 for even k: a stride of k / 2 with padding k / 4 then enlarges k / 2 times (Long
    et al., arXiv 1411.4038; d2l.ai section 14.11.2). Ours: torch has none.
    """
    if tensor.ndim < 3:
        raise ValueError("Only tensors with 3 or more dimensions are supported")
    kernel = np.ones(())
    for k in tensor.shape[2:]:
        factor = (k + 1) // 2
        centre = factor - 1 if k % 2 else factor - 0.5
        kernel = np.multiply.outer(kernel, 1 - np.abs(np.arange(k) - centre) / factor)
    weight = np.zeros(tensor.shape)
    for channel in range(min(tensor.shape[:2])):
        weight[channel, channel] = kernel
    return written(tensor, weight)


@no_grad()
def written(tensor, array):
    """The tensor, with the numbers of a NumPy array."""
    return tensor.copy_(tensor.wrap(tensor.kernels.from_numpy(array)))


# -- other distributions -----------------------------------------------------------------------------------------------


@no_grad()
def trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None):
    """N(mean, std^2) without what lies outside of [a, b].

    Where [a, b] holds more than 0.3 of the distribution, what falls outside is drawn again; else numbers from U(a, b)
    are accepted with the density, relative to its peak, as probability.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
            "incorrect.",
            stacklevel=3,
        )
    below = lambda x: (1 + math.erf((x - mean) / std / math.sqrt(2))) / 2
    if below(b) - below(a) > 0.3:
        low, high = tensor.new_tensor(a).item(), tensor.new_tensor(b).item()
        tensor.normal_(mean, std, generator=generator)
        while bool((outside := (tensor < low) | (tensor > high)).any()):
            again = empty_like(tensor).normal_(mean, std, generator=generator)
            tensor.copy_(where(outside, again, tensor))
        return tensor
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    pending = None
    while pending is None or bool(pending.any()):
        candidates = empty_like(tensor).uniform_(a, b, generator=generator)
        tensor.copy_(candidates if pending is None else where(pending, candidates, tensor))
        density = ((candidates - mean) / std) ** 2 * -0.5 - peak
        refused = empty_like(tensor).uniform_(generator=generator).log() > density
        pending = refused if pending is None else pending & refused
    return tensor


@no_grad()
def orthogonal_(tensor, gain=1, generator=None):
    """gain times a matrix (out, in * prod(kernel)) with orthonormal rows or columns (Saxe et al., arXiv 1312.6120).

    It is Q of the QR decomposition of a matrix of normal numbers, with signs such that it is uniformly distributed.
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    flat = tensor.new_empty((rows, tensor.numel() // rows)).normal_(0, 1, generator=generator)
    wide = rows < flat.shape[1]
    q, r = qr(flat.T if wide else flat)
    q = q * r.diagonal().sign()
    return tensor.copy_((q.T if wide else q).reshape(tensor.shape)).mul_(gain)


@no_grad()
def sparse_(tensor, sparsity, std=0.01, generator=None):
    """N(0, std^2), with a share `sparsity` of each column set to 0 (Martens, ICML 2010)."""
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    tensor.normal_(0, std, generator=generator)
    for column in range(columns):
        tensor[randperm(rows)[:zeros], column] = 0
    return tensor
