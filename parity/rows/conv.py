"""Convolution of one to three dims, and transposed: stride, padding, dilation, groups; batched and not. Windows as
columns, and back."""

from hypothesis import strategies as st

from parity.draw import Case, arrays, case, pick, salts
from parity.harness import Row

STYLE = ("whole", "normal")
SIDES = pick(3, 4, 1), pick(3, 5), pick(4, 2)
KERNEL = pick(1, 2, 3), pick(1, 2), pick(2, 1)


def numbers(dims, *choices):
    """One number, or one a dim."""
    one = pick(*choices)
    return st.one_of(one, st.tuples(*[one] * dims), st.tuples(one))


@st.composite
def convolutions(draw, dims, transposed=False):
    """An image, weights of its groups, a bias or none, and settings."""
    groups = draw(pick(1, 2))
    inner, outer = groups * draw(pick(1, 2)), groups * draw(pick(1, 2))
    kernel = [draw(k) for k in KERNEL[:dims]]
    x = draw(arrays((*draw(pick((1,), (2,), (), (0,))), inner, *[draw(side) for side in SIDES[:dims]]), STYLE))
    shape = (inner, outer // groups) if transposed else (outer, inner // groups)
    weight = draw(arrays((*shape, *kernel), STYLE))
    bias = draw(st.one_of(st.none(), arrays((outer,), STYLE)))
    words = st.nothing() if transposed else pick("same", "valid")
    settings = {
        "stride": draw(numbers(dims, 1, 2)),
        "padding": draw(st.one_of(numbers(dims, 0, 1, 2), words)),
        "dilation": draw(numbers(dims, 1, 2)),
        "groups": groups,
    }
    if transposed:
        settings["output_padding"] = draw(numbers(dims, 0, 0, 1))
    return Case((x, weight, bias), settings, draw(salts()))


def convolution(name):
    """A row of a convolution. The last letters of its name are its dims."""
    dims = int(name[-2])
    return Row(
        name,
        lambda lib, x, weight, bias, **settings: getattr(lib.nn.functional, name)(x, weight, bias, **settings),
        convolutions(dims, "transpose" in name),
        "sums",
    )


window = {
    "dilation": numbers(2, 1, 2),
    "padding": numbers(2, 0, 1),
    "stride": numbers(2, 1, 2),
}

ROWS = [
    *[convolution(f"conv{dims}d") for dims in (1, 2, 3)],
    *[convolution(f"conv_transpose{dims}d") for dims in (1, 2, 3)],
    Row(
        "unfold windows",
        lambda lib, x, k, **settings: lib.nn.functional.unfold(x, k, **settings),
        case(arrays(pick((1, 1, 4, 3), (2, 2, 3, 5), (2, 3, 3), (0, 1, 4, 4))), numbers(2, 1, 2), **window),
        "sums",
    ),
    Row(
        "fold",
        lambda lib, x, size, k, **settings: lib.nn.functional.fold(x, size, k, **settings),
        case(
            arrays(pick((1, 4, 9), (2, 8, 9), (4, 9), (1, 4, 16), (1, 4, 4), (1, 4, 1))),
            pick(4, (4, 4), (4,), (6, 3), (5, 5)),
            2,
            dilation=pick(1, 2, (1, 1)),
            padding=pick(0, 1),
            stride=pick(1, 2),
        ),
        "sums",
    ),
]
