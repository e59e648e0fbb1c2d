"""Every kernel of kernels.cuda compiles for sm_90 (Hopper GPUs), also where there is no GPU; and float32 stays float32.

The cases of cuda_cases.py are called on arrays that lie in the host's memory. Where a kernel would be launched, it is
compiled to PTX, the assembly language of NVIDIA's GPUs, for the arguments it would be launched with.
"""

import importlib
import importlib.util

import numpy as np
import pytest
from cuda_cases import CASES, GPU_ONLY, Make

if importlib.util.find_spec("numba_cuda") is None:
    pytest.skip("numba-cuda is not installed", allow_module_level=True)

from cuda import pathfinder
from numba.cuda import types
from numba.cuda.dispatcher import CUDADispatcher
from numba.cuda.typing.typeof import typeof

import kernels.cuda
from kernels.cuda import device, fault, stream
from kernels.cuda.matmul import PER, multiply_blocks

try:
    for library in ("nvrtc", "nvvm"):
        pathfinder.load_nvidia_dynamic_lib(library)
except pathfinder.DynamicLibNotFoundError as error:
    pytest.skip(f"the CUDA compilers (the extra `cuda`) are not installed: {error}", allow_module_level=True)

FILES = (
    "array",
    "elementwise",
    "special",
    "softmax",
    "index",
    "matmul",
    "conv",
    "pool",
    "norm",
    "resample",
    "optim",
    "scan",
    "recurrent",
    "windows",
    "sort",
    "fault",
    "draw",
)
HOPPER = (9, 0)


class HostMemory(np.ndarray):
    """Stands in for a device array."""

    __cuda_array_interface__ = np.ndarray.__array_interface__

    def copy_to_device(self, array, stream):
        self[:] = array

    def copy_to_host(self, stream):
        return np.array(self)


class StandIn:
    """Stands in for the GPU, where numba asks which one it compiles for; and for a stream, which is done."""

    compute_capability = HOPPER

    def synchronize(self):
        pass


@pytest.fixture(scope="module")
def compiled():
    """{(kernel, the types of its arguments): (a case that launched it, its PTX)} of all cases."""
    found, titles = {}, []

    def compile_instead(kernel, configuration):
        def launch(*arguments):
            signature = tuple([typeof(a.view(np.ndarray) if isinstance(a, HostMemory) else a) for a in arguments])
            if (kernel, signature) not in found:
                ptx, _ = device.cuda.compile_ptx(kernel.py_func, signature, cc=HOPPER)
                found[kernel, signature] = titles[-1], ptx

        return launch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CUDADispatcher, "__getitem__", compile_instead)
        patch.setattr(importlib.import_module("numba.cuda.dispatcher"), "get_current_device", StandIn)
        for name in ("device_array", "mapped_array"):
            patch.setattr(device.cuda, name, lambda n, dtype: np.zeros(n, dtype).view(HostMemory))
        patch.setattr(stream.current, "stream", StandIn())
        fault.note.cache_clear()
        for title, case in {**CASES, **GPU_ONLY}.items():
            titles.append(title)
            with np.errstate(all="ignore"):
                case(Make(kernels.cuda))
        fault.note.cache_clear()
    return found


def test_every_kernel_compiles(compiled):
    assert len(compiled) > 300
    for file in FILES:
        for name, value in vars(importlib.import_module(f"kernels.cuda.{file}")).items():
            if isinstance(value, CUDADispatcher) and not value.targetoptions.get("device"):
                assert value in {kernel for kernel, _ in compiled}, name
    for _, ptx in compiled.values():
        assert ".target sm_90" in ptx
        assert ".visible .entry" in ptx


def test_sums_of_a_product_are_in_registers(compiled):
    """A thread's own arrays lie in global memory where the compiler cannot do without: then `depot` stands for them."""
    (ptx,) = [
        ptx for (kernel, _), (title, ptx) in compiled.items() if kernel is multiply_blocks and title == "products"
    ]
    assert "depot" not in ptx and ptx.count("fma.rn.f32") >= PER * PER


def dtype_of(kind):
    """The dtype of an array or number type."""
    return kind.dtype if isinstance(kind, types.Array | types.UniTuple) else kind


def test_float32_stays_float32(compiled):
    """No float64 arithmetic in a kernel without float64 arguments. (Hidden ways in: the literals 0.5 and 1.)"""
    guilty = [
        title
        for (_, signature), (title, ptx) in compiled.items()
        if types.float64 not in map(dtype_of, signature) and ".f64" in ptx
    ]
    # NVIDIA's own sinf, cosf and tanf use float64 to reduce a large angle; so digamma, normal and Cauchy numbers do.
    assert [title for title in guilty if title.split()[0] not in ("sin", "cos", "tan", "digamma", "draw")] == []
