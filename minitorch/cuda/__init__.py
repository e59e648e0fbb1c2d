"""`minitorch.cuda`: whether there is a GPU, and waiting for it.

https://docs.pytorch.org/docs/stable/cuda.html
"""

from importlib.util import find_spec


def device_count():
    """How many GPUs can be used: 0 without numba-cuda, a driver or a GPU. The simulator counts as one."""
    if find_spec("numba_cuda") is None:
        return 0
    from kernels import cuda  # numba.cuda takes a second to import: only when someone asks

    return cuda.device_count()


def is_available():
    """Whether `.to("cuda")` works."""
    return device_count() > 0


def current_device():
    """The number of the GPU in use: 0."""
    return 0


def synchronize(device=None):
    """Wait until the GPU has done all that was asked of it."""
    from kernels.cuda.device import cuda, require_gpu

    require_gpu()
    cuda.synchronize()


def manual_seed(seed):
    """Start the numbers for a GPU anew at a seed: the one stream of all devices, where there is a GPU.

    As torch's, without one it does nothing. minitorch.manual_seed seeds all devices.
    """
    if is_available():
        from minitorch.random import manual_seed as start  # random.py needs tensors, tensors need to know of devices

        start(seed)


manual_seed_all = manual_seed
