"""kernels.cuda against kernels.cpu: the same calls, the same numbers.

Where there is a GPU, the cases run on it. Where there is none, they run on numba's simulator (simulator.py).
"""

import copy
import ctypes
import importlib.util
import pickle
import subprocess
import sys
import types

import numpy as np
import pytest
from cuda_cases import CASES, Make
from simulator import run_again

import kernels.cpu

if importlib.util.find_spec("numba_cuda") is None:
    pytest.skip("numba-cuda is not installed", allow_module_level=True)

import kernels.cuda
from kernels.cuda.device import SIMULATED
from kernels.cuda.layout import Array
from kernels.cuda.matmul import blocked, matmul, naive, tiled
from kernels.errors import AcceleratorError

FAMILIES = (
    "array", "shape", "index", "elementwise", "activation", "special", "reduce", "softmax", "matmul", "conv", "pool",
    "norm", "resample", "optim", "adafactor", "lbfgs", "orthogonal", "sort", "linalg", "scan", "order", "windows",
    "recurrent",
)  # fmt: skip
ABOUT_THE_GPU = {"device_count", "require_gpu", "empty_cache"}

# Per dtype: relative and absolute error. The order of sums differs, and a GPU has its own exp, log, ... Two float32
# numbers so close may round to neighbours in float16.
TOLERANCE = {"float16": (1e-3, 2e-5), "float32": (2e-5, 2e-5), "float64": (1e-12, 1e-12)}


def public_names(module):
    return {n for n, v in vars(module).items() if not n.startswith("_") and not isinstance(v, types.ModuleType)}


def test_same_names_as_the_cpu():
    assert public_names(kernels.cuda) - ABOUT_THE_GPU == public_names(kernels.cpu)


def test_same_files_as_the_cpu():
    for family in FAMILIES:
        assert importlib.util.find_spec(f"kernels.cuda.{family}"), family
        assert importlib.util.find_spec(f"kernels.cpu.{family}"), family


def test_every_kernel_has_a_case():
    assert public_names(kernels.cuda) - ABOUT_THE_GPU == {title.split()[0] for title in CASES}


def values(k, result):
    """The numbers of a result as NumPy arrays, however it is nested."""
    if isinstance(result, tuple | list):
        return [v for part in result for v in values(k, part)]
    return [k.to_numpy(result) if isinstance(result, Array) else np.asarray(result)]


def run(k, title, widen=False):
    with np.errstate(all="ignore"):
        return values(k, CASES[title](Make(k, widen)))


def run_on_cpu(title):
    """What kernels.cpu gives; but float16 computed in float32 and rounded once, which NumPy does not do."""
    if "float16" not in title or title.startswith(("cast", "full")):
        return run(kernels.cpu, title)
    results = run(kernels.cpu, title, widen=True)
    return [r.astype(np.float16) if r.dtype == np.float32 else r for r in results]


def assert_same(got, expected, zeros=True):
    """zeros: -0.0 is not 0.0."""
    assert len(got) == len(expected)
    for a, b in zip(got, expected, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        rtol, atol = TOLERANCE.get(b.dtype.name, (0, 0))
        np.testing.assert_allclose(a, b, rtol, atol)
        if zeros and b.dtype.kind == "f":
            zero = (a == 0) & (b == 0)
            np.testing.assert_array_equal(np.signbit(a[zero]), np.signbit(b[zero]))


if SIMULATED or kernels.cuda.device_count():

    @pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")
    @pytest.mark.parametrize("title", CASES)
    def test_same_numbers_as_the_cpu(title):
        numpy_zeros = title.startswith(("relu", "remainder"))  # kernels.cuda has torch's signs of 0 there
        assert_same(run(kernels.cuda, title), run_on_cpu(title), zeros=not numpy_zeros)

    @pytest.mark.parametrize("title", [title for title in CASES if title.startswith("matmul")])
    @pytest.mark.parametrize("step", [tiled, blocked, matmul])
    def test_faster_products_agree_with_the_definition(step, title):
        k = [types.SimpleNamespace(**{**vars(kernels.cuda), "matmul": function}) for function in (naive, step)]
        assert_same(run(k[0], title), run(k[1], title))

    @pytest.mark.parametrize("title", [t for t in CASES if t.startswith("convolution") and not t.endswith("bias")])
    def test_convolutions_by_products_agree_with_the_definition(title):
        conv = importlib.import_module("kernels.cuda.conv")
        sums = {"convolution": conv.direct, "convolution_input": conv.direct_input}
        k = types.SimpleNamespace(**{**vars(kernels.cuda), **sums, "convolution_weight": conv.direct_weight})
        assert_same(run(k, title), run(kernels.cuda, title))

    class StandInForCublas:
        """What cuBLAS documents, on memory of the host: columns one behind the other, `ld` elements apart."""

        def gemm(self, dtype, op_a, op_b, m, n, k, a, lda, a_stride, b, ldb, b_stride, out, ldc, out_stride, count):
            def matrices(pointer, ld, stride, rows, columns):
                size = stride.value * (count - 1) + ld * (columns - 1) + rows
                memory = np.ctypeslib.as_array(ctypes.cast(pointer, ctypes.POINTER(dtype)), (size,))
                strides = [8 * s if dtype is ctypes.c_double else 4 * s for s in (stride.value, 1, ld)]
                return np.lib.stride_tricks.as_strided(memory, (count, rows, columns), strides)

            a = matrices(a, lda, a_stride, *((m, k) if op_a == 0 else (k, m)))
            b = matrices(b, ldb, b_stride, *((k, n) if op_b == 0 else (n, k)))
            matrices(out, ldc, out_stride, m, n)[...] = (a if op_a == 0 else a.mT) @ (b if op_b == 0 else b.mT)
            return 0

        def cublasSgemmStridedBatched(self, _, op_a, op_b, m, n, k, one, *rest):
            return self.gemm(ctypes.c_float, op_a, op_b, m, n, k, *rest[:6], *rest[7:])

        def cublasDgemmStridedBatched(self, _, op_a, op_b, m, n, k, one, *rest):
            return self.gemm(ctypes.c_double, op_a, op_b, m, n, k, *rest[:6], *rest[7:])

        def cublasSetStream_v2(self, handle, stream):
            return 0

    @pytest.mark.skipif(not SIMULATED, reason="there is a GPU, and its memory cannot be read from here")
    @pytest.mark.parametrize("title", [title for title in CASES if title.startswith("matmul")])
    def test_how_cublas_is_called(title, monkeypatch):
        products = importlib.import_module("kernels.cuda.matmul")
        monkeypatch.setattr(products, "USE_CUBLAS", True)
        monkeypatch.setattr(products.cublas, "library", lambda: (StandInForCublas(), None))
        assert_same(run(kernels.cuda, title), run_on_cpu(title))

    def test_how_cublas_is_told_the_strides():
        from kernels.cuda.cublas import operand

        assert operand(5, 1, 3, 4) == (0, 5) and operand(1, 5, 3, 4) == (1, 5)  # rows with a gap behind, columns so
        assert operand(1, 1, 1, 1) == (0, 1) and operand(0, 1, 3, 4) is None and operand(8, 2, 3, 4) is None

    def test_memory_is_used_again_and_never_while_in_use():
        first = kernels.cuda.full((7, 3), 1, np.dtype("float32"))
        assert first.base is None
        view = kernels.cuda.getitem(first, (1,))
        cells = first.memory.cells
        assert first.base is first.memory
        del first
        assert view.base is None
        assert kernels.cuda.full((21,), 2, np.dtype("float32")).memory.cells is not cells
        np.testing.assert_array_equal(kernels.cuda.to_numpy(view), [1, 1, 1])
        del view
        assert kernels.cuda.full((3, 7), 3, np.dtype("float32")).memory.cells is cells
        kernels.cuda.empty_cache()
        assert kernels.cuda.full((3, 7), 3, np.dtype("float32")).memory.cells is not cells

    def test_along_the_dim_that_a_number_does_not_have():
        """torch lets a 0-d tensor have one dim of one element."""
        k, x, index = kernels.cuda, kernels.cuda.full((), 5, np.dtype("float32")), kernels.cuda.from_numpy(np.array(0))
        k.scatter(x, 0, index, x, "sum")
        assert k.to_numpy(x) == k.to_numpy(k.gather(x, 0, index)) == 10
        for name, expected in (("max", [10, 0]), ("argmin", [0])):
            result = values(k, getattr(k, name)(x, 0, False))
            assert [(r.shape, r.item()) for r in result] == [((), v) for v in expected]
        for name, expected in (("softmax", 1), ("log_softmax", 0)):
            (result,) = values(k, getattr(k, name)(x, 0))
            assert (result.shape, result.item()) == ((), expected)

    def test_views_share_memory():
        x = kernels.cuda.from_numpy(np.zeros((3, 4), np.float32))
        kernels.cuda.copy_into(kernels.cuda.getitem(x, (slice(None), 1)), kernels.cuda.full((), 5, np.dtype("float32")))
        np.testing.assert_array_equal(kernels.cuda.to_numpy(x)[:, 1], [5, 5, 5])

    def test_layouts_are_never_read():
        x = kernels.cuda.arange(9)
        for attempt in (copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match="cannot be pickled or deep-copied"):
                attempt(x)
        assert repr(x) == "Array(shape=(9,), dtype=int64)"

    def test_means_of_integers_are_refused_as_in_torch():
        x = kernels.cuda.full((1, 1, 2, 2), 5, np.dtype("int64"))
        with pytest.raises(NotImplementedError, match="int64"):
            kernels.cuda.avg_pool(x, [(np.array([[0]]), np.array([[2]]), 1)] * 2, np.array(4))

    @pytest.mark.parametrize("name", ["amax", "amin"])
    def test_no_extreme_of_nothing(name):
        x = kernels.cuda.from_numpy(np.zeros((3, 0), np.float32))
        with pytest.raises(ValueError, match="zero-size"):
            getattr(kernels.cuda, name)(x, (1,), False)

    def test_shapes_that_do_not_fit():
        x = kernels.cuda.from_numpy(np.zeros((3, 4), np.float32))
        for call in (
            lambda k: k.add(x, k.getitem(x, (0, slice(0, 3)))),
            lambda k: k.view(k.permute(x, (1, 0)), (12,)),
            lambda k: k.matmul(x, x),
        ):
            with pytest.raises(ValueError):
                call(kernels.cuda)
        with pytest.raises(IndexError):
            kernels.cuda.index(x, (np.array([0, 1]), np.array([0, 1, 2])))

    def test_indices_out_of_range_touch_nothing_outside():
        """They become the nearest ones; that there are some is noted by first_outside."""
        x, wrong = kernels.cuda.from_numpy(np.arange(3.0)), kernels.cuda.from_numpy(np.array([-9, 9]))
        np.testing.assert_array_equal(kernels.cuda.to_numpy(kernels.cuda.index(x, (wrong,))), [0, 2])
        np.testing.assert_array_equal(kernels.cuda.to_numpy(kernels.cuda.gather(x, 0, wrong)), [0, 2])
        kernels.cuda.scatter(x, 0, wrong, kernels.cuda.full((2,), 5, x.dtype), None)
        kernels.cuda.index_put(x, (wrong,), kernels.cuda.full((), 1, x.dtype), True)
        np.testing.assert_array_equal(kernels.cuda.to_numpy(x), [6, 1, 6])
        kernels.cuda.first_outside(wrong, -3, 2)
        with pytest.raises(AcceleratorError, match="out of bounds, which are -3 and 2"):
            kernels.cuda.to_numpy(x)

else:

    def test_on_the_simulator():
        run_again(__file__)

    def test_without_numba_cuda():
        program = "import sys; sys.modules['numba_cuda'] = None; import kernels.cuda"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert "ModuleNotFoundError" in done.stderr.splitlines()[-1]

    def test_without_a_gpu():
        assert kernels.cuda.device_count() == 0
        with pytest.raises(RuntimeError, match="no NVIDIA driver"):
            kernels.cuda.require_gpu()
