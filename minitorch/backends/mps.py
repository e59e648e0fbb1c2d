"""Apple's GPUs, which are not supported."""


def is_available():
    """False."""
    return False


def is_built():
    """False."""
    return False
