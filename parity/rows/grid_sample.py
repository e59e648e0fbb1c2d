"""Images read at places of a grid, and the grids of affine maps."""

from hypothesis import strategies as st

from parity.draw import Case, arrays, case, pick, salts
from parity.harness import Row


@st.composite
def places(draw, image, modes):
    """An image, a grid that also names places beyond it, and settings."""
    n, image = draw(pick(1, 2)), draw(image)
    x = draw(arrays((n, draw(pick(1, 2)), *image), "normal"))
    grid = draw(arrays((n, *(2, 3, 1)[: len(image)], len(image)), "normal"))
    # Not near an edge of a cell: what is left of it there depends on the last bit.
    settings = {
        "mode": draw(modes),
        "padding_mode": draw(pick("zeros", "border", "reflection")),
        "align_corners": draw(pick(False, True)),
    }
    return Case((x, grid), settings, draw(salts()))


def sample(lib, x, grid, **settings):
    return lib.nn.functional.grid_sample(x, grid, **settings)


# torch has no second derivative. In the edges and layouts, places of zeros lie on the edges of cells.
WITHOUT = ("grad grad", "edges")

ROWS = [
    Row(
        "grid_sample",
        sample,
        places(pick((3, 4), (2, 2), (1, 3)), pick("bilinear", "nearest", "bicubic")),
        "sums",
        WITHOUT,
    ),
    Row("grid_sample 3d", sample, places(pick((2, 3, 2), (1, 2, 3)), pick("bilinear", "nearest")), "sums", WITHOUT),
    Row(
        "affine_grid",
        lambda lib, theta, size, align: lib.nn.functional.affine_grid(theta, size, align),
        case(arrays((2, 2, 3), "normal"), pick((2, 1, 3, 4), (2, 3, 2, 1), (2, 2, 1, 1)), pick(False, True)),
        "sums",
    ),
    Row(
        "affine_grid 3d",
        lambda lib, theta, size, align: lib.nn.functional.affine_grid(theta, size, align),
        case(arrays((1, 3, 4), "normal"), pick((1, 1, 3, 4, 2), (1, 3, 2, 1, 2)), pick(False, True)),
        "sums",
    ),
]
