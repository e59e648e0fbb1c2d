"""Two-dimensional convolution and its gradients: three ops that are each other's VJPs, so that a gradient has a
gradient.

    y[n, o, i, j] = bias[o] + sum over c, u, v of  x[n, c, s i + d u - p, s j + d v - p] * weight[o, c, u, v]

Each of the three is linear in its two tensors; what arrives at one of them is made from the other two:

    y = conv2d(x, w)      gx = conv2d_input(g, w)      gw = conv2d_weight(g, x)

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
"""

from minitorch.autograd.op import op
from minitorch.ops.elementwise import refuse_bool
from minitorch.ops.matmul import same_dtype


def pair(value, name="value"):
    """(h, w) for one int or two. TypeError for anything else."""
    if isinstance(value, int):
        return value, value
    if not isinstance(value, list | tuple) or not all(isinstance(n, int) for n in value):
        raise TypeError(f"{name} must be an int or a pair of ints, got {value!r}")
    values = tuple(value)
    if len(values) == 1:
        return values * 2
    if len(values) != 2:
        raise RuntimeError(f"{name} must be an int or a pair of ints, got {value}")
    return values


@op(label="ConvolutionBackward0")
def convolution(input, weight, bias, *, stride, padding, dilation, groups):
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    x_shape, w_shape = input.array.shape, weight.array.shape
    y = input.kernels.conv2d(input.array, weight.array, stride, padding, dilation, groups)
    if bias is not None:
        y = input.kernels.add(y, input.kernels.reshape(bias.array, (w_shape[0], 1, 1)))
    return (
        y,
        lambda g: convolution_input(g, weight, shape=x_shape, **settings),
        lambda g: convolution_weight(g, input, shape=w_shape, **settings),
        lambda g: g.sum((0, 2, 3)),
    )


@op
def convolution_input(g, weight, *, shape, stride, padding, dilation, groups):
    """The gradient for the input, of the given shape."""
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    w_shape = weight.array.shape
    return (
        g.kernels.conv2d_input(g.array, weight.array, shape, stride, padding, dilation, groups),
        lambda h: convolution(h, weight, None, **settings),
        lambda h: convolution_weight(g, h, shape=w_shape, **settings),
    )


@op
def convolution_weight(g, input, *, shape, stride, padding, dilation, groups):
    """The gradient for the weight, of the given shape."""
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    x_shape = input.array.shape
    return (
        g.kernels.conv2d_weight(g.array, input.array, shape, stride, padding, dilation, groups),
        lambda h: convolution(input, h, None, **settings),
        lambda h: convolution_input(g, h, shape=x_shape, **settings),
    )


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Convolution of images (N, C, H, W), or of one (C, H, W), with weight (O, C/groups, kh, kw) and bias (O).

    padding   ints, "valid" (none) or "same" (so that the output has the input's size; stride must be 1)
    RuntimeError where channels, groups or sizes do not fit.
    """
    stride, dilation = pair(stride, "stride"), pair(dilation, "dilation")
    x, w = input.array.shape, weight.array.shape
    if len(w) != 4 or len(x) not in (3, 4):
        raise RuntimeError(
            "Expected 3D (unbatched) or 4D (batched) input to conv2d, and a 4D weight, but got input of size: "
            f"{list(x)} "
            f"and weight of size: {list(w)}"
        )
    same_dtype("conv2d", input, weight, bias)
    refuse_bool(input, "\"slow_conv2d_cpu\" not implemented for 'Bool'", NotImplementedError)
    if len(x) == 3:
        return conv2d(input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0)
    if not isinstance(groups, int):
        raise TypeError(f"conv2d(): argument 'groups' must be int, not {type(groups).__name__}")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if min(stride) <= 0 or min(dilation) <= 0:
        raise RuntimeError(
            "non-positive stride is not supported" if min(stride) <= 0 else "dilation should be greater than zero"
        )
    if w[0] < groups or w[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0 and divisible by it, "
            "but got "
            f"weight of size {list(w)} instead"
        )
    if x[1] != w[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {list(w)}, expected input{list(x)} to have {w[1] * groups} "
            "channels, "
            f"but got {x[1]} channels instead"
        )
    if w[0] == 0:
        raise RuntimeError(f"expected weight to be at least 1 at dimension 0, but got weight of size {list(w)} instead")
    if 0 in w[2:]:
        raise RuntimeError(
            f"kernel size should be greater than zero, but got kernel_height: {w[2]} kernel_width: {w[3]}"
        )
    if bias is not None and bias.array.shape != (w[0],):
        raise RuntimeError(
            f"Given weight of size {list(w)}, expected bias to be 1-dimensional with {w[0]} elements, but got bias of "
            f"size {list(bias.array.shape)} instead"
        )
    if max(dilation) > 1 and not input.dtype.is_floating_point:
        name = input.dtype.type_name.removesuffix("Tensor")
        raise NotImplementedError(f"\"slow_conv_dilated<>\" not implemented for '{name}'")
    if isinstance(padding, str):
        input, padding = pad_for(padding, input, w[2:], stride, dilation)
        x = input.array.shape
    padding = pair(padding, "padding")
    if min(padding) < 0:
        raise RuntimeError("negative padding is not supported")
    spans = [d * (k - 1) + 1 for k, d in zip(w[2:], dilation, strict=True)]
    if any(n + 2 * p < span for n, p, span in zip(x[2:], padding, spans, strict=True)):
        raise RuntimeError(
            f"Calculated padded input size per channel: {[n + 2 * p for n, p in zip(x[2:], padding, strict=True)]}. "
            f"Kernel size: {spans}. Kernel size can't be greater than actual input size"
        )
    return convolution(input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)


def pad_for(word, input, kernel_size, stride, dilation):
    """(input, padding) for padding="valid" or "same"; where "same" needs one more on one side, input is padded for
    it."""
    if word == "valid":
        return input, 0
    if word != "same":
        raise RuntimeError(f"Invalid padding string: '{word}'")
    if stride != (1, 1):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    totals = [d * (k - 1) for k, d in zip(kernel_size, dilation, strict=True)]
    if totals[0] % 2 or totals[1] % 2:  # one more at the bottom or at the right
        n, c, h, w = input.array.shape
        whole = input.new_zeros(n, c, h + totals[0] % 2, w + totals[1] % 2)
        whole[:, :, :h, :w] = input
        input = whole
    return input, tuple(total // 2 for total in totals)
