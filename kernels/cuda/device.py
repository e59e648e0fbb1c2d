"""The GPU: the one file that imports `cuda`.

With NUMBA_ENABLE_CUDASIM=1 in the environment, everything runs on numba's simulator instead, without a GPU: each thread
is a thread of Python, so grids and blocks are tiny there. https://nvidia.github.io/numba-cuda/user/simulator.html
"""

import functools
import math as python_math
import sys
import types
import warnings

import numba_cuda  # noqa: F401 (without this package, numba's own `cuda` would be imported, a deprecated one)
import numpy as np
from numba import config, cuda

SIMULATED = bool(config.ENABLE_CUDASIM)

THREADS = 4 if SIMULATED else 128  # of a block; a power of two, for the trees of block.py
MOST_BLOCKS = 2 if SIMULATED else 4096  # of a grid; enough to fill a large GPU several times over

config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # a small tensor is no mistake

if SIMULATED:
    sys.setswitchinterval(1e-5)  # the threads of a simulated block wait for one another by asking again and again
    from numba.cuda.simulator.kernelapi import FakeCUDAModule, FakeCUDAShared

    def shared_array(self, shape, dtype):
        """A shared array, one for each line that asks. The simulator's own looks for it and makes it in two steps: now
        and then two threads make one each, and do not share it. setdefault is a single step."""
        caller = sys._getframe(1)
        place = caller.f_code.co_filename, caller.f_lineno
        return self._allocations.setdefault(place, np.empty(shape, dtype))

    FakeCUDAShared.array = shared_array
    warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"kernels\.(cuda|scalar)")  # a GPU never warns
    # Python's functions raise where C's give inf or NaN. NumPy's do not, and stay in float32, as those of the GPU.
    math = types.SimpleNamespace(
        exp=np.exp, exp2=np.exp2, expm1=np.expm1, log=np.log, log2=np.log2, log10=np.log10, log1p=np.log1p,
        sqrt=np.sqrt, sin=np.sin, cos=np.cos, tan=np.tan, asin=np.arcsin, acos=np.arccos, atan=np.arctan,
        sinh=np.sinh, cosh=np.cosh, tanh=np.tanh, asinh=np.arcsinh, acosh=np.arccosh, atanh=np.arctanh,
        floor=np.floor, ceil=np.ceil, isnan=np.isnan, isinf=np.isinf, isfinite=np.isfinite,
        atan2=np.arctan2, fmod=np.fmod, hypot=np.hypot, copysign=np.copysign,
        erf=python_math.erf, erfc=python_math.erfc, pi=python_math.pi, inf=python_math.inf, nan=python_math.nan,
        lgamma=lambda x: python_math.inf if x <= 0 and x == np.floor(x) else python_math.lgamma(x),
    )  # fmt: skip
else:
    math = python_math


def driver_version():
    """(major, minor) of the CUDA that the driver knows; None without a driver."""
    try:
        return cuda.cudadrv.driver.driver.get_version()
    except cuda.cudadrv.error.CudaSupportError:
        return None


@functools.cache
def device_count():
    """How many GPUs can be used: none without a driver, or with one too old for our compilers; the simulator is one."""
    if SIMULATED:
        return 1
    return len(cuda.gpus) if cuda.is_available() and driver_version()[0] >= cuda.runtime.get_version()[0] else 0


def require_gpu():
    """RuntimeError where there is no GPU to compute on."""
    if device_count():
        return
    version = driver_version()
    if version is None:
        raise RuntimeError(
            "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver "
            "from http://www.nvidia.com/Download/index.aspx (or set NUMBA_ENABLE_CUDASIM=1 to use the simulator)"
        )
    if version[0] < cuda.runtime.get_version()[0]:
        raise RuntimeError(
            f"The NVIDIA driver on your system is too old (found version {1000 * version[0] + 10 * version[1]}). "
            "Please update your GPU driver by downloading and installing a new version from the URL: "
            "http://www.nvidia.com/Download/index.aspx (or install the toolkit of its version: see the extra `cuda`)"
        )
    raise RuntimeError("No CUDA GPUs are available")


def device_function(function):
    """`function`, made callable from kernels. Those of `operator` and `math` are so already, and returned as they are.

    In the simulator this is a copy of the function whose `math` is the one above and whose `cuda` asks the running
    thread: the simulator's own device functions exchange `cuda` for the time of a call, and trip over each other.
    """
    if not isinstance(function, types.FunctionType):
        return function
    if not SIMULATED:
        return cuda.jit(device=True)(function)
    names = {**function.__globals__, "math": math, "cuda": FakeCUDAModule((1, 1, 1), (THREADS, 1, 1), 0)}
    return types.FunctionType(function.__code__, names, function.__name__, None, function.__closure__)
