"""Tiny tensors: what a call costs when there is nothing to compute."""

from benchmarks.cases.case import WORD, Case, Work, training


def multiply(side):
    """a * b on three values, recorded."""
    a, b = side.randn(3).requires_grad_(), side.randn(3).requires_grad_()
    return Work(lambda: a * b, lambda y: [y])


def multiply_plain(side):
    """a * b on three values, nothing recorded."""
    a, b = side.randn(3), side.randn(3)
    return Work(lambda: a * b, lambda y: [y])


def chain(side):
    """Ten operations on three values, and backward through them."""
    x, w = side.randn(3).requires_grad_(), side.randn(3)

    def run():
        x.grad = None
        y = x
        for _ in range(5):
            y = (y * w).tanh()
        y.sum().backward()

    return Work(run, lambda _: [x.grad])


def tiny_mlp(side):
    """A step of a 4-8-1 perceptron on four points."""
    nn = side.lib.nn
    net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1)).to(side.device)
    optimizer = side.lib.optim.SGD(net.parameters(), lr=0.01)
    loss = nn.MSELoss()
    return training(side, net, lambda net, x, y: loss(net(x), y), optimizer, side.randn(4, 4), side.randn(4, 1))


CASES = [
    Case("multiply", multiply, bytes=3 * 3 * WORD, flops=3, compiles=False),
    Case("multiply_plain", multiply_plain, bytes=3 * 3 * WORD, flops=3, compiles=False),
    Case("chain", chain, bytes=10 * 5 * 3 * WORD, flops=5 * 6 * 3, compiles=False),
    Case("tiny_mlp", tiny_mlp, bytes=5 * 49 * WORD, flops=6 * 4 * (4 * 8 + 8), compiles=False),
]
