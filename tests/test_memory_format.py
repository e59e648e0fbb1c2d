"""Strides of copies, casts and new tensors, beside torch's."""

import math

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

import minitorch

FORMATS = ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")


@st.composite
def layouts(draw):
    """(shape, order of the dims, slices, dims to expand): how to make some view of a contiguous tensor."""
    shape = draw(st.lists(st.integers(0, 4), max_size=5) | st.lists(st.integers(1, 4), min_size=4, max_size=5))
    order = draw(st.permutations(range(len(shape))))
    steps = [draw(st.sampled_from([1, 1, 1, 2])) for _ in shape]
    expanded = draw(st.sets(st.integers(0, max(len(shape) - 1, 0)), max_size=1)) if draw(st.booleans()) else ()
    return shape, order, steps, [d for d in expanded if d < len(shape)]


def viewed(lib, layout):
    shape, order, steps, expanded = layout
    x = lib.arange(float(math.prod(shape))).reshape(shape).permute(order)
    x = x[tuple(slice(None, None, step) for step in steps)]
    for d in expanded:
        if x.shape[d]:
            x = x.narrow(d, 0, 1).expand([3 if i == d else n for i, n in enumerate(x.shape)])
    return x


def strides(x):
    """The strides that count: those of dims with more than one element."""
    return [step for step, n in zip(x.stride(), x.shape, strict=True) if n > 1] if x.numel() else []


def outcome(make, lib, layout, format):
    x = viewed(lib, layout)
    try:
        y = make(x, getattr(lib, format), lib)
    except RuntimeError as error:
        return type(error).__name__
    return y if isinstance(y, bool) else (strides(y), y.tolist(), y is x)


MAKERS = {
    "clone": lambda x, f, lib: x.clone(memory_format=f),
    "contiguous": lambda x, f, lib: x.contiguous(memory_format=f),
    "is_contiguous": lambda x, f, lib: x.is_contiguous(memory_format=f),
    "double": lambda x, f, lib: x.double(memory_format=f),
    "float": lambda x, f, lib: x.float(memory_format=f),
    "to": lambda x, f, lib: x.to(lib.float32, memory_format=f),
    "to copy": lambda x, f, lib: x.to(lib.float32, copy=True, memory_format=f),
    "zeros_like": lambda x, f, lib: lib.zeros_like(x, memory_format=f),
    "full_like": lambda x, f, lib: lib.full_like(x, 3, memory_format=f),
    "ones_like int64": lambda x, f, lib: lib.ones_like(x, dtype=lib.int64, memory_format=f),
    "empty": lambda x, f, lib: lib.empty(x.shape, memory_format=f).zero_(),
}


@pytest.mark.parametrize("name", MAKERS)
@settings(deadline=None, derandomize=True, max_examples=150)
@given(layout=layouts(), format=st.sampled_from(FORMATS))
@example(layout=([2, 3, 4, 5], [0, 2, 3, 1], [1, 1, 1, 1], []), format="preserve_format")
@example(layout=([2, 4, 5, 3], [0, 3, 1, 2], [1, 1, 1, 1], []), format="contiguous_format")
@example(layout=([2, 4, 5, 3], [0, 3, 1, 2], [1, 1, 2, 1], []), format="preserve_format")
def test_strides_are_torchs(name, layout, format):
    ours, theirs = (outcome(MAKERS[name], lib, layout, format) for lib in (minitorch, torch))
    assert ours == theirs


@pytest.mark.parametrize("name", ["empty_strided", "new_empty_strided"])
def test_given_strides(name):
    for lib in (minitorch, torch):
        make = getattr(lib if name == "empty_strided" else lib.ones(1), name)
        x = make((2, 3), (1, 5))
        assert (tuple(x.shape), x.stride(), x.dtype) == ((2, 3), (1, 5), lib.float32)
        with pytest.raises(RuntimeError, match="must match dimensionality of strides"):
            make((2, 3), (1,))


def test_a_format_prints_and_is_one_object():
    import copy

    assert repr(minitorch.channels_last) == "minitorch.channels_last"
    assert copy.deepcopy(minitorch.channels_last) is minitorch.channels_last


@pytest.mark.parametrize("lib", [minitorch, torch])
def test_writing_through_a_view_of_a_tensor_in_another_order(lib):
    """The gradient of the base may come in any order; the view is taken of it in the base's."""
    x = lib.arange(6.0).reshape(2, 3).t().requires_grad_()
    base = x.clone()
    base.t().view(-1).mul_(lib.arange(6.0))
    (base * lib.arange(6.0).reshape(3, 2)).sum().backward()
    assert x.grad.tolist() == [[0, 3], [2, 12], [8, 25]]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3)])
def test_empty_tensors_have_strides(both, shape):
    both(lambda lib: (lib.zeros(shape).stride(), lib.rand(3, 4)[:0].stride(), lib.rand(3, 4)[:, 1:1].t().stride()))


@pytest.mark.filterwarnings("ignore:Using backward.. with create_graph=True:UserWarning")
@settings(deadline=None, derandomize=True, max_examples=60)
@example(layout=([2, 3, 2, 2], [0, 2, 3, 1], [1, 1, 1, 1], []), order=[0, 1, 2, 3, 4], create_graph=False)
@given(layout=layouts(), order=st.permutations(range(5)), create_graph=st.booleans())
def test_gradients_lie_as_their_leaves(layout, order, create_graph):
    """Whatever the layout of what arrives: as the leaf, or row by row where that has gaps."""

    def gradient(lib):
        leaf = viewed(lib, layout).detach().requires_grad_()
        dims = [d for d in order if d < leaf.ndim]
        g = lib.ones([leaf.shape[d] for d in dims]).permute([dims.index(d) for d in range(leaf.ndim)])
        (leaf * leaf).backward(g, create_graph=create_graph)
        return strides(leaf.grad), repr(leaf.grad.grad_fn).partition(" at ")[0]

    assert gradient(minitorch) == gradient(torch)
