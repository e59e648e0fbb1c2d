"""Convolution: stride, padding, dilation, groups; batched and not."""

from hypothesis import strategies as st

from parity.draw import Case, arrays, pick, salts
from parity.harness import Row

STYLE = ("whole", "normal")


@st.composite
def images_and_weights(draw):
    """An image, weights of its groups, a bias or none, and settings."""
    groups = draw(pick(1, 2))
    inner, outer = groups * draw(pick(1, 2)), groups * draw(pick(1, 2))
    kernel = (draw(pick(1, 2, 3)), draw(pick(1, 2)))
    batch = draw(pick((1,), (2,), (), (0,)))
    x = draw(arrays((*batch, inner, draw(pick(3, 4, 1)), draw(pick(3, 5))), STYLE))
    weight = draw(arrays((outer, inner // groups, *kernel), STYLE))
    bias = draw(st.one_of(st.none(), arrays((outer,), STYLE)))
    settings = {
        "stride": draw(pick(1, 2, (2, 1), (1,))),
        "padding": draw(pick(0, 1, (1, 0), "same", "valid", (0, 2))),
        "dilation": draw(pick(1, 2, (1, 2))),
        "groups": groups,
    }
    return Case((x, weight, bias), settings, draw(salts()))


ROWS = [
    Row(
        "conv2d",
        lambda lib, x, weight, bias, stride, padding, dilation, groups: lib.nn.functional.conv2d(
            x, weight, bias, stride, padding, dilation, groups
        ),
        images_and_weights(),
        "sums",
    ),
]
