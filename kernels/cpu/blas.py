"""NumPy's BLAS works on one thread here: large products are split among our own threads (matmul.py).

OpenBLAS's other threads wait for the next product by turning in circles, for milliseconds, on the cores that our
kernels want next. Milliseconds of a training step on 2 cores, BLAS on two threads and on one: a small VGG 36 and 26.
This holds for the whole process; OpenBLAS's own function, or threadpoolctl, can set another number.
"""

import ctypes

import numpy as np

NAMES = "scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_", "openblas_set_num_threads"


def use_one_thread():
    """Tell OpenBLAS, if it is NumPy's BLAS."""
    library = ctypes.CDLL(np._core._multiarray_umath.__file__)  # which has loaded BLAS
    for name in NAMES:
        if hasattr(library, name):
            getattr(library, name)(1)
