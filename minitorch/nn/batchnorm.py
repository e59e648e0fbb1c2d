"""Batch and instance normalisation layers: see ops/norm.py.

https://docs.pytorch.org/docs/stable/nn.html#normalization-layers
"""

import warnings

from minitorch.creation import empty, ones, tensor, zeros
from minitorch.dtype import int64
from minitorch.nn import init
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.ops.norm import batch_norm, instance_norm


class _Norm(Module):
    """y = (x - mean) / sqrt(var + eps) * weight + bias, with one number of each kind per channel.

    weight begins at 1 and bias at 0; affine=False leaves both out, bias=False the bias. With track_running_stats there
    are a running_mean and a running_var, which move by `momentum` towards what each input in training has, and stand
    for it in evaluation.
    """

    ranks = ()  # of the inputs that a subclass takes
    _version = 2  # torch's 1 had no num_batches_tracked

    def __init__(
        self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True, device=None, dtype=None,
        *, bias=True,
    ):  # fmt: skip
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        where = {"device": device, "dtype": dtype}
        self.register_parameter("weight", Parameter(empty(num_features, **where)) if affine else None)
        self.register_parameter("bias", Parameter(empty(num_features, **where)) if affine and bias else None)
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros(num_features, **where) if tracked else None)
        self.register_buffer("running_var", ones(num_features, **where) if tracked else None)
        self.register_buffer("num_batches_tracked", tensor(0, dtype=int64, device=device) if tracked else None)
        self.reset_parameters()

    def reset_running_stats(self):
        """Forget the batches seen."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self):
        """Begin anew."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def renew(self, state_dict, prefix, version):
        """The number of batches stays what it is where the state_dict has none."""
        name = prefix + "num_batches_tracked"
        if version < 2 and self.track_running_stats and name not in state_dict:
            state_dict[name] = self.num_batches_tracked

    def check_rank(self, input):
        """ValueError for an input of another number of dims than the layer takes."""
        if input.ndim not in self.ranks:
            wanted = " or ".join(f"{rank}D" for rank in self.ranks)
            raise ValueError(f"expected {wanted} input (got {input.ndim}D input)")

    def extra_repr(self):
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_Norm):
    """mean and var are the batch's in training, and in evaluation without running statistics.

    momentum None: the running statistics become the average over all batches so far.
    """

    def forward(self, input):
        self.check_rank(input)
        momentum = self.momentum
        if self.training and self.track_running_stats:
            self.num_batches_tracked.add_(1)
            if momentum is None:
                momentum = 1 / self.num_batches_tracked.item()
        by_batch = self.training or self.running_mean is None
        update = not self.training or self.track_running_stats
        running = (self.running_mean, self.running_var) if update else (None, None)
        return batch_norm(input, *running, self.weight, self.bias, by_batch, momentum or 0.0, self.eps)


class BatchNorm1d(_BatchNorm):
    """Batch normalisation of (N, C) or (N, C, L)."""

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of images (N, C, H, W)."""

    ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of volumes (N, C, D, H, W)."""

    ranks = (5,)


class _InstanceNorm(_Norm):
    """mean and var are those of each channel of each element of the batch, which need not be one: (C, ...) will do."""

    def __init__(
        self, num_features, eps=1e-5, momentum=0.1, affine=False, track_running_stats=False, device=None, dtype=None,
        *, bias=True,
    ):  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input):
        self.check_rank(input)
        dim = input.ndim - min(self.ranks)  # of the channels
        if input.shape[dim] != self.num_features:
            words = f"expected input's size at dim={dim} to match num_features ({self.num_features}), but got: "
            if self.affine:
                raise ValueError(f"{words}{input.shape[dim]}.")
            warnings.warn(f"{words}{input.shape[dim]}. Without affine, num_features is not needed.", stacklevel=2)
        by_input = self.training or not self.track_running_stats
        y = instance_norm(
            input if dim else input.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            by_input,
            self.momentum or 0.0,
            self.eps,
        )
        return y if dim else y.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Instance normalisation of (N, C, L) or (C, L)."""

    ranks = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance normalisation of images (N, C, H, W) or (C, H, W)."""

    ranks = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance normalisation of volumes (N, C, D, H, W) or (C, D, H, W)."""

    ranks = (4, 5)
