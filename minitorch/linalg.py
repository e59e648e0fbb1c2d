"""`minitorch.linalg`: decompositions, equations, norms of matrices. https://docs.pytorch.org/docs/stable/linalg.html

Begin with ops/solve.py; then ops/triangular.py (cholesky, qr), ops/spectral.py (svd, eigh), ops/matrix_norm.py.
"""

from minitorch.ops.diagonal import diagonal
from minitorch.ops.matmul import matmul
from minitorch.ops.matrix import _LinAlgError as LinAlgError
from minitorch.ops.matrix_norm import cond, matrix_norm
from minitorch.ops.matrix_norm import linalg_norm as norm
from minitorch.ops.products import linalg_cross as cross
from minitorch.ops.products import multi_dot, vecdot
from minitorch.ops.solve import det, inv, matrix_power, slogdet, solve
from minitorch.ops.spectral import eigh, eigvalsh, lstsq, matrix_rank, pinv, svd, svdvals
from minitorch.ops.triangular import cholesky, qr, solve_triangular
from minitorch.ops.vector_norm import vector_norm

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "vecdot",
    "vector_norm",
]
