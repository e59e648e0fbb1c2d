"""Batch normalisation: by the batch's statistics and by running ones, which it updates."""

from hypothesis import strategies as st

from parity.draw import Case, Fixed, arrays, pick, salts
from parity.harness import Row


@st.composite
def batches(draw):
    """x, running mean and variance (or None), weight, bias (or None), and settings."""
    c = draw(pick(2, 1, 3))
    x = draw(arrays(draw(pick((4, c), (2, c, 3), (2, c, 2, 2), (1, c), (0, c))), ("normal", "whole")))
    running = draw(st.booleans())
    mean = Fixed(draw(arrays((c,), "normal"))) if running else None
    var = Fixed(draw(arrays((c,), "positive"))) if running else None
    affine = draw(st.booleans())
    weight = draw(arrays((c,), "normal")) if affine else None
    bias = draw(arrays((c,), "normal")) if affine else None
    settings = {
        "training": draw(pick(True, False)) if running else True,
        "momentum": draw(pick(0.1, 0.5, 0.0)),
        "eps": draw(pick(1e-5, 0.1)),
    }
    return Case((x, mean, var, weight, bias), settings, draw(salts()))


def batch_norm(lib, x, mean, var, weight, bias, training, momentum, eps):
    """The output, and the running statistics after the call."""
    y = lib.nn.functional.batch_norm(x, mean, var, weight, bias, training, momentum, eps)
    return (y, mean, var)


ROWS = [
    # No edges: in evaluation torch computes x * a + (bias - mean * a) with a = weight / sqrt(var + eps), where
    # inf - inf arises at other places than in the formula.
    Row("batch_norm", batch_norm, batches(), "sums", without=("edges",)),
]
