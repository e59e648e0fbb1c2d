"""Whole training steps: the gradients are zeroed, forward, backward, and the optimizer's step."""

from benchmarks.cases import networks
from benchmarks.cases.case import WORD, Case, training

SGD, ADAM = 3, 7  # arrays of the parameters' size that a step moves
VOCABULARY = 65  # characters
KINK = 0.05  # a value within rounding of 0 may pass a ReLU in one library only: one place more or less in a gradient


def dense(n, out, rows):
    """(weights, products of two numbers, values written) of a linear layer."""
    return n * out, n * out * rows, out * rows


def conv(channels, out, kernel, places):
    """The same of a convolution, whose output has so many places."""
    weights = channels * out * kernel * kernel
    return weights, weights * places, out * places


def step(name, prepare, optimizer, layers, **settings):
    """Forward and two gradients: three products, of two operations each. Bytes: the weights read twice and their
    gradients written, the optimizer's arrays; each layer's values written and read again, their gradients written.
    """
    weights, products, values = (sum(numbers) for numbers in zip(*layers, strict=True))
    moved = WORD * ((3 + optimizer) * weights + 3 * values)
    return Case(name, prepare, bytes=moved, flops=6 * products, **settings)


def images(build, shape):
    """A step of SGD on one batch of ten classes."""

    def prepare(side):
        nn = side.lib.nn
        net = build(nn).to(side.device)
        optimizer = side.lib.optim.SGD(net.parameters(), lr=0.01)
        loss = nn.CrossEntropyLoss()
        batch = side.rand(*shape), side.randint(10, shape[0])
        return training(side, net, lambda net, x, y: loss(net(x), y), optimizer, *batch)

    return prepare


def text(build, optimizer, batch, length):
    """A step that predicts each next character."""

    def prepare(side):
        net = build(side.lib).to(side.device)
        tokens = side.randint(VOCABULARY, batch, length + 1)
        cross_entropy = side.lib.nn.functional.cross_entropy

        def loss(net, x, y):
            return cross_entropy(net(x).view(-1, VOCABULARY), y)  # (B, T, V) -> (B T, V)

        x, y = tokens[:, :-1].contiguous(), tokens[:, 1:].reshape(-1)  # (B, T) -> (B T)
        return training(side, net, loss, optimizer(side.lib)(net.parameters(), lr=1e-3), x, y)

    return prepare


def char(name, kind, gates):
    """32 sequences of 64 characters, embedded 64 wide, 256 hidden."""
    steps = 64 * 32
    return step(
        f"char_{name}",
        text(
            lambda lib: networks.characters(lib.nn, kind(lib), VOCABULARY, 64, 256), lambda lib: lib.optim.Adam, 32, 64
        ),
        ADAM,
        [dense(64 + 256, gates * 256, steps), dense(256, VOCABULARY, steps)],
        compiles=False,
    )


def gpt():
    """Four layers, 128 wide, four heads, 12 texts of 64 characters."""
    length, width, heads, depth, rows = 64, 128, 4, 4, 12 * 64
    block = [dense(width, 3 * width, rows), dense(width, width, rows)]
    block += [dense(width, 4 * width, rows), dense(4 * width, width, rows)]
    attention = [(0, 2 * rows * length * width, rows * (length * heads + width))]  # two products of no weights
    return step(
        "gpt",
        text(
            lambda lib: networks.gpt(lib, VOCABULARY, length, width, heads, depth),
            lambda lib: lib.optim.AdamW,
            12,
            length,
        ),
        ADAM,
        depth * (block + attention) + [dense(width, VOCABULARY, rows)],
    )


def skip_gram():
    """1024 centres, each with one neighbour and five words drawn at random; 10,000 words, 100 wide."""
    batch, others, words, width = 1024, 6, 10_000, 100

    def prepare(side):
        lib = side.lib
        net = networks.skip_gram(lib.nn, words, width).to(side.device)
        optimizer = lib.optim.SGD(net.parameters(), lr=0.025)
        wanted = lib.zeros(batch, others)
        wanted[:, 0] = 1.0
        criterion = lib.nn.BCEWithLogitsLoss()

        def loss(net, centres, others, wanted):
            return criterion(net(centres, others), wanted)

        drawn = side.randint(words, batch), side.randint(words, batch, others)
        return training(side, net, loss, optimizer, *drawn, wanted.to(side.device))

    rows = batch * (1 + others)
    lookup = (2 * words * width, 0, rows * width)
    return step("skip_gram", prepare, SGD, [lookup, (0, batch * others * width, batch * others)])


def resnet_layers(batch):
    """The stem, and per stage six 3x3 convolutions, of which the first of a later stage halves the sides."""
    layers = [conv(3, 16, 3, batch * 32**2)]
    for before, width, size in ((16, 16, 32), (16, 32, 16), (32, 64, 8)):
        places = batch * size**2
        layers += [conv(before, width, 3, places)] + 5 * [conv(width, width, 3, places)]
        layers += [conv(before, width, 1, places)] if before != width else []
    return [*layers, dense(64, 10, batch)]


CASES = [
    step("mlp", images(networks.mlp, (256, 1, 28, 28)), SGD, [dense(784, 256, 256), dense(256, 10, 256)]),
    step(
        "lenet",
        images(networks.lenet, (256, 1, 28, 28)),
        SGD,
        [
            conv(1, 6, 5, 256 * 28**2), conv(6, 16, 5, 256 * 10**2),
            dense(400, 120, 256), dense(120, 84, 256), dense(84, 10, 256),
        ],
    ),
    step(
        "vgg",
        images(networks.vgg, (32, 3, 32, 32)),
        SGD,
        [
            conv(3, 32, 3, 32 * 32**2), conv(32, 64, 3, 32 * 16**2),
            conv(64, 128, 3, 32 * 8**2), conv(128, 128, 3, 32 * 8**2),
            dense(2048, 256, 32), dense(256, 10, 32),
        ],
        tolerance=KINK,
        same_numbers=False,  # it has dropout
    ),
    step("resnet", images(networks.resnet, (16, 3, 32, 32)), SGD, resnet_layers(16), tolerance=KINK),
    char("rnn", lambda lib: lib.nn.RNN, 1),
    char("lstm", lambda lib: lib.nn.LSTM, 4),
    char("gru", lambda lib: lib.nn.GRU, 3),
    gpt(),
    skip_gram(),
]  # fmt: skip
