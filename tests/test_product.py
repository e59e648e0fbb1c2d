"""The product of matrices from tiles in registers, against BLAS: whatever shapes, strides and threads."""

import ctypes
import importlib

import numpy as np
import pytest

from kernels.cpu import blas, threads
from kernels.cpu.matmul import affine, matmul
from kernels.cpu.product_jit import DEPTH, HEIGHT, WIDTH, pack, product_with_packed, products

family = importlib.import_module("kernels.cpu.matmul")  # its function of the same name hides it in the package
RNG = np.random.default_rng(0)


def matrices(*shape, way="rows"):
    """float32 numbers (*shape), whose rows or columns lie together, or neither."""
    if way == "columns":
        return RNG.standard_normal((*shape[:-2], shape[-1], shape[-2]), np.float32).swapaxes(-1, -2)
    if way == "apart":
        return RNG.standard_normal((*shape[:-1], 2 * shape[-1]), np.float32)[..., ::2]
    return RNG.standard_normal(shape, np.float32)


def agrees(out, a, b):
    """Is out the product, whose error (the root of its mean square) is not twice BLAS's?"""
    truth = np.matmul(a.astype(np.float64), b.astype(np.float64))
    error, blas = (np.sqrt(np.square(x - truth).mean()) for x in (out, np.matmul(a, b)))
    return out.shape == truth.shape and error <= 2 * blas


@pytest.fixture
def always(monkeypatch):
    """Products of every size are ours."""
    for limit in "MANY", "MATRIX", "SIDE":
        monkeypatch.setattr(family, limit, 0)


@pytest.mark.parametrize("a_way", ["rows", "columns", "apart"])
@pytest.mark.parametrize("b_way", ["rows", "columns", "apart"])
@pytest.mark.parametrize(
    "m, k, n", [(1, 1, 1), (9, 5, 17), (8, 64, 48), (3, DEPTH + 7, 2 * WIDTH + 33), (HEIGHT + 9, 2, 31)]
)
def test_it_is_blas_s_product(always, m, k, n, a_way, b_way):
    a, b = matrices(m, k, way=a_way), matrices(k, n, way=b_way)
    assert agrees(matmul(a, b), a, b)


def test_sums_of_nothing_are_zero():
    a, b, bias = matrices(2, 9, 0), matrices(2, 0, 50), RNG.standard_normal(50).astype(np.float32)
    out, rows = np.full((2, 9, 50), np.nan, np.float32), np.full((9, 50), np.nan, np.float32)
    products(a, b, np.empty(0, np.float32), out)
    product_with_packed(a[0], np.empty((2, 0, WIDTH), np.float32), rows, False)
    assert not out.any() and not rows.any()
    products(a, b, bias, out)
    assert (out == bias).all()


@pytest.mark.parametrize("a_batch, b_batch", [((3,), ()), ((), (3,)), ((2, 1), (3,)), ((2, 3), (2, 3)), ((1,), (1,))])
def test_batches_broadcast(always, a_batch, b_batch):
    a, b = matrices(*a_batch, 11, 20), matrices(*b_batch, 20, 50, way="columns")
    assert agrees(matmul(a, b), a, b)


def test_the_bits_are_the_same_whatever_the_number_of_threads():
    before = threads.get_num_threads()
    pairs = [
        ((900, 300), (300, 100)),
        ((100, 300), (300, 900)),
        ((5, 200, 100), (5, 100, 200)),
        ((7, 64, 400), (400, 64)),
        ((1000, 12, 100), (1000, 100, 1)),
        ((1000, 6, 1), (1000, 1, 100)),
    ]
    try:
        for a, b in ((matrices(*a), matrices(*b)) for a, b in pairs):
            results = []
            for count in 1, 2, 3:
                threads.set_num_threads(count)
                results.append(matmul(a, b).tobytes())
            assert len(set(results)) == 1
    finally:
        threads.set_num_threads(before)


def test_what_is_not_finite_stays_in_its_rows_and_columns(always):
    a, b = matrices(10, 7), matrices(7, 50)
    a[3, 2], b[1, 40] = np.inf, np.nan
    out = matmul(a, b)
    assert np.array_equal(np.isfinite(out), np.isfinite(np.matmul(a, b)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "rows, inner, out", [(1, 1, 1), (9, 5, 17), (200, DEPTH + 60, 300), (40, 300, 500), (700, 1, 300)]
)
def test_products_with_a_bias(rows, inner, out, dtype):
    x, weight, bias = (matrices(*shape).astype(dtype) for shape in ((rows, inner), (out, inner), (out, 1)))
    truth = x.astype(np.float64) @ weight.T.astype(np.float64) + bias[:, 0]
    y = affine(x, weight, bias[:, 0])
    assert y.dtype == dtype and np.abs(y - truth).max() <= 50 * np.finfo(dtype).eps * np.sqrt(inner)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("a, b", [((1300, 1), (1, 800)), ((700, 6, 1), (700, 1, 300)), ((3, 1, 700, 1), (2, 1, 600))])
def test_a_column_times_a_row(a, b, dtype):
    a, b = matrices(*a).astype(dtype), matrices(*b).astype(dtype)
    assert np.array_equal(matmul(a, b), np.matmul(a, b), equal_nan=True)


def test_out_is_written_to(always):
    a, b, out = matrices(2, 9, 20), matrices(2, 20, 30), np.full((2, 9, 30), np.nan, np.float32)
    assert matmul(a, b, out=out) is out
    assert agrees(out, a, b)


@pytest.mark.parametrize("shape", [(300, 300), (20, 4000), (4000, 20)])
def test_large_ones_of_other_dtypes_and_sides_are_blas_s_on_our_threads(shape):
    a = RNG.standard_normal(shape)
    assert np.allclose(matmul(a, a.T), np.matmul(a, a.T), rtol=0, atol=1e-10)
    narrow = a.astype(np.float32)
    assert agrees(matmul(narrow, narrow.T), narrow, narrow.T)


def test_numpys_blas_has_one_thread():
    library = ctypes.CDLL(np._core._multiarray_umath.__file__)
    names = [name.replace("set", "get") for name in blas.NAMES]
    counts = [getattr(library, name)() for name in names if hasattr(library, name)]
    assert counts in ([1], [])  # none: it is not OpenBLAS


def test_with_columns_packed_once():
    a, b = matrices(33, DEPTH + 5), matrices(DEPTH + 5, 2 * WIDTH + 20, way="columns")
    panels, out = np.empty((3, DEPTH + 5, WIDTH), np.float32), np.empty((33, 2 * WIDTH + 20), np.float32)
    pack(b, panels)
    product_with_packed(a, panels, out, False)
    at_once = np.empty_like(out)
    products(a[None], b[None], np.empty(0, np.float32), at_once[None])
    assert out.tobytes() == at_once.tobytes()
    product_with_packed(a, panels, out, True)
    np.testing.assert_allclose(out, 2 * at_once, rtol=1e-5)
