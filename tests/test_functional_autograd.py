"""minitorch.autograd.functional beside torch.autograd.functional; anomaly detection."""

import warnings

import numpy as np
import pytest
import torch

import minitorch

CASES = {
    "vjp": lambda F, lib, x, y: F.vjp(lambda x: x * x, x, y),
    "vjp of a number": lambda F, lib, x, y: F.vjp(lambda x: (x * x).sum(), x),
    "vjp, two inputs": lambda F, lib, x, y: F.vjp(lambda x, y: (x * y).sum(), (x, y)),
    "vjp without a vector": lambda F, lib, x, y: F.vjp(lambda x: x * x, x),
    "vjp, vector of another shape": lambda F, lib, x, y: F.vjp(lambda x: x * x, x, lib.ones(2)),
    "vjp, strict": lambda F, lib, x, y: F.vjp(lambda x, y: (x * 2).sum(), (x, y), strict=True),
    "jvp": lambda F, lib, x, y: F.jvp(lambda x: x.exp() * x.sum(), x, y),
    "jvp, two inputs": lambda F, lib, x, y: F.jvp(lambda x, y: (x * y, x.sum()), (x, y), (y, x)),
    "jvp without a vector": lambda F, lib, x, y: F.jvp(lambda x: x * x, x),
    "jacobian": lambda F, lib, x, y: F.jacobian(lambda x: x.reshape(3, 1) * x.exp(), x),
    "jacobian, several": lambda F, lib, x, y: F.jacobian(lambda x, y: (x * y, y.sum()), (x, y)),
    "jacobian of a constant": lambda F, lib, x, y: F.jacobian(lambda x: lib.ones(2), x),
    "jacobian, strict": lambda F, lib, x, y: F.jacobian(lambda x: lib.ones(2), x, strict=True),
    "jacobian of no tensor": lambda F, lib, x, y: F.jacobian(lambda x: 3, x),
    "jacobian for no tensor": lambda F, lib, x, y: F.jacobian(lambda x: x, 3),
    "hessian": lambda F, lib, x, y: F.hessian(lambda x: (x**3).sum() * x.exp().sum(), x),
    "hessian, several": lambda F, lib, x, y: F.hessian(lambda x, y: (x * x * y).sum(), (x, y)),
    "hessian of a linear function": lambda F, lib, x, y: F.hessian(lambda x: (x * 2).sum(), x),
    "hessian, strict": lambda F, lib, x, y: F.hessian(lambda x: (x * 2).sum(), x, strict=True),
    "hessian of several numbers": lambda F, lib, x, y: F.hessian(lambda x: x * 2, x),
    "vhp": lambda F, lib, x, y: F.vhp(lambda x: (x**3).sum() * x.exp().sum(), x, y),
    "vhp, strict": lambda F, lib, x, y: F.vhp(lambda x: (x * 3).sum(), x, y, strict=True),
    "hvp": lambda F, lib, x, y: F.hvp(lambda x, y: (x * x * y).sum(), (x, y), (y, x)),
    "a graph of the result": lambda F, lib, x, y: lib.autograd.grad(
        F.jacobian(lambda x: x.exp() * x, x, create_graph=True).sum(), x
    ),
}


def flat(value):
    return [leaf for v in value for leaf in flat(v)] if isinstance(value, tuple) else [value]


def outcome(call, lib):
    x, y = (lib.from_numpy(np.array(v)).requires_grad_() for v in ([1.0, -2.0, 3.0], [0.5, 2.0, -1.0]))
    try:
        return call(lib.autograd.functional, lib, x, y)
    except (RuntimeError, TypeError) as error:
        return error


@pytest.mark.parametrize("name", CASES)
def test_beside_torch(name):
    ours, theirs = outcome(CASES[name], minitorch), outcome(CASES[name], torch)
    if isinstance(theirs, Exception):
        assert type(ours) is type(theirs)
        return
    assert isinstance(ours, tuple) == isinstance(theirs, tuple)
    for a, b in zip(flat(ours), flat(theirs), strict=True):
        assert a.requires_grad == b.requires_grad
        np.testing.assert_allclose(a.numpy(force=True), b.numpy(force=True), rtol=1e-14)


def test_forward_mode_is_refused():
    with pytest.raises(NotImplementedError, match="reverse-mode"):
        minitorch.autograd.functional.jacobian(lambda x: x, minitorch.ones(2), strategy="forward-mode")


def root(lib):
    x = lib.tensor([-1.0, 4.0], requires_grad=True)
    return (x.sqrt() * 1).sum()


@pytest.mark.parametrize("lib", [minitorch, torch])
def test_anomaly_detection_names_the_operation_and_its_forward(lib):
    with warnings.catch_warnings(record=True) as caught, pytest.raises(RuntimeError) as error:
        warnings.simplefilter("always")
        with lib.autograd.detect_anomaly():
            root(lib).backward()
    assert str(error.value) == "Function 'SqrtBackward0' returned nan values in its 0th output."
    messages = [str(w.message) for w in caught]
    assert any("Anomaly Detection has been enabled" in m for m in messages)
    assert any("Error detected in SqrtBackward0" in m and "in root" in m for m in messages)


def test_anomaly_detection_is_off_again_after_its_block():
    with minitorch.autograd.set_detect_anomaly(True):
        with minitorch.autograd.set_detect_anomaly(True, check_nan=False):
            root(minitorch).backward()
        with pytest.warns(UserWarning, match="SqrtBackward0"), pytest.raises(RuntimeError, match="nan"):
            root(minitorch).backward()
    root(minitorch).backward()
    assert root(minitorch).grad_fn.made_at is None
