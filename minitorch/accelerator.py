"""`minitorch.accelerator`: the GPU, whatever its kind; here the CUDA one.

https://docs.pytorch.org/docs/stable/accelerator.html
"""

from minitorch.cuda import device_count, is_available
from minitorch.device import device


def current_accelerator(check_available=False):
    """The kind of device, device(type='cuda'), or None where there is none."""
    return device("cuda") if is_available() else None


__all__ = ["current_accelerator", "device_count", "is_available"]
