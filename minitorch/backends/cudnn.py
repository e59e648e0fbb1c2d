"""Switches of cuDNN, which is not used: the GPU's kernels are our own, and give the same bits each time."""

enabled = True
benchmark = False
deterministic = False
allow_tf32 = True


def is_available():
    """False: there is no cuDNN."""
    return False


def version():
    """None: there is no cuDNN."""
    return None
