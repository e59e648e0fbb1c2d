"""Modules, optimizers and loaders: what is theirs beyond the numbers, which the parity suite compares."""

import copy
from collections import OrderedDict

import numpy as np
import pytest
import torch

import minitorch
from minitorch import nn


def net(lib):
    lib.manual_seed(0)
    return lib.nn.Sequential(
        lib.nn.Conv2d(1, 2, 3, padding=1, bias=False),
        lib.nn.BatchNorm2d(2),
        lib.nn.ReLU(),
        lib.nn.Flatten(),
        lib.nn.Linear(32, 3),
    )


def as_torch(state):
    return OrderedDict((name, torch.from_numpy(np.array(t.numpy()))) for name, t in state.items())


def as_ours(state):
    return OrderedDict((name, minitorch.from_numpy(t.numpy().copy())) for name, t in state.items())


def test_state_dicts_move_both_ways():
    ours, theirs = net(minitorch), net(torch)
    for parameter in theirs.parameters():
        parameter.data.add_(1)
    assert str(ours.load_state_dict(as_ours(theirs.state_dict()))) == "<All keys matched successfully>"
    theirs.load_state_dict(as_torch(ours.state_dict()))
    x = np.random.default_rng(0).standard_normal((2, 1, 4, 4)).astype(np.float32)
    a, b = ours.eval()(minitorch.tensor(x)), theirs.eval()(torch.tensor(x))
    np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-5)


def test_state_dict_shares_memory_and_loading_bad_ones_changes_nothing():
    model = net(minitorch)
    state = model.state_dict()
    with minitorch.no_grad():
        model[4].bias.fill_(7)
    assert state["4.bias"].tolist() == [7, 7, 7]
    wrong = OrderedDict(model.state_dict())
    wrong["4.bias"] = minitorch.zeros(4)
    wrong["0.weight"] = minitorch.zeros(2, 1, 3, 3)
    wrong["extra"] = wrong.pop("4.weight")
    with pytest.raises(RuntimeError) as error:
        model.load_state_dict(wrong)
    for words in ("Unexpected key", "Missing key", "size mismatch for 4.bias", '"extra"', '"4.weight"'):
        assert words in str(error.value)
    assert model[4].bias.tolist() == [7, 7, 7]
    assert model[0].weight.abs().sum().item() > 0
    result = model.load_state_dict({"4.bias": minitorch.ones(3)}, strict=False)
    assert "0.weight" in result.missing_keys and not result.unexpected_keys
    assert model[4].bias.tolist() == [1, 1, 1]
    parameter = model[4].bias
    model.load_state_dict({"4.bias": minitorch.zeros(3)}, strict=False, assign=True)
    assert model[4].bias is not parameter and isinstance(model[4].bias, nn.Parameter)


def test_optimizer_state_moves_both_ways_and_training_goes_on_to_the_same_losses():
    def steps(lib, model, optimizer, count):
        lib.manual_seed(1)
        losses = []
        for _ in range(count):
            loss = model(lib.rand(4, 1, 4, 4, dtype=lib.float64)).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    ours, theirs = net(minitorch).double(), net(torch).double()
    a, b = minitorch.optim.Adam(ours.parameters(), lr=0.01), torch.optim.Adam(theirs.parameters(), lr=0.01)
    steps(torch, theirs, b, 3)
    ours.load_state_dict(as_ours(theirs.state_dict()))
    state = b.state_dict()
    a.load_state_dict({**state, "state": {i: as_ours(s) for i, s in state["state"].items()}})
    np.testing.assert_allclose(steps(minitorch, ours, a, 3), steps(torch, theirs, b, 3), rtol=1e-12)
    assert a.state_dict()["param_groups"] == b.state_dict()["param_groups"]
    b.load_state_dict({**a.state_dict(), "state": {i: as_torch(s) for i, s in a.state_dict()["state"].items()}})
    assert repr(a) == repr(b)


@pytest.mark.parametrize("assign", [False, True])
@pytest.mark.parametrize("change", [
    lambda lib: dict.fromkeys(["extra", "2.0.x", "0.x", "0.weight.x"], lib.ones(1)),
    lambda lib: {"0.weight": lib.ones(1), "1.bias": [1, 2]},
    lambda lib: {"1.num_batches_tracked": lib.tensor([7])},
    lambda lib: {"0.weight": lib.ones(1, 2, dtype=lib.float64)},
])  # fmt: skip
def test_what_load_state_dict_says(both, change, assign):
    def program(lib):
        lib.manual_seed(0)
        net = lib.nn.Sequential(lib.nn.Linear(2, 1), lib.nn.BatchNorm1d(1), lib.nn.Sequential(lib.nn.Linear(1, 1)))
        keys = net.load_state_dict({"1.bias": lib.ones(1)} | change(lib), strict=False, assign=assign)
        out = [keys.missing_keys, keys.unexpected_keys, *net.state_dict().values()]
        net.load_state_dict(net.state_dict() | change(lib), assign=assign)
        return out, list(net.state_dict().values())

    both(program, words=True)


def test_a_gradient_that_cannot_be_is_refused_before_anything_is_assigned():
    net = minitorch.nn.Linear(2, 1)
    weight = net.weight
    with pytest.raises(RuntimeError, match="bias: only tensors of floating point dtype"):
        net.load_state_dict({"weight": minitorch.ones(1, 2), "bias": minitorch.tensor([1])}, assign=True)
    assert net.weight is weight


def test_batch_norms_of_before_they_counted(both):
    def program(lib):
        norm = lib.nn.BatchNorm1d(2)
        norm(lib.ones(2, 2))
        state = norm.state_dict()
        state._metadata[""]["version"] = 1
        state["num_batches_tracked"] *= 0
        norm.load_state_dict(state)
        out = [norm.num_batches_tracked]
        norm(lib.ones(2, 2))
        del state["num_batches_tracked"]
        norm.load_state_dict(state)
        return [*out, norm.num_batches_tracked, norm.load_state_dict(dict(state)).missing_keys]

    both(program)


def test_shared_modules_are_named_once_or_always(both):
    def program(lib):
        net, shared = lib.nn.Sequential(lib.nn.ReLU()), lib.nn.BatchNorm1d(2)
        net.a, net.b = shared, lib.nn.Sequential(shared)
        every = {"remove_duplicate": False}
        lists = (net.named_modules, net.named_parameters, net.named_buffers)
        names = [[name for name, _ in each(**how)] for each in lists for how in ({}, every)]
        return names, len(list(net.modules())), len(list(net.modules(**every)))

    both(program)


def test_to_empty_of_a_part(both):
    def program(lib):
        net = lib.nn.Sequential(lib.nn.Linear(2, 2))
        net.own, inner = lib.nn.Parameter(lib.ones(2)), net[0].weight.data_ptr()
        own = net.own.data_ptr()
        assert net.to_empty(device="cpu", recurse=False) is net
        moved = [net.own.data_ptr() != own, net[0].weight.data_ptr() == inner]
        return [*moved, net.to_empty(device="cpu")[0].weight.data_ptr() != inner]

    both(program)


def test_module_bookkeeping():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(2, 2)
            self.twice = self.first
            self.scale = nn.Parameter(minitorch.ones(1))
            self.register_buffer("count", minitorch.zeros(1), persistent=False)

        def forward(self, x):
            return self.twice(self.first(x)) * self.scale

    model = Net()
    assert [name for name, _ in model.named_parameters()] == ["scale", "first.weight", "first.bias"]
    assert list(model.state_dict()) == ["scale", "first.weight", "first.bias", "twice.weight", "twice.bias"]
    assert [name for name, _ in model.named_modules()] == ["", "first"]
    assert [name for name, _ in model.named_buffers()] == ["count"]
    assert model.get_parameter("first.weight") is model.first.weight
    model.scale = None
    assert "scale" not in model.state_dict()
    with pytest.raises(TypeError, match="cannot assign"):
        model.first = 3
    with pytest.raises(AttributeError, match="cannot assign module before"):
        type("Early", (nn.Module,), {"__init__": lambda self: setattr(self, "layer", nn.ReLU())})()
    with pytest.raises(KeyError, match="already exists"):
        model.register_buffer("first", minitorch.zeros(1))
    with pytest.raises(NotImplementedError, match="forward"):
        nn.Module()(1)
    assert not model.eval().first.training and model.train().first.training
    del model.first
    assert not hasattr(model, "first")


def test_deepcopy_of_a_model_is_independent():
    model = net(minitorch)
    twin = copy.deepcopy(model)
    with minitorch.no_grad():
        twin[4].bias.fill_(3)
    assert model[4].bias.tolist() != twin[4].bias.tolist()
    assert all(a is not b for a, b in zip(model.parameters(), twin.parameters(), strict=True))


def test_to_keeps_parameters_and_their_identity():
    model = net(minitorch)
    parameters = list(model.parameters())
    model(minitorch.ones(2, 1, 4, 4)).sum().backward()
    model.double()
    assert list(map(id, model.parameters())) == list(map(id, parameters))
    assert all(p.dtype is minitorch.float64 and p.grad.dtype is minitorch.float64 and p.is_leaf for p in parameters)
    assert model[1].num_batches_tracked.dtype is minitorch.int64
    model(minitorch.ones(2, 1, 4, 4, dtype=minitorch.float64)).sum().backward()
    with pytest.raises(TypeError, match="floating point"):
        model.to(minitorch.int64)


def test_sequential_is_a_list():
    model = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.Tanh()))
    assert isinstance(model[-1], nn.Tanh) and len(model[:1]) == 1
    model.append(nn.Sigmoid())
    del model[0]
    assert [type(m).__name__ for m in model] == ["Tanh", "Sigmoid"]
    with pytest.raises(IndexError):
        model[5]


def test_forward_hooks():
    layer = nn.ReLU()
    before = layer.register_forward_pre_hook(lambda module, args: (args[0] - 1,))
    after = layer.register_forward_hook(lambda module, args, output: output * 10)
    assert layer(minitorch.tensor([0.0, 3.0])).tolist() == [0, 20]
    before.remove()
    after.remove()
    assert layer(minitorch.tensor([0.0, 3.0])).tolist() == [0, 3]


def test_zero_grad():
    model = nn.Linear(2, 1)
    model(minitorch.ones(1, 2)).sum().backward()
    model.zero_grad(set_to_none=False)
    assert model.weight.grad.tolist() == [[0, 0]]
    model.zero_grad()
    assert model.weight.grad is None


@pytest.mark.parametrize("program", [
    lambda lib: lib.optim.SGD([], lr=0.1),
    lambda lib: lib.optim.SGD([lib.ones(2)], lr=-1),
    lambda lib: lib.optim.SGD([lib.ones(2, requires_grad=True)], lr=0.1, nesterov=True),
    lambda lib: lib.optim.SGD(lib.ones(2), lr=0.1),
    lambda lib: lib.optim.SGD([3], lr=0.1),
    lambda lib: lib.optim.SGD([lib.ones(2, requires_grad=True) * 2], lr=0.1),
    lambda lib: lib.optim.Adam([lib.ones(2)], betas=(1.0, 0.9)),
    lambda lib: lib.optim.Adam([lib.ones(2)], eps=-1.0),
    lambda lib: lib.nn.Conv2d(3, 4, 3, groups=2),
    lambda lib: lib.nn.Conv2d(2, 2, 3, padding="same", stride=2),
    lambda lib: lib.nn.Dropout(1.5),
    lambda lib: lib.nn.BatchNorm2d(3)(lib.ones(2, 3)),
    lambda lib: lib.nn.BatchNorm1d(3)(lib.ones(1, 3)),
    lambda lib: lib.nn.Linear(3, 2)(lib.ones(2, 4)),
    lambda lib: lib.nn.Linear(3, 2)(lib.ones(2, 3, dtype=lib.float64)),
    lambda lib: lib.nn.init.xavier_uniform_(lib.ones(3)),
    lambda lib: lib.nn.init.calculate_gain("nothing"),
    lambda lib: lib.nn.Sequential(lib.nn.ReLU())[2],
    lambda lib: lib.utils.data.DataLoader([1, 2], batch_size=0),
    lambda lib: lib.utils.data.DataLoader([1, 2], shuffle=True, sampler=[0]),
    lambda lib: lib.utils.data.TensorDataset(lib.ones(2), lib.ones(3)),
    lambda lib: list(lib.utils.data.DataLoader([[1, 2], [1]], batch_size=2)),
    lambda lib: lib.utils.data.random_split([1, 2], [3]),
])  # fmt: skip
def test_same_refusals(both, program):
    with pytest.raises(Exception):  # noqa: B017 - which one, `both` compares
        program(torch)
    both(program)


def batches(lib, **settings):
    lib.manual_seed(3)
    x = lib.arange(10)
    dataset = lib.utils.data.TensorDataset(x, x * 2)
    loader = lib.utils.data.DataLoader(dataset, **settings)
    return (
        [[[part.tolist() for part in batch] for batch in loader] for _ in range(2)],
        len(loader),
        lib.rand(2).tolist(),
    )


@pytest.mark.parametrize("settings", [
    {"batch_size": 3},
    {"batch_size": 3, "shuffle": True},
    {"batch_size": 4, "shuffle": True, "drop_last": True},
    {"batch_size": None},
    {"batch_size": None, "shuffle": True},
])  # fmt: skip
def test_loader_gives_torchs_batches_and_leaves_its_stream_in_step(settings):
    assert batches(minitorch, **settings) == batches(torch, **settings)


def test_samplers_splits_and_collation(both):
    def program(lib):
        lib.manual_seed(0)
        data = lib.utils.data
        generator = lib.Generator().manual_seed(5)
        parts = data.random_split(range(10), [0.5, 0.3, 0.2], generator=generator)
        sampled = list(data.RandomSampler(range(7), replacement=True, num_samples=40))
        again = list(data.RandomSampler(range(3), num_samples=8))
        batch = data.default_collate([{"a": 1, "b": [2.0, "x"]}, {"a": 3, "b": [4.0, "y"]}])
        loader = data.DataLoader(range(6), batch_size=2, shuffle=True, generator=generator)
        return [list(p) for p in parts], sampled, again, batch["a"], batch["b"][0], list(loader)

    both(program)
