"""The functions of kernels/cpu/math_jit.py against float64: over one in STEP of all float32 numbers.

python -m tests.test_float32 goes over all of them, in some minutes.
"""

import numpy as np
import pytest
import torch

import kernels.cpu as K
import minitorch
from kernels.cpu import math_jit, threads
from kernels.cpu.loops import SHORT, apply
from kernels.cpu.math_jit import compiled

STEP = 1021
LIMITS = {"exp": 1.1, "tanh": 1.6, "log": 0.9, "log1p": 1.5, "erf": 1.4, "sigmoid": 2.5}  # in the last place
SPECIAL = np.float32([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 88.72284, -87.33655, -103.972084, 1, -1])


@compiled
def tanh_loop(x, out):
    for i in range(out.size):
        out[i] = math_jit.tanh(x[i])


def kernel(name):
    """The compiled function; long arrays get it, but for tanh, for which NumPy's own does."""
    return (lambda x: apply(tanh_loop, x)) if name == "tanh" else getattr(K, name)


def numbers(start, stop, step=1):
    """The float32 numbers whose bits are start, start + step, ..."""
    return np.arange(start, stop, step, np.uint64).astype(np.uint32).view(np.float32)


@np.errstate(all="ignore")
def largest_error(name, x):
    """In units in the last place; where the result is not finite, or 0, it is right."""
    if name == "sigmoid":
        x = x[~(x < -88)]  # soon e^-x overflows, here as in torch
    y = kernel(name)(x)
    exact = getattr(torch, name)(torch.from_numpy(x.astype(np.float64))).numpy()
    rounded = exact.astype(np.float32)
    finite = np.isfinite(rounded) & np.isfinite(y)
    np.testing.assert_array_equal(y[~finite], rounded[~finite])
    assert (np.signbit(y) == np.signbit(rounded))[~np.isnan(rounded)].all()
    return (np.abs(y - exact) / np.spacing(np.abs(rounded)))[finite].max(initial=0)


@pytest.mark.parametrize("name", LIMITS)
def test_error_in_units_in_the_last_place(name):
    x = np.concatenate([SPECIAL, numbers(0, 1 << 32, STEP)])
    assert len(x) > SHORT
    assert largest_error(name, x) <= LIMITS[name]


@pytest.mark.parametrize(
    "name,settings",
    [
        ("relu", {}),
        ("tanh", {}),
        ("sigmoid", {}),
        ("silu", {}),
        ("softplus", {}),
        ("softplus", {"beta": 3, "threshold": 10}),
        ("gelu", {}),
        ("gelu", {"approximate": "tanh"}),
    ],
)
@np.errstate(invalid="ignore")
def test_activations_and_their_gradients_beside_torch(name, settings):
    """Their largest errors, in units in the last place of 1 or what is larger; and what is not finite is so."""
    x = np.concatenate([SPECIAL, np.linspace(-30, 30, 4 * SHORT)]).astype(np.float32)
    found = []
    for lib, dtype in (minitorch, "float32"), (torch, "float32"), (torch, "float64"):
        leaf = lib.tensor(x, dtype=getattr(lib, dtype)).requires_grad_()
        y = getattr(lib.nn.functional, name)(leaf, **settings)
        y.backward(lib.tensor(np.linspace(-1, 1, x.size), dtype=leaf.dtype))
        found.append(np.stack([y.detach().numpy(), leaf.grad.numpy()]))
    exact = found.pop()
    ours, theirs = [np.abs(y - exact) / np.spacing(np.maximum(np.abs(exact), 1).astype(np.float32)) for y in found]
    finite = np.isfinite(exact)
    np.testing.assert_array_equal(found[0][~finite], exact[~finite])
    assert ours[finite].max() <= max(2, 2 * theirs[finite].max())


def test_gelu_keeps_its_digits_where_it_is_small():
    x = minitorch.linspace(-6, -1, 4 * SHORT)
    y, exact = [minitorch.nn.functional.gelu(v).numpy() for v in (x, x.double())]
    np.testing.assert_allclose(y, exact, rtol=1e-3)  # of 1 + erf(x / sqrt 2) nothing is left


def test_sigmoid_of_very_small_numbers_is_zero():
    x = np.full(SHORT + 1, -90, np.float32)
    assert (K.sigmoid(x) == 0).all()
    assert (K.sigmoid(-x) == 1).all()


@pytest.mark.parametrize("name", LIMITS)
def test_the_bits_do_not_depend_on_the_number_of_threads_nor_on_the_layout(name, monkeypatch):
    monkeypatch.setattr(threads, "LONG", 0)
    x = np.random.default_rng(0).standard_normal((311, 97)).astype(np.float32)
    before, found = threads.get_num_threads(), []
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        found.append(kernel(name)(x))
    threads.set_num_threads(before)
    found += [kernel(name)(np.asfortranarray(x)), kernel(name)(np.repeat(x, 2, axis=1)[:, ::2])]
    assert {y.tobytes() for y in found} == {found[0].tobytes()}
    assert found[3].flags.f_contiguous


if __name__ == "__main__":
    for name in LIMITS:
        worst = max(largest_error(name, numbers(start, start + (1 << 24))) for start in range(0, 1 << 32, 1 << 24))
        print(f"{name} {worst:.3f}")
