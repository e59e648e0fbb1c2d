"""Scans: the linear recurrence against its definition, and the gradients built on it where they are hard."""

import numpy as np
import pytest
import torch

import minitorch
from minitorch.autograd import gradcheck, gradgradcheck
from minitorch.ops.scan import recurrence


def numbers(seed, *shape):
    return minitorch.from_numpy(np.random.default_rng(seed).standard_normal(shape)).requires_grad_()


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_a_recurrence_is_a_loop(dim, reverse):
    a, x = numbers(0, 3, 4, 2), numbers(1, 3, 4, 2)
    y, places = recurrence(a, x, dim=dim, reverse=reverse), list(range(x.shape[dim]))
    last = minitorch.zeros(*x.select(dim, 0).shape, dtype=minitorch.float64)
    for i in reversed(places) if reverse else places:
        last = a.select(dim, i) * last + x.select(dim, i)
        assert minitorch.equal(y.select(dim, i), last)
    gradcheck(lambda a, x: recurrence(a, x, dim=dim, reverse=reverse), (a, x))
    gradgradcheck(lambda a, x: recurrence(a, x, dim=dim, reverse=reverse), (a, x))


def test_a_factor_before_the_first_element_meets_nothing():
    a, x = minitorch.tensor([np.inf, 2.0]), minitorch.tensor([1.0, 3.0])
    assert recurrence(a, x, dim=0).tolist() == [1.0, 5.0]


def test_logcumsumexp_twice():
    gradgradcheck(lambda x: minitorch.logcumsumexp(x, 1), (numbers(2, 2, 4),))


ZEROS = [[0.0, 2.0, 3.0], [2.0, 0.0, 3.0], [0.0, 2.0, 0.0], [2.0, 3.0, 0.0], [0.0, 0.0, 0.0]]


def derivatives(lib, name, x):
    """Value, gradient, and Hessian of a weighted sum."""
    x = lib.tensor(x, dtype=lib.float64, requires_grad=True)
    weights = lib.tensor([1.0, 2.0, -3.0], dtype=lib.float64)

    def total(x):
        return (getattr(x, name)(0) * weights).sum()

    gradient = lib.autograd.functional.jacobian(total, x)
    return [total(x).item(), gradient.tolist(), lib.autograd.functional.hessian(total, x).tolist()]


@pytest.mark.parametrize("x", ZEROS, ids=str)
@pytest.mark.parametrize("name", ["cumprod", "prod"])
def test_products_with_zeros_to_second_order(name, x):
    for ours, theirs in zip(derivatives(minitorch, name, x), derivatives(torch, name, x), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_the_gradient_of_a_product_that_holds_infinity_is_exact():
    x = minitorch.tensor([2.0, np.inf], requires_grad=True)
    x.cumprod(0)[1].backward()
    assert x.grad.tolist() == [np.inf, 2.0]  # torch divides, and says nan for inf / inf


def test_equal_elements_have_variance_0():
    x = minitorch.full((7,), 0.1)
    assert x.var().item() == x.std(0).item() == 0
    x.requires_grad_().std().backward()
    assert x.grad.tolist() == [0] * 7
    far = minitorch.tensor([1e8, 1e8 + 8, 1e8 - 8])  # their mean is no float32, their squares lose all digits
    assert far.var().item() == 64


def test_no_degrees_of_freedom():
    with pytest.warns(UserWarning, match="degrees of freedom"):
        assert np.isnan(minitorch.ones(1).var().item())


def test_cumsum_in_place_keeps_the_dtype():
    x = minitorch.tensor([100, 100, 100], dtype=minitorch.uint8)
    assert x.cumsum_(0).tolist() == [100, 200, 44]
    with pytest.raises(RuntimeError, match="Bad in-place call"):
        x.cumsum_(0, dtype=minitorch.int64)
    with pytest.raises(NotImplementedError, match="Bool"):
        x.bool().cumsum_(0)
    assert x.tolist() == [100, 200, 44]
