"""Pooling of one to three dims: kernel, stride, padding, dilation, ceil_mode; whole numbers give ties.

No side is shorter than 3: a window that holds padding only (side 1, padding 1, dilation 2) makes torch's own backward
write outside its memory. Nor are there 0 windows, for which it does the same.
"""

from parity.draw import Fixed, arrays, case, pick, values
from parity.harness import Row

STYLE = ("whole", "normal")
IMAGES = {
    1: arrays(pick((1, 1, 4), (2, 2, 5), (2, 6), (1, 2, 3), (0, 2, 4), (3,)), STYLE),
    2: arrays(pick((1, 1, 4, 4), (2, 2, 5, 3), (2, 3, 5), (1, 1, 3, 6), (0, 2, 4, 4), (3, 3)), STYLE),
    3: arrays(pick((1, 1, 3, 4, 3), (2, 2, 3, 3, 3), (2, 3, 3, 5), (0, 1, 3, 3, 3), (3, 3, 3)), STYLE),
}
KERNEL = {1: pick(2, 1, 3, (2,)), 2: pick(2, 1, 3, (2, 1), (1, 3)), 3: pick(2, 1, 3, (2, 1, 3), (1, 3, 2))}
STRIDE = {1: pick(None, 1, 2, (1,)), 2: pick(None, 1, 2, (2, 1)), 3: pick(None, 1, 2, (2, 1, 1))}
PADDING = {1: pick(0, 1, (1,)), 2: pick(0, 1, (1, 0)), 3: pick(0, 1, (0, 1, 0))}
DILATION = {1: pick(1, 2), 2: pick(1, 2, (1, 2)), 3: pick(1, 2, (1, 2, 1))}
SIZES = {1: pick(2, 1, 3, 5), 2: pick(2, 1, 3, (2, 3), (4, None)), 3: pick(2, (1, 2, 1), (2, 3, 1), (None, 2, 3))}
flag = pick(False, True)


def maximum(dims):
    """max_pool with or without its places."""
    return Row(
        f"max_pool{dims}d",
        lambda lib, x, k, stride, padding, dilation, ceil, indices: getattr(lib.nn.functional, f"max_pool{dims}d")(
            x, k, stride, padding, dilation, ceil_mode=ceil, return_indices=indices
        ),
        case(
            IMAGES[dims], KERNEL[dims], stride=STRIDE[dims], padding=PADDING[dims], dilation=DILATION[dims], ceil=flag,
            indices=flag,
        ),
    )  # fmt: skip


def mean(dims):
    """avg_pool; that of one dim has no divisor."""
    divisor = {} if dims == 1 else {"divisor_override": pick(None, 3, -2, 0)}
    return Row(
        f"avg_pool{dims}d",
        lambda lib, x, k, stride, padding, ceil, count, **divisor: getattr(lib.nn.functional, f"avg_pool{dims}d")(
            x, k, stride, padding, ceil, count, **divisor
        ),
        case(
            IMAGES[dims], KERNEL[dims], stride=STRIDE[dims], padding=PADDING[dims], ceil=flag,
            count=pick(True, False), **divisor,
        ),
        "sums",
    )  # fmt: skip


def power_mean(dims):
    """lp_pool. Powers of positive numbers: an odd power of others, and any at 0, is nan in one of the derivatives."""
    positive = IMAGES[dims].map(lambda x: abs(x) + 0.5)
    return Row(
        f"lp_pool{dims}d",
        lambda lib, x, p, k, stride, ceil: getattr(lib.nn.functional, f"lp_pool{dims}d")(x, p, k, stride, ceil),
        case(positive, pick(2.0, 1.0, 3.0, float("inf"), -float("inf")), KERNEL[dims], stride=STRIDE[dims], ceil=flag),
        "sums",
    )


def adaptive(dims, kind, **settings):
    """Into a given number of windows."""
    name = f"adaptive_{kind}_pool{dims}d"
    return Row(
        name,
        lambda lib, x, size, **settings: getattr(lib.nn.functional, name)(x, size, **settings),
        case(IMAGES[dims], SIZES[dims], **settings),
        "elementwise" if kind == "max" else "sums",
    )


def fractional(dims):
    """At random places: drawn after a seed, or given. No errors: torch takes windows of 0 elements."""
    name = f"fractional_max_pool{dims}d"

    def call(lib, x, k, size, samples, indices):
        lib.manual_seed(3)
        given = None if samples is None else samples.to(x.dtype)[..., :dims]
        return getattr(lib.nn.functional, name)(x, k, **size, _random_samples=given, return_indices=indices)

    sizes = [{"output_size": 2}, {"output_size": (2, 1, 3)[:dims]}, {"output_ratio": (0.5, 0.7, 0.9)[:dims]}]
    shape = (2, 2, 5, 6, 5)[: dims + 2]
    samples = Fixed(values((2, 2, 3), "unit", 5))
    images = arrays(pick(shape, (1, *shape[1:]), shape[1:]), STYLE)
    return Row(
        name,
        call,
        case(images, pick(2, 1, (1, 2, 2)[:dims]), pick(*sizes), pick(None, samples), indices=flag),
        without=("errors",),
    )


def unpooled(dims):
    """What a maximum pooling gave, put back, with other numbers in their place."""
    pool, name = f"max_pool{dims}d", f"max_unpool{dims}d"

    def call(lib, x, k, stride, padding, exact):
        y, places = getattr(lib.nn.functional, pool)(x, k, stride, padding, return_indices=True)
        size = x.shape if exact else None
        return getattr(lib.nn.functional, name)(y * 2, places, k, stride, padding, size)

    return Row(name, call, case(IMAGES[dims], pick(2, 3), stride=pick(None, 2), padding=pick(0, 1), exact=flag))


ROWS = [
    row(dims)
    for row in (maximum, mean, power_mean)
    for dims in (1, 2, 3)
]  # fmt: skip
ROWS += [adaptive(dims, "avg") for dims in (1, 2, 3)]
ROWS += [adaptive(dims, "max", return_indices=flag) for dims in (1, 2, 3)]
ROWS += [fractional(2), fractional(3)]
ROWS += [unpooled(dims) for dims in (1, 2, 3)]
