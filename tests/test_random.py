"""Random tensors: torch's numbers for torch's calls, in torch's order of memory; and generators."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import kernels.cpu
import minitorch
from minitorch.ops.sampling import draw_like
from minitorch.stream import Stream


def same(program, ulps=0, seed=5):
    """Run program(library) on both libraries after one seed: dtype, shape, strides, requires_grad and bits are equal.

    Where ulps are allowed (of max(1, |x|)), the numbers may differ by so many, and the streams go on in step.
    """
    results = []
    for library in (minitorch, torch):
        library.manual_seed(seed)
        x = program(library)
        results.append((x, library.rand(1).item()))
    (ours, next_of_ours), (theirs, next_of_theirs) = results
    assert str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1]
    assert tuple(ours.shape) == tuple(theirs.shape)
    assert ours.requires_grad == theirs.requires_grad
    for n, a, b in zip(theirs.shape, ours.stride(), theirs.stride(), strict=True):
        assert a == b or n <= 1 or theirs.numel() == 0
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    if ulps:
        unit = np.spacing(np.maximum(np.abs(b), 1).astype(b.dtype)).astype(np.float64)
        assert (np.abs(a.astype(np.float64) - b) <= ulps * unit).all()
    else:
        assert a.tobytes() == b.tobytes()
    assert next_of_ours == next_of_theirs


@pytest.mark.parametrize(
    "program",
    [
        lambda t: t.rand(3, 4),
        lambda t: t.rand((3, 4)),
        lambda t: t.rand([3, 4], dtype=t.float64),
        lambda t: t.rand(size=(2, 0)),
        lambda t: t.rand(()),
        lambda t: t.rand(5, dtype=t.float16),
        lambda t: t.rand(5, requires_grad=True),
        lambda t: t.rand(5, device="cpu"),
        lambda t: t.randint(10, (3, 4)),
        lambda t: t.randint(-3, 10, (100,)),
        lambda t: t.randint(high=3, size=(10,)),
        lambda t: t.randint(low=1, high=3, size=[10]),
        lambda t: t.randint(2**40, (5,)),
        lambda t: t.randint(5, (4,), dtype=t.float32),
        lambda t: t.randint(0, 2, (9,), dtype=t.bool),
        lambda t: t.randint(0, 256, (9,), dtype=t.uint8),
        lambda t: t.randperm(10),
        lambda t: t.randperm(0),
        lambda t: t.randperm(10, dtype=t.int32),
        lambda t: t.randperm(4, dtype=t.float32, requires_grad=True),
        lambda t: t.bernoulli(t.linspace(0, 1, 50)),
        lambda t: t.bernoulli(t.linspace(0, 1, 50, dtype=t.float64)),
        lambda t: t.bernoulli(t.ones(4, 5), 0.3),
        lambda t: t.bernoulli(t.ones(4, dtype=t.int64), p=0.3),
        lambda t: t.rand_like(t.ones(2, 3)),
        lambda t: t.rand_like(t.ones(2, 3, dtype=t.int32), dtype=t.float64),
        lambda t: t.rand_like(t.ones(2, 3), requires_grad=True),
        lambda t: t.randint_like(t.ones(2, 3), 7),
        lambda t: t.randint_like(t.ones(2, 3), 5, 7, dtype=t.int16),
        lambda t: t.randint_like(t.ones(2, 3), low=5, high=7),
        lambda t: t.empty(4).uniform_(),
        lambda t: t.empty(4).uniform_(2, 5),
        lambda t: t.empty(4, dtype=t.float64).uniform_(-2, to=5),
        lambda t: t.empty(4, dtype=t.int64).random_(),
        lambda t: t.empty((), dtype=t.int64).random_(),
        lambda t: t.empty(4).random_(5),
        lambda t: t.empty(4).random_(to=5),
        lambda t: t.empty(4).random_(3, to=5),
        lambda t: t.empty(4, dtype=t.int32).random_(3, 5),
        lambda t: t.empty(4, dtype=t.int32).random_(3, None),
        lambda t: t.empty(4, dtype=t.int64).random_(-(2**63), None),
        lambda t: t.empty(4).bernoulli_(),
        lambda t: t.empty(4, dtype=t.bool).bernoulli_(0.8),
        lambda t: t.empty(2, 4).bernoulli_(t.linspace(0, 1, 4)),
        lambda t: t.empty(3, 4).t().bernoulli_(t.linspace(0, 1, 3)),
        lambda t: t.empty(2, 4).bernoulli_(t.tensor(0.5)),
        lambda t: t.ones(4).mul(0.5).bernoulli(),
        lambda t: t.empty(40, dtype=t.uint8).geometric_(0.4),
        lambda t: t.poisson(t.linspace(0, 9.9, 200)),
        lambda t: t.poisson(t.linspace(10, 1e6, 200, dtype=t.float64)),
        lambda t: t.poisson(t.ones(3, 4).t() * 20),
        lambda t: t.binomial(t.full((200,), 33.0), t.linspace(-0.5, 1.5, 200)),
        lambda t: t.binomial(t.full((200,), 1e5, dtype=t.float64), t.linspace(0, 1, 200, dtype=t.float64)),
        lambda t: t.binomial(t.full((20,), 1000.0), t.full((20,), 0.01)),  # their product is 10 in float32 only
        lambda t: t.multinomial(t.linspace(0, 1, 300), 40),
        lambda t: t.multinomial(t.linspace(0, 1, 300), 2, True),
        lambda t: t.multinomial(t.linspace(0, 1, 30).view(5, 6).t(), 5),
        lambda t: t.multinomial(t.ones(30, dtype=t.float16), num_samples=40, replacement=True),
        lambda t: t.tensor([0.0, 1, 0, 0, 0]).multinomial(4),  # more than can be drawn
        lambda t: t.multinomial(t.ones(3), 1, generator=t.Generator().manual_seed(2)),
    ],
)
def test_torchs_bits(program):
    same(program)


@pytest.mark.parametrize(
    "program",
    [
        lambda t: t.randn(3, 4),
        lambda t: t.randn(7, 11),
        lambda t: t.randn(size=(40,), dtype=t.float64),
        lambda t: t.randn(5, dtype=t.float16, requires_grad=True),
        lambda t: t.randn_like(t.ones(5, 5, dtype=t.float64)),
        lambda t: t.randn_like(t.ones(5, 7).t()),
        lambda t: t.randn_like(t.ones(5, 7).t()[:, :1]),
        lambda t: t.randn_like(t.ones(5, 1).expand(5, 6)),
        lambda t: t.empty(30).normal_(2, 0.5),
        lambda t: t.empty(5, 7).t().normal_(),
        lambda t: t.empty(40)[::2].normal_(),
        lambda t: t.empty(1, 20).t().normal_(),
        lambda t: t.normal(1, 0.5, (3, 4)),
        lambda t: t.normal(0.0, 1.0, size=[20], dtype=t.float64, requires_grad=True),
        lambda t: t.normal(t.arange(20.0), 2.0),
        lambda t: t.normal(t.arange(20.0)),
        lambda t: t.normal(3.0, t.linspace(0, 2, 5)),
        lambda t: t.normal(t.arange(3.0), t.linspace(0, 2, 6, dtype=t.float64).view(2, 3)),
        lambda t: t.normal(t.arange(20.0, dtype=t.float64).view(4, 5).t(), 1.0),
        lambda t: t.empty(30).exponential_(),
        lambda t: t.empty(3, 4, dtype=t.float64).t().exponential_(lambd=3),
        lambda t: t.empty(3, 4, dtype=t.float64).t().log_normal_(0.1, 0.2),
        lambda t: t.empty(21).log_normal_(std=0.5),
        lambda t: t.empty(21, dtype=t.float64).cauchy_(sigma=0.1),
    ],
)
def test_torchs_numbers_to_rounding(program):
    same(program, ulps=4)


# -- the order of memory -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.t(),
        lambda x: x[::2, 1:],
        lambda x: x.t()[::3, ::2],
        lambda x: x.view(2, 3, 8).permute(2, 0, 1),
        lambda x: x.view(2, 3, 8).transpose(0, 1)[:, :1],
        lambda x: x[1],
        lambda x: x[:, :0],
    ],
)
def test_views_are_filled_in_the_order_of_memory(view):
    def fill(t):
        base = t.zeros(6, 8)
        view(base).uniform_(1, 2)
        return base

    same(fill)
    same(lambda t: t.rand_like(view(t.zeros(6, 8))))
    same(lambda t: view(t.zeros(6, 8, dtype=t.int64)).random_(100))


layouts = st.lists(st.tuples(st.integers(1, 3), st.sampled_from([0, 1, 2, 3, 4, 6, 12])), min_size=1, max_size=5)


@given(layouts)
def test_layout_of_any_strides(layout):
    shape, strides = zip(*layout, strict=True)
    memory = np.zeros(200, np.float32)
    ours = np.lib.stride_tricks.as_strided(memory, shape, [4 * n for n in strides])
    theirs = torch.as_strided(torch.from_numpy(memory), shape, strides)
    stream = Stream()
    stream.manual_seed(0)
    numbers = draw_like(ours, kernels.cpu, stream, lambda shape, _: stream.uniform(shape, np.float32))
    torch.manual_seed(0)
    expected = torch.rand_like(theirs)
    assert numbers.tolist() == expected.tolist()
    assert [a // 4 for a, n in zip(numbers.strides, shape, strict=True) if n > 1] == [
        b for b, n in zip(expected.stride(), shape, strict=True) if n > 1
    ]


# -- in a graph --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fill",
    [
        lambda x: x.uniform_(),
        lambda x: x.normal_(),
        lambda x: x.bernoulli_(0.5),
        lambda x: x.exponential_(),
        lambda x: x.random_(9),
        lambda x: x[0].uniform_() * 0 + x[0],
    ],
)
def test_what_was_there_gets_no_gradient(both, fill):
    def program(t):
        t.manual_seed(1)
        x = t.ones(2, 3, requires_grad=True)
        y = x * 2
        fill(y)
        (y * t.arange(3.0)).sum().backward()
        return x.grad

    both(program)


@pytest.mark.parametrize(
    "draw",
    [
        lambda t, p: t.bernoulli(p),
        lambda t, p: t.normal(p, 1.0),
        lambda t, p: t.normal(1.0, p),
        lambda t, p: t.normal(p, t.ones(2, 3)),
        lambda t, p: t.empty(2, 3).bernoulli_(p),
    ],
)
def test_parameters_get_gradient_zero(both, draw):
    def program(t):
        p = t.full((3,), 0.5, requires_grad=True)
        y = draw(t, p)
        assert y.requires_grad and not y.is_leaf
        y.sum().backward()
        return p.grad

    both(program)


def test_writing_counts_as_a_change(both):
    def program(t):
        x = t.ones(3, requires_grad=True)
        y = x * 1
        z = y * y
        y.uniform_()
        z.sum().backward()

    both(program)
    x = minitorch.ones(3)
    x.uniform_().normal_()
    assert x._version == 2


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        lambda t: t.rand(),
        lambda t: t.rand(-1),
        lambda t: t.rand(2.5),
        lambda t: t.rand(2, dtype=t.int32),
        lambda t: t.randn(2, dtype=t.bool),
        lambda t: t.rand(2, generator=3),
        lambda t: t.randint(3),
        lambda t: t.randint(0, 3, 3),
        lambda t: t.randint(3.5, (2,)),
        lambda t: t.randint(5, 5, (2,)),
        lambda t: t.randint(0, 300, (2,), dtype=t.uint8),
        lambda t: t.randint(3, (2,), requires_grad=True),
        lambda t: t.randperm(-1),
        lambda t: t.randperm(2.0),
        lambda t: t.randperm(300, dtype=t.uint8),
        lambda t: t.rand_like(t.ones(2, dtype=t.int64)),
        lambda t: t.bernoulli(t.tensor([1, 0])),
        lambda t: t.bernoulli(t.tensor([0.5, 1.5])),
        lambda t: t.bernoulli(t.ones(2), 1.5),
        lambda t: t.empty(3).bernoulli_(t.ones(2)),
        lambda t: t.normal(0.0, 1.0),
        lambda t: t.normal(std=t.ones(2)),
        lambda t: t.normal(0, 1, 2),
        lambda t: t.normal(t.zeros(2), t.ones(3)),
        lambda t: t.normal(t.zeros(2), -1.0),
        lambda t: t.normal(t.zeros(2), t.tensor([-1.0, 1])),
        lambda t: t.normal(t.zeros(2, dtype=t.int64), 1.0),
        lambda t: t.ones(2).uniform_(1, 0),
        lambda t: t.ones(2).normal_(0, -1),
        lambda t: t.ones(2).random_(1.5),
        lambda t: t.ones(2).random_(None),
        lambda t: t.ones(2).random_(1, 2, 3),
        lambda t: t.ones(2).exponential_(0),
        lambda t: t.ones(2).geometric_(),
        lambda t: t.ones(2).geometric_(1),
        lambda t: t.ones(2, dtype=t.bool).geometric_(0.5),
        lambda t: t.ones(2).cauchy_(0, 0),
        lambda t: t.ones(2, dtype=t.int64).cauchy_(),
        lambda t: t.ones(2).log_normal_(0, 0),
        lambda t: t.ones(2, dtype=t.int64).log_normal_(),
        lambda t: t.poisson(t.tensor([1, 2])),
        lambda t: t.poisson(t.tensor([1, -2.0])),
        lambda t: t.poisson(t.tensor([float("nan")])),
        lambda t: t.binomial(t.tensor([1]), t.tensor([0.5])),
        lambda t: t.binomial(t.ones(2), t.ones(2, dtype=t.float64)),
        lambda t: t.binomial(t.ones(2, dtype=t.float16), t.ones(2, dtype=t.float16)),
        lambda t: t.binomial(t.ones(2), t.ones(3)),
        lambda t: t.binomial(t.ones(2), t.ones(2, requires_grad=True)).sum().backward(),
        lambda t: t.multinomial(t.ones(3), 2.0),
        lambda t: t.multinomial(t.ones(3, 0), 2, True),
        lambda t: t.ones(2, requires_grad=True).uniform_(),
        lambda t: t.ones(2, requires_grad=True)[0].uniform_(),
        lambda t: t.ones(1).expand(3).uniform_(),
        lambda t: t.manual_seed(2**64),
        lambda t: t.manual_seed("a"),
        lambda t: t.manual_seed(None),
        lambda t: t.Generator().manual_seed(1.5),
        lambda t: t.Generator().manual_seed(True),
        lambda t: t.Generator().manual_seed(-(2**63) - 1),
        lambda t: t.Generator("abc"),
        lambda t: t.Generator().set_state(t.zeros(10, dtype=t.uint8)),
        lambda t: t.Generator().set_state(t.zeros(5056, dtype=t.uint8)),
        lambda t: t.Generator().set_state(t.zeros(5056)),
        lambda t: t.Generator().set_state(1),
        lambda t: t.set_rng_state([1]),
    ],
)
def test_errors(both, program):
    with pytest.raises((RuntimeError, TypeError, ValueError)):
        program(torch)
    both(program)


# -- generators --------------------------------------------------------------------------------------------------------


def test_generators_are_streams_of_their_own():
    def program(t):
        t.manual_seed(0)
        a, b = t.Generator().manual_seed(1), t.Generator(device="cpu")
        parts = [
            t.rand(3, generator=a),
            t.randint(100, (3,), generator=b),
            t.rand(2),
            t.randperm(3, generator=a),
            t.bernoulli(t.full((4,), 0.5), generator=b),
            t.rand_like(t.ones(2), generator=a),
            t.empty(3).uniform_(generator=a.clone_state()),
            t.empty(3).uniform_(generator=a),
        ]
        return [x.tolist() for x in parts], a.initial_seed(), b.initial_seed()

    assert program(minitorch) == program(torch)


def test_device_of_a_generator():
    assert minitorch.Generator().device == minitorch.device("cpu")
    x = minitorch.rand(2, generator=minitorch.default_generator)
    assert x.device == minitorch.device("cpu")


@pytest.mark.parametrize("seed", [0, -1, 2**64 - 1, 7.9, "12"])
def test_manual_seed(both, seed):
    def program(t):
        assert t.manual_seed(seed) is t.default_generator
        return t.initial_seed()

    both(program)


def test_cuda_seeds_without_a_gpu(both):
    """manual_seed of cuda leaves the CPU's numbers alone where there is no GPU."""

    def program(t):
        t.manual_seed(1)
        t.cuda.manual_seed(2)
        t.cuda.manual_seed_all(3)
        return t.rand(2)

    if not minitorch.cuda.is_available():
        both(program)


def test_seed_from_entropy():
    a, b = minitorch.seed(), minitorch.seed()
    assert a != b and minitorch.initial_seed() == b
    x = minitorch.rand(3)
    minitorch.manual_seed(b)
    assert x.tolist() == minitorch.rand(3).tolist()


def test_states_repeat_and_travel():
    minitorch.manual_seed(3)
    minitorch.randn(5)
    state = minitorch.get_rng_state()
    assert state.dtype is minitorch.uint8 and tuple(state.shape) == (5056,)
    x = minitorch.randn(5), minitorch.rand(700)
    minitorch.set_rng_state(state)
    assert [t.tolist() for t in x] == [minitorch.randn(5).tolist(), minitorch.rand(700).tolist()]
    theirs = torch.Generator()
    theirs.set_state(torch.from_numpy(state.numpy()))
    torch.randn(5, generator=theirs)
    assert torch.rand(700, generator=theirs).tolist() == x[1].tolist()


def test_base_seed_of_a_data_loader():
    same(lambda t: t.empty((), dtype=t.int64).random_(generator=t.Generator().manual_seed(9)))
