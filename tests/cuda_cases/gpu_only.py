"""Calls of kernels: what only kernels.cuda has."""

import numpy as np

from cuda_cases.recipes import normal


def products(make):
    """Every kernel of matmul.py."""
    from kernels.cuda.matmul import blocked, naive, tiled

    return [step(normal(3, 4)(make), normal(4, 2)(make)) for step in (naive, tiled, blocked)]


def draws(dtype):
    """Every random kernel, for the seed 5 from number 2 on."""

    def every(make):
        from kernels.cuda import draw

        at = np.uint64(5), np.uint64(2)
        continuous = "uniform", "normal", "log_normal", "exponential", "geometric", "cauchy"
        kind = np.dtype(dtype)
        return [
            *[getattr(draw, name)((3, 3), kind, *at, -0.5 if name == "geometric" else 1, 2) for name in continuous],
            draw.integers((3,), kind, *at, -5, 12),
            draw.integers((3,), np.dtype("int64"), *at, 0, 1 << 64),
            draw.permutation(5, kind, *at),
            draw.bernoulli((7,), kind, *at, 0.5),
            draw.bernoulli_each(kind, *at, make.k.full((2, 3), 0.5, kind)),
        ]

    return every


def direct_convolutions(make):
    """Every kernel of conv.py."""
    from kernels.cuda.conv import direct, direct_input, direct_weight

    shapes = (1, 2, 3, 3), (2, 1, 2, 2), (1, 2, 2, 2)
    x, weight, g = (normal(*shape)(make) for shape in shapes)
    settings = (1, 1), (0, 0), (1, 1), 2
    return [
        direct(x, weight, shapes[2], *settings),
        direct_input(g, weight, shapes[0], *settings),
        direct_weight(g, x, shapes[1], *settings),
    ]


GPU_ONLY = {
    "direct convolutions": direct_convolutions,
    "products": products,
    "draw float32": draws("float32"),
    "draw float64": draws("float64"),
}
