"""Convolutions, pooling and batch norm on images, forward and backward."""

from benchmarks.cases.case import WORD, Case, forward_backward


def conv(name, shape, out, kernel, stride=1, padding=0, groups=1):
    """conv2d of (B, C, H, W) to `out` channels with a bias.

    Operations: 2 for each weight and place of the output, thrice (the output, two gradients). Bytes as of a product.
    """
    batch, channels, height, width = shape
    weight = (out, channels // groups, kernel, kernel)

    def prepare(side):
        conv2d = side.lib.nn.functional.conv2d
        return forward_backward(
            side,
            lambda x, w, b: conv2d(x, w, b, stride, padding, groups=groups),
            side.randn(*shape), side.randn(*weight), side.randn(out),
        )  # fmt: skip

    rows, columns = ((n + 2 * padding - kernel) // stride + 1 for n in (height, width))
    places, weights = batch * rows * columns, out * channels // groups * kernel * kernel
    arrays = batch * channels * height * width + weights + out * places
    return Case(name, prepare, bytes=3 * WORD * arrays, flops=6 * weights * places)


def transposed(side):
    """(32, 32, 16, 16) -> (32, 16, 32, 32): each value adds a 4x4 patch to the output, at a stride of 2."""
    convolve = side.lib.nn.functional.conv_transpose2d
    return forward_backward(
        side,
        lambda x, w, b: convolve(x, w, b, 2, 1),
        side.randn(32, 32, 16, 16), side.randn(32, 16, 4, 4), side.randn(16),
    )  # fmt: skip


IMAGES = (32, 32, 32, 32)
N = 32**4


def max_pool(side):
    return forward_backward(side, lambda x: side.lib.nn.functional.max_pool2d(x, 2), side.randn(*IMAGES))


def avg_pool(side):
    return forward_backward(side, lambda x: side.lib.nn.functional.avg_pool2d(x, 2), side.randn(*IMAGES))


def batch_norm(side):
    mean, variance = side.lib.zeros(32).to(side.device), side.lib.ones(32).to(side.device)
    norm = side.lib.nn.functional.batch_norm
    return forward_backward(
        side,
        lambda x, w, b: norm(x, mean, variance, w, b, training=True),
        side.randn(*IMAGES), side.randn(32), side.randn(32),
    )  # fmt: skip


CASES = [
    conv("conv5_few", (64, 1, 28, 28), 6, kernel=5, padding=2),
    conv("conv5_some", (64, 6, 14, 14), 16, kernel=5),
    conv("conv5_many", (32, 32, 14, 14), 64, kernel=5, padding=2),
    conv("conv3_few", (32, 3, 32, 32), 16, kernel=3, padding=1),
    conv("conv3_some", (32, 16, 32, 32), 16, kernel=3, padding=1),
    conv("conv3_many", (32, 64, 16, 16), 64, kernel=3, padding=1),
    conv("conv1", (32, 64, 16, 16), 128, kernel=1),
    conv("conv7_stride2", (8, 3, 64, 64), 64, kernel=7, stride=2, padding=3),
    Case(
        "transposed",
        transposed,
        bytes=3 * WORD * 32 * (32 * 16**2 + 16 * 32**2),
        flops=6 * (32 * 16 * 4**2) * 32 * 16**2,
    ),
    conv("depthwise", (16, 64, 32, 32), 64, kernel=3, padding=1, groups=64),
    # x read, a quarter written with its places; the gradient read with the places, and written whole
    Case("max_pool", max_pool, bytes=WORD * N * 5 // 2 + 2 * 8 * N // 4, flops=N),
    Case("avg_pool", avg_pool, bytes=WORD * N * 5 // 2, flops=2 * N),
    # x read for its moments, and again, y written; x and g read for sums, and again, the gradient written
    Case("batch_norm", batch_norm, bytes=8 * WORD * N, flops=15 * N),
]
