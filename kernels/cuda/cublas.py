"""Matrix products by cuBLAS, NVIDIA's library: used where its wheel is installed (the extra `cublas`).

It is called by ctypes, from Python's own library: one function for each dtype is all that is needed of it, and a
binding such as CuPy or nvmath would be one more package that has to fit numba's. It costs a download of some hundred
MB, and a handle with a workspace on the GPU. Not used for float16: see in_float32.

cuBLAS has the columns of a matrix one behind the other, we have the rows. What is a (n, k) to us, is its transpose
(k, n) to cuBLAS: so we ask it for b^T a^T = (a b)^T, which to us is a b.
https://docs.nvidia.com/cuda/cublas/#cublas-t-gemmstridedbatched
"""

import ctypes
import functools

import numpy as np

from kernels.cuda.array import address
from kernels.cuda.device import SIMULATED
from kernels.cuda.stream import current
from kernels.errors import AcceleratorError

AS_IT_IS, TRANSPOSED = 0, 1  # cublasOperation_t


def path():
    """Where the library is; None if it is not installed."""
    try:
        from cuda import pathfinder  # NVIDIA's finder of their wheels; numba-cuda needs it, too
    except ImportError:
        return None
    try:
        return pathfinder.load_nvidia_dynamic_lib("cublas").abs_path
    except pathfinder.DynamicLibNotFoundError:
        return None


def is_installed():
    """Whether products can be made by cuBLAS."""
    return not SIMULATED and path() is not None


def check(status):
    """AcceleratorError for a status that is not 0: CUBLAS_STATUS_SUCCESS."""
    if status:
        raise AcceleratorError(f"CUDA error: cuBLAS gives status {status} (cublasStatus_t tells what that is)")


@functools.cache
def library():
    """(the library, a handle of it)."""
    found, handle = ctypes.CDLL(path()), ctypes.c_void_p()
    check(found.cublasCreate_v2(ctypes.byref(handle)))
    return found, handle


def operand(row, column, n, m):
    """(operation, leading dimension) of a matrix (n, m) with these strides, in elements; None if cuBLAS cannot take it.

    The leading dimension is the distance between what cuBLAS takes for columns: our rows, where they have no gaps."""
    if (column == 1 or m == 1) and (row >= m or n == 1):
        return AS_IT_IS, max(row, m)
    if (row == 1 or n == 1) and (column >= n or m == 1):
        return TRANSPOSED, max(column, n)
    return None


def multiply(out, _, a, a_steps, b, b_steps, batch, sizes):
    """Fill out with the products; the arguments are those of the kernels in matmul.py. False, and nothing done, where
    cuBLAS cannot be told the strides: of several batch dims, or of matrices with gaps in rows and columns."""
    n, m, depth, a_row, a_column, b_row, b_column = sizes
    left, right = operand(a_row, a_column, n, depth), operand(b_row, b_column, depth, m)
    if len(batch) > 1 or left is None or right is None:
        return False
    found, handle = library()
    if out.dtype == np.float64:
        number, gemm = ctypes.c_double, found.cublasDgemmStridedBatched
    else:
        number, gemm = ctypes.c_float, found.cublasSgemmStridedBatched
    size = ctypes.c_longlong
    check(found.cublasSetStream_v2(handle, ctypes.c_void_p(int(current.stream))))
    check(
        gemm(
            handle, right[0], left[0], m, n, depth, ctypes.byref(number(1)),
            ctypes.c_void_p(address(b)), right[1], size(b_steps[1]),
            ctypes.c_void_p(address(a)), left[1], size(a_steps[1]),
            ctypes.byref(number(0)), ctypes.c_void_p(address(out)), m, size(n * m), batch[0],
        )
    )  # fmt: skip
    return True
