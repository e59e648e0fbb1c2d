"""Which GPU there is. One GPU is used: cuda:0.

Where there is none, what needs one raises: AssertionError where numba-cuda is not installed, as torch built without
CUDA; RuntimeError without a driver, or with one that is too old. https://docs.pytorch.org/docs/stable/cuda.html
"""

import os
from dataclasses import dataclass, field
from importlib.util import find_spec

from kernels.errors import AcceleratorError
from minitorch.device import device as Device
from minitorch.device import kernels_of


def device_count():
    """How many GPUs can be used: 0 without numba-cuda, a driver or a GPU. The simulator counts as one."""
    if find_spec("numba_cuda") is None:
        return 0
    from kernels import cuda  # numba.cuda takes a second to import: only when someone asks

    return cuda.device_count()


def is_available():
    """Whether `.to("cuda")` works."""
    return device_count() > 0


def init():
    """Make sure that there is a GPU; it is done by itself where one is needed."""
    kernels_of("cuda")


def is_initialized():
    """Whether a GPU can be used: it is set up when it is first asked for."""
    return is_available()


def current_device():
    """The number of the GPU in use: 0."""
    init()
    return 0


def ordinal(device):
    """The number that stands for a device: of 0, "cuda:0", device("cuda", 0), or None for the current one."""
    if device is None:
        return 0
    device = Device(device)
    if device.type != "cuda":
        raise ValueError(f"Expected a cuda device, but got: {device}")
    return device.index or 0


def check(device):
    """AcceleratorError where there is no such GPU."""
    init()
    if ordinal(device) != 0:
        raise AcceleratorError(
            "CUDA error: invalid device ordinal\nGPU device may be out of range, do you have enough GPUs? (one, "
            "cuda:0, is supported)"
        )


def set_device(device):
    """Use this GPU from now on; a negative number changes nothing."""
    if not isinstance(device, int) or device >= 0:
        check(device)


class device:
    """`with minitorch.cuda.device(0):` uses this GPU inside; None and negative numbers change nothing."""

    def __init__(self, device):
        self.device = device

    def __enter__(self):
        if self.device is not None:
            set_device(self.device)

    def __exit__(self, *error):
        return False


def synchronize(device=None):
    """Wait until the GPU has done all that was asked of it; AcceleratorError if a kernel found a fault."""
    check(device)
    from kernels.cuda.device import cuda
    from kernels.cuda.fault import check as check_faults

    cuda.synchronize()
    check_faults()


# -- what it is --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeviceProperties:
    """What get_device_properties tells. total_memory is in bytes."""

    name: str
    major: int
    minor: int
    total_memory: int = field(repr=False)
    multi_processor_count: int
    warp_size: int = 32
    is_integrated: bool = False


def get_device_properties(device=None):
    """Name, compute capability (major.minor), memory and number of multiprocessors."""
    check(device)
    from kernels.cuda.device import SIMULATED, cuda

    major, minor = cuda.current_context().device.compute_capability
    if SIMULATED:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return DeviceProperties("numba's simulator", major, minor, memory, 1)
    gpu, memory = cuda.get_current_device(), cuda.current_context().get_memory_info().total
    name = gpu.name.decode() if isinstance(gpu.name, bytes) else gpu.name
    return DeviceProperties(name, major, minor, memory, gpu.MULTIPROCESSOR_COUNT, gpu.WARP_SIZE, bool(gpu.INTEGRATED))


def get_device_name(device=None):
    """The name of the GPU."""
    return get_device_properties(device).name


def get_device_capability(device=None):
    """(major, minor): which instructions the GPU has."""
    properties = get_device_properties(device)
    return properties.major, properties.minor


def is_bf16_supported(including_emulation=True):
    """Whether bfloat16 works on the GPU: where there is one; it is computed in float32."""
    return is_available() and including_emulation
