"""Named tensors. torch 2.13 has none: what is expected here is written by hand, after torch 2.0's documentation."""

import pytest

import minitorch


@pytest.fixture
def x():
    return minitorch.arange(6.0).reshape(2, 3).rename("N", "C")


def test_names_are_given_changed_and_taken_away(x):
    assert x.names == ("N", "C")
    assert x.rename(N="B").names == ("B", "C")
    assert x.rename("A", "C").names == ("A", "C")
    assert x.rename(None).names == (None, None)
    assert type(x.rename(None)) is minitorch.Tensor
    assert minitorch.ones(2, 3).names == (None, None)
    assert minitorch.ones(2, 3, 4, 5).refine_names("N", ..., "W").names == ("N", None, None, "W")


def test_it_prints_its_names(x):
    assert repr(x[0]) == "tensor([0., 1., 2.], names=('C',))"


def test_a_renamed_tensor_shares_memory(x):
    plain = x.rename(None)
    x.add_(1)
    assert plain[0, 0] == 1
    assert x.data_ptr() == plain.data_ptr()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("N",), "Number of names"),
        (("N", "N"), "duplicate names"),
        (("N", "1C"), "valid identifier"),
        (("N", 3), "valid identifier"),
    ],
)
def test_bad_names_are_refused(names, message):
    with pytest.raises(RuntimeError, match=message):
        minitorch.ones(2, 3).rename(*names)


def test_arithmetic_unifies_names_from_the_right(x):
    bias = minitorch.ones(3).rename("C")
    assert (x + bias).names == ("N", "C")
    assert (bias * x).names == ("N", "C")
    assert (2 - x).names == ("N", "C")
    assert (x / minitorch.ones(2, 3)).names == ("N", "C")
    assert (minitorch.ones(4, 2, 3) * x).names == (None, "N", "C")
    assert (x > bias).names == ("N", "C")


def test_names_that_disagree_are_refused(x):
    with pytest.raises(RuntimeError, match="'C' and dim 'D' are at the same position from the right but do not match"):
        x + x.rename("N", "D")
    with pytest.raises(RuntimeError, match="appears in a different position from the right"):
        x.rename("N", None) + minitorch.ones(3).rename("N")
    before = x.tolist()
    with pytest.raises(RuntimeError):
        x.add_(x.rename("N", "D"))
    assert x.tolist() == before


def test_reductions_take_names(x):
    assert x.sum("C").names == ("N",)
    assert x.sum("C").tolist() == [3.0, 12.0]
    assert x.sum(("N", "C")).names == ()
    assert x.mean("N", keepdim=True).names == ("N", "C")
    assert x.mean().item() == 2.5
    values, indices = x.max("C")
    assert (values.names, indices.names) == (("N",), ("N",))
    with pytest.raises(RuntimeError, match="Name 'Q' not found"):
        x.sum("Q")


def test_a_product_contracts(x):
    w = minitorch.ones(3, 4).rename("in", "out")
    assert (x @ w).names == ("N", "out")
    assert (minitorch.ones(5, 2) @ x).names == (None, "C")
    assert x.rename(None).matmul(w.rename(None)).names == (None, None)
    assert (minitorch.ones(7, 2, 3).rename("B", "N", "C") @ w).names == ("B", "N", "out")
    assert (x @ minitorch.ones(3).rename("C")).names == ("N",)
    with pytest.raises(RuntimeError, match="two dims of the name 'N'"):
        x @ x.T


def test_indexing(x):
    assert x[0].names == ("C",)
    assert x[:, 1].names == ("N",)
    assert x[..., 1:].names == ("N", "C")
    assert x[None].names == (None, "N", "C")
    assert x[1, 2].names == ()
    assert x.select("C", 0).tolist() == [0.0, 3.0]
    with pytest.raises(RuntimeError, match="rename"):
        x[minitorch.tensor([0])]


def test_align_to_moves_and_makes_dims(x):
    y = x.align_to("C", "H", "N")
    assert (y.shape, y.names) == ((3, 1, 2), ("C", "H", "N"))
    assert x.align_to(..., "N").names == ("C", "N")
    assert x.align_as(minitorch.ones(1, 1, 1).rename("C", "N", "W")).shape == (3, 2, 1)
    with pytest.raises(RuntimeError, match="'C' is not among"):
        x.align_to("N", "H")


def test_flatten_and_unflatten():
    images = minitorch.ones(2, 3, 4, 5).rename("N", "C", "H", "W")
    flat = images.flatten(["C", "H", "W"], "features")
    assert (flat.shape, flat.names) == ((2, 60), ("N", "features"))
    back = flat.unflatten("features", (("C", 3), ("H", 4), ("W", 5)))
    assert (back.shape, back.names) == (images.shape, images.names)


def test_what_has_no_rule_refuses(x):
    for operation in (minitorch.erf, minitorch.Tensor.argmax, lambda x: minitorch.cat([x, x]), lambda x: x.view(6)):
        with pytest.raises(RuntimeError, match="not supported with named tensors"):
            operation(x)


def test_gradients_flow_and_have_no_names():
    w = minitorch.ones(2, 3, requires_grad=True)
    y = (w.rename("N", "C") * 2).sum("C").sum()
    y.backward()
    assert w.grad.tolist() == [[2.0] * 3] * 2
    assert w.grad.names == (None, None)


def test_names_at_creation():
    for make in (minitorch.zeros, minitorch.ones, minitorch.empty, minitorch.rand, minitorch.randn):
        assert make(2, 3, names=("N", "C")).names == ("N", "C")
    assert minitorch.randn((2, 3), names=("N", "C")).rename(None).names == (None, None)
    assert minitorch.full((2, 3), 1.0, names=("N", "C")).names == ("N", "C")
    assert minitorch.tensor([[1.0]], names=("N", "C")).names == ("N", "C")
    minitorch.manual_seed(0)
    named = minitorch.randn(2, 3, names=("N", "C"))
    minitorch.manual_seed(0)
    assert minitorch.equal(named.rename(None), minitorch.randn(2, 3))
    leaf = minitorch.ones(2, names=("N",), requires_grad=True)
    leaf.sum().backward()
    assert leaf.grad.tolist() == [1.0, 1.0]
