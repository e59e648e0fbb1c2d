"""Softmax of long arrays in compiled loops against its definition in float64, along every dim, whatever the threads."""

import numpy as np
import pytest

from kernels.cpu import log_softmax, log_softmax_backward, softmax, softmax_backward, threads

RNG = np.random.default_rng(0)
SHAPES = [((130, 100), 1), ((130, 100), 0), ((7, 70, 30), 1), ((3, 5, 1000), -1), ((9, 1300), 0), ((20_000,), 0)]


def close(ours, truth):
    """Within 4 units in the last place of the largest number of its line's size, which is what the sums differ by."""
    return ours.shape == truth.shape and np.allclose(ours, truth, rtol=4e-7, atol=4e-7, equal_nan=True)


@pytest.mark.parametrize("shape, dim", SHAPES)
def test_it_is_the_definition(shape, dim):
    x = RNG.standard_normal(shape, np.float32) * 3
    wide = x.astype(np.float64)
    p = np.exp(wide - wide.max(dim, keepdims=True))
    p /= p.sum(dim, keepdims=True)
    assert close(softmax(x, dim), p)
    assert np.allclose(log_softmax(x, dim), np.log(p), rtol=4e-7, atol=2e-6)
    g, y = RNG.standard_normal(shape, np.float32), p.astype(np.float32)
    assert close(softmax_backward(g, y, dim), p * (g - (g * p).sum(dim, keepdims=True)))
    g /= shape[dim]
    y = np.log(p).astype(np.float32)
    assert close(log_softmax_backward(g, y, dim), g - p * g.sum(dim, keepdims=True, dtype=np.float64))


@pytest.mark.parametrize("dim", [0, 1])
def test_lines_of_inf_and_nan(dim):
    x = np.zeros((100, 100), np.float32)
    x[np.diag_indices(100)] = np.tile([np.inf, -np.inf, np.nan, 1e30, -1e30], 20)
    expected = np.full((100, 100), np.float32(0.01))
    for i in range(100):
        line = [np.nan, 1 / 99, np.nan, 0, 1 / 99][i % 5]
        expected[(slice(None), i) if dim == 0 else i] = line
        expected[i, i] = [np.nan, 0, np.nan, 1, 0][i % 5]
    assert close(softmax(x, dim), expected)
    x[:, 3], x[3] = -np.inf, -np.inf
    assert np.isnan(softmax(x, dim)[:, 3] if dim == 0 else softmax(x, dim)[3]).all()


def test_the_bits_are_the_same_whatever_the_number_of_threads():
    before = threads.get_num_threads()
    x, g = RNG.standard_normal((2, 70, 99, 101), np.float32)
    try:
        for dim in 0, 1, 2:
            results = []
            for count in 1, 2, 3:
                threads.set_num_threads(count)
                y = softmax(x, dim)
                results.append(y.tobytes() + softmax_backward(g, y, dim).tobytes())
            assert len(set(results)) == 1
    finally:
        threads.set_num_threads(before)
