"""What the functions of matrices (..., n, m) have in common: their checks, their error, the identity."""

import numpy as np

from minitorch.ops.matmul import refuse
from minitorch.ops.vector_norm import refuse_integers


class _LinAlgError(RuntimeError):
    """What was asked does not exist for this matrix: it is singular, not positive definite, not finite.

    The public name is minitorch.linalg.LinAlgError; the class itself is called as torch's is.
    """


def check_matrix(name, A, routine=None):
    """RuntimeError unless A is a floating matrix, or a batch of them, of 32 or 64 bits.

    routine: what torch calls the code for one dtype, where it finds out only there that there is none for 16 bits.
    """
    refuse(name, A.ndim < 2, "The input tensor A must have at least 2 dimensions.")
    refuse_integers(name, A)
    if routine:
        check_dtype(routine, A)
    low = A.array.dtype not in (np.float32, np.float64)
    refuse(name, low, f"Low precision dtypes not supported. Got {A.dtype.word}")


def check_dtype(routine, A):
    """NotImplementedError unless A is of float32 or float64."""
    if A.array.dtype not in (np.float32, np.float64):
        raise NotImplementedError(f"\"{routine}\" not implemented for '{A.dtype.word}'")


def check_sides(name, A):
    """RuntimeError unless the matrices of A are square."""
    refuse(name, A.ndim < 2, "The input tensor A must have at least 2 dimensions.")
    n, m = A.shape[-2:]
    refuse(name, n != m, f"A must be batches of square matrices, but they are {n} by {m} matrices")


def check_square(name, A, routine=None):
    """RuntimeError unless A is a floating square matrix, or a batch of them."""
    check_sides(name, A)
    check_matrix(name, A, routine)


def identity(like, n):
    """The n by n identity matrix, in the dtype and on the device of `like`."""
    return like.wrap(like.kernels.from_numpy(np.eye(n, dtype=like.array.dtype)))


def attempt(name, explain, kernel, input, *others, alone=None):
    """kernel(input.array, *others). Where LAPACK gives up, _LinAlgError: the number of the first matrix of the batch on
    which `alone` (a kernel of input only; by default `kernel`) gives up, and explain(that matrix)."""
    try:
        return kernel(input.array, *others)
    except np.linalg.LinAlgError:
        alone = alone or (lambda array: kernel(array, *others))
        batch = input.kernels.to_numpy(input.array)
        for i, matrix in enumerate(batch.reshape(-1, *batch.shape[-2:])):  # (..., n, m) -> (B, n, m)
            if gives_up(alone, input, matrix):
                where = f"(Batch element {i}): " if batch.ndim > 2 else ""
                raise _LinAlgError(f"{name}: {where}{explain(matrix)}") from None
        raise


def gives_up(kernel, input, matrix):
    """Whether LAPACK fails on a matrix, given as a NumPy array."""
    try:
        kernel(input.kernels.from_numpy(matrix))
    except np.linalg.LinAlgError:
        return True
    return False
