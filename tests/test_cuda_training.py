"""Modules and optimizers with device="cuda": the same numbers as on the CPU. On a GPU, or numba's simulator."""

import importlib.util

import numpy as np
import pytest
from simulator import SIMULATED, run_again

import minitorch
from minitorch import nn, optim

if importlib.util.find_spec("numba_cuda") is None:
    pytest.skip("numba-cuda is not installed", allow_module_level=True)


class LeNet(nn.Module):
    """LeNet-5 (LeCun et al., 1998) in small: two convolutions, two poolings, two layers."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(2, 3, 2), nn.ReLU(), nn.MaxPool2d(2),
        )  # fmt: skip
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 3))

    def forward(self, x):
        return self.head(self.features(x))


class Words(nn.Module):
    """An embedding, a recurrent layer over it, and the last state as scores."""

    def __init__(self, layer):
        super().__init__()
        self.table, self.layer = nn.Embedding(6, 3), layer
        self.head = nn.Linear(6 if layer.bidirectional else 3, 3)

    def forward(self, words):
        return self.head(self.layer(self.table(words))[0][:, -1])


class Attention(nn.Module):
    """A block of a transformer: attention and two layers, each with what it takes in added and normalised."""

    def __init__(self, causal=True):
        super().__init__()
        self.table = nn.Embedding(6, 4)
        self.block = nn.TransformerEncoderLayer(4, 2, 5, dropout=0.0, batch_first=True, activation="gelu")
        self.head, self.causal = nn.Linear(4, 3), causal

    def forward(self, words):
        mask = nn.Transformer.generate_square_subsequent_mask(words.shape[1], device=words.device)
        return self.head(self.block(self.table(words), src_mask=mask, is_causal=self.causal)[:, -1])


IMAGES, WORDS = (2, 1, 6, 6), (2, 3)
NETS = {
    "LeNet": (LeNet, IMAGES),
    "RNN": (lambda: Words(nn.RNN(3, 3, batch_first=True)), WORDS),
    "LSTM of two layers": (lambda: Words(nn.LSTM(3, 3, 2, batch_first=True)), WORDS),
    "GRU both ways": (lambda: Words(nn.GRU(3, 3, batch_first=True, bidirectional=True)), WORDS),
    "attention": (Attention, WORDS),
}
OPTIMIZERS = {
    "SGD": lambda p: optim.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda p: optim.Adam(p, 0.05, amsgrad=True),
    "AdamW": lambda p: optim.AdamW(p, 0.05),
    "RMSprop": lambda p: optim.RMSprop(p, 0.01, momentum=0.5, centered=True),
    "LBFGS": lambda p: optim.LBFGS(p, 0.1, max_iter=2, line_search_fn="strong_wolfe"),
    "Muon": lambda p: optim.Muon([w for w in p if w.ndim == 2], 0.05),
    **{
        name: lambda p, name=name: getattr(optim, name)(p)
        for name in ("ASGD", "Adadelta", "Adafactor", "Adagrad", "Adamax", "NAdam", "RAdam", "Rprop", "Yogi")
    },
}


def trained(device, make_net, make_optimizer, shape, steps=2):
    """The losses of a few steps, and all parameters and buffers after them; the same start on every device."""
    minitorch.manual_seed(0)
    net = make_net()
    x = minitorch.randn(shape) if shape == IMAGES else minitorch.randint(6, shape)
    net, x, y = net.to(device), x.to(device), minitorch.tensor([0, 2]).to(device)
    optimizer = make_optimizer([*net.parameters()])

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        return loss

    losses = [optimizer.step(closure).item() for _ in range(steps)]
    assert all(p.device.type == device and p.grad.device.type == device for p in net.parameters() if p.grad is not None)
    state = optimizer.state_dict()["state"]
    for values in state.values():
        for name, value in values.items():
            if isinstance(value, minitorch.Tensor) and value.ndim:
                assert value.device.type == device, name
    return losses, {name: value.cpu().numpy() for name, value in net.state_dict().items()}, net


def assert_equal_training(*arguments):
    (a, numbers_a, _), (b, numbers_b, net) = (trained(device, *arguments) for device in ("cpu", "cuda"))
    np.testing.assert_allclose(b, a, rtol=2e-5)
    assert a[0] != a[1] and numbers_a.keys() == numbers_b.keys()
    for name, numbers in numbers_a.items():
        np.testing.assert_allclose(numbers_b[name], numbers, rtol=1e-4, atol=2e-6, err_msg=name)
    return net


if not (SIMULATED or minitorch.cuda.is_available()):

    def test_on_the_simulator():
        run_again(__file__)

else:
    pytestmark = pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")  # a GPU never warns

    @pytest.mark.parametrize("name", NETS)
    def test_modules(name):
        make, shape = NETS[name]
        net = assert_equal_training(make, OPTIMIZERS["SGD"], shape)
        there = {p.device.type for p in net.parameters()}
        assert there == {"cuda"} and {p.device.type for p in net.cpu().parameters()} == {"cpu"}
        assert {p.device.type for p in net.cuda().parameters()} == {"cuda"}

    @pytest.mark.parametrize("name", OPTIMIZERS)
    def test_optimizers(name):
        def make():
            return nn.Sequential(nn.Embedding(6, 3), nn.Flatten(), nn.Linear(9, 3))

        assert_equal_training(make, OPTIMIZERS[name], WORDS)

    def test_an_optimizer_goes_on_after_a_load(tmp_path):
        """Saved on the GPU, read on the CPU, gone on with on both."""
        minitorch.manual_seed(0)
        x, runs = minitorch.ones(2, 3), {}
        net = nn.Linear(3, 2).to("cuda")
        optimizer = optim.Adam(net.parameters(), 0.1)

        def step(net, optimizer, x):
            optimizer.zero_grad()
            net(x).square().sum().backward()
            optimizer.step()

        step(net, optimizer, x.cuda())
        minitorch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "run.pt")
        for device in ("cpu", "cuda"):
            saved = minitorch.load(tmp_path / "run.pt", map_location=device)
            again = nn.Linear(3, 2).to(device)
            again.load_state_dict(saved["net"])
            other = optim.Adam(again.parameters(), 0.1)
            other.load_state_dict(saved["optimizer"])
            step(again, other, x.to(device))
            runs[device] = again.weight.detach().cpu().numpy()
        step(net, optimizer, x.cuda())
        np.testing.assert_array_equal(runs["cuda"], net.weight.detach().cpu().numpy())
        np.testing.assert_allclose(runs["cpu"], runs["cuda"], rtol=1e-5)

    def test_double_backward():
        def twice(device):
            x = minitorch.tensor([[0.5, -1.0], [2.0, 0.25]], device=device, requires_grad=True)
            y = (nn.functional.gelu(x @ x).softmax(1) * x.tanh()).sum()
            (g,) = minitorch.autograd.grad(y, x, create_graph=True)
            return minitorch.autograd.grad(g.square().sum(), x)[0].cpu().numpy()

        np.testing.assert_allclose(twice("cuda"), twice("cpu"), rtol=1e-4, atol=1e-6)
