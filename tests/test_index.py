"""Indexing by numbered rows and compiled loops (kernels/cpu/index.py) against NumPy's fancy indexing."""

import sys

import numpy as np
import pytest

import kernels.cpu as K
import minitorch
from kernels.cpu import threads

family = sys.modules["kernels.cpu.index"]  # whose name kernels.cpu gives to the function
ALL = slice(None)
SHAPE = (4, 5, 3, 6)


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch):
    monkeypatch.setattr(family, "LONG", 0)
    monkeypatch.setattr(threads, "LONG", 0)
    before = threads.get_num_threads()
    threads.set_num_threads(3)
    yield
    threads.set_num_threads(before)


def drawn(seed, *shape, dtype=np.float32):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def whole(n, *shape):
    """Indices of a dim of n elements, also such as count from its end."""
    return np.random.default_rng(n).integers(-n, n, shape)


def mask(*shape):
    return drawn(1, *shape) > 0


KEYS = {
    "first": (whole(4, 7),),
    "first, int32": (whole(4, 7).astype(np.int32),),
    "first, a matrix": (whole(4, 2, 3),),
    "second": (ALL, whole(5, 7)),
    "last": (ALL, ALL, ALL, whole(6, 7)),
    "pairs": (whole(4, 9), whole(5, 9)),
    "a grid": (ALL, whole(5, 3, 1), whole(3, 1, 2)),
    "all": tuple(whole(n, 20) for n in SHAPE),
    "none": (whole(4, 0),),
    "mask": (mask(*SHAPE),),
    "mask of rows": (mask(4, 5),),
    "mask inside": (ALL, mask(5, 3), ALL),
    "mask of nothing": (np.zeros(4, bool),),
    "mask and indices": (mask(4), whole(5, 1)),
    "apart, NumPy's": (whole(4, 7), ALL, whole(3, 7)),
}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, bool])
def test_numbered_rows_are_what_numpy_indexes(name, dtype):
    key, x = KEYS[name], drawn(0, *SHAPE, dtype=dtype)
    np.testing.assert_array_equal(K.index(x, key), x[key])
    for value in (drawn(2, *x[key].shape, dtype=dtype), np.ones((), dtype), drawn(3, *x[key].shape[-1:], dtype=dtype)):
        for accumulate in (False, True):
            ours, numpys = x.copy(), x.copy()
            K.index_put(ours, key, value, accumulate)
            np.add.at(numpys, key, value) if accumulate else numpys.__setitem__(key, value)
            np.testing.assert_array_equal(ours, numpys)


@pytest.mark.parametrize("index_dtype", [np.int64, np.int32])
@pytest.mark.parametrize("views", [False, True])
def test_gather_and_scatter_along_rows(index_dtype, views):
    x, index, src = drawn(0, 4, 5, 6), whole(6, 4, 5, 8).astype(index_dtype) % 6, drawn(1, 4, 5, 8)
    if views:
        index, src = np.asfortranarray(index), src[:, :, ::-1]
    key = (*np.ogrid[:4, :5, :1][:2], index)
    np.testing.assert_array_equal(K.gather(x, 2, index), x[key])
    ours, numpys = x.copy(), x.copy()
    K.scatter(ours, 2, index, src, "sum")
    np.add.at(numpys, key, src)
    np.testing.assert_array_equal(ours, numpys)


def test_arrays_that_do_not_broadcast_are_refused():
    with pytest.raises(IndexError, match="could not be broadcast"):
        K.index(drawn(0, 4, 5), (whole(4, 2), whole(5, 3)))


def test_the_backward_of_long_indexing_adds_up_what_was_taken_twice():
    x = minitorch.randn(5, 3, requires_grad=True)
    x[minitorch.tensor([0, 2, 2, -1])].sum().backward()
    assert x.grad.tolist() == [[1] * 3, [0] * 3, [2] * 3, [0] * 3, [1] * 3]


def test_first_outside_sees_both_ends():
    index = np.array([[3, 0], [-1, 9]])
    assert K.first_outside(index, 0, 8) == 9
    assert K.first_outside(index, 0, 9) == -1
    assert K.first_outside(index, -1, 9) is None
    assert K.first_outside(np.array([], int), 0, -1) is None


@pytest.mark.parametrize("take", [lambda x, i: x.gather(1, i.view(100, 2)), lambda x, i: x.index_select(0, i)])
def test_an_index_written_to_behind_our_back_is_refused(take):
    x, i = minitorch.randn(100, 20, requires_grad=True), minitorch.zeros(200, dtype=minitorch.int64)
    y = take(x, i)
    i.numpy()[7] = 2**40
    with pytest.raises(IndexError, match="out of bounds"):
        y.sum().backward()
