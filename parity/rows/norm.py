"""Normalisation: by the statistics of the batch, of its parts, and by running ones, which are updated."""

from hypothesis import strategies as st

from parity.draw import Case, Fixed, arrays, case, pick, salts
from parity.harness import Row

FLAG = pick(False, True)
INSTANCES = pick((2, 3), (1, 2, 2), (2, 1))
EPS = pick(0.1, 0.5)  # where a variance is 0, what rounding leaves of x - mean is divided by its square root


@st.composite
def affine(draw, shape):
    """weight and bias of that shape, or None and None. (Of one alone, torch has no second derivative.)"""
    return [draw(arrays(shape, "normal")) for _ in range(2)] if draw(st.booleans()) else [None, None]


@st.composite
def batches(draw, shapes, tracked=FLAG):
    """x (N, C, ...), running mean and variance (or None), weight, bias (or None), and settings."""
    c = draw(pick(2, 1, 3))
    n, *image = draw(shapes)
    x = draw(arrays((n, c, *image), ("normal", "whole")))
    running = draw(tracked)
    mean = Fixed(draw(arrays((c,), "normal"))) if running else None
    var = Fixed(draw(arrays((c,), "positive"))) if running else None
    weight, bias = draw(affine((c,)))
    by_batch = draw(pick(True, False)) if running else True
    return Case(
        (x, mean, var, weight, bias),
        {"by_batch": by_batch, "momentum": draw(pick(0.1, 0.5, 0.0)), "eps": draw(EPS)},
        draw(salts()),
    )


def normalized(name):
    """The row's function: the output, and the running statistics after the call."""

    def call(lib, x, mean, var, weight, bias, by_batch, momentum, eps):
        y = getattr(lib.nn.functional, name)(x, mean, var, weight, bias, by_batch, momentum, eps)
        return (y, mean, var)

    return call


@st.composite
def by_groups(draw):
    """x (N, C, ...), the number of groups, weight and bias."""
    c, groups = draw(pick((2, 1), (4, 2), (3, 3), (6, 2), (3, 2), (2, 0)))
    x = draw(arrays(draw(pick((2, c, 3), (1, c, 2, 2), (2, c), (0, c, 2))), ("normal", "whole")))
    weight, bias = draw(affine((c,)))
    return Case((x, groups, weight, bias), {"eps": draw(EPS)}, draw(salts()))


@st.composite
def by_layers(draw, vectors):
    """x, the shape of its last dims, and that many tensors (or None) of that shape."""
    shape = draw(pick((3,), (2, 2), (4,), (1,), (0,)))
    x = draw(arrays((*draw(pick((2,), (), (2, 2), (0,))), *shape), ("normal", "whole")))
    weights = draw(affine(shape))[:vectors]
    return Case((x, shape, *weights), {"eps": draw(EPS)}, draw(salts()))


def function(name):
    """A function of torch.nn.functional, of either library."""
    return lambda lib, *args, **settings: getattr(lib.nn.functional, name)(*args, **settings)


# No edges: of infinities, which of several nan and inf arise depends on the order in which the terms are taken.
WITHOUT = ("edges",)
images = arrays(pick((2, 4, 3), (1, 3, 2, 2), (2, 1, 1, 2, 1), (0, 2, 3), (2, 3)), "normal")

ROWS = [
    Row(
        "batch_norm",
        normalized("batch_norm"),
        batches(pick((4,), (2, 3), (2, 2, 2), (1,), (0,), (9, 1))),
        "sums",
        WITHOUT,
    ),
    Row("instance_norm", normalized("instance_norm"), batches(INSTANCES, pick(False)), "sums", WITHOUT),
    Row(
        "instance_norm running",
        normalized("instance_norm"),
        batches(INSTANCES, pick(True)),
        "sums",
        (*WITHOUT, "dtypes", "errors"),  # torch refuses a float32 variance beside a float64 mean, not the reverse
    ),
    Row("layer_norm", function("layer_norm"), by_layers(2), "sums", WITHOUT),
    Row("group_norm", function("group_norm"), by_groups(), "sums", WITHOUT),
    Row("rms_norm", function("rms_norm"), by_layers(1), "sums", WITHOUT),
    Row(
        "rms_norm default eps",
        lambda lib, x: lib.nn.functional.rms_norm(x, x.shape[-1:]),
        case(arrays(pick((2, 4), (3,), (2, 2, 3)), "normal")),
        "sums",
    ),
    Row(
        "normalize",
        function("normalize"),
        case(
            arrays(pick((2, 3), (3,), (2, 2, 2), (0, 2)), "normal"),
            p=pick(2.0, 1, 3),
            dim=pick(1, 0, -1),
            eps=pick(1e-12, 1.0),
        ),
        "sums",
    ),
    Row(
        "local_response_norm",
        function("local_response_norm"),
        case(images, pick(2, 1, 3, 5), alpha=pick(1e-4, 1.0), beta=pick(0.75, 1), k=pick(1.0, 2)),
        "sums",
    ),
    *[
        Row(
            f"{name} of one vector",
            lambda lib, x, v, by, name=name, first=first: getattr(lib.nn.functional, name)(x, *first, **{by: v}),
            case(arrays((2, 4, 3), "normal"), arrays(shape, "normal"), by=pick("weight", "bias")),
            "sums",
            ("grad grad", "edges", "errors"),  # torch has no second derivative there
        )
        for name, first, shape in (("layer_norm", [(4, 3)], (4, 3)), ("instance_norm", [], (4,)))
    ],
    Row(
        "pixel_shuffle",
        function("pixel_shuffle"),
        case(arrays(pick((4, 2, 3), (2, 8, 1, 2), (9, 1, 1), (2, 2)), "normal"), pick(2, 1, 3, 0)),
        "exact",
    ),
    Row(
        "pixel_unshuffle",
        function("pixel_unshuffle"),
        case(arrays(pick((2, 2, 4), (2, 1, 2, 2), (1, 3, 6), (2, 2)), "normal"), pick(2, 1, 3, 0)),
        "exact",
    ),
    Row(
        "channel_shuffle",
        function("channel_shuffle"),
        case(arrays(pick((2, 4, 2), (1, 6, 2, 2), (0, 4, 2), (2, 2)), "normal"), pick(2, 1, 3, 0)),
        "exact",
    ),
]
