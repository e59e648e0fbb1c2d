"""arange, linspace and logspace: torch's bits, whichever of its loops counts them."""

import numpy as np
import pytest
import torch

import minitorch


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_arange_in_every_bit(dtype):
    random = np.random.default_rng(0)
    for _ in range(500):
        start, step = round(random.normal(), 3), round(random.normal(), 2) or 1.0
        end = start + step * (random.integers(1, 90) - 0.5)
        ours, theirs = (lib.arange(start, end, step, dtype=getattr(lib, dtype)) for lib in (minitorch, torch))
        assert ours.tolist() == theirs.tolist(), (start, end, step)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64", "int32"])
@pytest.mark.parametrize("name", ["linspace", "logspace"])
def test_ends_and_between(name, dtype):
    for start, end, steps in [(0.5, 3.7, 50), (-3, 2.2, 33), (4.6, -2.3, 7), (1.5, 3.7, 1), (0, 0, 0)]:
        ours, theirs = (
            getattr(lib, name)(start, end, steps, dtype=getattr(lib, dtype)).numpy() for lib in (minitorch, torch)
        )
        np.testing.assert_array_max_ulp(ours, theirs, 1) if ours.dtype.kind == "f" else np.testing.assert_array_equal(
            ours, theirs
        )


@pytest.mark.parametrize(
    "program",
    [
        lambda t: t.arange(0, float("inf")),
        lambda t: t.arange(0, 10**30),
        lambda t: t.arange(0.0, 1e30),
        lambda t: t.arange(0, 2, float("nan")),
        lambda t: t.arange(0, 2, 0.5, dtype=t.int64),
        lambda t: t.arange(t.tensor([3])),
        lambda t: t.linspace(0, 1, 2.0),
        lambda t: t.linspace(0, 1, True),
        lambda t: t.linspace(0, 1, -1),
        lambda t: t.linspace(t.tensor([0.0]), 1, 3),
        lambda t: t.linspace(0, 300, 3, dtype=t.uint8),
        lambda t: t.linspace(0, 1, 3, dtype=t.bool),
        lambda t: t.logspace(float("nan"), 1, 3, dtype=t.int64),
        lambda t: t.logspace(3, 3, 1, dtype=t.uint8),
        lambda t: t.ones(2, layout="strided"),
        lambda t: t.ones(2, pin_memory=True),
    ],
)
def test_refusals(both, program):
    with pytest.raises((RuntimeError, TypeError, ValueError, OverflowError)):
        program(torch)
    both(program)


def test_layout():
    assert repr(minitorch.ones(2, layout=minitorch.strided).layout) == "minitorch.strided"
