"""The stream of random numbers: number for number torch's, however the calls are mixed."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from minitorch.stream import Stream, shuffle_jit
from minitorch.stream.fma import fma
from minitorch.stream.mersenne import DEFAULT_SEED, MANY, STATE

FLOATS = ["float16", "float32", "float64"]
INTEGERS = ["uint8", "int8", "int16", "int32", "int64"]
DTYPES = [*FLOATS, *INTEGERS, "bool"]


def pair(seed=0):
    """Our stream and torch's, at one seed."""
    ours = Stream()
    ours.manual_seed(seed)
    return ours, torch.Generator().manual_seed(seed)


def empty(shape, dtype):
    return torch.empty(shape, dtype=getattr(torch, dtype))


def same(ours, theirs):
    """Same dtype, shape and bits."""
    theirs = theirs.numpy()
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
    assert ours.tobytes() == theirs.tobytes()


def same_state(ours, theirs):
    assert (ours.get_state() == theirs.get_state().numpy()).all()


def in_step(ours, theirs):
    """The states agree, the waiting normal number to rounding."""
    a, b = (state.tobytes() for state in (ours.get_state(), theirs.get_state().numpy()))
    a, b = np.frombuffer(a, STATE)[0], np.frombuffer(b, STATE)[0]
    assert abs(a["normal_y"] - b["normal_y"]) <= 4 * np.spacing(np.abs(b["normal_y"]))
    for name in STATE.names:
        assert name == "normal_y" or (a[name] == b[name]).all()


def close(ours, theirs, ulps=4, scale=0.0):
    """Within some ulp of |x| + scale."""
    theirs = theirs.numpy()
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
    unit = np.spacing((np.abs(theirs) + scale).astype(theirs.dtype))
    assert (np.abs(ours.astype(np.float64) - theirs) <= ulps * unit.astype(np.float64)).all()


# -- x * y + z ---------------------------------------------------------------------------------------------------------


def rounded_to_float32(x):
    """A fraction correctly rounded to float32."""
    if x == 0:
        return np.float32(0)
    exponent = max(math.frexp(float(x))[1] - 24, -149)
    return np.float32(math.ldexp(round(x / Fraction(2) ** exponent), exponent))


def check_fma(x, y, z):
    x = np.array(x)
    ours = fma(x, y, z)
    assert ours.dtype == x.dtype
    y, z = (Fraction(float(x.dtype.type(value))) for value in (y, z))
    for value, result in zip(x.tolist(), ours, strict=True):
        exact = Fraction(value) * y + z
        assert result == (rounded_to_float32(exact) if x.dtype == np.float32 else float(exact))


middling = st.floats(1e-9, 1e9).flatmap(lambda x: st.sampled_from([x, -x]))


@given(st.lists(middling, min_size=1, max_size=20), middling, middling)
def test_fma_rounds_once(x, y, z):
    check_fma(x, y, z)
    check_fma(np.array(x, np.float32), y, z)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("tiny", [2.0**-60, -(2.0**-60)])
def test_fma_at_midpoints(tiny, sign):
    # (1 + 2**-12)**2 ends in half an ulp of float32, (1 + 2**-27)(1 + 2**-26) nearly so in float64; tiny decides
    for dtype, x, y in [
        (np.float32, 1 + 2.0**-12, 1 + 2.0**-12),
        (np.float32, 1 + 3 * 2.0**-12, 1 + 2.0**-12),
        (np.float64, 1 + 2.0**-27, 1 + 2.0**-26),
        (np.float64, 1 + 3 * 2.0**-27, 1 + 2.0**-26),
        (np.float64, 1 + 5 * 2.0**-27, 1 - 2.0**-26),
    ]:
        for power in (0, 40, 60, 90):
            check_fma(np.array([x, -x], dtype), sign * y, tiny * 2.0**-power)


def test_fma_far_out():
    x = np.array([0.3, -0.7, 2.0**-53])
    for y, z in [(1.7e308, 0.5e308), (1e300, 1.0), (1.0, 1e300), (3e-250, 1e-260), (2.5, 0.0), (0.0, 1.5)]:
        check_fma(x, y, z)


# -- seeds and states ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, -1, 2**32, 2**32 + 5, 2**63, 2**64 - 1, -(2**63), DEFAULT_SEED])
def test_seeds(seed):
    ours, theirs = pair(seed)
    assert ours.initial_seed == theirs.initial_seed()
    same_state(ours, theirs)
    same(ours.random((700,), np.int32), empty(700, "int32").random_(generator=theirs))
    same_state(ours, theirs)


def test_default_seed():
    assert Stream().initial_seed == torch.Generator().initial_seed()


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_seed_out_of_range(seed):
    with pytest.raises(ValueError, match="Overflow when unpacking long long"):
        torch.Generator().manual_seed(seed)
    with pytest.raises(ValueError, match="Overflow when unpacking long long"):
        Stream().manual_seed(seed)


def test_seed_from_entropy():
    ours = Stream()
    a, b = ours.seed(), ours.seed()
    assert a != b and ours.initial_seed == b


@pytest.mark.parametrize("words", [0, 1, 5, 623, 624, 625, 1248])
@pytest.mark.parametrize("waiting", [False, True])
def test_states_travel_both_ways(words, waiting):
    ours, theirs = pair(3)
    empty(words, "float32").uniform_(generator=theirs)
    if waiting:
        empty(1, "float32").normal_(generator=theirs)
    ours.set_state(theirs.get_state().numpy())
    same_state(ours, theirs)
    same(ours.uniform((40,), np.float32), empty(40, "float32").uniform_(generator=theirs))
    close(ours.normal((3,), np.float64), empty(3, "float64").normal_(generator=theirs))
    again = torch.Generator()
    again.set_state(torch.from_numpy(ours.get_state()))
    same(ours.uniform((700,), np.float32), empty(700, "float32").uniform_(generator=again))


@pytest.mark.parametrize("before", [0, 1, 623, 624])
@pytest.mark.parametrize("n", [MANY, MANY + 7, 624 * 110])
def test_compiled_words_are_numpys(before, n):
    ours, bits = Stream(), np.random.MT19937(0)
    bits.state = ours.bits.state
    for count in (before, n, 5, n):
        assert (ours._draw32(count) == bits.random_raw(count)).all()
    assert ours.bits.state["state"]["pos"] == bits.state["state"]["pos"]


def test_what_is_no_state():
    ours, theirs = pair()
    for state in (np.zeros(10, np.uint8), np.zeros(5056, np.uint8)):
        with pytest.raises(RuntimeError) as expected:
            theirs.set_state(torch.from_numpy(state))
        with pytest.raises(RuntimeError) as error:
            ours.set_state(state)
        assert str(error.value) == str(expected.value)
    same_state(ours, theirs)


# -- one fill at a time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("bounds", [(0, 1), (-1, 1), (0.3, 0.3), (-0.1, 0.7), (-3.7, -0.01), (1, 1.01), (-6e4, 5e3)])
def test_uniform(dtype, bounds):
    ours, theirs = pair(1)
    same(ours.uniform((300, 7), dtype, *bounds), empty((300, 7), dtype).uniform_(*bounds, generator=theirs))
    same_state(ours, theirs)


def is_far_from_subnormal(x):
    """minitorch/stream/fma.py rounds twice where a float64 result is subnormal."""
    return x == 0 or abs(x) > 1e-250


@given(
    st.sampled_from(["float32", "float64"]),
    st.floats(-1e30, 1e30).filter(is_far_from_subnormal),
    st.floats(0, 1e30).filter(is_far_from_subnormal),
    st.integers(0, 2**64 - 1),
)
def test_uniform_of_any_bounds(dtype, low, width, seed):
    ours, theirs = pair(seed)
    bounds = low, low + width
    same(ours.uniform((50,), dtype, *bounds), empty(50, dtype).uniform_(*bounds, generator=theirs))


def test_uniform_float16_never_gives_its_upper_bound():
    ours, theirs = pair(5)
    x = ours.uniform((50000,), np.float16)
    assert x.max() < 1
    same(x, empty(50000, "float16").uniform_(generator=theirs))


def test_many_numbers_take_several_blocks():
    ours, theirs = pair(6)
    n = 150001
    same(ours.uniform((n,), np.float64, -1, 3), empty(n, "float64").uniform_(-1, 3, generator=theirs))
    same(ours.integers((n,), -5, 2**40, np.int64), empty(n, "int64").random_(-5, 2**40, generator=theirs))
    same(ours.bernoulli((n,), np.bool_, 0.3), empty(n, "bool").bernoulli_(0.3, generator=theirs))
    close(ours.normal((n,), np.float32), empty(n, "float32").normal_(generator=theirs))
    same_state(ours, theirs)


RANGES = [
    *[(0, 2), (0, 10), (-100, 27), (3, 3), (4, 2)],
    *[(0, 2**28 - 1), (0, 2**28), (-(2**27), 2**27), (0, 2**31), (-7, 2**32), (5, 2**40)],
    *[(-(2**63), 2**63 - 1), (-(2**40), 2**62 + 1), (2**62, 2**62 + 3), (-65504, 65505), (1, 65504)],
]


@pytest.mark.filterwarnings("ignore:.*out of bounds")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("bounds", RANGES)
def test_integers(dtype, bounds):
    ours, theirs = pair(2)
    try:
        expected = empty((9, 11), dtype).random_(*bounds, generator=theirs)
    except RuntimeError:
        with pytest.raises(RuntimeError):
            ours.integers((9, 11), *bounds, dtype)
    else:
        same(ours.integers((9, 11), *bounds, dtype), expected)
    same_state(ours, theirs)


@pytest.mark.filterwarnings("ignore:.*out of bounds")
@given(st.sampled_from(FLOATS), st.integers(-(2**63), 2**63 - 2), st.integers(1, 2**64 - 1), st.integers(0, 45))
def test_integers_narrowed_to_a_floating_dtype(dtype, low, width, shift):
    low >>= shift
    high = min(low + width, 2**63 - 1)
    ours, theirs = pair(2)
    try:
        expected = empty(7, dtype).random_(low, high, generator=theirs)
    except RuntimeError:
        with pytest.raises(RuntimeError):
            ours.integers((7,), low, high, dtype)
    else:
        same(ours.integers((7,), low, high, dtype), expected)


@pytest.mark.filterwarnings("ignore:.*out of bounds")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("low", [-(2**63), 0, 1, 100])
def test_integers_without_upper_bound(dtype, low):
    ours, theirs = pair(2)
    try:
        expected = empty(50, dtype).random_(low, None, generator=theirs)
    except RuntimeError:
        with pytest.raises(RuntimeError):
            ours.integers((50,), low, None, dtype)
    else:
        same(ours.integers((50,), low, None, dtype), expected)


def test_warns_where_a_floating_dtype_leaves_gaps():
    with pytest.warns(UserWarning, match="to - 1 is out of bounds"):
        pair()[0].integers((3,), 0, 2**30, np.float32)


@pytest.mark.parametrize("dtype", DTYPES)
def test_random(dtype):
    ours, theirs = pair(4)
    same(ours.random((800,), dtype), empty(800, dtype).random_(generator=theirs))
    same_state(ours, theirs)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 257, 5000])
@pytest.mark.parametrize("dtype", ["int64", "int16", "float32"])
def test_permutation(n, dtype):
    ours, theirs = pair(7)
    same(ours.permutation(n, dtype), torch.randperm(n, generator=theirs, dtype=getattr(torch, dtype)))
    same_state(ours, theirs)


@pytest.mark.parametrize("dtype", INTEGERS[:3] + FLOATS[:1])
def test_permutation_counts_no_further_than_its_dtype(dtype):
    most = {"uint8": 256, "int8": 128, "int16": 32768, "float16": 2049}[dtype]
    for n in (most, most + 1):
        ours, theirs = pair()
        try:
            expected = torch.randperm(n, dtype=getattr(torch, dtype), generator=theirs)
        except RuntimeError:
            with pytest.raises(RuntimeError):
                ours.permutation(n, dtype)
        else:
            same(ours.permutation(n, dtype), expected)


def test_permutation_compiled():
    ours, theirs = pair(8)
    n = 1 << 20
    same(ours.permutation(n), torch.randperm(n, generator=theirs))


def test_shuffle_inside_out():
    ours, other = pair(9)[0], pair(9)[0]
    expected = []
    for i, draw in enumerate(other._draw64(100).tolist()):
        j = draw % (i + 1)
        expected.append(i)
        expected[i] = expected[j]
        expected[j] = i
    assert shuffle_jit.shuffle_inside_out(100, ours._draw64, 7).tolist() == expected
    assert sorted(expected) == list(range(100))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_bernoulli(dtype, p):
    ours, theirs = pair(10)
    same(ours.bernoulli((20, 30), dtype, p), empty((20, 30), dtype).bernoulli_(p, generator=theirs))
    same_state(ours, theirs)


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
@pytest.mark.parametrize("kind", FLOATS)
@pytest.mark.parametrize("shape", [(20, 30), (30,), (20, 1)])
def test_bernoulli_of_an_array(dtype, kind, shape):
    p = np.random.default_rng(0).random(shape).astype(kind)
    ours, theirs = pair(11)
    expected = empty((20, 30), dtype).bernoulli_(torch.from_numpy(p), generator=theirs)
    same(ours.bernoulli((20, 30), dtype, p), expected)
    same_state(ours, theirs)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.77, 0.9127555772777217])
def test_dropout_is_bernoulli(p):
    x = np.random.default_rng(0).normal(size=(40, 50)).astype(np.float32)
    torch.manual_seed(12)
    expected = torch.nn.functional.dropout(torch.from_numpy(x), p)
    noise = pair(12)[0].bernoulli(x.shape, x.dtype, 1 - p) / np.float32(1 - p)
    same(x * noise, expected)


@pytest.mark.parametrize("n", [0, 1, 2, 7, 15, 16, 17, 31, 32, 33, 1000, 5000])
@pytest.mark.parametrize("dtype", FLOATS)
def test_normal(n, dtype):
    ours, theirs = pair(13)
    for _ in range(3):  # a number that waits in the generator is taken by the next small call, of whatever dtype
        close(ours.normal((n,), dtype), empty(n, dtype).normal_(generator=theirs))
        close(ours.normal((n,), dtype, 1.5, 0.3), empty(n, dtype).normal_(1.5, 0.3, generator=theirs), 4, 1.5)
        in_step(ours, theirs)


@pytest.mark.parametrize("dtype", FLOATS)
def test_normal_not_contiguous(dtype):
    ours, theirs = pair(14)
    close(ours.normal((31,), dtype, 0, 2.5, contiguous=False), empty(62, dtype)[::2].normal_(0, 2.5, generator=theirs))
    in_step(ours, theirs)


def test_few_normals_are_nearly_always_torchs_bits():
    ours, theirs = pair(15)
    x = np.array([ours.normal((7,), np.float32) for _ in range(100)])
    same(x, torch.stack([empty(7, "float32").normal_(generator=theirs) for _ in range(100)]))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("rate", [1.0, 0.37, 20.0])
def test_exponential(dtype, rate):
    ours, theirs = pair(16)
    close(ours.exponential((1000,), dtype, rate), empty(1000, dtype).exponential_(rate, generator=theirs), 2)
    same_state(ours, theirs)


# -- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "dtype", "arguments"),
    [
        ("uniform", "float32", (1, 0)),
        ("uniform", "float32", (0, 1e39)),
        ("uniform", "float32", (-3e38, 3e38)),
        ("uniform", "float32", (math.nan, 1)),
        ("uniform", "int32", (0, 1)),
        ("normal", "float32", (0, -1)),
        ("normal", "float32", (0, math.nan)),
        ("normal", "int64", (0, 1)),
        ("bernoulli", "float32", (1.1,)),
        ("bernoulli", "float32", (math.nan,)),
        ("bernoulli", "float32", (np.array([0.5, -0.1]),)),
        ("bernoulli", "float32", (np.array([1, 0]),)),
        ("exponential", "float32", (0.0,)),
        ("exponential", "float32", (math.nan,)),
        ("exponential", "int32", (1.0,)),
    ],
)
def test_errors(name, dtype, arguments):
    ours, theirs = pair()
    tensors = [torch.from_numpy(x) if isinstance(x, np.ndarray) else x for x in arguments]
    with pytest.raises((RuntimeError, NotImplementedError)) as expected:
        getattr(empty(2, dtype), name + "_")(*tensors, generator=theirs)
    with pytest.raises((RuntimeError, NotImplementedError)) as error:
        getattr(ours, name)((2,), dtype, *arguments)
    assert error.type is expected.type


@pytest.mark.parametrize(("n", "dtype"), [(-1, "int64"), (300, "uint8"), (2050, "float16"), (3, "bool")])
def test_permutation_errors(n, dtype):
    with pytest.raises((RuntimeError, NotImplementedError)) as expected:
        torch.randperm(n, dtype=getattr(torch, dtype))
    with pytest.raises((RuntimeError, NotImplementedError)) as error:
        Stream().permutation(n, dtype)
    assert error.type is expected.type


# -- programs of calls -------------------------------------------------------------------------------------------------

SIZES = st.integers(0, 40)
CALLS = st.one_of(
    st.tuples(st.just("uniform"), SIZES, st.sampled_from(FLOATS)),
    st.tuples(st.just("normal"), SIZES, st.sampled_from(FLOATS)),
    st.tuples(st.just("exponential"), SIZES, st.sampled_from(FLOATS)),
    st.tuples(st.just("bernoulli"), SIZES, st.sampled_from(DTYPES)),
    st.tuples(st.just("random"), SIZES, st.sampled_from(DTYPES)),
    st.tuples(st.just("integers"), SIZES, st.sampled_from(["int64", "int32"])),
    st.tuples(st.just("permutation"), SIZES, st.sampled_from(INTEGERS)),
    st.tuples(st.just("state"), SIZES, st.just("uint8")),
)


@given(st.lists(CALLS, max_size=15), st.integers(0, 2**32), st.integers(2, 2**31))
def test_programs_stay_in_step(calls, seed, width):
    ours, theirs = pair(seed)
    for name, n, dtype in calls:
        if name == "state":
            theirs.set_state(torch.from_numpy(ours.get_state()))
        elif name == "permutation":
            same(ours.permutation(n, dtype), torch.randperm(n, generator=theirs, dtype=getattr(torch, dtype)))
        elif name == "integers":
            same(ours.integers((n,), 0, width, dtype), empty(n, dtype).random_(0, width, generator=theirs))
        else:
            expected = getattr(empty(n, dtype), name + "_")(generator=theirs)
            result = getattr(ours, name)((n,), dtype, *([0.5] if name == "bernoulli" else []))
            if name in ("normal", "exponential"):
                close(result, expected)
            else:
                same(result, expected)
        in_step(ours, theirs)
