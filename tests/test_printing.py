"""Printed forms: character for character torch's, in every dtype, shape and print option."""

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

import minitorch

repeatable = settings(deadline=None, derandomize=True, max_examples=300)

FLOATS = ["float16", "bfloat16", "float32", "float64"]
INTEGERS = ["uint8", "int8", "int16", "int32", "int64"]
DTYPES = [*FLOATS, *INTEGERS, "bool"]


def set_both(**options):
    minitorch.set_printoptions(**options)
    torch.set_printoptions(**options)


@pytest.fixture(autouse=True)
def usual_options():
    set_both(profile="default")
    yield
    set_both(profile="default")
    minitorch.set_default_dtype(minitorch.float32)
    torch.set_default_dtype(torch.float32)


def renamed(theirs):
    """torch's text with our name in it."""
    return theirs.replace("torch.", "minitorch.")


def both(array, dtype=None):
    """A NumPy array as our tensor and as torch's, of the dtype of that name; NumPy has no bfloat16."""
    dtype = dtype or array.dtype.name
    return [lib.from_numpy(array).to(getattr(lib, dtype)) for lib in (minitorch, torch)]


def assert_same(array, dtype=None):
    """A NumPy array prints alike as our tensor and as torch's."""
    ours, theirs = both(array, dtype)
    assert repr(ours) == renamed(repr(theirs))


# -- every dtype, shape and option -----------------------------------------------------------------------------------

SPECIAL = [0.0, -0.0, math.nan, math.inf, -math.inf]

FLOAT_KINDS = [
    st.floats(),  # any magnitude: mostly scientific
    st.integers(-1200, 1200).map(float),  # mostly '1.'
    st.integers(-(10**9), 10**9).map(float),  # whole, but large
    st.floats(-10, 10),
    st.floats(0.5, 300),  # never scientific
    st.sampled_from([1.0, 1e8, 1.5e8, 1e-4, 9.9e-5, 1000.0, 1000.5, -1.0, 0.001]),  # where the format changes
    st.sampled_from(SPECIAL),  # nothing to measure
]


@st.composite
def arrays(draw, dtypes=DTYPES):
    """A NumPy array with 0 to 4 dims, and the name of one of these dtypes for it."""
    shape = draw(st.lists(st.integers(0, 9), max_size=2) | st.lists(st.integers(0, 3), max_size=4))
    name = draw(st.sampled_from(dtypes))
    dtype = np.dtype("float32" if name == "bfloat16" else name)
    if dtype.kind == "f":
        element = draw(st.sampled_from(FLOAT_KINDS)) | st.sampled_from(draw(st.sampled_from([[1.0], [2.5], SPECIAL])))
    elif dtype.kind == "b":
        element = st.booleans()
    else:
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        element = st.integers(max(-20, low), 100) | st.integers(low, high)
    size = math.prod(shape)
    with np.errstate(over="ignore"):
        values = np.array(draw(st.lists(element, min_size=size, max_size=size))).astype(dtype)
    return values.reshape(shape), name


print_options = st.fixed_dictionaries(
    {},
    optional={
        "precision": st.integers(0, 9),
        "threshold": st.sampled_from([-1, 0, 1, 3, 10, 1000, math.inf]),
        "edgeitems": st.integers(0, 4),
        "linewidth": st.integers(0, 120) | st.just(33.5),
        "profile": st.sampled_from(["default", "short", "full"]),
        "sci_mode": st.sampled_from([None, False, True]),
    },
)


@repeatable
@given(arrays())
@example((np.array([np.nan, -0.0, np.inf, 12.0]), "float32"))
@example((np.array([-0.0, 0.25]), "float32"))  # the zero is wider than what is measured
@example((np.array([1e-4, 0.05]), "float64"))  # just not scientific
@example((np.zeros(60), "float32"))  # lines longer than 80, for zeros are not measured
@example((np.array([5e-324, 1.7e308]), "float64"))
@example((np.array([6e-8, 65504.0]), "float16"))
@example((np.array([1 / 3, 300.7, 1e-40]), "bfloat16"))
@example((np.array([2**63 - 1, -(2**63)]), "int64"))
def test_any_array_prints_as_torchs(drawn):
    set_both(profile="default")
    assert_same(*drawn)


@repeatable
@given(arrays(), print_options)
def test_any_array_prints_as_torchs_with_any_options(drawn, options):
    set_both(profile="default")
    set_both(**options)
    assert_same(*drawn)


@repeatable
@given(arrays(), st.sampled_from(["float32", "float64"]))
def test_the_default_dtype_is_not_said(drawn, default):
    set_both(profile="default")
    minitorch.set_default_dtype(getattr(minitorch, default))
    torch.set_default_dtype(getattr(torch, default))
    assert_same(*drawn)


@pytest.mark.parametrize("shape", [(), (0,), (3,), (0, 3), (2, 0), (2, 3), (1, 1, 1, 1, 2)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype(dtype, shape):
    assert_same(np.ones(shape), dtype)


@pytest.mark.parametrize("view", [lambda a: a.T, lambda a: a[::2, 1::3], lambda a: a[1]])
def test_arrays_with_gaps(view):
    ours, theirs = minitorch.arange(48.0).reshape(6, 8), torch.arange(48.0).reshape(6, 8)
    assert repr(view(ours)) == repr(view(theirs))


# -- what a reader expects -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values, text",
    [
        ([1, 20, -3], "tensor([ 1, 20, -3])"),
        ([True, False], "tensor([ True, False])"),
        ([1.0, 20.0], "tensor([ 1., 20.])"),
        ([1.5, math.nan], "tensor([1.5000,    nan])"),
        ([1.0, math.inf], "tensor([1., inf])"),
        ([1.0, 2000.0], "tensor([1.0000e+00, 2.0000e+03])"),
        (-0.0, "tensor(-0.)"),
        ([], "tensor([])"),
        ([[], []], "tensor([], size=(2, 0))"),
        ([[1, 2], [3, 4]], "tensor([[1, 2],\n        [3, 4]])"),
        ([[[1], [2]], [[3], [4]]], "tensor([[[1],\n         [2]],\n\n        [[3],\n         [4]]])"),
    ],
)
def test_printed_form(values, text):
    assert repr(minitorch.tensor(values)) == text == str(minitorch.tensor(values))


def test_dtypes_are_ours():
    assert repr(minitorch.zeros(1, dtype=minitorch.float64)) == "tensor([0.], dtype=minitorch.float64)"
    assert repr(minitorch.zeros(0, dtype=minitorch.int64)) == "tensor([], dtype=minitorch.int64)"


# -- summaries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1001,), (1000,), (7, 200), (2, 3, 300), (10, 10, 11), (5, 5, 5, 9), (2,) * 10])
@pytest.mark.parametrize("options", [{}, {"profile": "short"}, {"profile": "full"}, {"edgeitems": 0}, {"linewidth": 9}])
def test_summaries(shape, options):
    set_both(**options)
    numbers = np.arange(math.prod(shape), dtype=np.int32).reshape(shape)
    assert_same(numbers)
    assert_same(numbers / np.float32(3))


def test_what_is_not_shown_does_not_decide_the_format():
    array = np.ones(2000, np.float32)
    array[1000] = 1e-9
    assert repr(minitorch.from_numpy(array)) == "tensor([1., 1., 1.,  ..., 1., 1., 1.])"


@pytest.mark.parametrize("shape", [(10**12,), (10**6, 10**6), (7, 10**12), (6, 10**12)])
def test_a_summary_reads_only_what_it_shows(shape):
    """Arrays that no machine could copy, for all elements share one place."""
    assert repr(minitorch.tensor(0.5).expand(shape)) == repr(torch.tensor(0.5).expand(shape))


# -- print options ---------------------------------------------------------------------------------------------------


def test_options_stay_until_changed_but_sci_mode():
    for options in [{"precision": 2, "sci_mode": True}, {"linewidth": 30}, {"profile": "short"}, {"edgeitems": 1}]:
        set_both(**options)
        for scale in [1, 1e6]:
            assert_same(np.linspace(0, scale, 1001))


def test_the_arguments_win_over_the_profile():
    set_both(profile="short", precision=7)
    assert_same(np.linspace(0, 1, 1001))


def test_an_unknown_profile_is_ignored():
    set_both(precision=2)
    set_both(profile="tiny")
    assert_same(np.array([1.23456]))


def test_a_wrong_precision_is_a_value_error():
    set_both(precision=-1)
    for tensor in [minitorch.tensor([0.5]), torch.tensor([0.5])]:
        with pytest.raises(ValueError, match="Format specifier missing precision"):
            repr(tensor)


# -- suffixes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda m: m.ones(2, requires_grad=True),
        lambda m: m.ones(0, 3, requires_grad=True),
        lambda m: m.ones(2, requires_grad=True) * 2,
        lambda m: m.ones(2, 3, requires_grad=True).sum(),
        lambda m: m.ones((), dtype=m.float64, requires_grad=True).exp(),
        lambda m: m.ones(0, dtype=m.float64, requires_grad=True) * 2,
        lambda m: m.ones(2, requires_grad=True).detach(),
        lambda m: m.ones(40, 50, requires_grad=True) + 0.5,
    ],
)
@pytest.mark.parametrize("linewidth", [80, 30, 10])
def test_history(make, linewidth):
    set_both(linewidth=linewidth)
    assert repr(make(minitorch)) == renamed(repr(make(torch)))


@repeatable
@given(arrays(FLOATS), print_options, st.booleans())
@example((np.ones(0), "float64"), {"edgeitems": 0}, True)
def test_any_history_and_options(drawn, options, leaf):
    ours, theirs = (x.requires_grad_() for x in both(*drawn))
    set_both(profile="default")
    set_both(**options)
    if not leaf:
        ours, theirs = ours * 1, theirs * 1
    assert repr(ours) == renamed(repr(theirs))


def test_device(monkeypatch):
    monkeypatch.setattr(minitorch.Tensor, "device", minitorch.device("cuda:0"))
    assert repr(minitorch.tensor([1.0, 2.0])) == "tensor([1., 2.], device='cuda:0')"
    assert repr(minitorch.tensor([])) == "tensor([], device='cuda:0')"
    assert (
        repr(minitorch.ones((0, 2), dtype=minitorch.float16))
        == "tensor([], device='cuda:0', size=(0, 2), dtype=minitorch.float16)"
    )


def test_a_subclass_prints_its_name():
    class Weights(minitorch.Tensor):
        pass

    assert repr(Weights([1.5])) == "Weights([1.5000])"
    set_both(linewidth=20)
    assert repr(Weights([[1.5], [2]]).requires_grad_()) == (
        "Weights([[1.5000],\n         [2.0000]],\n        requires_grad=True)"
    )


def test_a_parameter_is_a_tensor():
    """'Parameter containing:' is for its own __repr__ to put before."""

    class Parameter(minitorch.Tensor):
        pass

    assert repr(Parameter([1.5]).requires_grad_()) == "tensor([1.5000], requires_grad=True)"


# -- format ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", ["", ".2f", "8.3e", "+", ">9"])
@pytest.mark.parametrize("requires_grad", [False, True])
def test_a_0d_tensor_formats_as_its_number(spec, requires_grad):
    ours = minitorch.tensor(0.1, requires_grad=requires_grad)
    theirs = torch.tensor(0.1, requires_grad=requires_grad)
    assert format(ours, spec) == format(theirs, spec)


@pytest.mark.parametrize("value, spec", [(True, ""), (True, "d"), (7, "04d"), (7, "x"), (-0.0, ""), (math.nan, "6")])
def test_0d_tensors_of_every_kind_format_as_their_number(value, spec):
    assert format(minitorch.tensor(value), spec) == format(torch.tensor(value), spec) == format(value, spec)


def test_other_tensors_format_as_they_print():
    assert f"{minitorch.ones(2)}" == "tensor([1., 1.])"
    for tensor in [minitorch.ones(2), torch.ones(2)]:
        with pytest.raises(TypeError, match=r"unsupported format string passed to Tensor.__format__"):
            f"{tensor:.2f}"
