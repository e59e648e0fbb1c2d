"""What is timed. A case is a function of the library that prepares its data and returns the work as a function.

The same code runs on both: `lib` is minitorch or torch, which share their names.
"""


def multiply(lib):
    """a * b on three elements, recorded."""
    a, b = lib.ones(3, requires_grad=True), lib.ones(3, requires_grad=True)
    return lambda: a * b


def multiply_plain(lib):
    """a * b on three elements, nothing recorded."""
    a, b = lib.ones(3), lib.ones(3)
    return lambda: a * b


def chain(lib):
    """Ten operations on three elements, and backward through them."""
    x, w = lib.ones(3, requires_grad=True), lib.ones(3)

    def work():
        y = x
        for _ in range(5):
            y = (y * w).tanh()
        y.sum().backward()
        x.grad = None

    return work


def train(lib, net, images, labels):
    """One step of SGD on one batch."""
    optimizer = lib.optim.SGD(net.parameters(), lr=0.01)
    loss = lib.nn.CrossEntropyLoss()

    def work():
        optimizer.zero_grad()
        loss(net(images), labels).backward()
        optimizer.step()

    return work


def mlp_step(lib):
    """A training step of a 784-256-10 perceptron on 256 images."""
    nn = lib.nn
    lib.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    return train(lib, net, lib.rand(256, 1, 28, 28), lib.randint(0, 10, (256,)))


def lenet_step(lib):
    """A training step of LeNet on 256 images of 28 by 28."""
    nn = lib.nn
    lib.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10),
    )  # fmt: skip
    return train(lib, net, lib.rand(256, 1, 28, 28), lib.randint(0, 10, (256,)))


def over_a_sequence(lib, net):
    """Forward and backward over 35 steps of 32 sequences, 256 wide."""
    x = lib.randn(35, 32, 256)

    def work():
        net.zero_grad()
        net(x)[0].sum().backward()

    return work


def rnn(lib):
    """A recurrent layer with tanh."""
    return over_a_sequence(lib, lib.nn.RNN(256, 256))


def lstm(lib):
    """An LSTM."""
    return over_a_sequence(lib, lib.nn.LSTM(256, 256))


def gru(lib):
    """A GRU."""
    return over_a_sequence(lib, lib.nn.GRU(256, 256))


GROUPS = {
    "overhead": [multiply, multiply_plain, chain],
    "rnn": [rnn, lstm, gru],
    "train": [mlp_step, lenet_step],
}
