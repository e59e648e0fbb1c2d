"""What all tests share: hypothesis settings, and running one program on both libraries."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # torch's idle threads must not slow ours, in one process

import numpy as np
import pytest
import torch
from hypothesis import settings

import minitorch

settings.register_profile("repeatable", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("repeatable")
torch.set_num_threads(1)


def plain(value):
    """A result of either library as NumPy arrays and Python values, for comparison."""
    if isinstance(value, minitorch.Tensor | torch.Tensor):
        return value.detach().numpy()
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def outcome(program, library):
    """What program(library) returns, or the error it raises."""
    try:
        return plain(program(library)), None
    except Exception as error:
        return None, error


@pytest.fixture
def both():
    """both(program): run it on minitorch and on torch; the results, or the errors' classes, must be the same.

    words=True compares the errors' messages too (with our name in place of torch's).
    """

    def run(program, words=False):
        ours, our_error = outcome(program, minitorch)
        theirs, their_error = outcome(program, torch)
        assert type(our_error) is type(their_error), (our_error, their_error)
        if their_error is None:
            compare(ours, theirs)
        elif words:
            clean = str(their_error).replace("torch.", "minitorch.")
            assert str(our_error).replace("torch.", "minitorch.").replace("miniminitorch", "minitorch") == clean

    return run


def compare(ours, theirs):
    if isinstance(theirs, list):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            compare(a, b)
    elif isinstance(theirs, np.ndarray):
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-6 if theirs.dtype == np.float32 else 1e-12)
    else:
        assert ours == theirs
