"""The seed and the state of the numbers for the GPU. stream/philox.py tells which numbers these are.

https://docs.pytorch.org/docs/stable/cuda.html#random-number-generator
"""

from minitorch.cuda.devices import check, init, is_available
from minitorch.stream import default_streams

stream = default_streams["cuda"]


def manual_seed(seed):
    """Start the numbers for the GPU anew at a seed. As torch's, without a GPU it does nothing."""
    if is_available():
        stream.manual_seed(int(seed))


manual_seed_all = manual_seed


def seed():
    """Start the numbers for the GPU anew at a seed from the operating system's entropy. Without a GPU: nothing."""
    if is_available():
        stream.seed()


seed_all = seed


def initial_seed():
    """The seed that the numbers for the GPU started from."""
    init()
    return stream.initial_seed


def get_rng_state(device="cuda"):
    """The state of the numbers for the GPU, a uint8 tensor (on the CPU)."""
    from minitorch.creation import from_numpy  # makes tensors, which need to know of devices

    check(device)
    return from_numpy(stream.get_state())


def set_rng_state(new_state, device="cuda"):
    """Go on where get_rng_state was called."""
    check(device)
    stream.set_state(new_state.array)
