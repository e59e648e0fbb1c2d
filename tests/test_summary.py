"""summary: numbers by hand for LeNet and VGG11, and receptive fields measured by what has a gradient."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import minitorch
from minitorch import nn
from minitorch.nn import functional as F
from minitorch.summary import Layer, measure, summary
from minitorch.vision import models


def test_lenet_by_hand(capsys):
    table = summary(models.LeNet(), minitorch.zeros(1, 1, 28, 28))
    assert table == [
        Layer("features.0", "Conv2d", (1, 6, 28, 28), 6 * 25 + 6, 28 * 28 * 6 * 25, (5, 5)),
        Layer("features.1", "Sigmoid", (1, 6, 28, 28), 0, 0, (5, 5)),
        Layer("features.2", "AvgPool2d", (1, 6, 14, 14), 0, 0, (6, 6)),  # jump 2
        Layer("features.3", "Conv2d", (1, 16, 10, 10), 16 * 6 * 25 + 16, 10 * 10 * 16 * 6 * 25, (14, 14)),
        Layer("features.4", "Sigmoid", (1, 16, 10, 10), 0, 0, (14, 14)),
        Layer("features.5", "AvgPool2d", (1, 16, 5, 5), 0, 0, (16, 16)),
        Layer("classifier.0", "Flatten", (1, 400), 0, 0, "all"),
        Layer("classifier.1", "Linear", (1, 120), 400 * 120 + 120, 400 * 120, "all"),
        Layer("classifier.2", "Sigmoid", (1, 120), 0, 0, "all"),
        Layer("classifier.3", "Linear", (1, 84), 120 * 84 + 84, 120 * 84, "all"),
        Layer("classifier.4", "Sigmoid", (1, 84), 0, 0, "all"),
        Layer("classifier.5", "Linear", (1, 10), 84 * 10 + 10, 84 * 10, "all"),
    ]
    assert (table.parameters, table.multiply_adds) == (61_706, 416_520)
    printed = capsys.readouterr().out
    assert printed == f"{table}\n" and printed.startswith("input (1, 1, 28, 28)\nlayer ")
    assert "features.3    Conv2d     (1, 16, 10, 10)       2,416        240,000  14 x 14\n" in printed
    assert printed.splitlines()[-1].split() == ["total", "61,706", "416,520"]


def test_vgg11_by_hand():
    table = measure(models.vgg11(hidden=8, init_weights=False), minitorch.zeros(1, 3, 224, 224))
    fields = [layer.field for layer in table if layer.kind in ("Conv2d", "MaxPool2d")]
    assert fields == [(n, n) for n in (3, 4, 8, 10, 18, 26, 30, 46, 62, 70, 102, 134, 150)]
    convolutions = [(3, 64, 224), (64, 128, 112), (128, 256, 56), (256, 256, 56), (256, 512, 28), (512, 512, 28)]
    by_hand = sum(9 * c * o * n * n for c, o, n in [*convolutions, *[(512, 512, 14)] * 2])
    assert table.multiply_adds == by_hand + 25_088 * 8 + 8 * 8 + 8 * 1000
    assert by_hand == 7_485_456_384  # torchvision's 7.609 billion, less the linear layers' 123,633,664


def test_totals_are_torchvisions():
    """In billions of multiply-adds, as its documentation has them, for 224 x 224."""
    image = minitorch.zeros(1, 3, 224, 224)
    known = {models.resnet18: 1.814, models.googlenet: 1.498, models.densenet121: 2.834}
    for make, billions in known.items():
        assert round(measure(make(), image).multiply_adds / 1e9, 3) == billions


@given(st.lists(st.sampled_from(["conv", "dilated", "pool", "strided", "transposed"]), min_size=1, max_size=4))
def test_fields_are_what_has_a_gradient(kinds):
    """The largest extent, over the units of the result, of the input's gradient, all weights being positive."""
    make = {
        "conv": lambda: nn.Conv1d(1, 1, 3, padding=1),
        "dilated": lambda: nn.Conv1d(1, 1, 3, dilation=2),
        "pool": lambda: nn.AvgPool1d(2),
        "strided": lambda: nn.Conv1d(1, 1, 5, stride=2),
        "transposed": lambda: nn.ConvTranspose1d(1, 1, 4, stride=2, padding=1),
    }
    net = nn.Sequential(*[make[kind]() for kind in kinds])
    for parameter in net.parameters():
        nn.init.ones_(parameter)
    units = net(minitorch.zeros(1, 1, 90)).numel()
    x = minitorch.ones(units, 1, 90, requires_grad=True)
    net(x)[:, 0].backward(minitorch.eye(units))  # of copy i of the input, unit i
    extents = [places[-1] - places[0] + 1 for places in map(np.flatnonzero, x.grad[:, 0].numpy())]
    (field,) = measure(net, x)[-1].field
    if "transposed" in kinds:  # then it is a bound, off by less than the strides before and the window
        assert max(extents) <= field < max(extents) + 2 ** len(kinds)
    else:
        assert field == max(extents)


def test_where_ways_meet():
    block = models.BasicBlock(4, 8, stride=2, downsample=nn.Conv2d(4, 8, 1, stride=2))
    x = minitorch.zeros(1, 4, 8, 8)
    assert [layer.field for layer in measure(nn.Sequential(block, nn.Conv2d(8, 8, 1)), x)][-1] == (7, 7)
    inception = nn.Sequential(models.Inception(4, 2, 2, 2, 2, 2, 2), nn.Identity())
    assert measure(inception, x)[-1].field == (3, 3)


class ByFunctions(nn.Module):
    """Windows that no layer tells of."""

    def __init__(self, function):
        super().__init__()
        self.function, self.last = function, nn.ReLU(inplace=True)

    def forward(self, x):
        return self.last(self.function(x))


def test_what_is_not_known_is_not_guessed():
    x, weight = minitorch.rand(1, 2, 8, 8), minitorch.rand(2, 2, 3, 3)
    for function, field in {
        lambda x: F.max_pool2d(x, 2): "?",
        lambda x: F.conv2d(x, weight, padding=1): "?",
        lambda x: F.adaptive_avg_pool2d(x, 1): "all",
        lambda x: x.mean((2, 3)): "all",
        lambda x: F.pad(x, (1, 1, 1, 1)): (1, 1),
        lambda x: x + x.relu(): (1, 1),
    }.items():
        assert measure(ByFunctions(function), x)[-1].field == field
    assert measure(nn.Embedding(5, 3), minitorch.tensor([[1, 2]])) == [Layer("", "Embedding", (1, 2, 3), 15, 0, "-")]


def test_a_layer_that_is_called_twice_and_the_net_as_it_was():
    shared = nn.Linear(3, 3)
    net = nn.Sequential(shared, nn.Dropout(), shared, nn.BatchNorm1d(3))
    net[1].eval()
    shared.bias.requires_grad_(False)
    table = measure(net, minitorch.ones(5, 3))
    assert [layer.parameters for layer in table] == [12, 0, 0, 6]
    assert (table.parameters, table.trainable, table.multiply_adds) == (18, 15, 90)
    assert "total (15 trainable)" in str(table)
    assert net.training and not net[1].training and net[3].num_batches_tracked == 0
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())


def test_recurrent_layers():
    table = measure(nn.LSTM(3, 4, num_layers=2, batch_first=True), minitorch.ones(2, 5, 3))
    assert table[0].shape == (2, 5, 4)
    assert table.multiply_adds == 2 * 5 * (16 * 3 + 16 * 4 + 16 * 4 + 16 * 4)
