"""Losses: reductions, weights, ignored classes, smoothing, class probabilities."""

import numpy as np
from hypothesis import strategies as st

from parity.draw import Case, Fixed, arrays, broadcasting, pick, salts, shapes, spread, whole
from parity.harness import Row

reduction = pick("mean", "sum", "none")
STYLE = ("normal", "whole")


@st.composite
def scores(draw, smoothing=False, probabilities=False):
    """Scores (N, C, ...) or (C), class numbers (or probabilities), weights or none, settings."""
    c = draw(pick(3, 2, 1))
    some = (((2,), ()), ((3,), (2,)), ((), ()), ((2,), (1, 2)))
    # An empty batch has the mean 0 / 0, whose second derivative torch takes to be 0 here and NaN there: no mean of it.
    batch, rest = draw(pick(*some) if probabilities else pick(*some, ((0,), ())))
    x = draw(arrays((*batch, c, *rest), STYLE))
    target = draw(arrays(x.shape, "unit")) if probabilities else draw(whole((*batch, *rest), 0, c))
    weight = draw(st.one_of(st.none(), arrays((c,), "positive")))
    settings = {"reduction": draw(pick("sum", "none") if batch == (0,) else reduction)}
    if not probabilities:
        settings["ignore_index"] = draw(pick(-100, 0, 1))
    if smoothing:
        settings["label_smoothing"] = draw(pick(0.0, 0.1, 1.0))
    return Case((x, target, None if weight is None else Fixed(weight)), settings, draw(salts()))


@st.composite
def heads(draw):
    """Input (N, F) or (F), weight (C, F), bias, class numbers, weights of the classes, settings."""
    batch, f, c = draw(pick((3,), (), (5,))), draw(pick(2, 1)), draw(pick(3, 7))
    arrays_ = [draw(arrays(shape, STYLE)) for shape in ((*batch, f), (c, f), (c,))]
    weight = draw(st.one_of(st.none(), arrays((c,), "positive").map(Fixed)))
    target, ignored = draw(whole(batch, 0, c)), draw(pick(None, 0, 1))
    # Of nothing but ignored rows torch's chunks have NaN as gradient, its other way 0, as both of ours.
    settings = {"reduction": draw(reduction), "ignore_index": None if (target == ignored).all() else ignored}
    return Case((*arrays_, target, weight), settings, draw(salts()))


def head(lib, x, matrix, bias, target, weight, options=None, **settings):
    f = lib.nn.functional.linear_cross_entropy
    return f(x, matrix, target, linear_bias=bias, weight=weight, options=options, **settings)


def chunked(lib, *args, **settings):
    """The same two rows at a time."""
    return head(lib, *args, options=lib.nn.LinearCrossEntropyOptions(batch_chunk_size=2), **settings)


def function(name):
    """A loss of either library."""
    return lambda lib, *args, **settings: getattr(lib.nn.functional, name)(*args, **settings)


def weighted(name):
    """A loss with a weight, made of the input so that its gradient counts."""
    return lambda lib, x, y, reduction: getattr(lib.nn.functional, name)(x, y, reduction=reduction, weight=x * x + 1)


def gaussian(lib, x, y, **settings):
    """gaussian_nll_loss, with a variance that is clamped here and there."""
    return lib.nn.functional.gaussian_nll_loss(x, y, x * x * 0.1, **settings, eps=0.01)


def logits(lib, x, target, weight, reduction):
    """The weight also as that of the positive ones."""
    f = lib.nn.functional.binary_cross_entropy_with_logits
    return f(x, target, weight, reduction=reduction), f(x, target, pos_weight=weight, reduction=reduction)


@st.composite
def alike(draw, style=STYLE, other=None, weight=None, shape=None, **settings):
    """Two arrays of one shape, perhaps a weight (with `weight` its style), and settings."""
    shape = draw(shapes(0, 3) if shape is None else shape)
    args = (draw(arrays(shape, style)), draw(arrays(shape, other or style)))
    if weight is not None:
        args += (draw(st.one_of(st.none(), arrays(pick(shape, shape[1:]), weight).map(Fixed))),)
    return Case(args, {name: draw(s) for name, s in {"reduction": reduction, **settings}.items()}, draw(salts()))


def signs(shape, *values):
    """An array of -1 and 1 (or of these values) that no derivative is asked for."""
    values = np.array(values or (-1.0, 1.0))
    return st.integers(0, 99).map(lambda seed: Fixed(np.random.default_rng(seed).choice(values, shape)))


@st.composite
def signed(draw, n, target_dims=None, style=STYLE, **settings):
    """n arrays of one shape, and signs of that shape (or of its first dims)."""
    shape = draw(pick((3,), (2, 3), (1, 4)) if target_dims == -1 else shapes(0, 3))
    target = shape if target_dims is None else shape[:target_dims]
    args = (*(draw(arrays(shape, style)) for _ in range(n)), draw(signs(target, -1.0, 1.0, 0.5)))
    return Case(args, {name: draw(s) for name, s in {"reduction": reduction, **settings}.items()}, draw(salts()))


@st.composite
def triplets(draw):
    """Three arrays of vectors, and settings."""
    shape = draw(pick((3,), (2, 3), (2, 2, 3)))
    settings = {"p": pick(2, 1, 3), "swap": pick(False, True), "margin": pick(1.0, 0.5), "reduction": reduction}
    return Case(
        tuple(draw(arrays(shape, "normal")) for _ in range(3)), {k: draw(s) for k, s in settings.items()}, draw(salts())
    )


no_second = ("grad grad",)  # torch has no second derivative of it


@st.composite
def margins(draw, **settings):
    """Scores (N, C) or (C), the class of each row, weights or none."""
    batch, c = draw(pick((2,), (), (1,))), draw(pick(3, 1, 4))
    weight = draw(st.one_of(st.none(), arrays((c,), "positive").map(Fixed)))
    settings = {name: draw(s) for name, s in {"reduction": reduction, **settings}.items()}
    return Case(
        (draw(arrays((*batch, c), STYLE)), draw(whole(batch, 0, c))), {"weight": weight, **settings}, draw(salts())
    )


@st.composite
def labels(draw):
    """Scores (N, C) or (C), and the classes of each row up to the first -1."""
    shape = draw(pick((2, 3), (4,), (1, 1), (3, 4)))
    return Case(
        (draw(arrays(shape, STYLE)), draw(whole(shape, -1, shape[-1]))), {"reduction": draw(reduction)}, draw(salts())
    )


vectors = pick(((2, 3), (2, 3)), ((3,), (3,)), ((3,), (2, 3)), ((2, 1, 3), (4, 3)), ((), ()), ((0, 2), (0, 2)))
two_vectors = vectors.flatmap(lambda both: st.tuples(*[arrays(shape, ("normal", "whole")) for shape in both]))
# No two of their numbers are equal: they differ by 0.5 or more.
apart = vectors.flatmap(
    lambda both: st.tuples(arrays(both[0], "whole"), arrays(both[1], "whole").map(lambda x: np.asarray(x + 0.5)))
)
norms = pick(2.0, 1, 3, 0.5, float("inf"), 0, -1)
# Of short vectors, the terms of a second derivative are larger than what is left of them.
two_long_vectors = vectors.flatmap(lambda both: st.tuples(*[arrays(shape, ("positive", "whole")) for shape in both]))

ROWS = [
    Row("l1_loss", function("l1_loss"), spread(broadcasting(style=STYLE), reduction=reduction), "sums"),
    Row("smooth_l1_loss", function("smooth_l1_loss"), alike(beta=pick(1.0, 2, 0.5, 0)), "sums"),
    Row("huber_loss", function("huber_loss"), alike(delta=pick(1.0, 2, 0.5)), "sums"),
    Row("weighted mse_loss", weighted("mse_loss"), alike(), "sums", float32_part=True),
    Row("weighted l1_loss", weighted("l1_loss"), alike(), "sums", float32_part=True),
    Row("weighted huber_loss", weighted("huber_loss"), alike(), "sums", float32_part=True),
    # Without edges: torch's exponential overflows, ours does not.
    Row("soft_margin_loss", function("soft_margin_loss"), signed(1), "sums", ("edges",), float32_part=True),
    # Without edges: where the target is 0, torch's derivative for it is NaN, that of 0 / 0.
    Row(
        "kl_div",
        function("kl_div"),
        alike(other="positive", reduction=pick("mean", "sum", "none", "batchmean"), log_target=pick(False, True)),
        "sums",
        ("edges",),
        float32_part=True,
    ),
    Row(
        "poisson_nll_loss",
        function("poisson_nll_loss"),
        alike(log_input=pick(True, False), full=pick(False, True)),
        "sums",
        ("float32",),  # the terms of the sum cancel, the partial sums are larger than what the error is measured by
        float32_part=True,
    ),
    Row("gaussian_nll_loss", gaussian, alike(full=pick(False, True)), "sums", float32_part=True),
    Row("binary_cross_entropy", function("binary_cross_entropy"), alike("unit", weight="positive"), "sums"),
    Row(
        "binary_cross_entropy_with_logits",
        logits,
        alike(STYLE, "unit", weight="positive"),
        "sums",
        without=("edges",),  # of a target of inf (no probability) nothing is left but inf - inf
        float32_part=True,
    ),
    Row(
        "multilabel_soft_margin_loss",
        function("multilabel_soft_margin_loss"),
        alike(STYLE, "unit", shape=shapes(1, 3)),
        "sums",
        float32_part=True,
    ),
    Row("hinge_embedding_loss", function("hinge_embedding_loss"), signed(1, margin=pick(1.0, 0.5, 2)), "sums"),
    Row("margin_ranking_loss", function("margin_ranking_loss"), signed(2, margin=pick(0, 0.5, 2)), "sums"),
    Row(
        "cosine_embedding_loss",
        function("cosine_embedding_loss"),
        signed(2, -1, "normal", margin=pick(0, 0.5)),
        "sums",
        float32_part=True,
    ),
    Row("triplet_margin_loss", function("triplet_margin_loss"), triplets(), "sums", float32_part=True),
    Row(
        "multi_margin_loss",
        function("multi_margin_loss"),
        margins(p=pick(1, 2), margin=pick(1.0, 0.5)),
        "sums",
        no_second,
    ),
    Row("multilabel_margin_loss", function("multilabel_margin_loss"), labels(), "sums", no_second),
    Row(
        "pairwise_distance",
        function("pairwise_distance"),
        spread(apart, p=norms, keepdim=pick(False, True)),
        "sums",
    ),
    # Of points at a distance of 1e-6, the second derivative is a difference of numbers of 1e6.
    Row(
        "pairwise_distance of equal points",
        function("pairwise_distance"),
        spread(two_vectors, p=norms, keepdim=pick(False, True)),
        "sums",
        ("grad grad",),
    ),
    Row(
        "cosine_similarity",
        function("cosine_similarity"),
        spread(two_long_vectors, dim=pick(-1, 0, 1), eps=pick(1e-8, 0.5)),
        "sums",
        float32_part=True,
    ),
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
        float32_part=True,
    ),
    Row("linear_cross_entropy", head, heads(), "sums"),
    # Without edges: NaN in an ignored row makes all of torch's chunks NaN. Without errors: they take any long target.
    Row("linear_cross_entropy chunked", chunked, heads(), "sums", ("grad grad", "edges", "errors")),
    Row(
        "cross_entropy probabilities",
        lambda lib, x, target, weight, reduction, label_smoothing: lib.nn.functional.cross_entropy(
            x, target, weight, reduction=reduction, label_smoothing=label_smoothing
        ),
        scores(smoothing=True, probabilities=True),
        "sums",
        float32_part=True,
    ),
]
