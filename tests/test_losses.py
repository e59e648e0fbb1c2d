"""Losses: against what they mean, computed the long way."""

import functools
import itertools
import math
import tracemalloc

import numpy as np
import pytest
import torch

import minitorch
from minitorch.autograd import gradcheck
from minitorch.nn import functional as F


def spelled(path, blank):
    """What a path reads as: repetitions as one, then without blanks."""
    return [label for label, _ in itertools.groupby(path) if label != blank]


@pytest.mark.parametrize("target", [[], [1], [1, 1], [2, 1], [1, 2, 1]])
def test_ctc_loss_is_the_sum_over_all_paths(target):
    x = np.random.default_rng(0).standard_normal((5, 3))
    p = np.exp(x) / np.exp(x).sum(1, keepdims=True)
    paths = [path for path in itertools.product(range(3), repeat=5) if spelled(path, 0) == target]
    chance = sum(math.prod(p[t, label] for t, label in enumerate(path)) for path in paths)
    log_p = minitorch.tensor(x).log_softmax(1).requires_grad_()
    loss = F.ctc_loss(log_p, minitorch.tensor(target, dtype=minitorch.int64), (5,), (len(target),), reduction="sum")
    assert loss.item() == pytest.approx(-math.log(chance), rel=1e-12)
    loss.backward()
    owed = np.zeros_like(p)
    for path in paths:
        for t, label in enumerate(path):
            owed[t, label] += math.prod(p[u, other] for u, other in enumerate(path)) / chance
    np.testing.assert_allclose(log_p.grad.numpy(), p - owed, atol=1e-13)


def test_ctc_loss_of_labels_that_never_happen():
    x = minitorch.tensor([[0.0, 1.0, -math.inf]] * 3).requires_grad_()
    loss = F.ctc_loss(x.log_softmax(1), minitorch.tensor([1]), (3,), (1,))
    loss.backward()
    assert x.grad.isfinite().all() and x.grad[:, 2].tolist() == [0, 0, 0]  # where torch's are NaN
    impossible = F.ctc_loss(x.log_softmax(1), minitorch.tensor([2]), (3,), (1,))
    assert impossible.item() == math.inf


def test_ctc_loss_refuses():
    log_p = minitorch.zeros(4, 1, 3).log_softmax(2).requires_grad_()
    with pytest.raises(RuntimeError, match="labels from 0 to 2"):
        F.ctc_loss(log_p, minitorch.tensor([[3]]), (4,), (1,))
    (slope,) = minitorch.autograd.grad(F.ctc_loss(log_p, minitorch.tensor([[1]]), (4,), (1,)), log_p, create_graph=True)
    with pytest.raises(RuntimeError, match="second derivative"):
        slope.sum().backward()


def test_ctc_loss_minds_what_was_written_since():
    log_p = minitorch.zeros(4, 1, 3).requires_grad_() * 1
    loss = F.ctc_loss(log_p, minitorch.tensor([[1]]), (4,), (1,))
    log_p.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_no_uint8_target_is_ignore_index():
    """-100 is 156 in uint8, a class like any other."""
    for lib in (minitorch, torch):
        loss = F if lib is minitorch else torch.nn.functional
        scores = lib.zeros(1, 200)
        assert abs(loss.cross_entropy(scores, lib.tensor([156], dtype=lib.uint8)).item() - np.log(200)) < 1e-5


# -- the cross-entropy of a linear layer, in chunks --------------------------------------------------------------------


def head(lib, dtype, rows=7, features=3, classes=11):
    """Input, weight and bias that require grad, targets of which one is ignored, weights of the classes."""
    rng = np.random.default_rng(0)
    shapes = ((rows, features), (classes, features), (classes,))
    leaves = [lib.tensor(rng.standard_normal(s)).to(getattr(lib, dtype)).requires_grad_() for s in shapes]
    target = rng.integers(0, classes, rows)
    target[2] = -100
    return leaves, lib.tensor(target), lib.tensor(rng.random(classes)).to(getattr(lib, dtype))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("settings", [{}, {"batch_chunk_size": 2}, {"chunking_method": "aspect_ratio"}])
def test_linear_cross_entropy_in_chunks_is_that_of_the_whole(dtype, reduction, settings):
    results = []
    for lib, options in ((minitorch, True), (minitorch, False), (torch, True)):
        (x, w, b), target, weight = head(lib, dtype)
        options = lib.nn.LinearCrossEntropyOptions(**settings) if options else None
        loss = lib.nn.functional.linear_cross_entropy(
            x, w, target, linear_bias=b, weight=weight, reduction=reduction, options=options
        )
        loss.sum().backward()
        assert str(loss.dtype).endswith(dtype)
        results.append([t.detach().double().numpy() for t in (loss, x.grad, w.grad, b.grad)])
    eps = {"float64": 1e-14, "float32": 1e-6, "float16": 4e-3, "bfloat16": 3e-2}[dtype]
    for ours, whole, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, whole, rtol=eps, atol=eps)
        np.testing.assert_allclose(ours, theirs, rtol=eps, atol=eps)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("method", ["auto", "aspect_ratio", "aspect_ratio:3"])
def test_chunks_are_as_large_as_torchs(dtype, method):
    for shape in [(100, 10, 1000), (7, 3, 2), (1, 5, 5), (4096, 64, 50257), (33, 8, 9)]:
        theirs = torch.nn.LinearCrossEntropyOptions(chunking_method=method)
        theirs = theirs._adjust(*shape, getattr(torch, dtype), torch.device("cpu"))
        ours = minitorch.nn.LinearCrossEntropyOptions(chunking_method=method)
        assert ours.rows(*shape, getattr(minitorch, dtype)) == theirs.batch_chunk_size


def test_linear_cross_entropy_in_chunks_never_holds_all_scores():
    rows, features, classes = 512, 8, 4000
    (x, w, b), target, _ = head(minitorch, "float32", rows, features, classes)
    options = minitorch.nn.LinearCrossEntropyOptions(batch_chunk_size=16)

    def peak(options):
        tracemalloc.start()
        F.linear_cross_entropy(x, w, target, linear_bias=b, options=options).backward()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    scores = rows * classes * 4
    peak(options)  # loads what is compiled
    assert peak(options) < scores / 2 < scores < peak(None)


def test_linear_cross_entropy_in_chunks_is_differentiated_once():
    def loss(reduction="mean", **settings):
        (x, w, _), target, _ = head(minitorch, "float64")
        options = minitorch.nn.LinearCrossEntropyOptions(**settings)
        return F.linear_cross_entropy(x, w, target, reduction=reduction, options=options).sum(), x

    y, x = loss()
    y.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="called twice"):
        y.backward()
    for settings in ({"allow_retain_graph": True}, {"reduction": "none"}):
        y, x = loss(**settings)
        y.backward(retain_graph=True)
        first = x.grad.clone()
        y.backward()
        assert x.grad.tolist() == (2 * first).tolist()
        y, x = loss(**settings)
        (slope,) = minitorch.autograd.grad(y, x, create_graph=True)
        with pytest.raises(RuntimeError, match="no second derivatives"):
            slope.sum().backward()


@pytest.mark.parametrize("program", [
    lambda lib: lib.nn.LinearCrossEntropyOptions(acc_policy="best"),
    lambda lib: lib.nn.LinearCrossEntropyOptions(chunking_method="aspect_ratio:0"),
    lambda lib: lib.nn.LinearCrossEntropyOptions(batch_chunk_size=0),
    lambda lib: lib.nn.LinearCrossEntropyOptions(acc_dtype=lib.int64),
    lambda lib: chunks(lib, batch_chunk_size=3, chunking_method="aspect_ratio"),
    lambda lib: chunks(lib, acc_dtype=lib.float16),
    lambda lib: chunks(lib, target=lib.tensor([0] * 6)),
    lambda lib: whole(lib, linear_bias=lib.zeros(3)),
    lambda lib: whole(lib, target=lib.ones(7, 11), ignore_index=3),
    lambda lib: whole(lib, reduction="wrong"),
    lambda lib: lib.nn.functional.linear_cross_entropy(lib.ones(3), lib.ones(4, 2, 3), lib.tensor([1])),
    lambda lib: lib.nn.functional.linear_cross_entropy(lib.ones(2, 3), lib.ones(4, 2), lib.tensor([1, 1])),
    lambda lib: lib.nn.functional.linear_cross_entropy(lib.ones(2, 3), lib.ones(3), lib.tensor([1, 1])),
    lambda lib: lib.nn.LinearCrossEntropyLoss(3, 4, weight=lib.ones(3)),
    lambda lib: lib.nn.LinearCrossEntropyLoss(3, 4, label_smoothing=1.5),
])  # fmt: skip
def test_linear_cross_entropy_refuses_as_torch(both, program):
    with pytest.raises(Exception):  # noqa: B017 - which one, `both` compares
        program(torch)
    both(program)


def whole(lib, target=None, **settings):
    """linear_cross_entropy of a head without a bias."""
    (x, w, _), classes, _ = head(lib, "float64")
    return lib.nn.functional.linear_cross_entropy(x, w, classes if target is None else target, **settings)


def chunks(lib, target=None, **options):
    """The same with options."""
    return whole(lib, target, options=lib.nn.LinearCrossEntropyOptions(**options))


def test_linear_cross_entropy_warns_where_options_do_nothing(both):
    for lib in (minitorch, torch):
        with pytest.warns(UserWarning, match="``options`` ignored"):
            whole(lib, label_smoothing=0.1, options=lib.nn.LinearCrossEntropyOptions())
    both(lambda lib: whole(lib, reduction="mean", target=lib.tensor([-100] * 7)))
    both(lambda lib: repr(lib.nn.LinearCrossEntropyLoss(3, 4, bias=True, options=lib.nn.LinearCrossEntropyOptions())))


# -- the focal loss ----------------------------------------------------------------------------------------------------


def focal(p, gamma, weight):
    """The formula of the paper."""
    return -weight * (1 - p) ** gamma * math.log(p)


@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2.0, 3.7])
@pytest.mark.parametrize("alpha", [None, 0.25, [0.4, 0.6, 0.9, 2.0]])
def test_focal_loss_of_classes(gamma, alpha):
    rng = np.random.default_rng(0)
    x, target = rng.standard_normal((3, 4, 2)) * 2, rng.integers(0, 4, (3, 2))
    p = np.exp(x) / np.exp(x).sum(1, keepdims=True)
    weights = alpha if isinstance(alpha, list) else [1 if alpha is None else alpha] * 4
    expected = [[focal(p[n, t, i], gamma, weights[t]) for i, t in enumerate(row)] for n, row in enumerate(target)]
    scores = minitorch.tensor(x, requires_grad=True)
    loss = F.focal_loss(scores, minitorch.tensor(target), gamma, alpha, "none")
    np.testing.assert_allclose(loss.detach().numpy(), expected, rtol=1e-13)
    module = minitorch.nn.FocalLoss(gamma, alpha)
    assert module(scores, minitorch.tensor(target)).item() == pytest.approx(np.mean(expected), rel=1e-13)
    assert gradcheck(module.double(), (scores, minitorch.tensor(target)))
    one = F.focal_loss(scores[0, :, 0], minitorch.tensor(target[0, 0]), gamma, alpha)
    assert one.item() == pytest.approx(expected[0][0], rel=1e-13)


@pytest.mark.parametrize("gamma", [0, 0.5, 2.0])
@pytest.mark.parametrize("alpha", [None, 0.25, [0.3, 0.9]])
def test_focal_loss_of_two_classes(gamma, alpha):
    rng = np.random.default_rng(1)
    x, target = rng.standard_normal((3, 4)) * 2, rng.integers(0, 2, (3, 4))
    no, yes = (1, 1) if alpha is None else alpha if isinstance(alpha, list) else (1 - alpha, alpha)
    p = 1 / (1 + np.exp(-x))
    expected = [
        focal(q if t else 1 - q, gamma, yes if t else no) for q, t in zip(p.ravel(), target.ravel(), strict=True)
    ]
    scores = minitorch.tensor(x, requires_grad=True)
    for y in (minitorch.tensor(target), minitorch.tensor(target).double()):
        loss = F.focal_loss(scores, y, gamma, alpha, "none")
        np.testing.assert_allclose(loss.detach().numpy().ravel(), expected, rtol=1e-13)
        assert gradcheck(minitorch.nn.FocalLoss(gamma, alpha, "sum").double(), (scores, y))


def test_focal_loss_without_focus_is_the_cross_entropy():
    rng = np.random.default_rng(2)
    x, classes = minitorch.tensor(rng.standard_normal((5, 3))), minitorch.tensor(rng.integers(0, 3, 5))
    y, soft = minitorch.tensor(rng.integers(0, 2, (5, 3))).double(), minitorch.tensor(rng.random((5, 3)))
    for reduction in ("mean", "sum", "none"):
        near = functools.partial(np.testing.assert_allclose, rtol=1e-14)
        loss = minitorch.nn.FocalLoss(gamma=0, reduction=reduction)
        near(loss(x, classes).numpy(), F.cross_entropy(x, classes, reduction=reduction).numpy())
        for target in (y, soft):
            near(loss(x, target).numpy(), F.binary_cross_entropy_with_logits(x, target, reduction=reduction).numpy())


@pytest.mark.parametrize("gamma", [0, 0.5, 1, 2])
def test_focal_loss_of_large_logits(gamma):
    x = minitorch.tensor([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]], requires_grad=True)
    for target in (minitorch.tensor([0, 0]), minitorch.tensor([[1, 0, 1], [1, 0, 0]])):
        loss = F.focal_loss(x, target, gamma, reduction="none")
        (slope,) = minitorch.autograd.grad(loss.sum(), x, create_graph=True)
        (second,) = minitorch.autograd.grad(slope.square().sum(), x)
        assert loss.isfinite().all() and slope.isfinite().all() and second.isfinite().all()
        assert loss.flatten()[0].item() == 0 and loss[1].flatten()[0].item() >= 1e4
    single = minitorch.ones(2, 1, requires_grad=True)
    F.focal_loss(single, minitorch.tensor([0, 0]), gamma).backward()
    assert single.grad.tolist() == [[0], [0]]


def test_focal_loss_refuses():
    x = minitorch.zeros(2, 3)
    for error, target, settings in [
        (ValueError, [0, 1], {"gamma": -1}),
        (ValueError, [0, 1], {"reduction": "wrong"}),
        (RuntimeError, [0, 3], {}),
        (RuntimeError, [0, 1, 2], {}),
        (RuntimeError, [0, 1], {"alpha": [1.0, 2.0]}),
        (RuntimeError, [[0, 1, 1]] * 2, {"alpha": [1.0, 2.0, 3.0]}),
    ]:
        with pytest.raises(error):
            F.focal_loss(x, minitorch.tensor(target), **settings)
    module = minitorch.nn.FocalLoss(alpha=minitorch.ones(3)).double()
    assert list(module.state_dict()) == ["alpha"] and module.alpha.dtype is minitorch.float64
    assert repr(minitorch.nn.FocalLoss(alpha=0.25)) == "FocalLoss(gamma=2.0, alpha=0.25, reduction='mean')"
