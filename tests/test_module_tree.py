"""Modules beside torch's: attributes, containers, hooks, state, lazy layers, copies."""

import copy
import pickle

import numpy as np
import pytest
import torch


def test_what_is_assigned_again_keeps_its_place(both):
    def program(lib):
        out, layer = [], lib.nn.BatchNorm1d(2)
        for value in (lib.nn.Parameter(lib.zeros(2)), None, lib.nn.Parameter(lib.ones(2))):
            layer.weight = value
            out.append(list(layer.state_dict()))
        layer.running_mean = lib.nn.Buffer(lib.ones(2))
        out.append(list(layer.state_dict()))
        layer.running_mean = lib.nn.Parameter(lib.ones(2))
        out.append(list(layer.state_dict()))
        layer.extra = lib.nn.Buffer(lib.ones(2), persistent=False)
        layer.extra = lib.nn.Parameter(lib.ones(2))
        del layer.extra
        layer.extra = lib.nn.Buffer(lib.ones(2))
        out.append(list(layer.state_dict()))
        net = lib.nn.Sequential(lib.nn.ReLU(), lib.nn.Tanh())
        setattr(net, "0", lib.nn.Sigmoid())
        net.set_submodule("1", lib.nn.Identity())
        return out, repr(net), net(lib.ones(2))

    both(program)


@pytest.mark.parametrize("assign", [
    lambda lib, layer: setattr(layer, "weight", lib.ones(2)),
    lambda lib, layer: setattr(layer, "weight", lib.nn.Buffer(lib.ones(2))),
    lambda lib, layer: setattr(layer, "weight", lib.nn.ReLU()),
    lambda lib, layer: setattr(layer, "running_mean", 3),
    lambda lib, layer: layer.register_parameter("running_mean", lib.nn.Parameter(lib.ones(2))),
    lambda lib, layer: layer.register_parameter("a.b", None),
    lambda lib, layer: layer.register_parameter("", None),
    lambda lib, layer: layer.register_parameter("x", lib.ones(1)),
    lambda lib, layer: layer.register_buffer("weight", lib.ones(1)),
    lambda lib, layer: layer.register_buffer("x", 3),
    lambda lib, layer: layer.add_module("x", 3),
    lambda lib, layer: layer.add_module("weight", lib.nn.ReLU()),
    lambda lib, layer: layer.get_parameter("running_mean"),
    lambda lib, layer: layer.get_buffer("weight"),
    lambda lib, layer: layer.get_buffer("nothing"),
    lambda lib, layer: layer.get_submodule("weight"),
    lambda lib, layer: layer.get_submodule("a.b"),
    lambda lib, layer: layer.set_submodule("", lib.nn.ReLU()),
    lambda lib, layer: layer.set_submodule("weight", lib.nn.ReLU()),
    lambda lib, layer: layer.set_submodule("x", 3),
    lambda lib, layer: layer.set_submodule("x", lib.nn.ReLU(), strict=True),
    lambda lib, layer: layer.set_submodule("a.b", lib.nn.ReLU()),
    lambda lib, layer: layer.train("yes"),
    lambda lib, layer: layer.load_state_dict(3),
    lambda lib, layer: delattr(layer, "nothing"),
    lambda lib, layer: layer.nothing,
])  # fmt: skip
def test_same_refusals(both, assign):
    def program(lib):
        assign(lib, lib.nn.BatchNorm1d(2))

    with pytest.raises(Exception):  # noqa: B017 - which one, `both` compares
        program(torch)
    both(program)


# -- lazy layers -------------------------------------------------------------------------------------------------------

SHAPES = {1: (2, 3, 4), 2: (2, 3, 4, 4), 3: (2, 3, 4, 4, 4)}
LAZY = [(f"Lazy{kind}{d}d", d, args) for d in (1, 2, 3) for kind, args in (
    ("BatchNorm", ()), ("InstanceNorm", ()), ("Conv", (2, 3)), ("ConvTranspose", (2, 3))
)] + [("LazyLinear", 1, (2,))]  # fmt: skip


@pytest.mark.parametrize("name, d, args", LAZY)
def test_lazy_layers_become_what_the_input_tells(both, name, d, args):
    def program(lib):
        lib.manual_seed(0)
        layer = getattr(lib.nn, name)(*args)
        before = repr(layer), list(layer.state_dict()), layer.has_uninitialized_params()
        errors = [failure(lambda: layer.state_dict()["weight"].shape)]
        lazy = [pickle.loads(pickle.dumps(layer))]
        if "Norm" not in name:  # torch cannot copy buffers without a shape
            lazy.append(copy.deepcopy(layer))
        x = lib.arange(float(np.prod(SHAPES[d])), dtype=lib.float64).reshape(SHAPES[d]).sin()
        results = []
        for module in (layer, *lazy):
            module.double()
            lib.manual_seed(1)
            results.append(module(x).detach())
            results += [type(module).__name__, repr(module), *module.state_dict().values()]
        fresh = getattr(lib.nn, name)(*args)
        fresh.load_state_dict(layer.state_dict())
        return before, errors, results, fresh.double()(x).detach(), repr(fresh)

    both(program)


def failure(do):
    """The class of the exception."""
    try:
        return do()
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("settings", [
    {"affine": False}, {"track_running_stats": False}, {"bias": False}, {"momentum": None, "eps": 0.1},
])  # fmt: skip
def test_settings_of_lazy_norms(both, settings):
    def program(lib):
        out = []
        for kind in ("Batch", "Instance"):
            layer = getattr(lib.nn, f"Lazy{kind}Norm1d")(**settings)
            before = repr(layer), list(layer.state_dict())
            x = lib.arange(24.0, dtype=lib.float64).reshape(2, 3, 4).sin()
            out += [before, layer.double()(x).detach(), repr(layer)]
        return out, list(layer.state_dict())

    both(program)


def test_a_lazy_state_loads_into_a_lazy_layer_only(both):
    def program(lib):
        lazy, other, layer = lib.nn.LazyLinear(2), lib.nn.LazyLinear(2), lib.nn.Linear(3, 2)
        other.load_state_dict(lazy.state_dict())
        lazy.load_state_dict(layer.state_dict())
        still = lazy.has_uninitialized_params(), other.has_uninitialized_params()
        return still, lazy(lib.ones(1, 3)).shape == (1, 2), failure(lambda: layer.load_state_dict(other.state_dict()))

    both(program)
