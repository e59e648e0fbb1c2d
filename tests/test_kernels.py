"""Kernels against their definitions, written out as loops or plain operations; float32 sums against float64."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kernels.cpu as K
import minitorch
from kernels.cpu.windows import output_size
from minitorch.ops import recurrent
from minitorch.ops.activation import gelu_definition
from minitorch.ops.norm import standardize_definition
from minitorch.optim.adam import adam_definition
from minitorch.optim.sgd import sgd_definition

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def geometries(draw, pooling=False):
    """(image size, kernel size, stride, padding, dilation) of which at least one window fits."""
    kernel, stride, dilation = draw(pairs), draw(pairs), draw(pairs)
    padding = tuple(draw(st.integers(0, k // 2 if pooling else 2)) for k in kernel)  # torch's limit for pooling
    least = [max(d * (k - 1) + 1 - 2 * p, 1) for k, p, d in zip(kernel, padding, dilation, strict=True)]
    image = tuple(draw(st.integers(n, n + 4)) for n in least)
    return image, kernel, stride, padding, dilation


def numbers(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


@given(geometries(), st.integers(1, 2), st.integers(1, 2), st.integers(1, 2), st.integers(0, 99))
def test_conv2d_is_a_sum_over_windows(geometry, groups, c, o, seed):
    (h, w), (kh, kw), (sh, sw), (ph, pw), (dh, dw) = geometry
    x, weight = numbers(seed, 2, groups * c, h, w), numbers(seed + 1, groups * o, c, kh, kw)
    y = K.conv2d(x, weight, (sh, sw), (ph, pw), (dh, dw), groups)
    expected = np.zeros_like(y)
    for n, q, i, j, k, u, v in itertools.product(*map(range, (2, groups * o, *y.shape[2:], c, kh, kw))):
        row, column = sh * i + dh * u - ph, sw * j + dw * v - pw
        if 0 <= row < h and 0 <= column < w:
            expected[n, q, i, j] += x[n, q // o * c + k, row, column] * weight[q, k, u, v]
    np.testing.assert_allclose(y, expected, atol=1e-12)


@given(geometries(), st.integers(1, 2), st.integers(0, 99))
def test_the_gradients_of_conv2d_are_its_transposes(geometry, groups, seed):
    image, kernel, *settings = geometry
    x, weight = numbers(seed, 2, 2 * groups, *image), numbers(seed + 1, 2 * groups, 2, *kernel)
    y = K.conv2d(x, weight, *settings, groups)
    g = numbers(seed + 2, *y.shape)
    product = (g * y).sum()  # <g, conv(x, w)> = <conv_input(g, w), x> = <conv_weight(g, x), w>
    assert np.isclose((K.conv2d_input(g, weight, x.shape, *settings, groups) * x).sum(), product)
    assert np.isclose((K.conv2d_weight(g, x, weight.shape, *settings, groups) * weight).sum(), product)


@given(geometries(pooling=True), st.booleans(), st.integers(0, 99))
def test_max_pool2d_looks_at_every_window(geometry, ceil_mode, seed):
    (h, w), kernel, stride, padding, dilation = geometry
    x = np.random.default_rng(seed).integers(0, 3, (1, 2, h, w)).astype(float)  # with ties
    values, places = K.max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)
    for c, i, j in np.ndindex(values.shape[1:]):
        rows = [i * stride[0] - padding[0] + u * dilation[0] for u in range(kernel[0])]
        columns = [j * stride[1] - padding[1] + v * dilation[1] for v in range(kernel[1])]
        window = [r * w + q for r in rows for q in columns if 0 <= r < h and 0 <= q < w]
        first = max(window, key=lambda place: (x[0, c].flat[place], -place), default=-1)
        largest = x[0, c].flat[first] if window else -np.inf
        assert (values[0, c, i, j], places[0, c, i, j]) == (largest, first)


@pytest.mark.parametrize("n,k,s,p,d,ceil,size", [
    (5, 2, 2, 0, 1, False, 2),
    (5, 2, 2, 0, 1, True, 3),
    (4, 3, 3, 1, 1, True, 2),
    (1, 1, 2, 0, 1, True, 1),
    (3, 2, 3, 1, 1, True, 2),  # a third window would begin in the right padding
])  # fmt: skip
def test_output_size(n, k, s, p, d, ceil, size):
    assert output_size(n, k, s, p, d, ceil) == size


@pytest.mark.parametrize("approximate", ["none", "tanh"])
@pytest.mark.parametrize("dtype", [minitorch.float32, minitorch.float64])
def test_gelu_equals_its_definition(approximate, dtype):
    x = minitorch.linspace(-6, 6, 101, dtype=dtype, requires_grad=True)
    y, definition = minitorch.nn.functional.gelu(x, approximate=approximate), gelu_definition(x, approximate)
    (g,) = minitorch.autograd.grad(y.sum(), x)
    (expected,) = minitorch.autograd.grad(definition.sum(), x)
    atol = 2e-6 if dtype is minitorch.float32 else 1e-14  # 1 - tanh^2 cancels, and x up to 6 multiplies what is left
    assert y.allclose(definition, rtol=0, atol=atol) and g.allclose(expected, rtol=0, atol=atol)


NORMS = [  # a function, the shape of x, its own arguments, the shape of the weights, layout and share
    ("batch_norm", (5, 3), (None, None), (3,), (5, 3, 1), 1),
    ("batch_norm", (2, 3, 4, 2), (None, None), (3,), (2, 3, 8), 8),
    ("instance_norm", (2, 3, 4), (None, None), (3,), (1, 6, 4), 4),
    ("layer_norm", (2, 3, 4), ((3, 4),), (3, 4), (1, 2, 12), 1),
    ("group_norm", (2, 6, 3), (2,), (6,), (1, 4, 9), 3),
    ("group_norm", (2, 6), (2,), (6,), (1, 4, 3), 1),
]


@pytest.mark.parametrize("name,shape,arguments,of_weights,layout,share", NORMS)
@pytest.mark.parametrize("affine", [True, False])
def test_normalisation_equals_its_definition(name, shape, arguments, of_weights, layout, share, affine):
    minitorch.manual_seed(0)
    x = minitorch.randn(*shape, dtype=minitorch.float64, requires_grad=True)
    parts = [minitorch.randn(*of_weights, dtype=minitorch.float64, requires_grad=True) if affine else None] * 2
    inputs = [v for v in (x, parts[0]) if v is not None]
    settings = {"training": True} if name == "batch_norm" else {}
    y = getattr(minitorch.nn.functional, name)(x, *arguments, *parts, **settings)
    definition = standardize_definition(x, *parts, layout, share, 1e-5)
    g = minitorch.randn(*shape, dtype=minitorch.float64)
    assert y.allclose(definition, rtol=1e-12, atol=1e-12)
    ours = minitorch.autograd.grad(y, inputs, g, retain_graph=True)  # by the kernel
    graph = minitorch.autograd.grad(y, inputs, g, create_graph=True)  # by the definition
    expected = minitorch.autograd.grad(definition, inputs, g)
    for a, b, c in zip(ours, graph, expected, strict=True):
        assert a.allclose(c, rtol=1e-9, atol=1e-12) and b.allclose(c, rtol=1e-9, atol=1e-12)


settings = st.fixed_dictionaries({
    "lr": st.sampled_from([0.1, 0.01]), "weight_decay": st.sampled_from([0, 0.1]), "maximize": st.booleans(),
})  # fmt: skip


@given(settings, st.sampled_from([(0, 0, False), (0.9, 0, False), (0.9, 0.5, False), (0.9, 0, True)]))
def test_sgd_equals_its_definition(options, momentum):
    momentum, dampening, nesterov = momentum
    p = minitorch.tensor([[1.0, -2.0], [3.0, 0.5]], dtype=minitorch.float64, requires_grad=True)
    optimizer = minitorch.optim.SGD([p], momentum=momentum, dampening=dampening, nesterov=nesterov, **options)
    q, b = p.detach().clone(), None
    for step in range(3):
        p.grad = p.detach().sin() + step
        expected = sgd_definition(
            q,
            q.sin() + step,
            b,
            options["lr"],
            momentum,
            dampening,
            options["weight_decay"],
            nesterov,
            options["maximize"],
        )
        optimizer.step()
        q, b = expected
        assert p.detach().allclose(q, rtol=1e-14)


@given(settings, st.booleans())
def test_adam_equals_its_definition(options, amsgrad):
    p = minitorch.tensor([[1.0, -2.0], [3.0, 0.5]], dtype=minitorch.float64).t().requires_grad_()  # not contiguous
    optimizer = minitorch.optim.Adam([p], amsgrad=amsgrad, **options)
    q = p.detach().clone()
    m = v = v_max = minitorch.zeros_like(q)
    for t in range(1, 4):
        p.grad = p.detach().sin() + t
        lr, decay, up = options["lr"], options["weight_decay"], options["maximize"]
        q, m, v, v_max = adam_definition(q, q.sin() + t, m, v, v_max, t, lr, (0.9, 0.999), 1e-8, decay, amsgrad, up)
        optimizer.step()
        assert p.detach().allclose(q, rtol=1e-13)
        assert p._version == t


@pytest.mark.parametrize(
    "shape,dims", [((50_000, 3), (0,)), ((3, 50_000), (1,)), ((300, 300), (0,)), ((300, 300), (0, 1))]
)
@pytest.mark.parametrize("transposed", [False, True])
def test_float32_sums_keep_their_digits(shape, dims, transposed):
    x = (numbers(0, *shape) + 1).astype(np.float32)
    x, dims = (x.T, tuple(1 - d for d in dims)) if transposed else (x, dims)
    exact = x.astype(np.float64).sum(dims)
    assert (np.abs(K.sum(x, dims, False) - exact) <= np.spacing(exact.astype(np.float32))).all()


def test_index_put_adds_up_repeated_places():
    x = np.zeros(3)
    K.index_put(x, (np.array([0, 2, 0]),), np.array([1.0, 2.0, 3.0]), True)
    assert x.tolist() == [4, 0, 2]


@given(st.sampled_from(["tanh", "relu", "lstm", "projected lstm", "gru"]), st.booleans(), st.integers(0, 99))
def test_recurrent_kernels_equal_their_cells_step_by_step(kind, reverse, seed):
    sizes, size = [3, 3, 2, 1], 4  # sequences of lengths 4, 3 and 2
    gates = {"lstm": 4, "projected lstm": 4, "gru": 3}.get(kind, 1)
    width = 2 if kind == "projected lstm" else size
    steps = recurrent.steps_of(sizes, reverse)
    make = lambda n, *shape: minitorch.from_numpy(numbers(seed + n, *shape)).requires_grad_()  # noqa: E731
    x, h, c = make(0, sum(sizes), gates * size), make(1, 3, width), make(2, 3, size)
    weight, bias, projection = make(3, gates * size, width), make(4, gates * size), make(5, width, size)
    if kind in ("tanh", "relu"):
        inputs, function = [x, h, weight], minitorch.relu if kind == "relu" else minitorch.tanh
        fast = recurrent.rnn_sequence(x, h, weight, steps=steps, relu_=kind == "relu")
        slow = recurrent.unrolled(lambda x, h: recurrent.rnn_step(x, h, weight, function), x, [h], steps)
    elif kind == "gru":
        inputs = [x, h, weight, bias]
        fast = recurrent.gru_sequence(x, h, weight, bias, steps=steps)
        slow = recurrent.unrolled(lambda x, h: recurrent.gru_step(x, h, weight, bias), x, [h], steps)
    else:
        p = projection if kind == "projected lstm" else None
        inputs = [x, h, c, weight, *([p] if p is not None else [])]
        fast = recurrent.lstm_sequence(x, h, c, weight, p, steps=steps)
        slow = recurrent.unrolled(lambda x, h, c: recurrent.lstm_step(x, h, c, weight, p), x, [h, c], steps)
    weights = [minitorch.from_numpy(numbers(seed + 9, *y.shape)) for y in fast]
    gradients = [minitorch.autograd.grad(out, inputs, weights) for out in (fast, slow)]
    for a, b in zip([*fast, *gradients[0]], [*slow, *gradients[1]], strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), atol=1e-13)
