"""bfloat16 beside torch's: the 16 bits, what moves them, what computes with them, what comes back as a gradient."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch

repeatable = settings(deadline=None, derandomize=True, max_examples=60)
LIBRARIES = pytest.mark.parametrize("lib", [minitorch, torch])


def bits(x):
    """The stored bits of a bfloat16 tensor as uint16; NaN as one pattern."""
    assert str(x.dtype).endswith("bfloat16"), x.dtype
    x = x.detach().contiguous()
    raw = x.view(torch.int16).numpy().view(np.uint16) if isinstance(x, torch.Tensor) else x.array.view(np.uint16)
    return np.where((raw & 0x7FFF) > 0x7F80, 0x7FC0, raw)


def made(lib, array, leaf=False):
    return lib.from_numpy(array).to(lib.bfloat16).requires_grad_(leaf)


def numbers(seed, shape, wide=False):
    """float32 numbers, a tenth of them special."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape) * (10.0 ** rng.uniform(-3, 3, shape) if wide else 1)
    special = rng.choice([0.0, -0.0, 1.0, -2.0, 0.5, np.inf, -np.inf, np.nan, 3e38], shape)
    return np.where(rng.random(shape) < (0.1 if wide else 0), special, x).astype(np.float32)


def assert_same(call, *arrays):
    """Both libraries give the same bits."""
    with np.errstate(all="ignore"):
        ours, theirs = (call(lib, *[made(lib, a) for a in arrays]) for lib in (minitorch, torch))
    np.testing.assert_array_equal(bits(ours), bits(theirs))


# -- the bits --------------------------------------------------------------------------------------------------------


def test_every_pattern_becomes_float32_and_comes_back():
    raw = np.arange(1 << 16, dtype=np.uint16)
    theirs = torch.from_numpy(raw.view(np.int16)).view(torch.bfloat16)
    ours = minitorch.from_numpy(raw.view(minitorch.bfloat16.numpy))
    np.testing.assert_array_equal(ours.float().numpy(), theirs.float().numpy())
    np.testing.assert_array_equal(bits(ours.float().bfloat16()), bits(theirs.float().bfloat16()))


@repeatable
@given(st.lists(st.integers(0, 2**32 - 1), min_size=1))
def test_any_float32_is_rounded_as_torchs(patterns):
    array = np.array(patterns, np.uint32).view(np.float32)
    assert_same(lambda lib, x: x, array)


@pytest.mark.parametrize("low", [0x7FFF, 0x8000, 0x8001, 0xFFFF, 0])
def test_halfway_goes_to_even(low):
    patterns = [(high << 16) + low for high in (0x3F80, 0x3F81, 0x7F7F, 0xFF7F, 0x0000, 0x8000, 0x007F)]
    assert_same(lambda lib, x: x, np.array(patterns, np.uint32).view(np.float32))


DTYPES = ("float16", "bfloat16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")


@pytest.mark.parametrize("name", DTYPES)
def test_casts(name):
    values = np.array([0, 1, 3, 100, 127, -0.0, 0.4, 2.7], np.float32)  # others overflow: undefined in integers
    for lib in (minitorch, torch):
        there = made(lib, values).to(getattr(lib, name))
        back = there.to(lib.bfloat16)
        if lib is minitorch:
            ours = there, back
    assert ours[0].tolist() == there.tolist()
    np.testing.assert_array_equal(bits(ours[1]), bits(back))


@pytest.mark.parametrize("array", [np.array([1 / 3, 1e39, 1.00390625000001]), np.arange(3000) * 1234567891])
def test_casts_go_through_float32(array):
    ours, theirs = (lib.from_numpy(array).to(lib.bfloat16) for lib in (minitorch, torch))
    np.testing.assert_array_equal(bits(ours), bits(theirs))


# -- where the dtypes meet -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("a, b", list(itertools.product(DTYPES, DTYPES)))
def test_promotion(a, b):
    def told(lib):
        x, y = (getattr(lib, name) for name in (a, b))
        vector, scalar = lib.ones(2, dtype=x), lib.ones((), dtype=y)
        found = [
            lib.promote_types(x, y),
            lib.result_type(vector, scalar),
            lib.result_type(vector, lib.ones(2, dtype=y)),
            lib.result_type(vector, 1.5),
            lib.result_type(vector, 2),
            (vector + scalar).dtype,
            (vector / scalar).dtype,
        ]
        return [str(d).split(".")[1] for d in found] + [lib.can_cast(x, y)]

    assert told(minitorch) == told(torch)


@LIBRARIES
def test_what_does_not_promote_refuses_mixtures(lib):
    x = lib.ones(2, 2, dtype=lib.bfloat16)
    with pytest.raises(RuntimeError, match="dtype"):
        x @ lib.ones(2, 2)


def test_limits():
    for name in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution"):
        assert getattr(minitorch.finfo(minitorch.bfloat16), name) == getattr(torch.finfo(torch.bfloat16), name)
    assert repr(minitorch.finfo(minitorch.bfloat16)) == repr(torch.finfo(torch.bfloat16))
    assert (minitorch.bfloat16.itemsize, minitorch.bfloat16.is_floating_point, minitorch.bfloat16.is_signed) == (
        2,
        True,
        True,
    )


@LIBRARIES
def test_no_numpy_array(lib):
    with pytest.raises(TypeError, match="Got unsupported ScalarType BFloat16"):
        lib.ones(2, dtype=lib.bfloat16).numpy()


# -- arithmetic: one rounding, so the very bits ------------------------------------------------------------------------

ONE = ["neg", "abs", "sign", "floor", "ceil", "exp", "log", "sqrt", "sin", "cos", "tanh", "reciprocal", "square"]
TWO = ["add", "sub", "mul", "div", "maximum", "minimum"]
EXACT = {
    **{name: lambda lib, x, y, name=name: getattr(x, name)() for name in ONE},
    **{name: lambda lib, x, y, name=name: getattr(lib, name)(x, y) for name in TWO},
    "add number": lambda lib, x, y: 0.1 + x,
    "sub number": lambda lib, x, y: x - 300.7,
    "number sub": lambda lib, x, y: 0.1 - x,
    "mul number": lambda lib, x, y: x * 0.1,  # here, and in div, torch does not round the number
    "div number": lambda lib, x, y: x / 300.7,
    "mul 0-d": lambda lib, x, y: x * lib.tensor(0.1),
    "div 0-d": lambda lib, x, y: x / lib.tensor(0.1),
    "0-d div": lambda lib, x, y: lib.tensor(0.1) / x,
    "add int64": lambda lib, x, y: x + lib.arange(12) * 17,
    "pow number": lambda lib, x, y: x.abs() ** 0.1,
    "where": lambda lib, x, y: lib.where(x > 0, x, y),
    "clamp": lambda lib, x, y: x.clamp(-0.3, 0.7),
    "masked_fill": lambda lib, x, y: x.masked_fill(x > 0, 0.1),
    "cat": lambda lib, x, y: lib.cat([x, y]),
    "amax": lambda lib, x, y: x.reshape(3, 4).amax(1),
    "matmul": lambda lib, x, y: x.reshape(3, 4) @ y.reshape(4, 3),
    "sum": lambda lib, x, y: y.sum(),
    "avg_pool2d": lambda lib, x, y: lib.nn.functional.avg_pool2d(y.reshape(1, 3, 4), 2),
    "sum dtype": lambda lib, x, y: lib.arange(300).sum(dtype=lib.bfloat16),
    "add_": lambda lib, x, y: x.add_(y),
    "mul_ number": lambda lib, x, y: x.mul_(0.1),
    "write": lambda lib, x, y: written(x, slice(2, 7), y[:5]),
    "write number": lambda lib, x, y: written(x, [0, 3], 0.1),
    "write float32": lambda lib, x, y: written(x, slice(0, 4), lib.arange(4.0) / 3),
    "index_add": lambda lib, x, y: x.index_add(0, lib.tensor([0, 5]), y[:2]),
    "gather": lambda lib, x, y: x.gather(0, lib.tensor([3, 3, 0])),
}


def written(x, key, value):
    x[key] = value
    return x


@pytest.mark.parametrize("name", EXACT)
@repeatable
@given(seed=st.integers(0, 9999), wide=st.booleans())
def test_exact(name, seed, wide):
    tame = name in (
        "matmul",
        "sum",
        "avg_pool2d",
        "index_add",
    )  # sums of few numbers: float32 adds them up, rounding hardly at all
    assert_same(EXACT[name], *[numbers(seed + i, 12, wide and not tame) for i in range(2)])


MADE = {
    "full": lambda lib, dtype: lib.full((3,), 1 / 3, dtype=dtype),
    "tensor": lambda lib, dtype: lib.tensor([1 / 3, -1e39 if dtype is None else 7, 2], dtype=dtype),
    "arange": lambda lib, dtype: lib.arange(0, 70, 0.3, dtype=dtype),
    "arange whole": lambda lib, dtype: lib.arange(300, dtype=dtype),
    "eye": lambda lib, dtype: lib.eye(3, dtype=dtype),
    "ones_like": lambda lib, dtype: lib.ones_like(lib.zeros(2, dtype=dtype)),
    "new_full": lambda lib, dtype: lib.zeros(2, dtype=dtype).new_full((2,), 0.1),
    "rand": lambda lib, dtype: lib.rand(3000, dtype=dtype),
    "randn": lambda lib, dtype: lib.randn(320, dtype=dtype),
    "few randn": lambda lib, dtype: lib.randn(5, dtype=dtype),
    "odd randn": lambda lib, dtype: lib.randn(37, dtype=dtype),
    "uniform_": lambda lib, dtype: lib.zeros(3000, dtype=dtype).uniform_(-1, 2),
    "normal_": lambda lib, dtype: lib.zeros(32, dtype=dtype).normal_(1, 2),
    "exponential_": lambda lib, dtype: lib.zeros(30, dtype=dtype).exponential_(),
    "random_": lambda lib, dtype: lib.zeros(30, dtype=dtype).random_(),
    "random_ range": lambda lib, dtype: lib.zeros(30, dtype=dtype).random_(-300, 1000),
    "randint": lambda lib, dtype: lib.randint(0, 100, (30,), dtype=dtype),
    "randperm": lambda lib, dtype: lib.randperm(50, dtype=dtype),
    "randn_like": lambda lib, dtype: lib.randn_like(lib.zeros(4, 8, dtype=dtype)),
    "bernoulli_": lambda lib, dtype: lib.zeros(30, dtype=dtype).bernoulli_(lib.full((30,), 0.3, dtype=dtype)),
}


@pytest.mark.filterwarnings("ignore:.*out of bounds.*:UserWarning")
@pytest.mark.parametrize("name", MADE)
def test_making(name):
    results = []
    for lib in (minitorch, torch):
        lib.manual_seed(3)
        results.append(bits(MADE[name](lib, lib.bfloat16)))
    np.testing.assert_array_equal(*results)


# -- gradients -------------------------------------------------------------------------------------------------------

GRADIENTS = {
    "mul": lambda lib, x, y: x * y,
    "div": lambda lib, x, y: x / (y.abs() + 1),
    "exp": lambda lib, x, y: x.exp() + y.tanh(),
    "mixed": lambda lib, x, y: x * y.float() + lib.arange(12.0),
    "matmul": lambda lib, x, y: x.reshape(3, 4) @ y.reshape(4, 3),
    "softmax": lambda lib, x, y: (x * y).reshape(3, 4).softmax(1),
    "sum": lambda lib, x, y: (x - y).reshape(3, 4).sum(0) * 0.3,
    "views": lambda lib, x, y: x.reshape(3, 4).t()[1:, :2] * y[2:8].view(3, 2),
    "index": lambda lib, x, y: x[[0, 0, 3]] * y[1:4],
    "amax": lambda lib, x, y: lib.maximum(x, y).reshape(3, 4).amax(1),
    "in place": lambda lib, x, y: (x * 1).mul_(y).add_(x),
    "write": lambda lib, x, y: written(x * 1, slice(2, 5), y[:3]) * y,
    "cross_entropy": lambda lib, x, y: lib.nn.functional.cross_entropy((x * y).reshape(3, 4), lib.arange(3)),
}


def differentiated(lib, name, seed):
    x, y = (made(lib, numbers(seed + i, 12), leaf=True) for i in range(2))
    out = GRADIENTS[name](lib, x, y)
    out.backward(made(lib, numbers(seed + 2, tuple(out.shape))).to(out.dtype))
    return [g.float().numpy() for g in (out.detach(), x.grad, y.grad)], [out.dtype, x.grad.dtype, y.grad.dtype]


@pytest.mark.parametrize("name", GRADIENTS)
@repeatable
@given(seed=st.integers(0, 9999))
def test_gradients(name, seed):
    """torch rounds between the steps of some formulas, we between others: within a few units of the last place."""
    (ours, our_dtypes), (theirs, their_dtypes) = (differentiated(lib, name, seed) for lib in (minitorch, torch))
    assert [str(d).split(".")[1] for d in our_dtypes] == [str(d).split(".")[1] for d in their_dtypes]
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=4 * 2.0**-8, atol=4 * 2.0**-8 * max(np.abs(b).max(), 1e-3))


def test_a_second_derivative():
    results = []
    for lib in (minitorch, torch):
        x = made(lib, np.array([0.5, 1.5], np.float32), leaf=True)
        (g,) = lib.autograd.grad((x**3).sum(), x, create_graph=True)
        (second,) = lib.autograd.grad(g.sum(), x)
        results.append(second.tolist())
        assert second.dtype is lib.bfloat16
    assert results[0] == results[1] == [3, 9]


@LIBRARIES
def test_the_node_is_the_operations(lib):
    x = lib.ones(2, dtype=lib.bfloat16, requires_grad=True)
    assert (x * 2).grad_fn.name() == "MulBackward0"
    assert x.exp().sum().grad_fn.name() == "SumBackward0"
    assert x[1:].grad_fn.name() == "SliceBackward0"


# -- views and copies move the bits ----------------------------------------------------------------------------------

VIEWS = {
    "reshape": lambda x: x.reshape(3, 2),
    "view": lambda x: x.view(-1),
    "permute": lambda x: x.permute(1, 0),
    "t": lambda x: x.t(),
    "slice": lambda x: x[:, 1:],
    "select": lambda x: x[1],
    "unsqueeze": lambda x: x.unsqueeze(0),
    "squeeze": lambda x: x[:, :1].squeeze(),
    "expand": lambda x: x.expand(2, 2, 3),
    "split": lambda x: x.split(2, 1)[0],
    "unbind": lambda x: x.unbind(0)[1],
    "chunk": lambda x: x.chunk(2)[1],
    "narrow": lambda x: x.narrow(1, 1, 2),
    "flatten": lambda x: x.flatten(),
    "unflatten": lambda x: x.flatten().unflatten(0, (3, 2)),
    "movedim": lambda x: x.movedim(0, 1),
    "detach": lambda x: x.detach(),
    "diagonal": lambda x: x.diagonal(),
    "unfold": lambda x: x.unfold(1, 2, 1),
    "as_strided": lambda x: x.as_strided((2, 2), (3, 1)),
}


@pytest.mark.parametrize("name", VIEWS)
def test_views_share_memory(name):
    x = minitorch.arange(6.0).reshape(2, 3).bfloat16()
    y = VIEWS[name](x)
    assert np.shares_memory(x.array, y.array) and y.dtype is minitorch.bfloat16
    x.add_(1)
    assert y.tolist() == VIEWS[name](minitorch.arange(6.0).reshape(2, 3) + 1).tolist()


def test_a_nan_keeps_its_bits_where_it_is_only_moved():
    x = minitorch.from_numpy(np.array([[0x7F81, 0xFFFF], [0, 1]], np.uint16).view(minitorch.bfloat16.numpy))
    for y in (x.t().contiguous(), x.clone().t(), minitorch.cat([x[:1], x[1:]]).t(), x[[0, 1]].t()):
        assert y.contiguous().array.view(np.uint16).tolist() == [[0x7F81, 0], [0xFFFF, 1]]


# -- Python and files ------------------------------------------------------------------------------------------------


@LIBRARIES
def test_python_numbers(lib):
    x = lib.tensor([1 / 3, 300.7], dtype=lib.bfloat16)
    assert x.tolist() == [0.333984375, 300.0] and x[0].item() == float(x[0]) == 0.333984375 and int(x[1]) == 300
    assert 300 in x and f"{x[0]:.3f}" == "0.334" and bool(x[0])
    assert x.element_size() == 2 and x.is_floating_point()
    assert x.type() == f"{lib.__name__}.BFloat16Tensor"


def test_copies():
    import copy
    import pickle

    x = minitorch.tensor([1 / 3, 2], dtype=minitorch.bfloat16, requires_grad=True)
    for y in (copy.deepcopy(x), x.clone(), x.to("cpu", copy=True)):
        assert y.dtype is minitorch.bfloat16 and y.tolist() == x.tolist() and y.requires_grad
    assert pickle.loads(pickle.dumps(minitorch.bfloat16)) is minitorch.bfloat16
    x = pickle.loads(pickle.dumps(minitorch.tensor([1.5, -2.0], dtype=minitorch.bfloat16)))
    assert (x * 2).tolist() == [3.0, -4.0]


def test_a_model_trains_in_bfloat16():
    losses = {}
    for lib in (minitorch, torch):
        lib.manual_seed(0)
        model = lib.nn.Sequential(lib.nn.Linear(4, 8), lib.nn.Tanh(), lib.nn.Linear(8, 1)).to(lib.bfloat16)
        x, y = made(lib, numbers(0, (16, 4))), made(lib, numbers(1, (16, 1)))
        losses[lib] = []
        for _ in range(5):
            loss = ((model(x) - y) ** 2).mean()
            model.zero_grad()
            loss.backward()
            with lib.no_grad():
                for p in model.parameters():
                    p.sub_(p.grad * 0.1)
            losses[lib].append(loss.item())
    assert losses[minitorch] == pytest.approx(losses[torch], rel=0.03)
    assert losses[torch][-1] < losses[torch][0]
