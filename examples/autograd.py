"""Autograd, looked at: leaves, gradients of vectors, detach, retain_graph, accumulation; and the graph of a loss drawn.

python examples/autograd.py                      prints each fact beside the code that shows it, draws autograd.png
"""

import warnings

from _program import options

import minitorch
from minitorch import nn, viz


def say(code, value):
    print(f"    {code:46} {value}")


def refusal(action):
    """The first sentence of the error that action() raises."""
    try:
        action()
    except RuntimeError as error:
        return f"RuntimeError: {str(error).split('(')[0].split('. ')[0].strip()}"
    raise AssertionError("it was allowed")


def leaves():
    print("\nLeaves are what you made; only they get .grad")
    x = minitorch.arange(4.0, requires_grad=True)
    y = x * x
    z = y.sum()
    say("x.is_leaf, y.is_leaf", (x.is_leaf, y.is_leaf))
    say("x.grad_fn, y.grad_fn.name()", (x.grad_fn, y.grad_fn.name()))
    y.retain_grad()  # without this, y.grad is None after backward, and asking for it warns
    z.backward()
    say("x.grad                          (2x)", x.grad)
    say("y.grad            (after retain_grad)", y.grad)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        say("z.grad, warnings", (z.grad, len(caught)))
    say("minitorch.ones(2).is_leaf   (no gradient)", minitorch.ones(2).is_leaf)
    say("x.detach().is_leaf", x.detach().is_leaf)
    apart = minitorch.ones(1, requires_grad=True)
    say("the .grad of a leaf that z does not use", apart.grad)


def vectors():
    print("\nA vector y has a Jacobian, not a gradient: backward wants to know in which direction, and gives v @ J")
    x = minitorch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    say("y.backward()", refusal(lambda: (x * x).backward()))
    v = minitorch.tensor([1.0, 10.0, 100.0])
    (x * x).backward(gradient=v)
    say("y.backward(gradient=v)", x.grad)
    say("v @ jacobian", v @ minitorch.autograd.functional.jacobian(lambda x: x * x, x))
    x.grad = None
    (x * x).sum().backward()
    say("y.sum().backward()       (v of ones)", x.grad)


def detaching():
    print("\ndetach() cuts: what is behind it counts as a constant. So the gradient is that of another function")
    x = minitorch.arange(1.0, 4.0, requires_grad=True)
    (x * x * x).sum().backward()
    say("d(x * x * x)                    (3x^2)", x.grad)
    x.grad = None
    u = (x * x).detach()
    (u * x).sum().backward()
    say("d(u * x), u = (x * x).detach()   (u)", x.grad)
    w = minitorch.tensor(2.0, requires_grad=True)
    for cut in (False, True):
        h, w.grad = minitorch.tensor(1.0), None
        for _ in range(3):
            h = w * (h.detach() if cut else h)  # a recurrent network of one number: h = w^3 after three steps
        h.backward()
        say("h = w * h.detach(), 3 times   (w^2)" if cut else "h = w * h, 3 times           (3w^2)", w.grad)
    with minitorch.no_grad():
        say("under no_grad: (w * w).requires_grad", (w * w).requires_grad)


def twice():
    print("\nbackward frees what was saved; retain_graph=True keeps it, and .grad adds up")
    x = minitorch.tensor(3.0, requires_grad=True)
    y = x * x
    y.backward(retain_graph=True)
    say("y.backward(retain_graph=True)   x.grad", x.grad)
    y.backward()
    say("y.backward()                    x.grad", x.grad)
    say("y.backward(), a third time", refusal(y.backward))
    net, criterion = nn.Linear(3, 1), nn.MSELoss(reduction="sum")
    data, target = minitorch.randn(8, 3), minitorch.randn(8, 1)
    for half in (slice(0, 4), slice(4, 8)):  # no zero_grad between: the gradients of a batch that would not fit at once
        criterion(net(data[half]), target[half]).backward()
    halves = net.weight.grad.clone()
    net.zero_grad()
    criterion(net(data), target).backward()
    say("two halves of a batch, added up", halves)
    say("the batch at once", net.weight.grad)


def drawn(path):
    print("\nThe graph that a loss leaves behind: its leaves, its operations, and what they keep for backward")
    net = nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))
    x, y = minitorch.randn(5, 4), minitorch.randn(5, 2)
    loss = nn.functional.mse_loss(net(x), y) + 0.1 * net[0].weight.square().sum()  # weight decay: a weight used twice
    names = dict(net.named_parameters()) | {"x": x, "y": y}
    graph = viz.graph(loss, names, show_saved=True)
    print(f"    {len(graph.boxes)} boxes, {len(graph.edges)} edges: {graph.save(path)}")


def main():
    arguments = options(__doc__, "autograd.png")
    minitorch.manual_seed(0)
    leaves()
    vectors()
    detaching()
    twice()
    drawn(arguments.picture)


if __name__ == "__main__":
    main()
