"""Every kernel of kernels.cuda compiles for sm_90 (Hopper GPUs), also where there is no GPU; and float32 stays float32.

The cases of cuda_cases.py are called on arrays that lie in the host's memory. Where a kernel would be launched, it is
compiled to PTX, the assembly language of NVIDIA's GPUs, for the arguments it would be launched with.
"""

import importlib
import importlib.util

import numpy as np
import pytest
from cuda_cases import CASES, Make

if importlib.util.find_spec("numba_cuda") is None:
    pytest.skip("numba-cuda is not installed", allow_module_level=True)

from cuda import pathfinder
from numba.cuda import types
from numba.cuda.dispatcher import CUDADispatcher
from numba.cuda.typing.typeof import typeof

import kernels.cuda
from kernels.cuda import device

try:
    for library in ("nvrtc", "nvvm"):
        pathfinder.load_nvidia_dynamic_lib(library)
except pathfinder.DynamicLibNotFoundError as error:
    pytest.skip(f"the CUDA compilers (the extra `cuda`) are not installed: {error}", allow_module_level=True)

FILES = "array elementwise reduce softmax index matmul conv pool norm optim".split()
HOPPER = (9, 0)


class HostMemory(np.ndarray):
    """Stands in for a device array."""

    def copy_to_device(self, array):
        self[:] = array

    def copy_to_host(self):
        return np.array(self)


class StandIn:
    """Stands in for the GPU, where numba asks which one it compiles for."""

    compute_capability = HOPPER


@pytest.fixture(scope="module")
def compiled():
    """{(kernel, the types of its arguments): (a case that launched it, its PTX)} of all cases."""
    found = {}

    def compile_instead(kernel, configuration):
        def launch(*arguments):
            signature = tuple([typeof(a.view(np.ndarray) if isinstance(a, HostMemory) else a) for a in arguments])
            if (kernel, signature) not in found:
                ptx, _ = device.cuda.compile_ptx(kernel.py_func, signature, cc=HOPPER)
                found[kernel, signature] = name, ptx

        return launch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CUDADispatcher, "__getitem__", compile_instead)
        patch.setattr(importlib.import_module("numba.cuda.dispatcher"), "get_current_device", StandIn)
        patch.setattr(device.cuda, "device_array", lambda n, dtype: np.zeros(n, dtype).view(HostMemory))
        patch.setattr(kernels.cuda, "address", lambda array: 0)
        for name, case in CASES.items():
            with np.errstate(all="ignore"):
                case(kernels.cuda, Make(kernels.cuda))
        kernels.cuda.empty_cache()
    return found


def test_every_kernel_compiles(compiled):
    modules = [importlib.import_module(f"kernels.cuda.{name}") for name in FILES]
    named = {v for m in modules for v in vars(m).values() if isinstance(v, CUDADispatcher) and "device" not in v.targetoptions}
    from kernels.cuda.matmul import multiply_naive

    assert named - {kernel for kernel, _ in compiled} - {multiply_naive} == set()
    for _, ptx in compiled.values():
        assert ".target sm_90" in ptx
        assert ".visible .entry" in ptx


def dtype_of(kind):
    """The dtype of an array or number type."""
    return kind.dtype if isinstance(kind, types.Array | types.UniTuple) else kind


def test_float32_stays_float32(compiled):
    """No float64 arithmetic in a kernel without float64 arguments. (Hidden ways in: the literals 0.5 and 1.)"""
    guilty = []
    for (kernel, signature), (name, ptx) in compiled.items():
        if types.float64 not in map(dtype_of, signature) and ".f64" in ptx:
            guilty.append((name, kernel.py_func.__name__, signature))
    # NVIDIA's own sinf and cosf use float64 where they reduce a large angle.
    assert [g for g in guilty if g[0].split()[0] not in ("sin", "cos")] == []
