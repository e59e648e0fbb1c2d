"""`PhiloxStream`: the stream of random numbers for a GPU. Its fills return new arrays there, and nobody waits for them.

Each number is a function of the seed and of its own number in the stream (kernels/philox.py), whatever the launch: a
run is repeated to the bit, on any GPU. They are not torch's CUDA numbers, which depend on the grid that torch chooses.
What the methods mean stands in stream.py, which has the same ones; kernels/cuda/draw.py has the formulas.
"""

import math
import operator
import os

import numpy as np

from kernels.philox import BITS, NOTHING, WORD, philox
from minitorch.stream import rejection
from minitorch.stream.checks import (
    check_cauchy,
    check_exponential,
    check_geometric,
    check_log_normal,
    check_normal,
    check_permutation,
    check_probability,
    check_rates,
    check_uniform,
    integer_range,
)
from minitorch.stream.integer_range import INT64_MIN, largest_integer
from minitorch.stream.mersenne import DEFAULT_SEED

STATE_BYTES = 16  # the seed, and how many numbers were drawn: so in torch, too


class PhiloxStream:
    """A seed, and how many blocks were drawn: one for each number."""

    def __init__(self):
        self.manual_seed(DEFAULT_SEED)

    # -- seed and state ------------------------------------------------------------------------------------------------

    def manual_seed(self, seed):
        """Start anew at a seed from -2**63 to 2**64 - 1: a negative one is 2**64 + seed, ValueError for others."""
        seed = operator.index(seed)
        if not INT64_MIN <= seed < 1 << 64:
            raise ValueError("Overflow when unpacking long long")
        self.initial_seed = seed % (1 << 64)
        self.drawn = 0

    def seed(self):
        """Start anew at a seed from the operating system's entropy, and return that seed."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self.initial_seed

    def get_state(self):
        """All there is to know of the stream: a uint8 array of 16 elements."""
        return np.array([self.initial_seed, self.drawn], np.uint64).view(np.uint8)

    def set_state(self, state):
        """Go on where get_state() was called. RuntimeError for bytes that are no state."""
        if state.size != STATE_BYTES:
            raise RuntimeError(f"RNG state is wrong size: {state.size} bytes, a CUDA generator has {STATE_BYTES}")
        self.initial_seed, self.drawn = map(int, np.frombuffer(state.tobytes(), np.uint64))

    # -- numbers -------------------------------------------------------------------------------------------------------

    def order_of(self, array):
        """The dims in the order in which an array is filled: their own, as each number is made by itself."""
        return list(range(array.ndim))

    def next(self, n):
        """(seed, number of the next block) for n numbers, which then are drawn."""
        first = self.drawn
        self.drawn = (first + n) % (1 << 64)
        return np.uint64(self.initial_seed), np.uint64(first)

    def _fill(self, draw, shape, dtype, *settings):
        return draw(shape, np.dtype(dtype), *self.next(int(math.prod(shape))), *settings)

    def uniform(self, shape, dtype, low=0.0, high=1.0):
        check_uniform(np.dtype(dtype), low, high)
        from kernels.cuda import draw  # imports numba: only when there is something to draw

        return self._fill(draw.uniform, shape, dtype, low, high)

    def integers(self, shape, low, high, dtype):
        low, high = integer_range(low, high, np.dtype(dtype))
        from kernels.cuda import draw

        return self._fill(draw.integers, shape, dtype, low, high - low)

    def random(self, shape, dtype):
        from kernels.cuda import draw

        return self._fill(draw.integers, shape, dtype, 0, largest_integer(np.dtype(dtype)) + 1)

    def permutation(self, n, dtype=np.int64):
        check_permutation(n, np.dtype(dtype))
        from kernels.cuda import draw

        return draw.permutation(n, np.dtype(dtype), *self.next(n))

    def bernoulli(self, shape, dtype, p):
        from kernels.cuda import draw
        from kernels.cuda.fault import first_outside

        if isinstance(p, float | int):
            check_probability(p)
            return self._fill(draw.bernoulli, shape, dtype, p)
        if p.dtype.kind != "f":
            raise NotImplementedError(f"bernoulli_ is not implemented for probabilities of dtype {p.dtype}")
        first_outside(p, 0, 1)
        return draw.bernoulli_each(np.dtype(dtype), *self.next(p.size), p)

    def exponential(self, shape, dtype, rate=1.0):
        check_exponential(np.dtype(dtype), rate)
        from kernels.cuda import draw

        return self._fill(draw.exponential, shape, dtype, rate)

    def geometric(self, shape, dtype, p):
        check_geometric(np.dtype(dtype), p)
        from kernels.cuda import draw

        return self._fill(draw.geometric, shape, dtype, math.log1p(-p))

    def cauchy(self, shape, dtype, median=0.0, sigma=1.0):
        check_cauchy(np.dtype(dtype), sigma)
        from kernels.cuda import draw

        return self._fill(draw.cauchy, shape, dtype, median, sigma)

    def normal(self, shape, dtype, mean=0.0, std=1.0, contiguous=True):
        check_normal(np.dtype(dtype), std)
        from kernels.cuda import draw

        return self._fill(draw.normal, shape, dtype, mean, std)

    def log_normal(self, shape, dtype, mean=1.0, std=2.0):
        check_log_normal(np.dtype(dtype), std)
        from kernels.cuda import draw

        return self._fill(draw.log_normal, shape, dtype, mean, std)

    # -- by rejection, on the host -------------------------------------------------------------------------------------

    def unit(self):
        """One number of [0, 1), k / 2**53, as a Python float."""
        seed, number = self.next(1)
        counter = number & WORD, number >> BITS, NOTHING, NOTHING
        high, low, _, _ = map(int, philox(*counter, seed & WORD, seed >> BITS))
        return (high << 32 | low) // 2**11 * 2.0**-53

    def poisson(self, rates):
        check_rates(rates)
        from kernels.cuda import from_numpy

        numbers = [rejection.poisson(rate, self.unit) for rate in rates.ravel().tolist()]
        return from_numpy(np.array(numbers, rates.dtype).reshape(rates.shape))

    def binomial(self, counts, probabilities):
        from kernels.cuda import from_numpy

        pairs = zip(counts.ravel(), probabilities.ravel(), strict=True)
        numbers = [rejection.binomial(count, p, self.unit) for count, p in pairs]
        return from_numpy(np.array(numbers, counts.dtype).reshape(counts.shape))
