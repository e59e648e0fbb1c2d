"""Settings of the whole program: how many threads, and whether results must repeat bit for bit."""

from kernels.cpu import threads

_deterministic = {"mode": False, "warn_only": False}


def get_num_threads():
    """How many threads a long kernel uses: at first, as many as there are processors. See kernels/cpu/threads.py."""
    return threads.get_num_threads()


def set_num_threads(n):
    """Use n threads in long kernels, matrix products among them."""
    if not isinstance(n, int) or isinstance(n, bool):
        raise RuntimeError(f"set_num_threads expects an int, but got {type(n).__name__}")
    if n <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    threads.set_num_threads(n)


def use_deterministic_algorithms(mode, *, warn_only=False):
    """Ask for results that are the same each time: they are, with or without. Only the setting is kept."""
    for position, (name, value) in enumerate((("mode", mode), ("warn_only", warn_only)), 1):
        if not isinstance(value, bool):
            raise TypeError(
                f"use_deterministic_algorithms(): argument '{name}' (position {position}) must be bool, not "
                f"{type(value).__name__}"
            )
    _deterministic.update(mode=mode, warn_only=warn_only)


def are_deterministic_algorithms_enabled():
    """Whether use_deterministic_algorithms(True) was called."""
    return _deterministic["mode"]


def is_deterministic_algorithms_warn_only_enabled():
    """Whether use_deterministic_algorithms(True, warn_only=True) was called."""
    return _deterministic["warn_only"]
