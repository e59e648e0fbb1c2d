"""Pooling: kernel, stride, padding, dilation, ceil_mode; whole numbers give ties.

No side is shorter than 3: a window that holds padding only (side 1, padding 1, dilation 2) makes torch's own backward
write outside its memory.
"""

from parity.draw import arrays, case, pick
from parity.harness import Row

images = arrays(pick((1, 1, 4, 4), (2, 2, 5, 3), (2, 3, 5), (1, 1, 3, 6), (0, 2, 4, 4), (3, 3)), ("whole", "normal"))
kernel = pick(2, 1, 3, (2, 1), (1, 3))
stride = pick(None, 1, 2, (2, 1))
flag = pick(False, True)

ROWS = [
    Row(
        "max_pool2d",
        lambda lib, x, k, stride, padding, dilation, ceil: lib.nn.functional.max_pool2d(
            x, k, stride, padding, dilation, ceil_mode=ceil
        ),
        case(images, kernel, stride=stride, padding=pick(0, 1, (1, 0)), dilation=pick(1, 2, (1, 2)), ceil=flag),
    ),
    Row(
        "max_pool2d indices",
        lambda lib, x, k, stride, padding: lib.nn.functional.max_pool2d(x, k, stride, padding, return_indices=True),
        case(images, kernel, stride=stride, padding=pick(0, 1)),
    ),
    Row(
        "avg_pool2d",
        lambda lib, x, k, stride, padding, ceil, count, divisor: lib.nn.functional.avg_pool2d(
            x, k, stride, padding, ceil, count, divisor
        ),
        case(
            images,
            kernel,
            stride=stride,
            padding=pick(0, 1, (1, 0)),
            ceil=flag,
            count=pick(True, False),
            divisor=pick(None, 3, -2, 0),
        ),
        "sums",
    ),
]
