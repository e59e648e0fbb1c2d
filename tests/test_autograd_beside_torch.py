"""Custom functions, chosen inputs and the graph's nodes, beside torch's."""

import pytest
import torch

import minitorch


def function_of(lib, forward, backward):
    """An autograd.Function of either library."""
    return type("F", (lib.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


@pytest.mark.parametrize("lib", [minitorch, torch])
def test_a_gradient_that_is_no_tensor_is_refused(lib):
    f = function_of(lib, lambda ctx, x: x * 2, lambda ctx, g: 3)
    with pytest.raises(RuntimeError):
        f.apply(lib.ones(2, requires_grad=True)).sum().backward()


@pytest.mark.parametrize("lib", [minitorch, torch])
def test_the_graph_leads_back_to_the_leaf(lib):
    x = lib.ones(2, requires_grad=True)
    nodes = (x * lib.ones(2)).exp().grad_fn.next_functions
    assert [(node.name(), index) for node, index in nodes] == [("MulBackward0", 0)]
    (leaf, _), nothing = nodes[0][0].next_functions
    assert leaf.variable is x and nothing == (None, 0)


@pytest.mark.parametrize("lib", [minitorch, torch])
@pytest.mark.parametrize("materialize", [True, False])
def test_unused_outputs_of_a_function(lib, materialize):
    seen = []

    def forward(ctx, x, unused):
        ctx.set_materialize_grads(materialize)
        rounded = x.long()
        ctx.mark_non_differentiable(rounded)
        return x * 2, x * 3, rounded

    def backward(ctx, a, b, _):
        seen.append((a is None, b is None, ctx.needs_input_grad))
        return (0 if a is None else a * 2) + b * 3, None

    x = lib.tensor([1.0, 2.0], requires_grad=True)
    doubled, tripled, rounded = function_of(lib, forward, backward).apply(x, lib.ones(2))
    tripled.sum().backward()
    assert seen == [(not materialize, False, (True, False))]
    assert x.grad.tolist() == [3, 3] and doubled.requires_grad and not rounded.requires_grad


@pytest.mark.parametrize("lib", [minitorch, torch])
def test_backward_of_chosen_inputs(lib):
    x, y = (lib.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    product = x * y
    (product * product).sum().backward(inputs=[x, product])
    assert x.grad.tolist() == [2, 16] and product.grad.tolist() == [2, 8] and y.grad is None
    with pytest.raises(RuntimeError):
        (x * 2).sum().backward(inputs=[])
