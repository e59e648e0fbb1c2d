"""Convolution of one, two or three dims and its gradients: three ops that are each other's VJPs, so that a gradient
has a gradient.

    y[n, o, i] = bias[o] + sum over c, u of  x[n, c, s i + d u - p] * weight[o, c, u]

where i and u have an element for every dim of the image. Each of the three is linear in its two tensors; what arrives
at one of them is made from the other two:

    y = convolved(x, w)      gx = transposed(g, w)      gw = weight_gradient(g, x)

The transposed convolution is the second of them, under a name of its own.
https://docs.pytorch.org/docs/stable/nn.functional.html#convolution-functions
(Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016, draws them all.)
"""

import functools

from minitorch.autograd.op import op
from minitorch.ops.pad import padded
from minitorch.ops.refusals import SMALL_INTEGERS, refuse_dtypes
from minitorch.ops.windows import ints
from minitorch.promotion import can_cast

# -- the three of them -------------------------------------------------------------------------------------------------

# shape: that of the result. geometry: (stride, padding, dilation, groups), each but the last a tuple with a number for
# every dim of the image.


def array_of(bias):
    return None if bias is None else bias.array


def bias_gradient(g):
    return g.sum((0, *range(2, g.ndim)))


@op(label="ConvolutionBackward0")
def convolved(input, weight, bias, *, shape, geometry):
    """The convolution of input (N, C, I) with weight (O, C/groups, K), plus bias (O) or None."""
    x_shape, w_shape = input.array.shape, weight.array.shape
    return (
        input.kernels.convolution(input.array, weight.array, shape, *geometry, array_of(bias)),
        lambda g: transposed(g, weight, None, shape=x_shape, geometry=geometry),
        lambda g: weight_gradient(g, input, shape=w_shape, geometry=geometry),
        bias_gradient,
    )


@op(label="ConvolutionBackward0")
def transposed(input, weight, bias, *, shape, geometry):
    """Every element of input times the weights, added up over its window; plus bias."""
    x_shape, w_shape = input.array.shape, weight.array.shape
    return (
        input.kernels.convolution_input(input.array, weight.array, shape, *geometry, array_of(bias)),
        lambda g: convolved(g, weight, None, shape=x_shape, geometry=geometry),
        lambda g: weight_gradient(input, g, shape=w_shape, geometry=geometry),
        bias_gradient,
    )


@op(label="ConvolutionBackward0")
def weight_gradient(g, input, *, shape, geometry):
    """What the elements of input that a weight is multiplied by, times the g that it goes to, add up to."""
    g_shape, x_shape = g.array.shape, input.array.shape
    return (
        g.kernels.convolution_weight(g.array, input.array, shape, *geometry),
        lambda h: convolved(input, h, None, shape=g_shape, geometry=geometry),
        lambda h: transposed(g, h, None, shape=x_shape, geometry=geometry),
    )


# -- arguments ---------------------------------------------------------------------------------------------------------


def check_tensors(name, input, weight, bias, groups, transpose):
    """torch's errors where the ranks, dtypes or channels of the tensors do not fit."""
    x, w = input.array.shape, weight.array.shape
    if len(x) != len(w):
        raise RuntimeError(
            f"{name}: expected {len(w)}-dimensional input for {len(w)}-dimensional weight {list(w)}, but got "
            f"{len(x)}-dimensional input of size {list(x)} instead"
        )
    for what, other in (("weight", weight), ("bias", bias)):
        if other is not None and other.dtype is not input.dtype:
            raise RuntimeError(
                f"{name}: Input type ({input.type()}) and {what} type ({other.type()}) should be the same"
            )
    if not isinstance(groups, int):
        raise TypeError(f"{name}(): argument 'groups' must be int, not {type(groups).__name__}")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if w[0] < groups or w[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0 and divisible by it, but "
            f"got weight of size {list(w)} instead"
        )
    inner, outer = (w[0], w[1] * groups) if transpose else (w[1] * groups, w[0])
    if x[1] != inner:
        raise RuntimeError(
            f"Given {'transposed=1' if transpose else f'groups={groups}'}, weight of size {list(w)}, expected "
            f"input{list(x)} to have {inner} channels, but got {x[1]} channels instead"
        )
    if 0 in w or 0 in x[2:]:
        raise RuntimeError(
            f"{name}: only zero batch or zero channel inputs are supported, but got input shape {list(x)} and weight "
            f"shape {list(w)}"
        )
    if bias is not None and bias.array.shape != (outer,):
        raise RuntimeError(
            f"Given weight of size {list(w)}, expected bias to be 1-dimensional with {outer} elements, but got bias of "
            f"size {list(bias.array.shape)} instead"
        )


def check_geometry(stride, padding, dilation, output_padding=(0,)):
    """torch's errors for numbers that are too small."""
    for name, values, least in (
        ("stride", stride, 1),
        ("dilation", dilation, 1),
        ("padding", padding, 0),
        ("output_padding", output_padding, 0),
    ):
        if min(values) < least:
            raise RuntimeError(f"{'negative' if least == 0 else 'non-positive'} {name} is not supported")


def batched(name, dims, input):
    """Whether input has a dim for the batch, (N, C, I), or has none, (C, I). RuntimeError for any other rank."""
    if input.array.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {name}, but got input of size: "
            f"{list(input.array.shape)}"
        )
    return input.array.ndim == dims + 2


# -- convolution -------------------------------------------------------------------------------------------------------


def convolution(dims, input, weight, bias, stride, padding, dilation, groups):
    """The convolution of `dims` dims, after torch's checks."""
    name = f"conv{dims}d"
    if not batched(name, dims, input):
        return convolution(dims, input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0)
    stride, dilation = ints(stride, dims, name, "stride"), ints(dilation, dims, name, "dilation")
    if isinstance(padding, str) and bias is not None:
        bias = bias.cast(input.array.dtype)  # in torch, too, only here
    check_tensors(name, input, weight, bias, groups, False)
    if isinstance(padding, str):
        input, padding = pad_for(padding, input, weight.array.shape[2:], stride, dilation)
    padding = ints(padding, dims, name, "padding")
    shape = shape_of_result(input.array.shape, weight.array.shape, stride, padding, dilation)
    refuse_dtypes(name, input, "b", *(SMALL_INTEGERS if max(dilation) > 1 else ()))
    return convolved(input, weight, bias, shape=shape, geometry=(stride, padding, dilation, groups))


@functools.lru_cache(1000)  # a network asks for the same few at every step: 8 us each
def shape_of_result(x_shape, w_shape, stride, padding, dilation):
    """(N, O, *O), after torch's checks of the numbers and of the image's size."""
    check_geometry(stride, padding, dilation)
    whole = [m + 2 * p for m, p in zip(x_shape[2:], padding, strict=True)]
    spans = [d * (k - 1) + 1 for k, d in zip(w_shape[2:], dilation, strict=True)]
    if any(m < span for m, span in zip(whole, spans, strict=True)):
        raise RuntimeError(
            f"Calculated padded input size per channel: ({' x '.join(map(str, whole))}). Kernel size: "
            f"({' x '.join(map(str, spans))}). Kernel size can't be greater than actual input size"
        )
    size = [(m - span) // s + 1 for m, span, s in zip(whole, spans, stride, strict=True)]
    return x_shape[0], w_shape[0], *size


def pad_for(word, input, kernel_size, stride, dilation):
    """(input, padding) for padding="valid" or "same"; where "same" needs one more on one side, input is padded."""
    if word == "valid":
        return input, 0
    if word != "same":
        raise RuntimeError(f"Invalid padding string: '{word}'")
    if max(stride) != 1:
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    totals = [d * (k - 1) for k, d in zip(kernel_size, dilation, strict=True)]
    odd = [total % 2 for total in totals]
    if any(odd):  # one more at the end: at the bottom, at the right
        input = padded(input, before=[0] * (2 + len(odd)), after=[0, 0, *odd], value=0)
    return input, tuple(total // 2 for total in totals)


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Convolution of signals (N, C, L), or of one (C, L), with weight (O, C/groups, k) and bias (O).

    padding   zeros on both sides; "valid" is none, "same" so many that the output has the input's size (for stride 1)
    RuntimeError where channels, groups or sizes do not fit. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
    """
    return convolution(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Convolution of images (N, C, H, W) with weight (O, C/groups, kh, kw) and bias (O), as conv1d."""
    return convolution(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Convolution of volumes (N, C, D, H, W) with weight (O, C/groups, kd, kh, kw) and bias (O), as conv1d."""
    return convolution(3, input, weight, bias, stride, padding, dilation, groups)


# -- transposed convolution --------------------------------------------------------------------------------------------


def transposed_convolution(dims, input, weight, bias, stride, padding, output_padding, groups, dilation):
    """The transposed convolution of `dims` dims, after torch's checks."""
    name = f"conv_transpose{dims}d"
    if not batched(name, dims, input):
        whole = input.unsqueeze(0)
        settings = (stride, padding, output_padding, groups, dilation)
        return transposed_convolution(dims, whole, weight, bias, *settings).squeeze(0)
    stride, padding = ints(stride, dims, name, "stride"), ints(padding, dims, name, "padding")
    output_padding, dilation = (
        ints(output_padding, dims, name, "output_padding"),
        ints(dilation, dims, name, "dilation"),
    )
    if bias is not None and dims < 3 and can_cast(bias.dtype, input.dtype):
        bias = bias.to(input.dtype)  # torch adds it in place, and so lets its dtype be another one
    check_tensors(name, input, weight, bias, groups, True)
    check_geometry(stride, padding, dilation, output_padding)
    reach = [max(s, d) for s, d in zip(stride, dilation, strict=True)]
    if input.array.size and any(extra >= most for extra, most in zip(output_padding, reach, strict=True)):
        raise RuntimeError(
            f"output padding must be smaller than either stride or dilation, but got output_padding {output_padding}, "
            f"stride {stride} and dilation {dilation}"
        )
    refuse_dtypes(name, input, "b", *SMALL_INTEGERS)
    (n, _, *image), (_, outer, *kernel) = input.array.shape, weight.array.shape
    along = zip(image, kernel, stride, padding, dilation, output_padding, strict=True)
    size = [(m - 1) * s - 2 * p + d * (k - 1) + extra + 1 for m, k, s, p, d, extra in along]
    if min(size) < (1 if n else 0):
        raise RuntimeError(
            f"Given input size per channel: {image}. Calculated output size per channel: {size}. Output size is too "
            "small"
        )
    geometry = (stride, padding, dilation, groups)
    return transposed(input, weight, bias, shape=(n, outer * groups, *size), geometry=geometry)


def conv_transpose1d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The transposed convolution of signals (N, C, L), or of one (C, L), with weight (C, O/groups, k) and bias (O).

    It is what a convolution with that weight gives as the gradient of its input, and so undoes the convolution's
    change of size:  L' = (L - 1) s - 2 p + d (k - 1) + output_padding + 1. With a stride s several lengths become the
    same L; output_padding (below s or d) says which of them is meant. RuntimeError where channels or sizes do not fit.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
    """
    return transposed_convolution(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The transposed convolution of images (N, C, H, W) with weight (C, O/groups, kh, kw), as conv_transpose1d."""
    return transposed_convolution(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """The transposed convolution of volumes, weight (C, O/groups, kd, kh, kw), as conv_transpose1d."""
    return transposed_convolution(3, input, weight, bias, stride, padding, output_padding, groups, dilation)
