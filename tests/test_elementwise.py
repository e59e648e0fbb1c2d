"""What the parity rows of elementwise operations cannot see: identities where torch itself is not exact."""

import math

import numpy as np
import pytest
import torch

import minitorch

X = minitorch.tensor([0.1, 0.5, 1, 1.5, 2.75, 9.99, 40], dtype=minitorch.float64)


def close(a, b, rtol=1e-14):
    np.testing.assert_allclose(a.numpy(), b.numpy() if hasattr(b, "numpy") else b, rtol)


@pytest.mark.parametrize("exponent", [1, 2, 4, 8, 15])
def test_erfinv_near_one(exponent):
    y = 1 - minitorch.tensor(10.0**-exponent, dtype=minitorch.float64)
    close(y.erfinv().erfc(), 1 - y, rtol=1e-13)
    close((-y).erfinv(), -y.erfinv())


def test_values_of_digamma_and_its_derivatives():
    euler = 0.57721566490153286
    x = minitorch.tensor([1, 0.5, 2], dtype=minitorch.float64)
    close(x.digamma(), [-euler, -euler - 2 * math.log(2), 1 - euler])
    close(x.polygamma(1), [math.pi**2 / 6, math.pi**2 / 2, math.pi**2 / 6 - 1])
    close(x[:2].polygamma(3), [math.pi**4 / 15, math.pi**4])


@pytest.mark.parametrize("n", [0, 1, 2, 3, 6])
def test_polygamma_falls_by_a_power_with_each_step(n):
    step = (-1) ** n * math.factorial(n) * X ** (-n - 1)
    close(X.polygamma(n), (X + 1).polygamma(n) - step, rtol=1e-13)


def test_reflection_of_digamma():
    x = minitorch.tensor([0.25, 0.0001, 0.9999, 7.3], dtype=minitorch.float64)
    difference = math.pi / (math.pi * (x - x.round())).tan()
    close((1 - x).digamma() - x.digamma(), difference, rtol=1e-12)


def test_gamma_functions_differentiate_to_each_other():
    x = X.clone().requires_grad_()
    (first,) = minitorch.autograd.grad(x.lgamma().sum(), x, create_graph=True)
    (second,) = minitorch.autograd.grad(first.sum(), x, create_graph=True)
    (third,) = minitorch.autograd.grad(second.sum(), x)
    close(first.detach(), X.digamma())
    close(second.detach(), X.polygamma(1))
    close(third, X.polygamma(2))


@pytest.mark.parametrize("alias, name", [
    ("arccos", "acos"), ("arccosh", "acosh"), ("arcsin", "asin"), ("arcsinh", "asinh"), ("arctan", "atan"),
    ("arctanh", "atanh"), ("arctan2", "atan2"), ("fix", "trunc"), ("clip", "clamp"), ("absolute", "abs"),
    ("negative", "neg"), ("multiply", "mul"), ("subtract", "sub"), ("divide", "div"), ("greater", "gt"),
    ("greater_equal", "ge"), ("less", "lt"), ("less_equal", "le"), ("not_equal", "ne"),
])  # fmt: skip
def test_other_names(alias, name):
    assert getattr(minitorch, alias) is getattr(minitorch, name)
    for ending in ("", "_"):
        assert getattr(minitorch.Tensor, alias + ending) is getattr(minitorch.Tensor, name + ending)
        assert hasattr(torch.Tensor, alias + ending)


def test_logic_in_place_leaves_the_history_as_torch_does():
    for lib in (minitorch, torch):
        x = lib.tensor([0.0, 2.0], requires_grad=True)
        y = x * 3
        y.logical_not_()
        assert y.tolist() == [1, 0] and y._version == 1
        y.sum().backward()
        assert x.grad.tolist() == [3, 3]


def test_a_refused_write_changes_nothing():
    x = minitorch.ones(2)
    for call in (
        lambda: x.float_power_(2),
        lambda: x.lerp_(minitorch.ones(2).double(), 0.5),
        lambda: x.round_(decimals=1.5),
    ):
        with pytest.raises((RuntimeError, TypeError)):
            call()
    assert x.tolist() == [1, 1] and x._version == 0


def test_a_tensor_of_one_number_as_alpha_and_value(both):
    for make in (
        lambda lib: lib.tensor(2.0),
        lambda lib: lib.tensor(2),
        lambda lib: lib.ones(2),
        lambda lib: lib.tensor(2.0, requires_grad=True),
    ):
        for name, setting, count in (("add", "alpha", 2), ("sub", "alpha", 2), ("addcmul", "value", 3)):
            both(lambda lib: getattr(lib, name)(*[lib.ones(3)] * count, **{setting: make(lib)}))  # noqa: B023
        both(lambda lib: lib.ones(3).add_(lib.ones(3), alpha=make(lib)))  # noqa: B023
