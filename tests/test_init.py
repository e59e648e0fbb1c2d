"""First values of parameters, and what is done to gradients, beside torch's."""

import math

import numpy as np
import pytest
import torch

import minitorch
from minitorch import nn

SHAPES = [(4, 3), (3, 5), (4, 6, 3), (6, 4, 3, 3), (4, 2, 3, 2, 3)]


def drawn(lib, name, shape, *args, dtype="float64", **settings):
    """The tensor after init.name_, and the next number of the generator."""
    lib.manual_seed(3)
    x = lib.full(shape, 7.0, dtype=getattr(lib, dtype))
    result = getattr(lib.nn.init, name)(x, *args, **settings)
    assert result is x
    return x, lib.rand(1)


def near(program, rtol=1e-5):
    """What is made of normal numbers, which are torch's to rounding."""
    for ours, theirs in zip(program(minitorch), program(torch), strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=rtol, atol=1e-7)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name, args, settings", [
    ("uniform_", (), {}), ("uniform_", (-2.0, 3.0), {}), ("constant_", (0.3,), {}), ("ones_", (), {}),
    ("zeros_", (), {}), ("xavier_uniform_", (), {}), ("xavier_uniform_", (2.0,), {}),
    ("kaiming_uniform_", (), {}), ("kaiming_uniform_", (0.5, "fan_out", "leaky_relu"), {}),
    ("kaiming_uniform_", (), {"nonlinearity": "tanh"}),
    ("trunc_normal_", (), {"mean": 5.0, "a": -1.0, "b": 1.0}),  # drawn by rejection from uniform numbers
])  # fmt: skip
def test_numbers_of_uniform_streams_are_torchs(both, shape, name, args, settings):
    for dtype in ("float64", "float32"):
        both(lambda lib, dtype=dtype: drawn(lib, name, shape, *args, dtype=dtype, **settings))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name, settings", [
    ("normal_", {}), ("normal_", {"mean": 2.0, "std": 0.5}),
    ("xavier_normal_", {}), ("xavier_normal_", {"gain": 3.0}), ("kaiming_normal_", {}),
    ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "relu"}),
    ("trunc_normal_", {}), ("trunc_normal_", {"mean": 0.5, "std": 2.0, "a": -1.0, "b": 3.0}),
    ("trunc_normal_", {"std": 0.02}), ("orthogonal_", {}), ("orthogonal_", {"gain": 2.0}),
])  # fmt: skip
def test_numbers_of_normal_streams_are_torchs(shape, name, settings):
    for dtype in ("float64", "float32"):
        near(
            lambda lib, dtype=dtype: drawn(lib, name, shape, dtype=dtype, **settings),
            1e-5 if dtype[-2:] == "64" else 1e-4,
        )


@pytest.mark.parametrize("sparsity", [0, 0.1, 0.5, 1])
def test_sparse(sparsity):
    near(lambda lib: drawn(lib, "sparse_", (7, 5), sparsity))
    x, _ = drawn(minitorch, "sparse_", (7, 5), sparsity)
    assert (x == 0).sum(0).tolist() == [math.ceil(sparsity * 7)] * 5


def test_trunc_normal_stays_inside_and_orthogonal_is():
    x, _ = drawn(minitorch, "trunc_normal_", (1000,), 1.0, 2.0, 0.0, 0.5)
    assert x.min().item() >= 0 and x.max().item() <= 0.5 and len(x.unique()) > 990
    q, _ = drawn(minitorch, "orthogonal_", (5, 2, 2), 3)
    np.testing.assert_allclose((q.flatten(1).T @ q.flatten(1)).numpy(), 9 * np.eye(4), atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2)])
def test_eye(both, shape):
    both(lambda lib: drawn(lib, "eye_", shape))


@pytest.mark.parametrize("shape, groups", [((4, 4, 3), 1), ((4, 2, 3, 2), 2), ((6, 4, 2, 3, 3), 3), ((2, 5, 4), 1)])
def test_dirac(both, shape, groups):
    both(lambda lib: drawn(lib, "dirac_", shape, groups))


def test_bilinear_enlarges_as_interpolate_does():
    """By hand for k = 4: 1 - |i - 1.5| / 2; and in the middle of a picture as nn.functional.interpolate."""
    x, _ = drawn(minitorch, "bilinear_", (2, 3, 4, 4))
    row = np.array([0.25, 0.75, 0.75, 0.25])
    np.testing.assert_array_equal(x[0, 0].numpy(), np.outer(row, row))
    assert x[0, 1].abs().sum().item() == x[1, 0].abs().sum().item() == x[:, 2].abs().sum().item() == 0
    odd, _ = drawn(minitorch, "bilinear_", (1, 1, 3))
    assert odd.flatten().tolist() == [0.5, 1, 0.5]
    for factor in (2, 4):
        layer = nn.ConvTranspose2d(2, 2, 2 * factor, stride=factor, padding=factor // 2, bias=False).double()
        nn.init.bilinear_(layer.weight)
        picture = minitorch.rand(1, 2, 5, 6, dtype=minitorch.float64)
        larger = nn.functional.interpolate(picture, scale_factor=factor, mode="bilinear")
        inside = (..., slice(factor, -factor), slice(factor, -factor))
        np.testing.assert_allclose(layer(picture)[inside].detach().numpy(), larger[inside].numpy(), rtol=1e-13)


@pytest.mark.parametrize("program", [
    lambda lib: lib.nn.init.eye_(lib.ones(2)),
    lambda lib: lib.nn.init.dirac_(lib.ones(2, 2)),
    lambda lib: lib.nn.init.dirac_(lib.ones(3, 2, 2), 2),
    lambda lib: lib.nn.init.orthogonal_(lib.ones(3)),
    lambda lib: lib.nn.init.sparse_(lib.ones(3), 0.1),
    lambda lib: lib.nn.init.xavier_normal_(lib.ones(3)),
    lambda lib: lib.nn.init.kaiming_normal_(lib.ones(3)),
    lambda lib: lib.nn.init.kaiming_uniform_(lib.ones(3, 2), mode="fan"),
    lambda lib: lib.nn.init.kaiming_uniform_(lib.ones(3, 2), nonlinearity="nothing"),
    lambda lib: lib.nn.init.calculate_gain("leaky_relu", "much"),
])  # fmt: skip
def test_same_refusals(both, program):
    with pytest.raises(ValueError):
        program(torch)
    both(program)


def test_first_values_are_no_part_of_a_graph(both):
    def program(lib):
        w = lib.nn.Parameter(lib.ones(3, 3))
        for name in ("eye_", "orthogonal_", "xavier_uniform_", "trunc_normal_"):
            getattr(lib.nn.init, name)(w)
        w = lib.nn.init.zeros_(w)
        return w.requires_grad, w.is_leaf, [lib.nn.init.calculate_gain(n) for n in ("tanh", "relu", "selu", "linear")]

    both(program)


def test_generators_of_their_own():
    near(lambda lib: [lib.nn.init.orthogonal_(lib.empty(3, 3), generator=lib.Generator().manual_seed(5))])
    near(lambda lib: [lib.nn.init.trunc_normal_(lib.empty(9), generator=lib.Generator().manual_seed(5))])


# -- gradients ---------------------------------------------------------------------------------------------------------


def graded(lib, *numbers):
    """Parameters with these gradients, the last without."""
    parameters = []
    for value in numbers:
        p = lib.nn.Parameter(lib.zeros(len(value), dtype=lib.float64))
        p.grad = lib.tensor(value, dtype=lib.float64)
        parameters.append(p)
    return [*parameters, lib.nn.Parameter(lib.ones(2))]


@pytest.mark.parametrize("norm_type", [2.0, 1, 3.0, math.inf, "inf", 0.5])
@pytest.mark.parametrize("max_norm", [0.5, 100, 0])
def test_clip_grad_norm(both, norm_type, max_norm):
    def program(lib):
        parameters = graded(lib, [3.0, -4.0], [0.0, 12.0, 1.0])
        total = lib.nn.utils.clip_grad_norm_(parameters, max_norm, norm_type)
        one = graded(lib, [3.0, -4.0])[0]
        return total, [p.grad for p in parameters], lib.nn.utils.clip_grad_norm_(one, 1.0), one.grad

    both(program)


def test_clip_grad_norm_by_hand():
    parameters = graded(minitorch, [3.0, -4.0], [0.0, 12.0])
    assert nn.utils.clip_grad_norm_(parameters, 1.3).item() == 13
    np.testing.assert_allclose(parameters[0].grad.numpy(), [0.3, -0.4], rtol=1e-6)


def test_norms_that_are_not_finite(both):
    def program(lib, **settings):
        parameters = graded(lib, [3.0, math.inf], [1.0])
        try:
            total = lib.nn.utils.clip_grad_norm_(parameters, 1.0, **settings)
        except RuntimeError:
            total = "refused"
        return total, [p.grad for p in parameters]

    both(program)
    both(lambda lib: program(lib, error_if_nonfinite=True))
    both(lambda lib: [lib.nn.utils.get_total_norm([]), lib.nn.utils.clip_grad_norm_([], 1.0)])
    both(lambda lib: lib.nn.utils.get_total_norm([lib.ones(2), lib.ones(3, dtype=lib.float64) * 2], 1))
    with pytest.warns(UserWarning, match="empty generator"):
        nn.utils.clip_grad_norm_((p for p in []), 1.0)


@pytest.mark.parametrize("value", [0.5, 2, 0])
def test_clip_grad_value(both, value):
    def program(lib):
        parameters = graded(lib, [3.0, -4.0, 0.1], [-0.3])
        lib.nn.utils.clip_grad_value_(parameters, value)
        one = graded(lib, [3.0])[0]
        lib.nn.utils.clip_grad_value_(one, value)
        return [p.grad for p in [*parameters, one]]

    both(program)


def test_clip_grads_with_norm(both):
    def program(lib):
        parameters = graded(lib, [3.0, -4.0])
        lib.nn.utils.clip_grads_with_norm_(parameters, 1.0, lib.tensor(10.0))
        return [p.grad for p in parameters]

    both(program)


def test_parameters_as_one_vector(both):
    def program(lib):
        layer = lib.nn.Linear(2, 3).double()
        lib.nn.utils.vector_to_parameters(lib.arange(9.0, dtype=lib.float64), layer.parameters())
        vector = lib.nn.utils.parameters_to_vector(layer.parameters())
        (vector * lib.arange(9.0)).sum().backward()
        return layer.weight, layer.bias, vector, layer.weight.grad, layer.bias.grad, vector.requires_grad

    both(program)
    with pytest.raises(TypeError):
        nn.utils.vector_to_parameters([1.0], nn.Linear(1, 1).parameters())
