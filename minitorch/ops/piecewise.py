"""Activation functions made of straight pieces. At a kink the derivative is torch's choice, said at each.

relu, the simplest of them, stands in activation.py.
https://docs.pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
"""

import numpy as np

from minitorch.autograd.op import op
from minitorch.ops.activation import number
from minitorch.ops.elementwise import where
from minitorch.ops.refusals import floating_only, refuse_bool
from minitorch.stream import default_streams


@op
def threshold(input, *, threshold, value):
    """x where x > threshold, value elsewhere; NaN stays. Only what stays gets a gradient."""
    refuse_bool(input, "\"threshold_cpu\" not implemented for 'Bool'", NotImplementedError)
    k, x = input.kernels, input.array
    y = k.where(k.le(x, number(input, threshold)), number(input, value), x)
    return y, lambda g: where(input <= threshold, 0.0, g)


# -- one kink, at 0, where the derivative is that of the left side -----------------------------------------------------


@op
def leaky_relu(input, *, negative_slope=0.01):
    """x where x > 0, negative_slope x elsewhere (Maas et al., ICML 2013)."""
    floating_only("leaky_relu_cpu", input)
    k, x = input.kernels, input.array
    y = k.where(k.gt(x, number(input, 0)), x, k.mul(x, number(input, negative_slope)))
    return y, lambda g: where(input > 0, g, g * negative_slope)


def prelu(input, weight):
    """x where x > 0, weight x elsewhere: a slope that is learnt (He et al., arXiv 1502.01852).

    weight    one number (a tensor of one element), or one for each channel, (C), of an input (N, C, ...)
    """
    if input.array.dtype != weight.array.dtype:
        names = [x.dtype.word for x in (input, weight)]
        raise RuntimeError(f"prelu: Type promoting not supported. Got {names[0]} and {names[1]}")
    if weight.array.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.array.ndim}")
    if weight.array.size != 1:
        if input.array.ndim == 0:
            raise RuntimeError("Not allow zero-dim input tensor.")
        channels = input.array.shape[1] if input.array.ndim > 1 else 1
        if weight.array.size != channels:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {weight.array.size} "
                f"and channel size = {channels}."
            )
    if input.array.ndim > 1:
        weight = weight.reshape(-1, *(1,) * (input.array.ndim - 2))  # (C) -> (C, 1, ...)
    elif input.array.ndim == 0:
        weight = weight.reshape(())
    return parametric(input, weight)


@op(label="PreluKernelBackward0")
def parametric(input, weight):
    floating_only("prelu_cpu", input)
    k, x = input.kernels, input.array
    return (
        k.where(k.gt(x, number(input, 0)), x, k.mul(weight.array, x)),
        lambda g: where(input > 0, g, weight * g),
        lambda g: where(input > 0, 0.0, input * g),
    )


def rrelu(input, lower=1 / 8, upper=1 / 3, training=False):
    """x where x > 0, a x elsewhere (Xu et al., arXiv 1505.00853).

    In training, a is drawn from [lower, upper) for each element: torch's numbers for the same seed. In evaluation it is
    (lower + upper) / 2.
    """
    if lower > upper:
        raise RuntimeError(f"Lower bound should be less than or equal to the upper bound, got {lower} and {upper}")
    floating_only("rrelu_with_noise_out_cpu" if training else "leaky_relu_cpu", input)
    k = input.kernels
    if not training:
        positive = k.gt(input.array, number(input, 0))
        return sloped(input, input.wrap(k.where(positive, number(input, 1), number(input, (lower + upper) / 2))))
    x = k.to_numpy(input.array)  # torch draws for the negative elements alone: how many are there?
    slopes, left = np.ones(x.shape, x.dtype), x <= 0
    lower, upper = (float(x.dtype.type(bound)) for bound in (lower, upper))
    drawn = default_streams[input.device.type].uniform((np.count_nonzero(left),), np.float64, 0, 1)
    slopes[left] = lower + (upper - lower) * k.to_numpy(drawn)
    return sloped(input, input.wrap(k.from_numpy(slopes)))


@op(label="RreluWithNoiseBackward0")
def sloped(input, slopes):
    return input.kernels.mul(input.array, slopes.array), lambda g: g * slopes, None


# -- two kinks, where the derivative is 0 ------------------------------------------------------------------------------


def hardtanh(input, min_val=-1.0, max_val=1.0):
    """min(max(x, min_val), max_val). For integers the bounds lose their fractions."""
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return between(input, min_val=min_val, max_val=max_val)


@op(label="HardtanhBackward0")
def between(input, *, min_val, max_val):
    refuse_bool(input, "Bool inputs not supported for hardtanh")
    if input.array.dtype.kind == "u" and min_val < 0:
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    y = input.kernels.clamp(input.array, min_val, max_val)
    return y, lambda g: where((input > min_val) & (input < max_val), g, 0.0)


def relu6(input):
    """min(max(x, 0), 6)."""
    return between(input, min_val=0, max_val=6)


@op
def hardsigmoid(input):
    """min(max(x + 3, 0), 6) / 6."""
    floating_only("hardsigmoid_cpu", input)
    k = input.kernels
    y = k.div(k.clamp(k.add(input.array, number(input, 3)), 0, 6), number(input, 6))
    return y, lambda g: where((input > -3) & (input < 3), g / 6, 0.0)


@op
def hardswish(input):
    """x min(max(x + 3, 0), 6) / 6 (Howard et al., arXiv 1905.02244). At 3 the derivative is that of the right side."""
    floating_only("hardswish_cpu", input)
    k, x = input.kernels, input.array
    y = k.div(k.mul(x, k.clamp(k.add(x, number(input, 3)), 0, 6)), number(input, 6))

    def vjp(g):
        slope = input.clamp(-3, 3) / 3 + 0.5  # finite also where it is not chosen
        return where(input <= -3, 0.0, where(input < 3, g * slope, g))

    return y, vjp


@op
def hardshrink(input, *, lambd=0.5):
    """x where |x| > lambd, 0 elsewhere; NaN stays."""
    floating_only("hardshrink_cpu", input)
    k, x = input.kernels, input.array
    y = k.where(k.le(k.abs(x), number(input, lambd)), number(input, 0), x)
    return y, lambda g: where(input.abs() > lambd, g, 0.0)


@op
def softshrink(input, *, lambd=0.5):
    """x - min(max(x, -lambd), lambd): x, nearer to 0 by lambd."""
    floating_only("softshrink_check", input)
    if not 0 <= lambd <= np.finfo(input.array.dtype).max:
        raise RuntimeError(f"lambda must be in range [0, {np.finfo(input.array.dtype).max}], but found {lambd}")
    y = input.kernels.sub(input.array, input.kernels.clamp(input.array, -lambd, lambd))
    return y, lambda g: where(input.abs() > lambd, g, 0.0)
