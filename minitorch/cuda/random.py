"""Seeds of the numbers for a GPU."""

from minitorch.cuda.devices import is_available


def manual_seed(seed):
    """Start the numbers for a GPU anew at a seed: the one stream of all devices, where there is a GPU.

    As torch's, without one it does nothing. minitorch.manual_seed seeds all devices.
    """
    if is_available():
        from minitorch.random import manual_seed as start  # random.py needs tensors, tensors need to know of devices

        start(seed)


manual_seed_all = manual_seed
