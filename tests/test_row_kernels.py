"""Compiled loops over rows and over neighbouring lines of long float32 arrays, beside float64 by NumPy."""

import numpy as np
import pytest

import kernels.cpu as K
from kernels.cpu import threads

SHAPES = [(9, 70, 33), (20_000, 1), (3, 1111, 7), (1, 100_001), (130_000,), (7, 5, 3, 300), (300, 601)]


def numbers(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def on_any_number_of_threads(monkeypatch, function):
    """What function returns, the same bits on one, two and three threads, however short the work."""
    monkeypatch.setattr(threads, "LONG", 0)
    before, results = threads.get_num_threads(), []
    try:
        for count in (1, 2, 3):
            threads.set_num_threads(count)
            results.append(function())
    finally:
        threads.set_num_threads(before)
    for other in results[1:]:
        for one, same in zip(results[0], other, strict=True):
            assert one.dtype == np.float32 and one.tobytes() == same.tobytes()
    return results[0]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("keepdim", [False, True])
def test_sum(monkeypatch, shape, keepdim):
    x, ndim = numbers(*shape), len(shape)
    for dims in {(d,) for d in range(ndim)} | {tuple(range(ndim)), tuple(range(0, ndim, 2)), (ndim - 1, 0)[:ndim]}:
        exact = x.astype(np.float64).sum(dims, keepdims=keepdim)
        (y,) = on_any_number_of_threads(monkeypatch, lambda dims=dims: [K.sum(x, dims, keepdim)])
        largest = np.abs(x).astype(np.float64).sum(dims, keepdims=keepdim)
        assert y.shape == exact.shape
        assert (np.abs(y - exact) <= 2 * np.spacing(largest.astype(np.float32))).all()


@pytest.mark.parametrize("name", ["amax", "amin", "argmax", "argmin"])
@pytest.mark.parametrize("keepdim", [False, True])
def test_extremes(monkeypatch, name, keepdim):
    x = np.round(numbers(60, 70, 40), 1)  # so that some are equal
    x[3, 4, 5] = np.nan
    kernel = getattr(K, name)
    for dim in (0, 1, -1):
        axis = dim if name.startswith("arg") else tuple({dim % 3, 1})
        expected = getattr(np, name)(x, axis, keepdims=keepdim).astype(np.float32)
        (y,) = on_any_number_of_threads(monkeypatch, lambda axis=axis: [kernel(x, axis, keepdim).astype(np.float32)])
        np.testing.assert_array_equal(y, expected)


def views(x):
    """x (A, B) in the orders in which copies meet it."""
    return {"plain": x, "turned": x.T, "backwards": x[::-1, ::2], "row": np.broadcast_to(x[0], (2, *x.shape))}


@pytest.mark.parametrize("name", views(np.empty((2, 2))))
@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_copies(monkeypatch, name, dtype):
    x = views((100 * numbers(601, 900)).astype(dtype))[name]
    if dtype == np.float32:
        (y,) = on_any_number_of_threads(monkeypatch, lambda: [K.copy(x)])
        np.testing.assert_array_equal(y, x)
    (y,) = on_any_number_of_threads(monkeypatch, lambda: [K.cast(x, np.dtype(np.float32))])
    np.testing.assert_array_equal(y, x.astype(np.float32))
    assert y.flags.c_contiguous


@pytest.mark.parametrize("shape", [(9, 70, 901), (900, 601), (3, 5, 40, 901)])
def test_copies_of_what_repeats(monkeypatch, shape):
    for d in range(len(shape)):
        for dims in {d}, {d, d - 1 if d else 0}, {d, 0}:
            x = np.broadcast_to(numbers(*[1 if e in dims else n for e, n in enumerate(shape)]), shape)
            (y,) = on_any_number_of_threads(monkeypatch, lambda x=x: [K.copy(x)])
            np.testing.assert_array_equal(y, x)


def test_copies_into_the_memory_that_they_read(monkeypatch):
    x = numbers(601, 900)

    def shifted():
        y = x.copy()
        K.copy_into(y[1:], y[:-1])
        return [y]

    (y,) = on_any_number_of_threads(monkeypatch, shifted)
    np.testing.assert_array_equal(y[1:], x[:-1])


@pytest.mark.parametrize("dim", range(3))
def test_cat(monkeypatch, dim):
    x = numbers(60, 70, 90)
    parts = [x, np.take(x, range(10), dim), np.moveaxis(np.moveaxis(x, 0, 2).copy(), 2, 0)]
    (y,) = on_any_number_of_threads(monkeypatch, lambda: [K.cat(parts, dim)])
    np.testing.assert_array_equal(y, np.concatenate(parts, dim))
    assert y.flags.c_contiguous
    ends = np.cumsum([part.shape[dim] for part in parts])
    found = on_any_number_of_threads(monkeypatch, lambda: K.split(y, np.diff(ends, prepend=0), dim))
    for part, expected in zip(found, parts, strict=True):
        np.testing.assert_array_equal(part, expected)
        assert part.flags.c_contiguous and part.base is None


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reverse", [False, True])
def test_cumsum(monkeypatch, shape, reverse):
    x = numbers(*shape)
    for dim in range(len(shape)):
        wide = x.astype(np.float64)
        exact = np.flip(np.cumsum(np.flip(wide, dim), dim), dim) if reverse else np.cumsum(wide, dim)
        (y,) = on_any_number_of_threads(monkeypatch, lambda dim=dim: [K.cumsum(x, dim, reverse)])
        np.testing.assert_array_equal(y, exact.astype(np.float32))


@pytest.mark.parametrize(
    "layout,share,size",  # of batch, group and layer normalisation, and that of a batch of vectors
    [((5, 70, 33), 33, 70), ((1, 90, 60), 20, 6), ((1, 90, 66), 1, 66), ((2, 2, 9000), 9000, 2), ((90, 66, 1), 1, 66)],
)
def test_standardize(monkeypatch, layout, share, size):
    x, g, weight, bias = numbers(*layout) * 2 + 3, numbers(*layout)[::-1], numbers(size), numbers(size) + 1

    def both(x, g, weight, bias):
        y, mean, var = K.standardize(x, weight, bias, layout, share, 1e-5)
        return y, mean, var, *K.standardize_backward(g, x, weight, mean, var, layout, share, 1e-5)

    found = on_any_number_of_threads(monkeypatch, lambda: both(x, g, weight, bias))
    for one, exact in zip(found, both(*[v.astype(np.float64) for v in (x, g, weight, bias)]), strict=True):
        np.testing.assert_allclose(one, exact, rtol=1e-5, atol=2e-6 * np.abs(exact).max())


def test_the_gradient_of_cross_entropy(monkeypatch):
    y, share, classes = K.log_softmax(numbers(90, 130), 1), numbers(90), np.arange(90)
    exact = np.exp(y.astype(np.float64)) * share[:, None]
    exact[np.arange(90), classes] -= share
    (gx,) = on_any_number_of_threads(monkeypatch, lambda: [K.nll_of_softmax_backward(share, y, classes)])
    np.testing.assert_allclose(gx, exact, rtol=1e-6, atol=1e-6)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_infinite_numbers_and_nan_go_through():
    x = np.zeros((3, 4000), np.float32)
    x[0, 5], x[1, 6], x[1, 7], x[2, 8] = np.inf, np.inf, -np.inf, np.nan
    for dims in (1,), (0,):
        np.testing.assert_array_equal(K.sum(x, dims, False), x.astype(np.float64).sum(dims).astype(np.float32))
    np.testing.assert_array_equal(K.cumsum(x, 1, False)[:, -1], [np.inf, np.nan, np.nan])
