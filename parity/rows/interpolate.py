"""Interpolation in every mode, by sizes and by factors."""

from parity.draw import arrays, case, pick
from parity.harness import Row


def interpolate(lib, x, mode, **settings):
    return lib.nn.functional.interpolate(x, mode=mode, **settings)


SIGNALS = pick((1, 2, 4), (2, 1, 5), (1, 1, 1), (0, 2, 3), (1, 0, 3), (2, 3))
IMAGES = pick((1, 2, 3, 4), (2, 1, 4, 2), (1, 1, 1, 3), (0, 1, 2, 2))
VOLUMES = pick((1, 1, 2, 3, 4), (2, 1, 3, 2, 2), (1, 2, 1, 1, 2))
# Not 1.1 and the like: where a size stays what it is, torch's forward and backward differ on whether the factor does.
FACTORS = pick(2, 0.5, 1.5, 3.0)
SHAPES = {
    1: (SIGNALS, pick(6, 2, 5, 1, (3,), 0)),
    2: (IMAGES, pick(6, (2, 5), (7, 1), 3, (2, 2, 2))),
    3: (VOLUMES, pick(4, (3, 2, 5))),
}
# Without channels, or where nothing is left, torch's adaptive pooling, which it averages by, has no gradient.
AREAS = {
    1: (pick((1, 2, 4), (2, 1, 5), (0, 2, 3), (2, 3)), pick(6, 2, 5, 1, (3,))),
    2: (pick((1, 2, 3, 4), (2, 1, 4, 2), (0, 1, 2, 2)), pick(6, (2, 5), (7, 1), 3, (2, 2, 2))),
    3: (pick((1, 1, 2, 3, 4), (2, 1, 3, 2, 2)), pick(4, (3, 2, 5))),
}
# In antialiased images of width 1, torch 2.13 writes the first line into all others.
SMOOTHED = pick((1, 2, 3, 4), (2, 1, 4, 5), (1, 1, 1, 4), (0, 1, 2, 4)), pick(6, (2, 5), (7, 2), 3, (2, 2, 2))
BY_LINES = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


def rows(name, modes, shapes, without=(), **settings):
    """Two rows, one by sizes and one by factors."""
    shapes, sizes = shapes
    x = arrays(shapes, "normal")
    factors = {"scale_factor": FACTORS, "recompute_scale_factor": pick(None, True)}
    return [
        Row(name, interpolate, case(x, modes, size=sizes, **settings), "sums", without),
        Row(f"{name} by factors", interpolate, case(x, modes, **factors, **settings), "sums", without),
    ]


def lines(mode, dims):
    """The rows of a mode in which elements are weighted. torch has them in two dims for uint8, too; we do not."""
    without = ("dtypes",) if dims == 2 else ()
    if mode == "bicubic":
        without += ("edges",)  # whether a weight is 0 or 1e-17
    return rows(f"interpolate {mode}", mode, SHAPES[dims], without, align_corners=pick(False, True))


ROWS = [
    *[row for d, s in SHAPES.items() for row in rows(f"interpolate nearest {d}d", pick("nearest", "nearest-exact"), s)],
    *[row for d, s in AREAS.items() for row in rows(f"interpolate area {d}d", "area", s)],
    *[row for mode, dims in BY_LINES.items() for row in lines(mode, dims)],
    *rows(
        "interpolate antialias",
        pick("bilinear", "bicubic"),
        SMOOTHED,
        ("dtypes", "edges"),  # edges: whether a weight at the end of the filter is 0 or 1e-17
        align_corners=pick(False, True),
        antialias=True,
    ),
]
