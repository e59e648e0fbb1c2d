"""`minitorch.cuda`: whether there is a GPU, and waiting for it.

https://docs.pytorch.org/docs/stable/cuda.html
"""

from importlib.util import find_spec


def is_available():
    """Whether `.to("cuda")` works: numba-cuda is installed and finds a driver and a GPU, or simulates one."""
    return device_count() > 0


def device_count():
    """How many GPUs can be used: 0 or 1."""
    if find_spec("numba_cuda") is None and find_spec("numba.cuda") is None:
        return 0
    from kernels.cuda import device  # numba.cuda takes a second to import: only when someone asks

    return device.count()


def current_device():
    """The number of the GPU in use: 0."""
    return 0


def synchronize(device=None):
    """Wait until the GPU has done all that was asked of it."""
    from kernels.cuda import device as gpu

    gpu.synchronize()
