"""The windows of an image as the columns of a matrix, and columns added up to an image: each is the other's gradient.

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
"""

import math

from minitorch.autograd.op import op
from minitorch.ops.refusals import refuse_dtypes
from minitorch.ops.windows import ints, output_size

# window: (kernel_size, dilation, padding, stride), each with a number for every dim of the image.


@op(label="Im2ColBackward0")
def columns(input, *, window):
    """(N, C, I) -> (N, C prod(K), prod(O)), with O windows of size K."""
    image = input.array.shape[2:]
    return input.kernels.unfold(input.array, *window), lambda g: added_up(g, image=image, window=window)


@op(label="Col2ImBackward0")
def added_up(input, *, image, window):
    """(N, C prod(K), prod(O)) -> (N, C, I): every column added to the places that its window shows."""
    return input.kernels.fold(input.array, image, *window), lambda g: columns(g, window=window)


def check_window(name, image, kernel_size, dilation, padding, stride):
    """(kernel_size, dilation, padding, stride) as pairs and the number of windows along both dims; torch's errors."""
    given = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    window = tuple(ints(value, 2, name, what, spread=False) for what, value in given.items())
    for (what, _), values in zip(given.items(), window, strict=True):
        if min(values) < (0 if what == "padding" else 1):
            raise RuntimeError(
                f"{name}: {what} should be {'not negative' if what == 'padding' else 'greater than zero'}"
            )
    size = [output_size(n, k, s, p, d, False) for n, k, d, p, s in zip(image, *window, strict=True)]
    if min(size) < 1:
        raise RuntimeError(
            f"{name}: Given spatial size {tuple(image)}, kernel_size={window[0]}, dilation={window[1]}, "
            f"padding={window[2]}, stride={window[3]}, calculated shape of the array of sliding blocks as "
            f"{tuple(size)}, but its components must be at least one."
        )
    return window, size


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Every window of images (N, C, H, W) as a column: (N, C kh kw, L) with L windows; or (C, H, W) -> (C kh kw, L).

    A convolution is a product of the weights with these columns ("im2col"). RuntimeError where no window fits.
    """
    x = input.array.shape
    if len(x) not in (3, 4) or 0 in x[-3:]:
        raise RuntimeError(f"unfold: Expected 3D or 4D (batch mode) tensor for input, but got {list(x)}")
    window, _ = check_window("unfold", x[-2:], kernel_size, dilation, padding, stride)
    refuse_dtypes("unfold", input, "iu")
    return columns(input.unsqueeze(0), window=window).squeeze(0) if len(x) == 3 else columns(input, window=window)


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """The transpose of unfold: columns (N, C kh kw, L), or (C kh kw, L), added up to images of output_size (H, W).

    Where windows overlap, an element is the sum of all that it had become. RuntimeError where the columns are not those
    of such an image. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
    """
    x, image = input.array.shape, ints(output_size, 2, "fold", "output_size", spread=False)
    if len(x) not in (2, 3) or 0 in x[-2:]:
        raise RuntimeError(f"fold: Expected 2D or 3D (batch mode) tensor for input, but got {list(x)}")
    if min(image) < 1:
        raise RuntimeError(f"fold: Expected output spatial size to be positive, but got: output_size={image}")
    window, size = check_window("fold", image, kernel_size, dilation, padding, stride)
    if x[-2] % math.prod(window[0]) or x[-1] != math.prod(size):
        raise RuntimeError(
            f"fold: Given output_size={image}, kernel_size={window[0]}, dilation={window[1]}, padding={window[2]}, "
            f"stride={window[3]}, expected columns of a multiple of {math.prod(window[0])} elements, "
            f"{math.prod(size)} of them, but got input of sizes {list(x)}"
        )
    refuse_dtypes("fold", input, "iu")
    if len(x) == 2:
        return added_up(input.unsqueeze(0), image=image, window=window).squeeze(0)
    return added_up(input, image=image, window=window)
