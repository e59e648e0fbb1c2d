"""nn.functional: what the parity suite does not see. Extreme logits, writing in place, refusals, old arguments."""

import inspect
import math

import numpy as np
import pytest
import torch

import minitorch
from minitorch.nn import functional

LOGITS = [-1e4, -100.0, 0.0, 100.0, 1e4]
IN_PLACE = "celu", "elu", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "mish", "relu", "relu6", "selu", "silu"


def leaf(values, dtype=minitorch.float32):
    return minitorch.tensor(values, dtype=dtype, requires_grad=True)


@pytest.mark.parametrize("dtype", [minitorch.float32, minitorch.float64])
@pytest.mark.parametrize(
    "loss",
    [
        lambda x: functional.binary_cross_entropy_with_logits(x, minitorch.tensor([0, 1, 0, 1, 0.5], dtype=x.dtype)),
        lambda x: functional.soft_margin_loss(x, minitorch.tensor([1.0, -1, 1, -1, 1], dtype=x.dtype)),
        lambda x: functional.multilabel_soft_margin_loss(x, minitorch.tensor([0, 1, 0, 1, 1], dtype=x.dtype)),
        lambda x: functional.cross_entropy(x, minitorch.tensor(1)),
        lambda x: functional.kl_div(
            functional.logsigmoid(x), minitorch.tensor([0.1] * 5, dtype=x.dtype), reduction="sum"
        ),
        lambda x: functional.softplus(x).sum(),
        lambda x: functional.elu(x).sum() + functional.mish(x).sum() + functional.silu(x).sum(),
    ],
    ids=["bce", "soft margin", "multilabel", "cross entropy", "kl", "softplus", "activations"],
)
def test_finite_for_extreme_logits(loss, dtype):
    x = leaf(LOGITS, dtype)
    y = loss(x)
    (g,) = minitorch.autograd.grad(y, x, create_graph=True)
    (h,) = minitorch.autograd.grad(g.sum(), x)
    assert math.isfinite(y.item())
    assert np.isfinite(g.detach().numpy()).all()
    assert np.isfinite(h.numpy()).all()


@pytest.mark.parametrize("name", IN_PLACE)
def test_inplace_writes_the_same_values_and_gradients(name):
    function = getattr(functional, name)
    x = leaf([-4.0, -0.5, 0.25, 7.0])
    y = function(x)
    z = x * 1
    assert function(z, inplace=True) is z
    np.testing.assert_array_equal(z.detach().numpy(), y.detach().numpy())
    grads = [minitorch.autograd.grad(out.sum(), x)[0].numpy() for out in (y, z)]
    np.testing.assert_array_equal(*grads)
    with pytest.raises(RuntimeError, match="leaf"):
        function(x, inplace=True)


def test_inplace_by_position():
    x = minitorch.tensor([-1.0, 2.0])
    assert functional.leaky_relu(x, 0.5, True) is x
    assert x.tolist() == [-0.5, 2.0]
    assert functional.threshold_(x, 0, 3) is x
    assert x.tolist() == [3.0, 2.0]


def test_dropout_in_place_returns_its_input_also_without_a_batch():
    x = minitorch.ones(3, 4)
    assert functional.dropout1d(x, 0.5, inplace=True) is x
    assert functional.dropout(x, 0.5, training=False, inplace=True) is x
    assert {tuple(row) for row in x.tolist()} <= {(0.0,) * 4, (2.0,) * 4}


def test_alpha_dropout_keeps_mean_and_variance():
    minitorch.manual_seed(0)
    x = minitorch.randn(200_000)
    y = functional.alpha_dropout(x, 0.3, training=True)
    assert abs(y.mean().item()) < 0.01
    assert abs(y.var().item() - 1) < 0.02


def test_embedding_refuses_sparse_gradients():
    with pytest.raises(NotImplementedError, match="sparse=False"):
        functional.embedding(minitorch.tensor([0]), minitorch.ones(2, 2), sparse=True)


def test_embedding_max_norm_shortens_only_the_rows_looked_up():
    table = leaf([[3.0, 4.0], [3.0, 4.0], [0.3, 0.4]])
    found = functional.embedding(minitorch.tensor([[2, 0], [0, 2]]), table, max_norm=1.0)
    np.testing.assert_allclose(table.detach().numpy(), [[0.6, 0.8], [3, 4], [0.3, 0.4]], rtol=1e-6)
    np.testing.assert_array_equal(found.detach().numpy()[0, 1], table.detach().numpy()[0])
    assert table.is_leaf and table.grad_fn is None


def test_embedding_is_one_hot_times_the_table():
    index, table = minitorch.tensor([2, 0, 2]), leaf([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    outs = [functional.embedding(index, table), functional.one_hot(index, 3).float() @ table]
    grads = [minitorch.autograd.grad((out * out).sum(), table)[0].numpy() for out in outs]
    np.testing.assert_array_equal(*[out.detach().numpy() for out in outs])
    np.testing.assert_array_equal(*grads)


@pytest.mark.parametrize(
    ("old", "reduction"),
    [({"reduce": False}, "none"), ({"size_average": False}, "sum"), ({"size_average": True}, "mean")],
)
def test_old_arguments_say_the_reduction(old, reduction):
    x, y = minitorch.tensor([1.0, 2.0]), minitorch.tensor([0.0, 4.0])
    with pytest.warns(UserWarning, match=f"reduction='{reduction}'"):
        got = functional.l1_loss(x, y, **old)
    assert got.tolist() == functional.l1_loss(x, y, reduction=reduction).tolist()


def test_attention_of_a_query_that_may_look_nowhere_is_0():
    q, k, v = (minitorch.randn(2, 3, 4, dtype=minitorch.float64, requires_grad=True) for _ in range(3))
    mask = minitorch.tensor([[False] * 3, [True] * 3, [True, False, True]])
    out = functional.scaled_dot_product_attention(q, k, v, mask)
    assert (out[:, 0] == 0).all()
    grads = minitorch.autograd.grad(out.sum(), (q, k, v))
    assert all(np.isfinite(g.numpy()).all() for g in grads)
    assert (grads[0][:, 0] == 0).all()


def test_signatures_are_torchs():
    """Names, order and defaults of all arguments, where torch's own function tells them."""
    ours, theirs = minitorch.nn.functional, torch.nn.functional
    compared = 0
    for name in sorted(vars(theirs)):
        if not inspect.isfunction(getattr(theirs, name)) or not hasattr(ours, name):
            continue
        listed = [
            [(p.name, p.default) for p in inspect.signature(getattr(module, name)).parameters.values()]
            for module in (ours, theirs)
        ]
        if listed[1][0][0] != "args" and name != "normalize":  # its out= is not supported
            assert listed[0] == listed[1], name
            compared += 1
    assert compared > 70
