"""Checkpointed parts of a model: the same results, gradients and dropout masks as without; one forward more."""

import pytest

import minitorch
from minitorch.utils.checkpoint import checkpoint, checkpoint_sequential


def model():
    minitorch.manual_seed(0)
    layers = [minitorch.nn.Linear(4, 4), minitorch.nn.Tanh(), minitorch.nn.Dropout(0.5), minitorch.nn.Linear(4, 4)]
    return minitorch.nn.Sequential(*layers, minitorch.nn.Tanh()).double()


def gradients(run, x, net, second=False):
    minitorch.manual_seed(1)
    y = run(x)
    inputs = [x, *net.parameters()]
    first = minitorch.autograd.grad(y.sum(), inputs, create_graph=second)
    if second:
        first = minitorch.autograd.grad(sum((g * g).sum() for g in first), inputs)
    return [y, *first]


@pytest.mark.parametrize("use_reentrant", [True, False])
@pytest.mark.parametrize("second", [False, True])
def test_gradients_are_those_without(use_reentrant, second):
    net = model()
    x = minitorch.randn(3, 4, dtype=minitorch.float64, requires_grad=True)
    plain = gradients(net, x, net, second)
    ours = gradients(lambda x: checkpoint(net, x, use_reentrant=use_reentrant), x, net, second)
    parts = gradients(lambda x: checkpoint_sequential(net, 3, x, use_reentrant=use_reentrant), x, net, second)
    for a, b, c in zip(plain, ours, parts, strict=True):
        assert minitorch.equal(a, b)
        assert minitorch.allclose(a, c, rtol=1e-13)  # the sums of second derivatives are taken in another order


def test_backward_adds_to_the_parameters_and_runs_the_part_again():
    calls = []
    w = minitorch.ones(3, requires_grad=True)

    def part(x):
        calls.append(x)
        return (x * w).exp()

    x = minitorch.ones(3)  # requires no gradient: the weight does
    y = checkpoint(part, x, use_reentrant=False)
    assert len(calls) == 1
    y.sum().backward()
    assert len(calls) == 2
    assert minitorch.allclose(w.grad, w.exp())


def test_what_a_part_takes_from_outside_gets_its_gradient_once():
    x = minitorch.tensor([2.0], requires_grad=True)
    h = x * x  # both x and h are used inside
    y = checkpoint(lambda h: h * x, h, use_reentrant=False)
    y.backward()
    assert x.grad.tolist() == [12.0]  # d x^3 = 3 x^2


def test_several_outputs_and_unused_ones():
    x = minitorch.tensor([2.0], requires_grad=True)
    a, b, n = checkpoint(lambda x: (x * 3, x * x, 5), x, use_reentrant=False)
    assert n == 5
    b.backward()
    assert x.grad.tolist() == [4.0]
    assert a.requires_grad


def test_a_changed_input_and_a_second_backward_are_refused():
    x = minitorch.tensor([2.0], requires_grad=True)
    h = x * 1
    y = checkpoint(lambda h: h * h, h, use_reentrant=False)
    h.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()
    y = checkpoint(lambda x: x * x, x, use_reentrant=False)
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_under_no_grad_nothing_is_recorded():
    with minitorch.no_grad():
        assert not checkpoint(lambda x: x * 2, minitorch.ones(2, requires_grad=True), use_reentrant=False).requires_grad


def test_without_use_reentrant_it_warns():
    with pytest.warns(UserWarning, match="use_reentrant"):
        checkpoint(lambda x: x * 2, minitorch.ones(2, requires_grad=True))
