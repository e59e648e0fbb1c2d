"""Attention's kernel, block by block and head by head, against softmax(scale Q K') V written out in float64."""

import numpy as np
import pytest

import minitorch
from kernels.cpu import attention, attention_backward, threads
from minitorch.ops.attention import attention as definition

RNG = np.random.default_rng(0)
BATCHES = [((3,), (3,), (3,)), ((2, 1), (3,), ()), ((), (), ())]  # of queries, keys and values
LENGTHS = [(70, 70), (130, 60), (5, 200), (129, 130), (1, 9)]  # more than a block of causal queries, and less


def draw(batches, queries, keys, dtype=np.float32):
    """query (..., L, 8), key (..., S, 8), value (..., S, 6), and a gradient of the result."""
    shapes = [(*b, n, width) for b, n, width in zip(batches, (queries, keys, keys), (8, 8, 6), strict=True)]
    result = *np.broadcast_shapes(*batches), queries, 6
    return [RNG.standard_normal(shape).astype(dtype) for shape in (*shapes, result)]


def both_ways(query, key, value, g, scale, causal):
    """The result, the logarithms of the sums, and the three gradients, in the batch dims of the result."""
    y, logsum = attention(query, key, value, scale, causal)
    return y, logsum, *attention_backward(g, query, key, value, y, logsum, scale, causal)


def expected(query, key, value, g, scale, causal):
    """The same but the logarithms, by plain operations and their derivatives, in float64."""
    wide = [
        minitorch.tensor(np.broadcast_to(x, (*g.shape[:-2], *x.shape[-2:])), dtype=minitorch.float64)
        for x in (query, key, value)
    ]
    inputs = [x.requires_grad_() for x in wide]
    y = definition(*inputs, None, 0, causal, scale)
    return y, *minitorch.autograd.grad(y, inputs, minitorch.tensor(g, dtype=minitorch.float64))


@pytest.mark.parametrize("dtype, tolerance", [(np.float32, 3e-6), (np.float64, 1e-13)])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("scale", [0.4, -0.4])
@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("batches", BATCHES)
def test_it_is_the_definition(batches, lengths, scale, causal, dtype, tolerance):
    arrays = draw(batches, *lengths, dtype)
    y, _, *gradients = both_ways(*arrays, scale, causal)
    for ours, truth in zip((y, *gradients), expected(*arrays, scale, causal), strict=True):
        truth = truth.detach().numpy()
        assert ours.shape == truth.shape and ours.dtype == dtype
        assert np.abs(ours - truth).max() <= tolerance * max(np.abs(truth).max(), 1)


def in_columns(x):
    """x whose columns lie one after another in memory, not its rows."""
    return x.swapaxes(-1, -2).copy().swapaxes(-1, -2)


def of_one_head(x):
    """The first head of x for all heads, which are one place in memory."""
    return np.broadcast_to(x[:1], x.shape)


@pytest.mark.parametrize("layout", [in_columns, of_one_head])
@pytest.mark.parametrize("lengths", LENGTHS)
def test_queries_keys_and_values_may_lie_in_any_order(layout, lengths):
    arrays = [layout(x) for x in draw(((3,), (3,), (3,)), *lengths)]
    results = both_ways(*arrays, 0.4, False)
    for ours, same in zip(results, both_ways(*[x.copy() for x in arrays], 0.4, False), strict=True):
        np.testing.assert_allclose(ours, same, rtol=0, atol=1e-6 * max(np.abs(same).max(), 1))


@pytest.mark.parametrize("causal", [False, True])
def test_heads_give_the_same_bits_however_they_are_shared(monkeypatch, causal):
    arrays = draw(((5,), (5,), (5,)), 70, 80)
    before, results = threads.get_num_threads(), set()
    monkeypatch.setattr(threads, "LONG", 0)  # all is split
    try:
        for count in 1, 2, 3:
            threads.set_num_threads(count)
            results.add(tuple(x.tobytes() for x in both_ways(*arrays, 0.3, causal)))
    finally:
        threads.set_num_threads(before)
    assert len(results) == 1


def test_the_result_lies_in_memory_as_the_queries_and_gradients_head_by_head_in_each_place():
    query, key, value, g = draw(((3, 2), (3, 2), (3, 2)), 5, 6)
    turned = np.ascontiguousarray(query.swapaxes(1, 2)).swapaxes(1, 2)
    for q, order in (query, (0, 1, 2, 3)), (turned, (0, 2, 1, 3)):
        y, _, *gradients = both_ways(q, key, value, g, 0.3, False)
        assert y.transpose(order).flags.c_contiguous
        assert all(x.swapaxes(1, 2).flags.c_contiguous for x in gradients)


def test_without_keys_or_queries():
    query, key, value, g = draw(((2,), (2,), (2,)), 3, 0)
    y, _, *gradients = both_ways(query, key, value, g, 1.0, False)
    assert not y.any() and not gradients[0].any() and gradients[1].shape == key.shape
    query, key, value, g = draw(((2,), (2,), (2,)), 0, 3)
    y, _, *gradients = both_ways(query, key, value, g, 1.0, True)
    assert y.shape == (2, 0, 6) and not gradients[1].any() and not gradients[2].any()


def test_queries_of_no_width_see_all_keys_alike():
    query, key, value, g = draw(((2,), (2,), (2,)), 130, 60)
    query, key = query[..., :0], key[..., :0]
    y, _, *gradients = both_ways(query, key, value, g, 1.0, False)
    assert np.allclose(y, value.mean(1, keepdims=True), atol=1e-6)
    assert np.allclose(gradients[2], g.sum(1, keepdims=True) / 60, atol=1e-5)
    assert [x.shape for x in gradients] == [query.shape, key.shape, value.shape]
