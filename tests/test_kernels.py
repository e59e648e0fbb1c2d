"""Kernels against their definitions, written out as loops or plain operations; float32 sums against float64."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

import kernels.cpu as K
import minitorch
from kernels.cpu import conv_columns, conv_direct, threads
from kernels.cpu.windows import output_size
from minitorch.ops import attention, recurrent
from minitorch.ops.activation import gelu_definition
from minitorch.ops.norm import standardize_definition
from minitorch.ops.windows import adaptive, regular


def each(dims, low, high):
    """A number for each of the dims."""
    return st.tuples(*[st.integers(low, high)] * dims)


@st.composite
def geometries(draw, pooling=False):
    """(image size, kernel size, stride, padding, dilation) of one, two or three dims; at least one window fits."""
    dims = draw(st.integers(1, 3))
    kernel, stride, dilation = [draw(each(dims, 1, 3 if dims < 3 else 2)) for _ in range(3)]
    padding = tuple(draw(st.integers(0, k // 2 if pooling else 2)) for k in kernel)  # torch's limit for pooling
    least = [max(d * (k - 1) + 1 - 2 * p, 1) for k, p, d in zip(kernel, padding, dilation, strict=True)]
    image = tuple(draw(st.integers(n, n + (4 if dims < 3 else 2))) for n in least)
    return image, kernel, stride, padding, dilation


def seen(window, offset, geometry):
    """The element that a window sees at an offset, or None where it is padding."""
    image, _, stride, padding, dilation = geometry
    along = zip(window, offset, stride, padding, dilation, strict=True)
    place = tuple(i * s - p + u * d for i, u, s, p, d in along)
    return place if all(0 <= at < n for at, n in zip(place, image, strict=True)) else None


def numbers(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


@given(geometries(), st.integers(1, 2), st.integers(1, 2), st.integers(1, 2), st.integers(0, 99))
def test_convolution_is_a_sum_over_windows(geometry, groups, c, o, seed):
    image, kernel, *settings = geometry
    size = output_size(*geometry)
    x, weight = numbers(seed, 2, groups * c, *image), numbers(seed + 1, groups * o, c, *kernel)
    y = K.convolution(x, weight, (2, groups * o, *size), *settings, groups)
    expected = np.zeros((2, groups * o, *size))
    for window, offset in itertools.product(np.ndindex(*size), np.ndindex(*kernel)):
        place = seen(window, offset, geometry)
        for q, k in np.ndindex(groups * o, c) if place else ():
            expected[:, q, *window] += x[:, q // o * c + k, *place] * weight[q, k, *offset]
    np.testing.assert_allclose(y, expected, atol=1e-12)


@given(geometries(), st.integers(1, 2), st.integers(0, 99))
def test_the_gradients_of_convolution_are_its_transposes(geometry, groups, seed):
    image, kernel, *settings = geometry
    x, weight = numbers(seed, 2, 2 * groups, *image), numbers(seed + 1, 2 * groups, 2, *kernel)
    y = K.convolution(x, weight, (2, 2 * groups, *output_size(*geometry)), *settings, groups)
    g = numbers(seed + 2, *y.shape)
    product = (g * y).sum()  # <g, conv(x, w)> = <conv_input(g, w), x> = <conv_weight(g, x), w>
    assert np.isclose((K.convolution_input(g, weight, x.shape, *settings, groups) * x).sum(), product)
    assert np.isclose((K.convolution_weight(g, x, weight.shape, *settings, groups) * weight).sum(), product)


CONVOLUTIONS = ("convolution", "convolution_input", "convolution_weight")


def all_three(kernels, x, w, g, *geometry):
    """y, the gradient of x and that of w."""
    arguments = (x, w, g.shape), (g, w, x.shape), (g, x, w.shape)
    return [getattr(kernels, name)(*a, *geometry) for name, a in zip(CONVOLUTIONS, arguments, strict=True)]


@given(geometries(), *[st.integers(1, 6)] * 4, st.integers(0, 9))
def test_sums_of_shifted_images_are_the_product_with_columns(geometry, n, groups, c, o, seed):
    image, kernel, *steps = geometry
    rng = np.random.default_rng(seed)
    shapes = (n, c * groups, *image), (o * groups, c, *kernel), (n, o * groups, *output_size(image, kernel, *steps))
    single = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]
    double = [a.astype(np.float64) for a in single]
    wanted = all_three(conv_columns, *double, *steps, groups)
    for ours, exact in zip(all_three(conv_direct, *single, *steps, groups), wanted, strict=True):
        assert np.allclose(ours, exact, rtol=0, atol=1e-5 * max(abs(exact).max(), 1))


def test_convolutions_are_the_same_on_any_number_of_threads():
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(s).astype(np.float32) for s in ((70, 7, 13, 13), (9, 7, 3, 3), (70, 9, 7, 7))]
    before, results = threads.get_num_threads(), []
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        results.append(all_three(conv_direct, *arrays, (2, 2), (1, 1), (1, 1), 1))
    threads.set_num_threads(before)
    for other in results[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(results[0], other, strict=True))


@pytest.mark.filterwarnings("ignore:invalid value")
def test_infinite_numbers_beside_a_window_do_not_reach_it():
    x, w, g = np.zeros((1, 1, 3, 4), np.float32), np.ones((1, 1, 2, 2), np.float32), np.zeros((1, 1, 2, 3), np.float32)
    x[..., 0, -1] = np.inf  # to the right of it there is no window, whose g would be 0
    g[..., 0, 0] = 1
    geometry = (1, 1), (0, 0), (1, 1), 1
    ours, wanted = (f(g, x, w.shape, *geometry) for f in (K.convolution_weight, conv_columns.convolution_weight))
    assert np.array_equal(ours, wanted, equal_nan=True)
    w[..., 0, 0] = np.inf
    ours, wanted = (f(g, w, x.shape, *geometry) for f in (K.convolution_input, conv_columns.convolution_input))
    assert np.array_equal(ours, wanted, equal_nan=True)


@given(geometries(), st.integers(0, 99))
def test_fold_adds_up_the_columns_of_unfold(geometry, seed):
    image, kernel, stride, padding, dilation = geometry
    size = output_size(*geometry)
    x = numbers(seed, 2, 2, *image)
    columns = K.unfold(x, kernel, dilation, padding, stride)
    by_place = columns.reshape(2, 2, *kernel, *size)
    for window, offset in itertools.product(np.ndindex(*size), np.ndindex(*kernel)):
        place = seen(window, offset, geometry)
        assert (by_place[:, :, *offset, *window] == (x[:, :, *place] if place else 0)).all()
    g = numbers(seed + 1, *columns.shape)  # <g, unfold(x)> = <fold(g), x>
    assert np.isclose((K.fold(g, image, kernel, dilation, padding, stride) * x).sum(), (g * columns).sum())


@given(geometries(pooling=True), st.booleans(), st.integers(0, 99))
def test_max_pool_looks_at_every_window(geometry, ceil_mode, seed):
    image, kernel, *settings = geometry
    x = np.random.default_rng(seed).integers(0, 3, (1, 2, *image)).astype(float)  # with ties
    spans = [regular(*numbers, ceil_mode) for numbers in zip(image, kernel, *settings, strict=True)]
    values, places = K.max_pool(x, spans)
    for c, *window in np.ndindex(values.shape[1:]):
        inside = [place for offset in np.ndindex(*kernel) if (place := seen(window, offset, geometry))]
        first = max(inside, key=lambda place: (x[0, c, *place], [-i for i in place]), default=None)
        assert values[0, c, *window] == (x[0, c, *first] if first else -np.inf)
        assert places[0, c, *window] == (np.ravel_multi_index(first, image) if first else -1)


@given(geometries(pooling=True), st.booleans(), st.integers(0, 99))
def test_avg_pool_adds_up_every_window(geometry, ceil_mode, seed):
    image, kernel, stride, padding, _ = geometry
    geometry = image, kernel, stride, padding, (1,) * len(image)
    x = numbers(seed, 1, 2, *image)
    along = zip(image, kernel, stride, padding, strict=True)
    assume(all(n + 2 * p >= k for n, k, _, p in zip(image, kernel, stride, padding, strict=True)))
    spans = [regular(*numbers, ceil_mode=ceil_mode) for numbers in along]
    count = 1 + np.arange(math.prod(size := [span.starts.size for span in spans])).reshape(size)
    means = K.avg_pool(x, spans, count)
    for c, *window in np.ndindex(means.shape[1:]):
        inside = [place for offset in np.ndindex(*kernel) if (place := seen(window, offset, geometry))]
        assert np.isclose(means[0, c, *window], sum(x[0, c, *place] for place in inside) / count[*window])
    g = numbers(seed + 1, *means.shape)  # <g, mean(x)> = <spread(g), x>
    assert np.isclose((K.avg_pool_backward(g, x.shape, spans, count) * x).sum(), (g * means).sum())


@pytest.mark.parametrize("n,size", [(5, 3), (4, 2), (3, 5), (7, 1), (1, 1), (6, 4)])
def test_adaptive_windows(n, size):
    span = adaptive(n, size)
    assert span.starts[0].tolist() == [math.floor(i * n / size) for i in range(size)]
    assert span.ends[0].tolist() == [math.ceil((i + 1) * n / size) for i in range(size)]


@pytest.mark.parametrize("n,k,s,p,d,ceil,size", [
    (5, 2, 2, 0, 1, False, 2),
    (5, 2, 2, 0, 1, True, 3),
    (4, 3, 3, 1, 1, True, 2),
    (1, 1, 2, 0, 1, True, 1),
    (3, 2, 3, 1, 1, True, 2),  # a third window would begin in the right padding
])  # fmt: skip
def test_output_size(n, k, s, p, d, ceil, size):
    assert regular(n, k, s, p, d, ceil).starts.size == size


@pytest.mark.parametrize("name", ["add", "sub", "mul"])
@pytest.mark.parametrize(
    "shape,other",
    [
        ((300, 70), (70,)),
        ((5, 60, 70), (60, 70)),
        ((9, 10, 100), (1, 100)),
        ((9, 30, 1001), (9, 30, 1001)),
        ((270_001,), ()),
        ((9, 30, 1001), (9, 1, 1001)),
        ((9, 30, 1001), (9, 30, 1)),
        ((9, 30, 1001), (30, 1)),
    ],
)
def test_long_sums_and_products(name, shape, other, monkeypatch):
    monkeypatch.setattr(threads, "LONG", 0)
    a, b = (numbers(seed, *size).astype(np.float32) for seed, size in enumerate((shape, other)))
    assert (getattr(K, name)(a, b) == {"add": np.add, "sub": np.subtract, "mul": np.multiply}[name](a, b)).all()


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


STEPS = [  # optimizers with a kernel, and the settings that change what it does
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True}),
    ("ASGD", {"weight_decay": 0.1}),
    ("ASGD", {"t0": 2, "lambd": 0.1, "maximize": True}),
    ("Adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.1}),
    ("Adagrad", {"weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {"weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True, "weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {"centered": True, "momentum": 0.9}),
    ("Adadelta", {}),
    ("Adadelta", {"rho": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1, "maximize": True}),
    ("AdamW", {"weight_decay": 0.1}),
    ("AdamW", {"amsgrad": True, "maximize": True}),
    ("Adamax", {"betas": (0.5, 0.6), "weight_decay": 0.1, "maximize": True}),
    ("NAdam", {"weight_decay": 0.1}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("RAdam", {"weight_decay": 0.1}),
    ("RAdam", {"betas": (0.9, 0.9), "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("Yogi", {"weight_decay": 0.1, "maximize": True}),
    ("Adafactor", {"lr": 0.3}),
    ("Adafactor", {"lr": 0.3, "eps": (0.3, 0.1), "d": 1.5, "weight_decay": 0.1, "maximize": True}),
    ("Rprop", {"maximize": True}),
    ("Rprop", {"step_sizes": (0.006, 0.013)}),
]


@pytest.mark.parametrize("name,options", STEPS)
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_steps_equal_their_definitions(name, options, kind):
    start, gradients = numbers(0, 3, 4).astype(kind).T, [numbers(n, 4, 3).astype(kind) for n in range(1, 9)]
    gradients[3][:] = 0  # where Rprop and Yogi have their third case
    by_kernel, by_rule = (minitorch.tensor(start).t().contiguous().t().requires_grad_() for _ in range(2))
    a, b = (getattr(minitorch.optim, name)([p], **options) for p in (by_kernel, by_rule))
    assert not by_kernel.is_contiguous()
    assert type(a).fused is not minitorch.optim.Optimizer.fused
    b.fused = b.update
    tolerance = 20 * np.finfo(kind).eps
    for t, g in enumerate(gradients, 1):
        by_kernel.grad, by_rule.grad = minitorch.tensor(g), minitorch.tensor(g)
        a.step()
        b.step()
        assert by_kernel._version == t
        assert np.array_equal(by_kernel.grad.numpy(), g)
        np.testing.assert_allclose(by_kernel.detach().numpy(), by_rule.detach().numpy(), tolerance, tolerance)
        for key, value in a.state[by_kernel].items():
            np.testing.assert_allclose(value.numpy(), b.state[by_rule][key].numpy(), tolerance, tolerance, err_msg=key)


@pytest.mark.parametrize("name,options", STEPS)
def test_steps_give_the_same_bits_on_any_number_of_threads(name, options):
    start, before, results = numbers(0, 1_000_003).astype(np.float32), threads.get_num_threads(), []
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        p = minitorch.tensor(start, requires_grad=True)
        optimizer = getattr(minitorch.optim, name)([p], **options)
        for n in (1, 2):
            p.grad = minitorch.tensor(numbers(n, 1_000_003).astype(np.float32))
            optimizer.step()
        results.append([p.detach().numpy(), *(value.numpy() for value in optimizer.state[p].values())])
    threads.set_num_threads(before)
    for other in results[1:]:
        for one, same in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(one, same)


def test_steps_refuse_memory_that_is_read_only():
    values = np.ones((3, 2), np.float32)
    values.flags.writeable = False
    p = minitorch.from_numpy(values).requires_grad_()
    p.grad = minitorch.ones(3, 2)
    with pytest.raises(ValueError, match="read-only"):
        minitorch.optim.SGD([p], lr=0.5).step()
    assert (values == 1).all()
    p.data, p.grad = minitorch.zeros(3, 2), minitorch.from_numpy(values)
    minitorch.optim.SGD([p], lr=0.5).step()
    assert (p == -0.5).all()


@pytest.mark.parametrize("n", [7, 50_001])  # by NumPy, by compiled loops
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_passes_of_lbfgs_over_vectors(n, kind):
    before, results = threads.get_num_threads(), []
    tolerance = 20 * np.finfo(kind).eps
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        x, y, z = numbers(0, 3, n).astype(kind)
        expected = (0.9 * (x.astype(float) + 0.3 * y)).astype(kind)
        product = K.add_and_dot(x, y, 0.3, 0.9, z)
        np.testing.assert_allclose(x, expected, tolerance, tolerance)
        assert product.dtype == kind and product.shape == ()
        np.testing.assert_allclose(product, x.astype(float) @ z, tolerance, tolerance * n**0.5)
        np.testing.assert_array_equal(product, K.dot(x, z))
        assert K.largest(x) == np.abs(x).max() and K.largest(x).dtype == kind
        results.append([x, product])
        x[n // 2] = -np.inf
        assert K.largest(x) == np.inf
        x[n // 3] = np.nan
        assert np.isnan(K.largest(x))
    threads.set_num_threads(before)
    for other in results[1:]:
        np.testing.assert_array_equal(other[1], results[0][1])


@pytest.mark.filterwarnings("ignore:optimizer contains a parameter group with duplicate parameters")
@pytest.mark.parametrize("twice", [False, True])
def test_steps_of_all_parameters_together_are_those_of_each(twice):
    shapes, before, results = [(3,), (700, 600), (0,), (), (301, 1009), (5,)], threads.get_num_threads(), []
    for count, together in ((1, False), (2, True), (3, True)):
        threads.set_num_threads(count)
        params = [minitorch.tensor(numbers(i, *shape)).requires_grad_() for i, shape in enumerate(shapes)]
        params[1].data = params[1].data.t()
        for i, p in enumerate(params):
            p.grad = minitorch.tensor(numbers(9 + i, *p.shape))
        params += [params[4]] if twice else []  # it moves two steps
        optimizers = [minitorch.optim.Adam(params)]
        if not together:
            optimizers = [minitorch.optim.Adam([p]) for p in params[: len(shapes)]]
            optimizers += [optimizers[4]] if twice else []
        for optimizer in optimizers:
            optimizer.step()
        results.append([p.detach().numpy() for p in params])
    threads.set_num_threads(before)
    for other in results[1:]:
        for one, same in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(one, same)


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


def test_a_cast_to_float16_rounds_to_float32_first():
    number = np.array([1 + 2.0**-11 + 2.0**-40])  # just above the middle of two float16 numbers; float32 is the middle
    assert K.cast(number, np.dtype(np.float16)) == 1 == torch.tensor(number).half()
    assert K.full((1,), number[0], np.dtype(np.float16)) == 1


@given(
    st.sampled_from(["tanh", "relu", "lstm", "projected lstm", "gru"]),
    st.booleans(),
    st.sampled_from([(np.float64, 1e-13), (np.float32, 1e-5)]),
    st.integers(0, 99),
)
def test_recurrent_kernels_equal_their_cells_step_by_step(kind, reverse, dtype_and_error, seed):
    sizes, size, (dtype, error) = [3, 3, 2, 1], 4, dtype_and_error  # sequences of lengths 4, 3 and 2
    gates = {"lstm": 4, "projected lstm": 4, "gru": 3}.get(kind, 1)
    width = 2 if kind == "projected lstm" else size
    steps = recurrent.steps_of(sizes, reverse)
    make = lambda n, *shape: minitorch.from_numpy(numbers(seed + n, *shape).astype(dtype)).requires_grad_()
    x, h, c = make(0, sum(sizes), 5), make(1, 3, width), make(2, 3, size)
    w_ih, w_hh, bias = make(3, gates * size, 5), make(4, gates * size, width), make(5, gates * size)
    if kind in ("tanh", "relu"):
        inputs, function = [x, h, w_ih, w_hh, bias], minitorch.relu if kind == "relu" else minitorch.tanh
        fast = recurrent.rnn_sequence(*inputs, steps=steps, relu_=kind == "relu")
        step = lambda x, h: recurrent.rnn_step(x, h, w_hh, function)
    elif kind == "gru":
        b_hh = make(6, gates * size)
        inputs = [x, h, w_ih, w_hh, bias, b_hh]
        fast = recurrent.gru_sequence(*inputs, steps=steps)
        step = lambda x, h: recurrent.gru_step(x, h, w_hh, b_hh)
    else:
        projection = [make(7, width, size)] if kind == "projected lstm" else []
        inputs = [x, h, c, w_ih, w_hh, bias, *projection]
        fast = recurrent.lstm_sequence(*inputs, *([] if projection else [None]), steps=steps)
        step = lambda x, h, c: recurrent.lstm_step(x, h, c, w_hh, *projection)
    states = [h, c] if "lstm" in kind else [h]
    slow = recurrent.unrolled(step, minitorch.nn.functional.linear(x, w_ih, bias), states, steps)
    weights = [minitorch.from_numpy(numbers(seed + 9, *y.shape).astype(dtype)) for y in fast]
    gradients = [minitorch.autograd.grad(out, inputs, weights) for out in (fast, slow)]
    for a, b in zip([*fast, *gradients[0]], [*slow, *gradients[1]], strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-7, atol=error)


@pytest.mark.parametrize("batch", [1, 8, 13, 32])
def test_recurrent_kernels_give_the_same_bits_on_any_number_of_threads(batch, monkeypatch):
    monkeypatch.setattr(threads, "LONG", 0)
    steps, before, found = [(0, batch), (batch, batch)], threads.get_num_threads(), []
    x, h, w = (
        numbers(n, *shape).astype(np.float32) for n, shape in enumerate([(2 * batch, 40), (batch, 10), (40, 10)])
    )
    for count in (1, 2, 3):
        threads.set_num_threads(count)
        y, last, c, saved = K.lstm(x.copy(), h, h, w, None, steps)
        found.append([y, c, *K.lstm_backward(y, last, c, saved, w, None, steps)[:4]])
    threads.set_num_threads(before)
    assert len({b"".join(array.tobytes() for array in arrays) for arrays in found}) == 1


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("queries", "keys"), [(150, 150), (70, 130), (130, 70), (3, 5), (1, 1), (0, 2), (2, 0)])
def test_attention_equals_its_definition(causal, queries, keys):
    """Also in several blocks of queries; the keys and values of one batch serve two."""
    shapes = [(2, 3, queries, 4), (1, 3, keys, 4), (3, keys, 5)]
    q, k, v = inputs = [minitorch.from_numpy(numbers(n, *shape)).requires_grad_() for n, shape in enumerate(shapes)]
    fast = attention.fused_attention(q, k, v, scale=0.3, causal=causal)
    slow = attention.attention(q, k, v, None, 0, causal, 0.3)
    g = minitorch.from_numpy(numbers(9, *slow.shape))
    gradients = [minitorch.autograd.grad(y, inputs, g) for y in (fast, slow)]
    for a, b in zip([fast, *gradients[0]], [slow, *gradients[1]], strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), atol=1e-13)
