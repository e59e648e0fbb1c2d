"""Optimizers: what is theirs beyond the numbers, which `python -m parity optim` compares."""

import copy
import importlib
import pickle

import numpy as np
import pytest
import torch
from torch.optim.lbfgs import _strong_wolfe as of_torch

import minitorch
from minitorch.optim.line_search import Point, strong_wolfe

NAMES = [name for name in minitorch.optim.__all__ if name not in ("Optimizer", "SparseAdam", "lr_scheduler")]
LIBS = minitorch, torch


def parameters(lib, dtype="float32", shapes=((2, 3), (3, 1))):
    rng = np.random.default_rng(0)
    return [lib.from_numpy(rng.standard_normal(s)).to(getattr(lib, dtype)).requires_grad_() for s in shapes]


def loss_of(params, optimizer):
    optimizer.zero_grad()
    loss = sum((p * p * 0.5 + p * 0.25).sum() for p in params)
    loss.backward()
    return loss


def step(params, optimizer):
    optimizer.step(lambda: loss_of(params, optimizer))


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("name", sorted({*NAMES} - {"Yogi", "LBFGS"}))
def test_parameters_of_two_bytes_move_as_in_torch(name, dtype):
    moved = []
    for lib in LIBS:
        params = parameters(lib, dtype)
        settings = {"eps": 1e-3} if name in ("Adam", "AdamW", "NAdam", "RAdam", "Adamax", "RMSprop") else {}
        optimizer = getattr(lib.optim, name)(params, lr=0.05, **settings)
        for _ in range(5):
            step(params, optimizer)
        assert all(p.dtype == getattr(lib, dtype) for p in params)
        moved.append([p.detach().float().numpy() for p in params])
    spacing = {"bfloat16": 2.0**-7, "float16": 2.0**-10}[dtype]
    for ours, theirs in zip(*moved, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2 * spacing, atol=2 * spacing)


def yogi(p, gradients, lr=1e-2, betas=(0.9, 0.999), eps=1e-3, initial_accumulator=1e-6, weight_decay=0.0):
    """The paper's rule, number by number."""
    m, v = np.zeros_like(p), np.full_like(p, initial_accumulator)
    for t, g in enumerate(gradients, 1):
        g = g + weight_decay * p
        m = betas[0] * m + (1 - betas[0]) * g
        v = v - (1 - betas[1]) * np.sign(v - g**2) * g**2
        p = p - lr * (m / (1 - betas[0] ** t)) / (np.sqrt(v / (1 - betas[1] ** t)) + eps)
    return p, m, v


@pytest.mark.parametrize("settings", [{}, {"lr": 0.1, "betas": (0.5, 0.8), "eps": 0.1, "weight_decay": 0.2}])
def test_yogi_is_its_paper(settings):
    rng = np.random.default_rng(0)
    start, gradients = rng.standard_normal((2, 3)), [rng.standard_normal((2, 3)) * 3.0**-n for n in range(8)]
    p = minitorch.tensor(start, requires_grad=True)
    optimizer = minitorch.optim.Yogi([p], **settings)
    for g in gradients:
        p.grad = minitorch.tensor(g)
        optimizer.step()
    want = yogi(start, gradients, **settings)
    state = optimizer.state[p]
    for ours, theirs in zip((p.detach(), state["exp_avg"], state["exp_avg_sq"]), want, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-12)
    defaults = {"lr": 1e-2, "betas": (0.9, 0.999), "eps": 1e-3, "initial_accumulator": 1e-6, "weight_decay": 0}
    assert minitorch.optim.Yogi([p]).defaults == {**defaults, "maximize": False}


@pytest.mark.parametrize("name", sorted({*NAMES} - {"Muon", "Adafactor"}))  # which divide by the size, in torch too
def test_empty_and_zero_dim_parameters(name):
    params = parameters(minitorch, shapes=((0,), (), (2,)))
    step(params, getattr(minitorch.optim, name)(params))
    assert [p.shape for p in params] == [(0,), (), (2,)]
    assert all(p.isfinite().all() for p in params)


def test_hooks():
    seen = []
    for lib in LIBS:
        params, calls = parameters(lib), []
        optimizer = lib.optim.Adam(params)
        of_all = importlib.import_module(f"{lib.__name__}.optim.optimizer").register_optimizer_step_pre_hook
        whole = of_all(lambda o, a, k, calls=calls: calls.append("any before"))
        handle = optimizer.register_step_pre_hook(lambda o, a, k, calls=calls: calls.append(("before", len(a), k)))
        optimizer.register_step_post_hook(lambda o, a, k, calls=calls: calls.append(("after", len(a), k)))
        optimizer.register_state_dict_pre_hook(lambda o, calls=calls: calls.append("packing"))
        optimizer.register_state_dict_post_hook(lambda o, s: {**s, "more": 1})
        optimizer.register_state_dict_post_hook(lambda o, s: {**s, "more": 2}, prepend=True)
        optimizer.register_load_state_dict_pre_hook(lambda o, s: {k: v for k, v in s.items() if k != "more"})
        optimizer.register_load_state_dict_post_hook(lambda o, calls=calls: calls.append("loaded"))
        loss_of(params, optimizer)
        optimizer.step()
        handle.remove()
        whole.remove()
        optimizer.step(closure=None)
        saved = optimizer.state_dict()
        calls.append(saved["more"])
        optimizer.load_state_dict(saved)
        optimizer.register_step_pre_hook(lambda o, a, k: 3)
        with pytest.raises(RuntimeError, match="must return None or a tuple"):
            optimizer.step()
        seen.append(calls)
    assert seen[0] == seen[1]


def test_an_optimizer_that_a_user_writes():
    def signs(lib):
        class Signs(lib.optim.Optimizer):
            def __init__(self, params, lr):
                super().__init__(params, {"lr": lr})

            def step(self, closure=None):
                with lib.no_grad():
                    for group in self.param_groups:
                        for p in group["params"]:
                            p.sub_(p.grad.sign() * group["lr"])
                            self.state[p]["steps"] = self.state[p].get("steps", 0) + 1

        return Signs

    results = []
    for lib in LIBS:
        params, calls = parameters(lib), []
        optimizer = signs(lib)(params, lr=0.5)
        optimizer.register_step_post_hook(lambda o, a, k, calls=calls: calls.append("after"))
        loss_of(params, optimizer)
        optimizer.step()
        results.append([calls, [p.tolist() for p in params], optimizer.state_dict(), repr(optimizer)])
    assert results[0] == results[1]


def test_copies_and_pickles_go_on_alone():
    params = parameters(minitorch)
    optimizer = minitorch.optim.Adam(params)
    step(params, optimizer)
    for twin in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        own = twin.param_groups[0]["params"]
        assert own[0] is not params[0]
        before = params[0].tolist()
        step(own, twin)
        assert params[0].tolist() == before
        assert twin.state[own[0]]["step"].item() == 2


def test_old_checkpoints():
    """Steps were Python numbers once, and there were fewer settings."""
    for lib in LIBS:
        params = parameters(lib)
        optimizer = lib.optim.Adam(params)
        step(params, optimizer)
        saved = optimizer.state_dict()
        saved["state"] = {k: {**s, "step": 1} for k, s in saved["state"].items()}
        for name in ("amsgrad", "maximize", "foreach", "capturable", "differentiable", "fused"):
            del saved["param_groups"][0][name]
        optimizer.load_state_dict(saved)
        assert optimizer.state[params[0]]["step"].dtype == lib.float32
        assert optimizer.param_groups[0]["amsgrad"] is False
        step(params, optimizer)
        assert optimizer.state[params[0]]["step"].item() == 2


def test_names_of_parameters():
    for lib in LIBS:
        layer = lib.nn.Linear(2, 3)
        optimizer = lib.optim.SGD(layer.named_parameters())
        assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]
        with pytest.raises(ValueError, match="with/without names"):
            optimizer.add_param_group({"params": parameters(lib)})
        plain = lib.optim.SGD(layer.parameters())
        plain.load_state_dict(optimizer.state_dict())
        assert plain.param_groups[0]["param_names"] == ["weight", "bias"]


def test_groups_keep_the_dict_they_are_given_and_zero_grad_the_gradient():
    for lib in LIBS:
        first, second = parameters(lib)
        optimizer = lib.optim.SGD([first], lr=0.5)
        group = {"params": second}
        optimizer.add_param_group(group)
        assert optimizer.param_groups[1] is group
        assert group["lr"] == 0.5 and group["params"][0] is second
        loss_of([first, second], optimizer)
        g = first.grad
        optimizer.zero_grad(set_to_none=False)
        assert first.grad is g and g.abs().sum() == 0
        optimizer.zero_grad()
        assert first.grad is None


@pytest.mark.parametrize("name", sorted({*NAMES} - {"Yogi", "LBFGS", "Adafactor", "Muon"}))
def test_differentiable_is_refused(name):
    with pytest.raises(NotImplementedError, match="differentiable"):
        getattr(minitorch.optim, name)(parameters(minitorch), differentiable=True)


def test_what_is_not_there():
    with pytest.raises(NotImplementedError, match="no sparse tensors"):
        minitorch.optim.SparseAdam(parameters(minitorch))
    with pytest.raises(NotImplementedError, match="no update rule"):
        optimizer = minitorch.optim.Optimizer(parameters(minitorch), {})
        step(optimizer.param_groups[0]["params"], optimizer)


@pytest.mark.parametrize("name", NAMES)
def test_implementations_are_accepted_and_change_nothing(name):
    results = []
    for flags in ({}, {"foreach": True}, {"capturable": True}, {"fused": True}):
        params = parameters(minitorch)
        try:
            optimizer = getattr(minitorch.optim, name)(params, **flags)
        except TypeError:  # not a setting of this one, nor of torch's
            with pytest.raises((TypeError, AttributeError)):
                getattr(torch.optim, name)(parameters(torch), **flags)
            continue
        assert all(optimizer.param_groups[0][k] == v for k, v in flags.items())
        step(params, optimizer)
        results.append([p.tolist() for p in params])
    assert all(r == results[0] for r in results)


@pytest.mark.parametrize("start", [(-1.2, 1.0), (0.0, 0.0), (-3.0, -4.0), (2.0, -5.0), (-0.5, 8.0)])
@pytest.mark.parametrize("settings", [{}, {"history_size": 3}, {"max_iter": 4, "max_eval": 5}, {"lr": 0.1}])
def test_line_search_down_a_bent_valley(start, settings):
    """Rosenbrock's function takes the search through all its cases: the same points, the same number of them."""
    results = []
    for lib in LIBS:
        x = lib.tensor(start, dtype=lib.float64, requires_grad=True)
        optimizer = lib.optim.LBFGS([x], line_search_fn="strong_wolfe", **settings)
        seen = []

        def closure(x=x, optimizer=optimizer, seen=seen):
            optimizer.zero_grad()
            loss = (1 - x[0]) * (1 - x[0]) + 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0])
            loss.backward()
            seen.append((*x.tolist(), loss.item()))
            return loss

        for _ in range(4):
            optimizer.step(closure)
        results.append(np.array(seen))
    ours, theirs = results
    assert len(ours) == len(theirs)
    # Every evaluation makes more of the roundings before it.
    np.testing.assert_allclose(ours[:35], theirs[:35], rtol=1e-6, atol=1e-6)


CURVES = {  # losses along a line, which go down at 0
    "a bowl": lambda t: (t - 3) * (t - 3),
    "far away": lambda t: (t * t + 1) * 0.001 - t,
    "waves": lambda t: (3 * t).sin() + 0.05 * t * t - 0.3 * t - (3 * t).sin() * 2,
    "a wall": lambda t: (t - 1) * (t - 1) + (t * 2).exp() * 0.01 - 0.1 * t,
    "flat at last": lambda t: -t.tanh() - 0.01 * t,
    "a kink": lambda t: (t - 0.7).abs(),
    "a steep wall": lambda t: ((t - 1) * 20).exp() - t,
    "stairs": lambda t: -(4 * t).sin() * 0.6 - 0.5 * t,
    "narrow": lambda t: -t / (1 + 30 * (t - 0.5) * (t - 0.5)),
    "a notch": lambda t: -0.001 * t - 1 / (1 + 2000 * (t - 1.3) * (t - 1.3)),
    "bent": lambda t: (t * t - 4) * (t * t - 4) - t,
}


@pytest.mark.parametrize("first", [1e-2, 0.1, 0.3, 1.0, 2.0, 4.0, 30.0])
@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("most", [2, 25])
def test_line_search_tries_the_points_that_torch_tries(curve, first, most):
    def tried(lib):
        seen = []

        def at(t):
            x = lib.tensor([float(t)], dtype=lib.float64, requires_grad=True)
            y = CURVES[curve](x).sum()
            y.backward()
            seen.append(float(t))
            return y.item(), x.grad

        d = lib.ones(1, dtype=lib.float64)
        loss, g = at(0)
        if lib is torch:
            found = of_torch(lambda x, t, d: at(t), None, first, d, loss, g, g.dot(d), max_ls=most)
            return seen, float(found[2]), found[3]

        def point(t):
            loss, g = at(t)
            return Point(t, loss, g, g.dot(d))

        found, count = strong_wolfe(point, first, Point(0, loss, g, g.dot(d)), d.abs().max(), most)
        return seen, float(found.t), count

    (ours, our_t, our_count), (theirs, their_t, their_count) = tried(minitorch), tried(torch)
    assert our_count == their_count == len(ours) - 1
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, equal_nan=True)
    assert our_t == pytest.approx(their_t, rel=1e-9, nan_ok=True)
