"""Random numbers on a GPU: Philox's, on numba's simulator where there is none (simulator.py)."""

import importlib.util
import math

import numpy as np
import pytest
from simulator import SIMULATED, run_again

import minitorch
from kernels.philox import philox

if importlib.util.find_spec("numba_cuda") is None:
    pytest.skip("numba-cuda is not installed", allow_module_level=True)


# The vectors that the authors give with their program, Random123 (kat_vectors).
@pytest.mark.parametrize(("counter", "key", "expected"), [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
])  # fmt: skip
def test_philox_is_the_authors(counter, key, expected):
    words = [np.uint64(int(word, 16)) for word in (counter + " " + key).split()]
    with np.errstate(all="ignore"):
        assert " ".join(f"{int(w):08x}" for w in philox(*words)) == expected


if not (SIMULATED or minitorch.cuda.is_available()):

    def test_on_the_simulator():
        run_again(__file__)

else:
    from kernels.cuda import launch

    pytestmark = pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")  # a GPU never warns

    def seeded(draw, seed=1):
        minitorch.manual_seed(seed)
        return draw().tolist()

    DRAWS = {
        "rand": lambda: minitorch.rand(3, 5, device="cuda"),
        "randn": lambda: minitorch.randn(3, 5, device="cuda", dtype=minitorch.float64),
        "randint": lambda: minitorch.randint(-3, 9, (4,), device="cuda"),
        "randperm": lambda: minitorch.randperm(9, device="cuda"),
        "rand_like": lambda: minitorch.rand_like(minitorch.ones(2, 3).t(), device="cuda"),
        "dropout": lambda: minitorch.nn.functional.dropout(minitorch.ones(20, device="cuda")),
        "bernoulli": lambda: minitorch.full((20,), 0.5, device="cuda").bernoulli(),
        "exponential_": lambda: minitorch.ones(3, device="cuda", dtype=minitorch.bfloat16).exponential_().float(),
        "geometric_": lambda: minitorch.ones(3, device="cuda").geometric_(0.3),
        "cauchy_": lambda: minitorch.ones(3, device="cuda").cauchy_(),
        "log_normal_": lambda: minitorch.ones(3, device="cuda").half().log_normal_(),
        "random_": lambda: minitorch.empty(3, dtype=minitorch.uint8, device="cuda").random_(),
        "multinomial": lambda: minitorch.ones(5, device="cuda").multinomial(3),
        "multinomial with replacement": lambda: minitorch.ones(5, device="cuda").multinomial(7, True),
        "poisson": lambda: minitorch.poisson(minitorch.full((4,), 3.0, device="cuda")),
        "binomial": lambda: minitorch.binomial(*[minitorch.full((4,), p, device="cuda") for p in (9.0, 0.5)]),
        "rrelu": lambda: minitorch.nn.functional.rrelu(-minitorch.ones(4, device="cuda"), training=True),
        "trunc_normal_": lambda: minitorch.nn.init.trunc_normal_(minitorch.empty(5, device="cuda")),
    }

    @pytest.mark.parametrize("name", DRAWS)
    def test_a_seed_repeats_a_draw(name):
        numbers = seeded(DRAWS[name])
        assert numbers == seeded(DRAWS[name]) and numbers != seeded(DRAWS[name], 2)

    def test_each_number_is_that_of_its_index():
        """Here the definition in Python; and the grid does not matter."""
        minitorch.manual_seed(7)
        minitorch.rand(3, device="cuda")
        narrow, wide = minitorch.rand(5, device="cuda"), minitorch.rand(5, device="cuda", dtype=minitorch.float64)
        zero, seed = np.uint64(0), np.uint64(7)
        with np.errstate(all="ignore"):
            words = [[int(w) for w in philox(np.uint64(i), zero, zero, zero, seed, zero)] for i in range(3, 13)]
        assert narrow.tolist() == [np.float32(w[0] >> 8) * np.float32(2**-24) for w in words[:5]]
        assert wide.tolist() == [(w[0] << 32 | w[1]) // 2**11 * 2.0**-53 for w in words[5:]]

    def test_the_grid_changes_nothing(monkeypatch):
        many = seeded(lambda: minitorch.randn(9, device="cuda"))
        monkeypatch.setattr(launch, "MOST_BLOCKS", 1)
        assert seeded(lambda: minitorch.randn(9, device="cuda")) == many

    def test_the_streams_of_cpu_and_gpu():
        minitorch.manual_seed(3)
        assert minitorch.cuda.initial_seed() == 3
        first = minitorch.rand(2).tolist()
        minitorch.manual_seed(3)
        on_gpu = minitorch.rand(2, device="cuda").tolist()
        assert minitorch.rand(2).tolist() == first != on_gpu
        minitorch.cuda.manual_seed(3)
        state = minitorch.cuda.get_rng_state()
        assert minitorch.rand(2, device="cuda").tolist() == on_gpu and state.shape == (16,)
        with minitorch.random.fork_rng():
            minitorch.rand(9, device="cuda")
        after = minitorch.rand(2, device="cuda").tolist()
        minitorch.cuda.set_rng_state(state)
        assert [minitorch.rand(2, device="cuda").tolist() for _ in range(2)] == [on_gpu, after]
        generator = minitorch.Generator("cuda").manual_seed(3)
        assert minitorch.rand(2, device="cuda", generator=generator).tolist() == on_gpu
        with pytest.raises(RuntimeError, match="Expected a 'cpu' device type for generator but found 'cuda'"):
            minitorch.rand(2, generator=generator)

    def test_a_checkpoint_draws_the_same_mask_again():
        x = minitorch.ones(30, device="cuda", requires_grad=True)
        y = minitorch.utils.checkpoint.checkpoint(minitorch.nn.functional.dropout, x, use_reentrant=False)
        y.sum().backward()
        assert x.grad.tolist() == y.tolist() and {*y.tolist()} == {0, 2}

    def uniform_at(cdf, n=600):
        """How far the share of numbers below the k-th smallest is from its probability: Kolmogorov and Smirnov's."""
        below = np.sort(cdf)
        return np.abs(below - (np.arange(n) + 0.5) / n).max()

    # Of 600 numbers of the distribution the distance is above 0.08 in one of 1,000 draws; the seed is fixed.
    @pytest.mark.parametrize(("name", "arguments", "cdf"), [
        ("uniform_", (-1, 3), lambda x: (x + 1) / 4),
        ("normal_", (2, 0.5), lambda x: (1 + np.vectorize(math.erf)((x - 2) / 0.5 / math.sqrt(2))) / 2),
        ("exponential_", (2,), lambda x: 1 - np.exp(-2 * x)),
        ("cauchy_", (1, 2), lambda x: np.arctan((x - 1) / 2) / math.pi + 0.5),
        ("log_normal_", (0, 1), lambda x: (1 + np.vectorize(math.erf)(np.log(x) / math.sqrt(2))) / 2),
    ])  # fmt: skip
    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_distributions(name, arguments, cdf, dtype):
        minitorch.manual_seed(0)
        x = minitorch.empty(600, dtype=getattr(minitorch, dtype), device="cuda")
        numbers = getattr(x, name)(*arguments).cpu().numpy()
        assert numbers.dtype == dtype and uniform_at(cdf(numbers.astype(np.float64))) < 0.08

    def test_discrete_distributions():
        minitorch.manual_seed(0)
        p = minitorch.tensor([0.0, 0.25, 1.0], device="cuda").expand(200, 3)
        shares = p.bernoulli().mean(0).tolist()
        assert shares[0] == 0 and abs(shares[1] - 0.25) < 0.1 and shares[2] == 1
        assert abs(minitorch.empty(400, device="cuda").bernoulli_(0.25).mean().item() - 0.25) < 0.07
        tries = minitorch.empty(400, device="cuda").geometric_(0.5)
        assert tries.min() == 1 and abs((tries == 1).float().mean().item() - 0.5) < 0.1
        numbers = minitorch.randint(-2, 2, (400,), device="cuda").cpu().numpy()
        assert np.unique(numbers).tolist() == [-2, -1, 0, 1] and np.bincount(numbers + 2).min() > 70
        assert sorted(minitorch.randperm(20, device="cuda").tolist()) == list(range(20))
        everything = minitorch.empty(50, dtype=minitorch.int64, device="cuda").random_(-(2**63), None).cpu().numpy()
        assert everything.min() < -(2**61) and everything.max() > 2**61

    def test_refusals():
        x = minitorch.ones(3, device="cuda")
        for wrong in (lambda: x.normal_(0, -1), lambda: x.exponential_(0), lambda: x.bernoulli_(2.0)):
            with pytest.raises(RuntimeError):
                wrong()
        (x * 2).bernoulli()
        with pytest.raises(minitorch.AcceleratorError):
            minitorch.cuda.synchronize()
