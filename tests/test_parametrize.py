"""Parametrized modules beside torch's."""

import copy
import pickle

import pytest
import torch

import minitorch

LAYERS = {
    "Linear": ((4, 3), (2, 4)),
    "Conv2d": ((4, 3, 3), (2, 4, 5, 5)),
    "ConvTranspose2d": ((4, 3, 3), (2, 4, 5, 5)),
    "Conv1d": ((4, 6, 3), (2, 4, 7)),
}


def layer_of(lib, name):
    """A layer of float64 and its input."""
    lib.manual_seed(0)
    args, shape = LAYERS[name]
    return getattr(lib.nn, name)(*args).double(), lib.rand(shape, dtype=lib.float64)


def trained(lib, layer, x, steps=3):
    """Losses and last gradients of a few steps."""
    optimizer = lib.optim.SGD(layer.parameters(), lr=0.01)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = layer(x).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return losses, [p.grad for p in layer.parameters()]


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("settings", [{}, {"dim": 1}, {"dim": None}, {"dim": -2}])
def test_weight_norm(both, name, settings):
    def program(lib):
        layer, x = layer_of(lib, name)
        lib.nn.utils.parametrizations.weight_norm(layer, **settings)
        out = [repr(layer), *layer.state_dict().items(), *trained(lib, layer, x), *layer.state_dict().values()]
        lib.nn.utils.parametrize.remove_parametrizations(layer, "weight")
        return out, repr(layer), list(layer.state_dict().items()), layer(x).detach()

    both(program)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("settings", [{}, {"dim": 1}, {"n_power_iterations": 3, "eps": 0.1}])
def test_spectral_norm(name, settings):
    """normal_ draws the same numbers to rounding only."""

    def program(lib):
        layer, x = layer_of(lib, name)
        lib.nn.utils.parametrizations.spectral_norm(layer, **settings)
        out = [repr(layer), list(layer.state_dict()), trained(lib, layer, x), layer.eval()(x).detach()]
        lib.nn.utils.parametrize.remove_parametrizations(layer, "weight")
        return [*out, repr(layer), layer(x).detach(), *layer.state_dict().items()]

    near(program(minitorch), program(torch))


def near(ours, theirs):
    if isinstance(theirs, torch.Tensor):
        assert ours.dtype.name == str(theirs.dtype).removeprefix("torch.")
        torch.testing.assert_close(torch.tensor(ours.detach().numpy()), theirs.detach(), rtol=1e-5, atol=1e-7)
    elif isinstance(theirs, list | tuple):
        for a, b in zip(ours, theirs, strict=True):
            near(a, b)
    else:
        assert ours == theirs


def test_spectral_norm_makes_the_largest_singular_value_one():
    layer = minitorch.nn.utils.parametrizations.spectral_norm(minitorch.nn.Linear(5, 4), n_power_iterations=200)
    assert minitorch.linalg.svdvals(layer.weight)[0].item() == pytest.approx(1, rel=1e-5)
    norm = minitorch.nn.utils.parametrizations.spectral_norm(minitorch.nn.BatchNorm1d(3))
    assert norm.weight.norm().item() == pytest.approx(1)


def test_weight_norm_loads_the_older_names(both):
    def program(lib):
        layer, x = layer_of(lib, "Linear")
        state = {"weight_g": lib.ones(3, 1), "weight_v": lib.ones(3, 4), "bias": lib.zeros(3)}
        lib.nn.utils.parametrizations.weight_norm(layer).load_state_dict(state)
        return layer(x).detach()

    both(program)


def doubled(lib):
    """A parametrization with a way back, one without, and one of two tensors."""

    class Double(lib.nn.Module):
        def forward(self, x):
            return 2 * x

        def right_inverse(self, x):
            return x / 2

    class Shift(lib.nn.Module):
        def forward(self, x):
            return x + 1

    class Sum(lib.nn.Module):
        def forward(self, a, b):
            return a + b

        def right_inverse(self, x):
            return x / 4, x * 3 / 4

    return Double(), Shift(), Sum()


def test_register_assign_copy_and_remove(both):
    def program(lib):
        parametrize = lib.nn.utils.parametrize
        double, shift, total = doubled(lib)
        layer, x = layer_of(lib, "Linear")
        original = layer.weight
        out = [parametrize.is_parametrized(layer), layer(x)]
        parametrize.register_parametrization(layer, "weight", double)
        out += [layer(x), layer.parametrizations.weight.original is original, repr(layer), list(layer.state_dict())]
        layer.weight = lib.ones(3, 4, dtype=lib.float64)
        out += [layer.weight, original]
        parametrize.register_parametrization(layer, "weight", shift)
        parametrize.register_parametrization(layer, "bias", total)
        out += [layer.weight, layer.bias, list(layer.state_dict()), [n for n, _ in layer.named_parameters()]]
        out += [isinstance(layer, lib.nn.Linear), parametrize.type_before_parametrizations(layer) is lib.nn.Linear]
        layer = copy.deepcopy(layer)
        original = layer.parametrizations.weight.original
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
        out += [layer.weight, layer.weight is original, type(layer).__name__]
        out += [parametrize.is_parametrized(layer, "weight"), parametrize.is_parametrized(layer)]
        parametrize.remove_parametrizations(layer, "bias")
        out += [layer.bias, repr(layer), list(layer.state_dict()), parametrize.is_parametrized(layer)]
        layer.bias.sum().backward()
        return out, layer.bias.grad

    both(program)


def test_copies_do_not_share_their_class():
    parametrize = minitorch.nn.utils.parametrize
    layer, x = layer_of(minitorch, "Linear")
    parametrize.register_parametrization(layer, "weight", doubled(minitorch)[0])
    twin = copy.deepcopy(layer)
    before = twin(x).tolist()
    parametrize.remove_parametrizations(layer, "weight")
    assert twin(x).tolist() == before == layer(x).tolist()
    assert parametrize.is_parametrized(twin) and not parametrize.is_parametrized(layer)


def test_a_parametrized_module_is_saved_by_its_state_only(both):
    def program(lib):
        return pickle.dumps(lib.nn.utils.parametrizations.weight_norm(lib.nn.Linear(2, 1)))

    with pytest.raises(RuntimeError, match="state_dict"):
        program(torch)
    both(program)


def test_cached(both):
    def program(lib):
        layer, x = layer_of(lib, "Linear")
        calls = []

        class Count(lib.nn.Module):
            def forward(self, w):
                calls.append(1)
                return w * 1

        lib.nn.utils.parametrize.register_parametrization(layer, "weight", Count())
        calls.clear()
        out = [layer.weight is layer.weight, len(calls)]
        with lib.nn.utils.parametrize.cached():
            out += [layer.weight is layer.weight, len(calls)]
            with lib.nn.utils.parametrize.cached():
                layer(x).sum().backward()
            out += [len(calls)]
        layer(x)
        return out, len(calls), layer.parametrizations.weight.original.grad

    both(program)


def wrong(lib, result):
    """A parametrization that gives `result`."""

    class Wrong(lib.nn.Module):
        def forward(self, x):
            return result(x)

    return Wrong()


def shift_then_assign(lib, layer):
    lib.nn.utils.parametrize.register_parametrization(layer, "weight", doubled(lib)[1])
    layer.weight = lib.ones(3, 4)


@pytest.mark.parametrize("program", [
    lambda lib, p, layer: p.register_parametrization(layer, "nothing", doubled(lib)[0]),
    lambda lib, p, layer: p.register_parametrization(layer, "weight", wrong(lib, lambda x: x.float())),
    lambda lib, p, layer: p.register_parametrization(layer, "weight", wrong(lib, lambda x: x[0])),
    lambda lib, p, layer: p.register_parametrization(layer, "weight", wrong(lib, lambda x: 3)),
    lambda lib, p, layer: p.remove_parametrizations(layer, "weight"),
    lambda lib, p, layer: p.remove_parametrizations(
        lib.nn.utils.parametrizations.weight_norm(layer), "weight", leave_parametrized=False
    ),
    lambda lib, p, layer: lib.nn.utils.parametrizations.spectral_norm(layer, "nothing"),
    lambda lib, p, layer: lib.nn.utils.parametrizations.spectral_norm(layer, dim=2),
    lambda lib, p, layer: lib.nn.utils.parametrizations.spectral_norm(layer, n_power_iterations=0),
    lambda lib, p, layer: shift_then_assign(lib, layer),
])  # fmt: skip
def test_same_refusals(both, program):
    with pytest.raises(Exception):  # noqa: B017 - which one, `both` compares
        program(torch, torch.nn.utils.parametrize, layer_of(torch, "Linear")[0])
    both(lambda lib: program(lib, lib.nn.utils.parametrize, layer_of(lib, "Linear")[0]) and None)
    layer, _ = layer_of(minitorch, "Linear")
    before = repr(layer), [t.tolist() for t in layer.state_dict().values()]
    with pytest.raises(ValueError):
        minitorch.nn.utils.parametrize.register_parametrization(layer, "weight", wrong(minitorch, lambda x: x[0]))
    assert before == (repr(layer), [t.tolist() for t in layer.state_dict().values()])


@pytest.mark.filterwarnings("ignore:`.*nn.utils.weight_norm` is deprecated")
@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("kind, settings", [
    ("weight_norm", {}), ("weight_norm", {"dim": 1}), ("weight_norm", {"dim": None}),
    ("spectral_norm", {}), ("spectral_norm", {"dim": 1}), ("spectral_norm", {"n_power_iterations": 3, "eps": 0.1}),
])  # fmt: skip
def test_the_older_way_by_hooks(name, kind, settings):
    def program(lib):
        layer, x = layer_of(lib, name)
        getattr(lib.nn.utils, kind)(layer, **settings)
        with pytest.raises(RuntimeError, match="two"):
            getattr(lib.nn.utils, kind)(layer)
        out = [layer.weight, list(layer.state_dict()), *trained(lib, layer, x), *layer.state_dict().values()]
        other, _ = layer_of(lib, name)
        getattr(lib.nn.utils, kind)(other, **settings)
        other.load_state_dict(layer.state_dict())
        out += [other.eval()(x), layer.eval()(x)]
        getattr(lib.nn.utils, f"remove_{kind}")(layer)
        with pytest.raises(ValueError, match="not found"):
            getattr(lib.nn.utils, f"remove_{kind}")(layer)
        return [*out, layer(x), repr(layer), list(layer.state_dict())]

    near(program(minitorch), program(torch))
