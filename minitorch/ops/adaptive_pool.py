"""Pooling into a given number of windows, whatever the size of the image.

Adaptive: window i of o covers the elements from floor(i n / o) to ceil((i + 1) n / o) of n. Fractional: windows of one
size at random places. https://docs.pytorch.org/docs/stable/nn.functional.html#pooling-functions
"""

from minitorch.autograd.op import op
from minitorch.ops.pool import largest, mean
from minitorch.ops.refusals import floating_only
from minitorch.ops.windows import adaptive, fractional, ints, lengths, product, repeated
from minitorch.random import rand

# -- adaptive ----------------------------------------------------------------------------------------------------------

mean_of_image = op(mean, label="AdaptiveAvgPool2DBackward0")
mean_of_volume = op(mean, label="AdaptiveAvgPool3DBackward0")
largest_of_image = op(largest, label="AdaptiveMaxPool2DBackward0")
largest_of_volume = op(largest, label="AdaptiveMaxPool3DBackward0")


def adaptive_spans(name, dims, input, output_size, not_empty):
    """A Span for every dim, after torch's checks; not_empty: the first dim that must not be of size 0."""
    x = input.array.shape
    if dims == 1:
        output_size = ints(output_size, 1, name, "output_size")
    elif isinstance(output_size, int):
        output_size = (output_size,) * dims
    elif not isinstance(output_size, list | tuple):
        raise TypeError(f"{name}(): argument 'output_size' must be tuple of ints, not {type(output_size).__name__}")
    elif len(x) <= len(output_size):
        raise ValueError(f"{name}(): Input dimension should be at least {len(output_size) + 1}, got shape {list(x)}")
    if len(output_size) != dims:
        raise RuntimeError(f"{name}: output_size must be {dims} numbers, got {tuple(output_size)}")
    if len(x) not in (dims + 1, dims + 2):
        raise RuntimeError(f"{name}(): Expected {dims + 1}D or {dims + 2}D tensor, but got {list(x)}")
    if 0 in x[not_empty:]:
        raise RuntimeError(
            f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes {list(x)}"
        )
    output_size = [n if o is None else o for n, o in zip(x[-dims:], output_size, strict=True)]
    if not all(isinstance(o, int) for o in output_size):
        raise TypeError(f"{name}(): argument 'output_size' must be tuple of ints, not {tuple(output_size)}")
    if min(output_size) < 0:
        raise RuntimeError(f"{name}: elements of output_size must be at least 0, but are {tuple(output_size)}")
    floating_only(name, input)
    return [adaptive(n, o) for n, o in zip(x[-dims:], output_size, strict=True)]


def adaptive_avg_pool(dims, input, output_size):
    """Adaptive mean pooling of `dims` dims. One window is the whole image, which may then be empty, and have any rank
    of 2 or more dims."""
    one = output_size in (1, (1,) * dims, [1] * dims)
    if one and (dims > 1 or input.array.ndim in (2, 3)):
        return input.mean(tuple(range(-dims, 0)), keepdim=True)
    spans = adaptive_spans(f"adaptive_avg_pool{dims}d", dims, input, output_size, 1 if dims == 3 else -dims)
    count = product(map(lengths, spans))
    return (mean_of_volume if dims == 3 else mean_of_image)(input, spans=spans, count=count)


def adaptive_avg_pool1d(input, output_size):
    """The means of output_size windows that cover (N, C, L) or (C, L) evenly.

    Window i is from floor(i L / output_size) to ceil((i + 1) L / output_size). RuntimeError for a size 0 in the input.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html
    """
    return adaptive_avg_pool(1, input, output_size)


def adaptive_avg_pool2d(input, output_size):
    """The means of output_size windows of images (N, C, H, W) or (C, H, W): a number, or one a dim (None: its size)."""
    return adaptive_avg_pool(2, input, output_size)


def adaptive_avg_pool3d(input, output_size):
    """The means of output_size windows of volumes (N, C, D, H, W) or (C, D, H, W), as adaptive_avg_pool2d."""
    return adaptive_avg_pool(3, input, output_size)


def adaptive_max_pool(dims, input, output_size, return_indices):
    """Adaptive maximum pooling of `dims` dims."""
    spans = adaptive_spans(f"adaptive_max_pool{dims}d", dims, input, output_size, 1)
    results = (largest_of_volume if dims == 3 else largest_of_image)(input, spans=spans)
    return results if return_indices else results[0]


def adaptive_max_pool1d(input, output_size, return_indices=False):
    """The largest elements of output_size windows that cover (N, C, L) or (C, L) evenly, as adaptive_avg_pool1d; with
    return_indices also their places."""
    return adaptive_max_pool(1, input, output_size, return_indices)


def adaptive_max_pool2d(input, output_size, return_indices=False):
    """The largest elements of output_size windows of images (N, C, H, W) or (C, H, W), as adaptive_avg_pool2d; with
    return_indices also their places, flat indices into the H by W plane."""
    return adaptive_max_pool(2, input, output_size, return_indices)


def adaptive_max_pool3d(input, output_size, return_indices=False):
    """The largest elements of output_size windows of volumes, as adaptive_max_pool2d."""
    return adaptive_max_pool(3, input, output_size, return_indices)


# -- fractional --------------------------------------------------------------------------------------------------------

random_of_image = op(largest, label="FractionalMaxPool2DBackward0")
random_of_volume = op(largest, label="FractionalMaxPool3DBackward0")


def fractional_max_pool(dims, input, kernel_size, output_size, output_ratio, return_indices, samples):
    """Fractional maximum pooling of `dims` dims, after torch's checks."""
    name, x = f"fractional_max_pool{dims}d", input.array.shape
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    if output_size is None:
        if dims == 2 and len(output_ratio) != 2:
            raise ValueError(f"{name} requires output_ratio to be a tuple of two numbers")
        output_size = [int(n * r) for n, r in zip(x[-dims:], repeated(output_ratio, dims), strict=True)]
    if len(x) <= dims:
        raise IndexError(f"{name}: expected a tensor (N, C, ...) or (C, ...), got shape {list(x)}")
    batch = 1 if len(x) == dims + 1 else x[0]
    if samples is None:
        samples = rand(batch, x[-dims - 1], dims, dtype=input.dtype, device=input.device)
    kernel_size, output_size = [
        ints(value, dims, name, what, spread=False)
        for value, what in ((kernel_size, "kernel_size"), (output_size, "output_size"))
    ]
    check_fractional(name, dims, input, kernel_size, output_size, samples)
    drawn = samples.host()[:batch].reshape(-1, dims)  # (N, C, dims) -> (N C, dims)
    order = drawn.T[::-1] if dims == 2 else drawn.T  # torch takes those of an image for W, then H
    along = zip(x[-dims:], output_size, kernel_size, order, strict=True)
    results = (random_of_volume if dims == 3 else random_of_image)(input, spans=[fractional(*one) for one in along])
    return results if return_indices else results[0]


def check_fractional(name, dims, input, kernel_size, output_size, samples):
    """torch's errors, and one for windows without elements, which torch would look for outside of the image."""
    x, s = input.array.shape, samples.array.shape
    if len(x) not in (dims + 1, dims + 2) or 0 in x[-dims - 1 :]:
        raise RuntimeError(f"{name}(): Expected a non-empty {dims + 1}D or {dims + 2}D tensor, but got: {list(x)}")
    if samples.dtype is not input.dtype:
        raise RuntimeError(f"{name}(): Expect _random_samples to have the same dtype as input")
    if len(s) != 3 or s[0] < (1 if len(x) == dims + 1 else x[0]) or s[1] != x[-dims - 1] or s[2] != dims:
        raise RuntimeError(f"{name}(): Expect _random_samples of shape (batch, channels, {dims}), but got {list(s)}")
    floating_only(name, input)
    if min(output_size) < 0:
        raise RuntimeError(f"{name}(): Trying to create tensor with negative dimension {min(output_size)}")
    for n, k, o in zip(x[-dims:], kernel_size, output_size, strict=True):
        if k < 1:
            raise RuntimeError(f"{name}(): pool size should be at least 1, but is {k}")
        if o + k - 1 > n - (dims == 3):
            raise RuntimeError(f"{name}(): pool size {k} too large relative to input size {n}, for {o} windows")


def fractional_max_pool2d(
    input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None
):
    """The largest elements of windows at random places of images (N, C, H, W) or (C, H, W); with return_indices also
    their places, flat indices into the H by W plane.

    There are output_size windows (one number, or one a dim), or the sizes of the image times output_ratio (two
    numbers); see windows.fractional for where they lie. ValueError where neither is given.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html
    """
    return fractional_max_pool(2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional_max_pool3d(
    input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None
):
    """The largest elements of windows at random places of volumes (N, C, D, H, W), as fractional_max_pool2d."""
    return fractional_max_pool(3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)
