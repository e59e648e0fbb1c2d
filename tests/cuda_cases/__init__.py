"""Calls of every kernel, for the tests of kernels.cuda.

CASES[title](make) calls a kernel of the module make.k, and gives its results. The arrays are made by `make`, from the
same numbers for every module, and views by the module itself: so kernels.cpu and kernels.cuda meet the same strides,
and must give the same numbers. Each file adds its cases as it is imported.
"""

from cuda_cases import arrays, elementwise, indexing, layers, optimizers, order, recurrent, reductions
from cuda_cases.gpu_only import GPU_ONLY
from cuda_cases.recipes import CASES, Make

__all__ = ["CASES", "GPU_ONLY", "Make"]
