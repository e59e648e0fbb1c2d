"""Losses: reductions, weights, ignored classes, smoothing, class probabilities."""

from hypothesis import strategies as st

from parity.draw import Case, Fixed, arrays, broadcasting, pick, salts, spread, whole
from parity.harness import Row

reduction = pick("mean", "sum", "none")
STYLE = ("normal", "whole")


@st.composite
def scores(draw, smoothing=False, probabilities=False):
    """Scores (N, C, ...) or (C), class numbers (or probabilities), weights or none, settings."""
    c = draw(pick(3, 2, 1))
    some = (((2,), ()), ((3,), (2,)), ((), ()), ((2,), (1, 2)))
    # An empty batch has the mean 0 / 0, whose second derivative for probabilities torch takes to be 0.
    batch, rest = draw(pick(*some) if probabilities else pick(*some, ((0,), ())))
    x = draw(arrays((*batch, c, *rest), STYLE))
    target = draw(arrays(x.shape, "unit")) if probabilities else draw(whole((*batch, *rest), 0, c))
    weight = draw(st.one_of(st.none(), arrays((c,), "positive")))
    settings = {"reduction": draw(reduction)}
    if not probabilities:
        settings["ignore_index"] = draw(pick(-100, 0, 1))
    if smoothing:
        settings["label_smoothing"] = draw(pick(0.0, 0.1, 1.0))
    return Case((x, target, None if weight is None else Fixed(weight)), settings, draw(salts()))


ROWS = [
    Row(
        "mse_loss",
        lambda lib, x, y, reduction: lib.nn.functional.mse_loss(x, y, reduction=reduction),
        spread(broadcasting(style=STYLE), reduction=reduction),
        "sums",
    ),
    Row(
        "nll_loss",
        lambda lib, x, target, weight, ignore_index, reduction: lib.nn.functional.nll_loss(
            x, target, weight, ignore_index=ignore_index, reduction=reduction
        ),
        scores(),
        "sums",
    ),
    Row(
        "cross_entropy",
        lambda lib, x, target, weight, ignore_index, reduction, label_smoothing: lib.nn.functional.cross_entropy(
            x, target, weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing
        ),
        scores(smoothing=True),
        "sums",
    ),
    Row(
        "cross_entropy probabilities",
        lambda lib, x, target, weight, reduction, label_smoothing: lib.nn.functional.cross_entropy(
            x, target, weight, reduction=reduction, label_smoothing=label_smoothing
        ),
        scores(smoothing=True, probabilities=True),
        "sums",
    ),
]
