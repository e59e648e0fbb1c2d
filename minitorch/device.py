"""`device`: where a tensor lives; and the kernel module that serves it.

https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch-device
"""

import kernels.cpu
from kernels.errors import AcceleratorError


class device:
    """device("cpu"), device("cuda"), device("cuda:0"), device("cuda", 0), device(0)."""

    __slots__ = ("index", "type")

    def __init__(self, type, index=None):
        if isinstance(type, device):
            type, index = type.type, type.index
        elif isinstance(type, int):
            type, index = "cuda", type
        elif not isinstance(type, str):
            raise TypeError(f"device(): argument 'type' must be str, not {type.__class__.__name__}")
        elif ":" in type:
            if index is not None:
                raise RuntimeError(
                    f"type (string) must not include an index because index was passed explicitly: {type}"
                )
            type, _, number = type.partition(":")
            if not number.isdecimal():
                raise RuntimeError(f"Invalid device string: '{type}:{number}'")
            index = int(number)
        if type not in ("cpu", "cuda"):
            raise RuntimeError(f"Expected one of cpu, cuda device type at start of device string: {type}")
        self.type, self.index = type, index

    def __repr__(self):
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __str__(self):
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other):
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self):
        return hash((self.type, self.index))

    def __reduce__(self):
        return device, (self.type, self.index)


CPU = device("cpu")
CUDA = device("cuda", 0)


def kernels_of(place):
    """The kernel module of a device (or of its name, or None for the CPU).

    AssertionError where CUDA is asked for and numba-cuda is not installed (as torch built without CUDA);
    RuntimeError where it is and there is no driver, or too old a one, or (AcceleratorError) no such GPU.
    """
    place = CPU if place is None else device(place)
    if place.type == "cpu":
        return kernels.cpu
    if place.index not in (None, 0):
        raise AcceleratorError(f"CUDA error: invalid device ordinal ({place}: one GPU, cuda:0, is supported)")
    try:
        from kernels import cuda  # numba.cuda takes a second to import: only when CUDA is used
    except ImportError as error:
        raise AssertionError(
            f"minitorch not installed with CUDA enabled: pip install 'minitorch[cuda]' ({error})"
        ) from None
    cuda.require_gpu()
    return cuda
