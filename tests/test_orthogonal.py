"""Muon's directions by kernel, against their definition in plain operations."""

import numba
import numpy as np
import pytest

import minitorch
from kernels.cpu import orthogonal, threads, vectors_jit
from minitorch.optim.muon import orthogonal as definition_of


def numbers(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315), 5, 1e-7


@pytest.mark.parametrize("shape", [(1, 1), (4, 3), (47, 49), (48, 96), (130, 70), (3, 1000)])
def test_muons_directions_equal_their_definition(shape):
    x = numbers(0, *shape).astype(np.float32)
    (ours,) = orthogonal([(x, *NEWTON_SCHULZ)])
    definition = definition_of(minitorch.tensor(x), *NEWTON_SCHULZ).numpy()
    assert ours.shape == shape and ours.dtype == np.float32
    np.testing.assert_allclose(ours, definition, rtol=0, atol=16 * 2.0**-8 * np.abs(definition).max())
    (once,) = orthogonal([(x, NEWTON_SCHULZ[0], 1, 1e-7)])  # where no rounding has grown yet
    definition = definition_of(minitorch.tensor(x), NEWTON_SCHULZ[0], 1, 1e-7).numpy()
    assert np.mean(once != definition) < 0.01


def test_muons_directions_have_the_same_bits_on_any_number_of_threads():
    shapes, before, results = [(300, 200), (5, 3), (200, 300), (1, 7), (300, 300)], threads.get_num_threads(), []
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        results.append(orthogonal([(numbers(i, *s), *NEWTON_SCHULZ) for i, s in enumerate(shapes)]))
    threads.set_num_threads(before)
    for other in results[1:]:
        for one, same in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(one, same)


def test_bfloat16_pairs_without_the_processors_instruction(monkeypatch):
    """Two products in float32, rounded twice, are what the instruction gives, up to a rounding."""
    a, b = ((numbers(i, 2 * vectors_jit.LANES).astype(np.float32).view(np.uint32) >> 16) for i in range(2))
    c, results = numbers(2, vectors_jit.LANES).astype(np.float32), []
    for by_instruction in {vectors_jit.PAIRS, False}:
        monkeypatch.setattr(vectors_jit, "PAIRS", by_instruction)

        @numba.njit
        def add_to(a, b, c):
            load = vectors_jit.load
            vectors_jit.store(c, 0, vectors_jit.multiply_add_pairs(load(a, 0), load(b, 0), load(c, 0)))

        results.append(c.copy())
        add_to(*[x.astype(np.uint16).view(np.float32) for x in (a, b)], results[-1])
    a, b = ((x << 16).astype(np.uint32).view(np.float32).astype(np.float64) for x in (a, b))
    for result in results:
        np.testing.assert_allclose(result, c + a[::2] * b[::2] + a[1::2] * b[1::2], rtol=1e-5, atol=1e-6)
