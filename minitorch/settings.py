"""Settings of the whole program: how many threads, and whether results must repeat bit for bit."""

import os
import sys

_deterministic = {"mode": False, "warn_only": False}
_threads = os.cpu_count() or 1


def get_num_threads():
    """How many threads the kernels written with Numba use."""
    return _threads


def set_num_threads(n):
    """Use n threads in kernels written with Numba. (NumPy's matrix products have a setting of their own, read when
    Python starts: the environment variable OPENBLAS_NUM_THREADS.)"""
    global _threads
    if not isinstance(n, int) or isinstance(n, bool):
        raise RuntimeError(f"set_num_threads expects an int, but got {type(n).__name__}")
    if n <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    _threads = n
    if "numba" in sys.modules:
        numba = sys.modules["numba"]
        numba.set_num_threads(min(n, numba.config.NUMBA_NUM_THREADS))
    else:
        os.environ["NUMBA_NUM_THREADS"] = str(n)  # it reads this when it is first used


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
