"""Modules beside torch's: attributes, containers, hooks, state, lazy layers, copies."""

import copy
import math
import pickle
from collections import OrderedDict

import numpy as np
import pytest
import torch

import minitorch
from minitorch import nn


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
    lambda lib, layer: layer.register_buffer(1, None),
    lambda lib, layer: layer.register_parameter(1, None),
    lambda lib, layer: layer.add_module(1, None),
    lambda lib, layer: lib.nn.Sequential(OrderedDict([(1, lib.nn.ReLU())])),
    lambda lib, layer: layer.__class__.__new__(layer.__class__).register_buffer("x", lib.ones(1)),
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


# -- containers --------------------------------------------------------------------------------------------------------


def listing(lib, kind):
    """A container of three modules."""
    modules = [lib.nn.ReLU(), lib.nn.Linear(1, 1), lib.nn.Tanh()]
    return lib.nn.Sequential(*modules) if kind == "Sequential" else lib.nn.ModuleList(modules)


@pytest.mark.parametrize("kind", ["Sequential", "ModuleList"])
@pytest.mark.parametrize("change", [
    lambda lib, c: c.append(lib.nn.GELU()),
    lambda lib, c: c.insert(1, lib.nn.GELU()),
    lambda lib, c: c.insert(3, lib.nn.GELU()),
    lambda lib, c: c.extend([lib.nn.GELU(), lib.nn.SELU()]),
    lambda lib, c: c.extend(3),
    lambda lib, c: c.extend(**{"sequential" if isinstance(c, lib.nn.Sequential) else "modules": [lib.nn.GELU()]}),
    lambda lib, c: c.pop(key=1),
    lambda lib, c: c.pop(slice(0, 2)),
    lambda lib, c: [name for name in dir(c) if name[0].isdigit()],
    lambda lib, c: c.pop(-1),
    lambda lib, c: c.pop(5),
    lambda lib, c: c.__setitem__(0, lib.nn.GELU()),
    lambda lib, c: c.__setitem__(-1, lib.nn.GELU()),
    lambda lib, c: c.__setitem__(3, lib.nn.GELU()),
    lambda lib, c: c.__setitem__(0, 3),
    lambda lib, c: c.__delitem__(0),
    lambda lib, c: c.__delitem__(slice(0, 2)),
    lambda lib, c: c.__delitem__(slice(None, None, 2)),
    lambda lib, c: c.__delitem__(-1),
    lambda lib, c: c.__delitem__(7),
    lambda lib, c: c[1],
    lambda lib, c: c[-3],
    lambda lib, c: c[-4],
    lambda lib, c: c[1:],
    lambda lib, c: c[::-2],
    lambda lib, c: c["0"],
    lambda lib, c: c + type(c)(*([lib.nn.GELU()] if isinstance(c, lib.nn.Sequential) else [[lib.nn.GELU()]])),
    lambda lib, c: c + 3,
    lambda lib, c: c.__iadd__(type(c)(*([lib.nn.GELU()] if isinstance(c, lib.nn.Sequential) else [[lib.nn.GELU()]]))),
    lambda lib, c: c.__iadd__(3),
    lambda lib, c: c * 2,
    lambda lib, c: 2 * c,
    lambda lib, c: c * 0,
    lambda lib, c: c.__imul__(2),
    lambda lib, c: (lib.nn.Linear(1, 1) in c, len(c), [type(m).__name__ for m in c]),
    lambda lib, c: c(lib.ones(1, 1)) and None,
])  # fmt: skip
def test_lists_of_modules(both, kind, change):
    def program(lib):
        c, result = listing(lib, kind), None
        error = None
        try:
            result = change(lib, c)
        except Exception as caught:
            error = type(caught).__name__
        return shown(result), error, shown(c), list(c.state_dict()), [n for n, _ in c.named_children()]

    both(program)


def shown(value):
    """Its printed form, of modules and tensors; other values as they are."""
    if isinstance(value, dict):
        return {k: shown(v) for k, v in value.items()}
    printed = hasattr(value, "parameters") or hasattr(value, "grad_fn")
    return repr(value).replace("minitorch", "torch") if printed else value


@pytest.mark.parametrize("kind", ["Sequential", "ModuleList"])
def test_where_torch_would_spoil_the_container(kind):
    """Its ModuleList takes any number for insert, and what is no module; of itself it extends without end."""
    c = listing(minitorch, kind)
    before = repr(c)
    for index, module, error in ((9, nn.GELU(), IndexError), (0, 3, AssertionError)):
        with pytest.raises(error):
            c.insert(index, module)
        assert repr(c) == before
    assert len(c.extend(c)) == 6 and c[3] is c[0]
    c.insert(-1, nn.GELU())
    assert len(c) == 7 and isinstance(c[5], nn.GELU)
    d = nn.ParameterDict({"a": minitorch.ones(1)})
    before = repr(d)
    with pytest.raises(TypeError):
        d[3] = minitorch.ones(1)
    assert repr(d) == before


def test_printed_lists(both):
    def program(lib):
        n = lib.nn
        layers = [n.Linear(2, 2) for _ in range(3)]
        blocks = [n.Sequential(n.ReLU(), n.Tanh()) for _ in range(2)]
        return [
            repr(m)
            for m in (
                n.ModuleList(), n.ModuleList(layers), n.ModuleList([*layers, n.ReLU(), *blocks, n.ReLU()]),
                n.Sequential(), n.Sequential(*layers), n.ModuleDict(),
                n.ModuleDict({"a": layers[0], "b": n.ModuleList(blocks)}),
            )
        ]  # fmt: skip

    both(program)


@pytest.mark.parametrize("change", [
    lambda lib, d: d.update({"c": lib.nn.GELU(), "a": lib.nn.SELU()}),
    lambda lib, d: d.update([("c", lib.nn.GELU())]),
    lambda lib, d: d.update(lib.nn.ModuleDict({"z": lib.nn.GELU(), "y": lib.nn.GELU()})),
    lambda lib, d: d.update(3),
    lambda lib, d: d.update([("c",)]),
    lambda lib, d: d.update([3]),
    lambda lib, d: d.pop("a"),
    lambda lib, d: d.pop("nothing"),
    lambda lib, d: d.clear(),
    lambda lib, d: d.__setitem__("a", lib.nn.GELU()),
    lambda lib, d: d.__setitem__("c", 3),
    lambda lib, d: d.__setitem__(3, lib.nn.GELU()),
    lambda lib, d: d.__setitem__("pop", lib.nn.GELU()),
    lambda lib, d: d.__delitem__("b"),
    lambda lib, d: d.__delitem__("nothing"),
    lambda lib, d: d["nothing"],
    lambda lib, d: (list(d), list(d.keys()), [k for k, _ in d.items()], len(d.values()), "a" in d, "z" in d, len(d)),
    lambda lib, d: d(1),
])  # fmt: skip
def test_dicts_of_modules(both, change):
    def program(lib):
        d, result, error = lib.nn.ModuleDict({"b": lib.nn.ReLU(), "a": lib.nn.Linear(1, 1)}), None, None
        try:
            result = change(lib, d)
        except Exception as caught:
            error = type(caught).__name__
        return shown(result), error, shown(d)

    both(program)


def parameter(lib, *values):
    return lib.nn.Parameter(lib.tensor([float(v) for v in values]))


@pytest.mark.parametrize("change", [
    lambda lib, c: c.append(parameter(lib, 4)),
    lambda lib, c: c.append(lib.ones(2)),
    lambda lib, c: c.append(3),
    lambda lib, c: c.extend([parameter(lib, 4), lib.zeros(1)]),
    lambda lib, c: c.extend(lib.nn.ParameterList([parameter(lib, 8)])),
    lambda lib, c: c.extend(lib.ones(2)),
    lambda lib, c: c.extend(3),
    lambda lib, c: c.__iadd__([parameter(lib, 5)]),
    lambda lib, c: c.__setitem__(0, parameter(lib, 7)),
    lambda lib, c: c.__setitem__(-1, lib.ones(3)),
    lambda lib, c: c.__setitem__(9, lib.ones(3)),
    lambda lib, c: c[0],
    lambda lib, c: c[-1],
    lambda lib, c: c[5],
    lambda lib, c: len(c[:1]),
    lambda lib, c: c[1:],
    lambda lib, c: [x.tolist() for x in c],
    lambda lib, c: c(1),
])  # fmt: skip
def test_lists_of_parameters(both, change):
    def program(lib):
        c, result, error = lib.nn.ParameterList([parameter(lib, 1, 2), lib.ones(2, 1)]), None, None
        try:
            result = change(lib, c)
        except Exception as caught:
            error = type(caught).__name__
        return shown(result), error, shown(c), list(c.state_dict().items()), [p.requires_grad for p in c.parameters()]

    both(program)


@pytest.mark.parametrize("change", [
    lambda lib, d: d.update({"c": parameter(lib, 3), "a": lib.ones(2)}),
    lambda lib, d: d.update([("z", parameter(lib, 3)), ("y", parameter(lib, 4))]),
    lambda lib, d: d.update({"z": parameter(lib, 3), "y": parameter(lib, 4)}),
    lambda lib, d: d.update(lib.nn.ParameterDict({"z": parameter(lib, 3), "y": parameter(lib, 4)})),
    lambda lib, d: d.update(3),
    lambda lib, d: d.update([("c",)]),
    lambda lib, d: d.pop("a"),
    lambda lib, d: d.pop("nothing"),
    lambda lib, d: d.popitem(),
    lambda lib, d: d.clear(),
    lambda lib, d: d.setdefault("a", lib.ones(1)),
    lambda lib, d: d.setdefault("n", lib.ones(1)),
    lambda lib, d: d.setdefault("n"),
    lambda lib, d: d.get("a"),
    lambda lib, d: d.get("n"),
    lambda lib, d: d.get("n", 5),
    lambda lib, d: d.copy(),
    lambda lib, d: d.fromkeys(["u", "v"], 1),
    lambda lib, d: d | {"q": parameter(lib, 9)},
    lambda lib, d: d | lib.nn.ParameterDict({"q": parameter(lib, 9)}),
    lambda lib, d: {"q": parameter(lib, 9)} | d,
    lambda lib, d: d.__ior__(lib.nn.ParameterDict({"q": parameter(lib, 9)})),
    lambda lib, d: d.__setitem__("c", 3),
    lambda lib, d: d.__setitem__("a.b", parameter(lib, 9)),
    lambda lib, d: d.__delitem__("b"),
    lambda lib, d: d.__delitem__("nothing"),
    lambda lib, d: d["nothing"],
    lambda lib, d: (list(d), list(d.keys()), [k for k, _ in d.items()], len(list(d.values())), "a" in d, len(d)),
    lambda lib, d: list(reversed(d)),
    lambda lib, d: d(1),
])  # fmt: skip
def test_dicts_of_parameters(both, change):
    def program(lib):
        d, result, error = lib.nn.ParameterDict({"b": parameter(lib, 1, 2), "a": lib.ones(2, 1)}), None, None
        try:
            result = change(lib, d)
        except Exception as caught:
            error = type(caught).__name__
        return shown(result), error, shown(d), list(d.state_dict().items())

    both(program)


# -- the book's attention, by hand -------------------------------------------------------------------------------------


def test_masked_softmax_by_hand():
    x = minitorch.tensor([[[1.0, 2.0, 3.0], [0.0, 0.0, 9.0]]])
    e = np.exp([1.0, 2.0])
    p = nn.functional.masked_softmax(x, minitorch.tensor([2]))
    np.testing.assert_allclose(p.numpy(), [[[*(e / e.sum()), 0], [0.5, 0.5, 0]]], rtol=1e-6)
    p = nn.functional.masked_softmax(x, minitorch.tensor([[1, 3]]))
    e = np.exp([0.0, 0.0, 9.0])
    np.testing.assert_allclose(p.numpy(), [[[1, 0, 0], e / e.sum()]], rtol=1e-6)
    assert nn.functional.masked_softmax(x, None).tolist() == x.softmax(-1).tolist()


def test_dot_product_attention_by_hand():
    q = minitorch.tensor([[[2.0, 0.0]]])
    k = minitorch.tensor([[[1.0, 5.0], [3.0, -7.0], [100.0, 0.0]]])
    v = minitorch.tensor([[[1.0], [10.0], [1000.0]]])
    attention = nn.DotProductAttention(0.5).eval()
    e = np.exp(np.array([2.0, 6.0]) / math.sqrt(2))
    out = attention(q, k, v, minitorch.tensor([2]))
    assert out.item() == pytest.approx((e[0] + 10 * e[1]) / e.sum(), rel=1e-6)
    np.testing.assert_allclose(attention.attention_weights.numpy(), [[[*(e / e.sum()), 0]]], rtol=1e-6)


def test_additive_attention_by_hand():
    minitorch.manual_seed(0)
    attention = nn.AdditiveAttention(key_size=2, query_size=3, num_hiddens=4, dropout=0.0).double()
    assert [n for n, _ in attention.named_parameters()] == ["W_k.weight", "W_q.weight", "w_v.weight"]
    q, k, v = (minitorch.rand(2, n, m, dtype=minitorch.float64) for n, m in ((1, 3), (5, 2), (5, 6)))
    out = attention(q, k, v, minitorch.tensor([2, 5])).detach().numpy()
    wk, wq, wv = (p.detach().numpy() for p in attention.parameters())
    for b, length in enumerate((2, 5)):
        scores = [wv[0] @ np.tanh(wq @ q[b, 0].numpy() + wk @ k[b, j].numpy()) for j in range(length)]
        weights = np.exp(scores) / np.exp(scores).sum()
        np.testing.assert_allclose(out[b, 0], weights @ v[b, :length].numpy(), rtol=1e-12)


def test_positional_encoding_by_hand():
    for size in (4, 5):
        layer = nn.PositionalEncoding(size, 0.0, max_len=6)
        out = layer(minitorch.zeros(2, 3, size))
        angle = [i / 10000 ** ((j - j % 2) / size) for i in range(3) for j in range(size)]
        table = [math.cos(a) if n % size % 2 else math.sin(a) for n, a in enumerate(angle)]
        np.testing.assert_allclose(out[1].flatten().numpy(), table, rtol=1e-6, atol=1e-7)
        assert not list(layer.state_dict()) and not list(layer.parameters())
    with pytest.raises(RuntimeError, match="longer than max_len"):
        layer(minitorch.zeros(1, 7, 5))
