"""Median, k-th value and mode: which of equal elements is chosen, beside torch and by definition; NaN; layouts."""

import numpy as np
import pytest
import torch

import minitorch

NAN = float("nan")


def ties(seed, n, kinds=4):
    return np.random.default_rng(seed).integers(0, kinds, (3, n)).astype(np.float64)


def pair(result):
    return [result.values.tolist(), result.indices.tolist()]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 16, 17, 40, 301])
@pytest.mark.parametrize("seed", range(4))
def test_torch_chooses_the_same_of_equals(n, seed):
    ours, theirs = minitorch.from_numpy(ties(seed, n)), torch.from_numpy(ties(seed, n))
    for call in (
        lambda x: x.median(1),
        lambda x: x.nanmedian(1),
        lambda x: x.mode(1),
        lambda x: x.kthvalue(1, 1),
        lambda x: x.kthvalue(n // 2 + 1, 1),
        lambda x: x.kthvalue(n, 1),
        lambda x: x.cummax(1),
        lambda x: x.cummin(1),
    ):
        assert pair(call(ours)) == pair(call(theirs))


@pytest.mark.parametrize("k", [1, 3, 20, 39, 40])
def test_kthvalue_is_in_its_place_after_sorting(k):
    x = minitorch.from_numpy(np.random.default_rng(k).standard_normal((5, 40)))
    assert minitorch.equal(x.kthvalue(k).values, x.sort().values[:, k - 1])


def test_medians_of_other_layouts():
    x = ties(0, 12)
    expected = pair(minitorch.from_numpy(x).median(1))
    assert pair(minitorch.from_numpy(x.T.copy()).t().median(1)) == expected
    assert pair(minitorch.from_numpy(np.repeat(x, 2, 1))[:, ::2].median(1)) == expected
    assert pair(minitorch.ones(1).expand(7).median(0)) == [1.0, 3]


@pytest.mark.parametrize("values", [[NAN, 1, NAN, 2, 1], [NAN, NAN], [1, 1, 2, 2, NAN]], ids=str)
def test_nan_beside_torch(values):
    ours, theirs = minitorch.tensor(values), torch.tensor(values)
    for call in (lambda x: x.median(0), lambda x: x.nanmedian(0), lambda x: x.kthvalue(2)):
        np.testing.assert_array_equal(*[pair(call(x)) for x in (ours, theirs)])


def test_the_mode_is_found_among_nan():
    assert pair(minitorch.tensor([NAN, 1, NAN, 2, 1]).mode()) == [1.0, 4]
    assert np.isnan(minitorch.tensor([NAN, NAN]).mode().values.item())


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_median_of_nothing(dtype):
    ours, theirs = (lib.zeros(0, dtype=getattr(lib, dtype)).median() for lib in (minitorch, torch))
    np.testing.assert_array_equal(ours.item(), theirs.item())


def test_covariance_refuses_wrong_weights():
    x, one = minitorch.ones(2, 3), minitorch.ones(3)
    for settings in (
        {"fweights": one},
        {"fweights": one.bool()},
        {"aweights": one.long()},
        {"aweights": -one},
        {"aweights": one[:2]},
    ):
        with pytest.raises(RuntimeError, match="cov"):
            x.cov(**settings)
