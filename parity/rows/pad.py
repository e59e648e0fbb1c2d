"""Padding of all kinds, also by negative numbers, which cut off."""

from parity.draw import arrays, case, pick
from parity.harness import Row


def pad(lib, x, pad, mode="constant", value=None):
    return lib.nn.functional.pad(x, pad, mode, value)


x = arrays(pick((2, 3, 4), (3,), (2, 3), (1, 2, 3, 2), (0, 2, 3), (2, 0), ()), "normal")
# With an element of a dim taken several times, a gradient is a sum.
# (In dims so short that nothing is left of them between what is cut off and what is added, torch's circular mode
# reads memory that nobody wrote.)
lines = arrays(pick((2, 4), (1, 2, 3), (2, 5), (0, 2, 3)), "normal")
planes = arrays(pick((2, 3, 4), (1, 2, 4, 3), (1, 2, 3), (0, 1, 3, 3)), "normal")
volumes = arrays(pick((1, 2, 3, 2), (1, 1, 2, 3, 4), (1, 2, 2, 2)), "normal")
PADS = {
    1: pick((1, 1), (2, 0), (-1, 1), (0, -1), (3, 4), (-1, -1)),
    2: pick((1, 1, 1, 1), (0, 1, 2, 0), (-1, 1, 1, -1), (1, -2, 0, 1)),
    3: pick((1, 1, 0, 1, 1, 0), (0, 0, 1, 1, -1, 1), (1, -1, 1, 0, 0, 1)),
}


def by_elements(dims, inputs):
    """A row of padding so many dims with elements of the input."""
    mode = pick("reflect", "replicate", "circular")
    return Row(f"pad{dims}d", pad, case(inputs, PADS[dims], mode), "sums")


ROWS = [
    Row(
        "pad",
        pad,
        case(
            x,
            pick((1, 1), (), (0, 2, 1, 0), (-1, 1), (1, -1, -1, 0), (-2, -2), (1, 0, 0, 1, 2, 0)),
            value=pick(None, 0, 1.5, -2),
        ),
        "exact",
    ),
    by_elements(1, lines),
    by_elements(2, planes),
    by_elements(3, volumes),
]
