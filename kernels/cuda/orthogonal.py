"""Muon's directions: matrices made orthogonal, roughly, by Newton and Schulz's iteration: kernels/cpu/orthogonal.py.

By the kernels of products and of elements, one after the other.
"""

import numpy as np

from kernels.bfloat16 import BFLOAT16
from kernels.cuda.array import cast, full
from kernels.cuda.elementwise import add, div, maximum, mul, sqrt
from kernels.cuda.matmul import matmul
from kernels.cuda.reduce import sum
from kernels.cuda.shape import permute


def orthogonal(matrices):
    """The results for matrices of float32 or float64, each given with its settings: (x, (a, b, c), steps, eps). The
    norm counts as eps at least."""
    return [cast(orthogonalize(*matrix), matrix[0].dtype) for matrix in matrices]


def orthogonalize(x, coefficients, steps, eps):
    """Of one matrix, in float32."""
    a, b, c, eps = (full((), number, np.float32) for number in (*coefficients, eps))
    tall = x.shape[0] > x.shape[1]
    x = rounded(permute(x, (1, 0)) if tall else x)
    norm = sqrt(sum(mul(x, x), (0, 1), True))
    x = rounded(div(x, rounded(maximum(norm, eps))))
    for _ in range(steps):
        gram = rounded(matmul(x, permute(x, (1, 0))))
        polynomial = rounded(add(mul(b, gram), mul(c, matmul(gram, gram))))
        x = rounded(add(mul(a, x), matmul(polynomial, x)))
    return permute(x, (1, 0)) if tall else x


def rounded(x):
    """x to bfloat16's digits, in float32."""
    return cast(cast(x, BFLOAT16), np.float32)
