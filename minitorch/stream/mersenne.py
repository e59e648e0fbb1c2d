"""MT19937, the source of random bits that torch's CPU generator has; its seed and its state move both ways.

M. Matsumoto, T. Nishimura, ACM TOMACS 8(1), 1998: a sequence of 32-bit words from a state of 624 words. NumPy has it
too, and gives us the words; very many at once come from NumPy's state by compiled loops, five times as fast. What makes
numbers of them stands in stream.py.
"""

import ctypes
import math
import operator
import os

import numpy as np

from kernels.cpu import copy_into
from minitorch.stream.integer_range import INT64_MIN

DEFAULT_SEED = 67280421310721  # torch's
WORDS = 624  # of state
BLOCK = 1 << 16  # numbers made at a time: they stay in the cache, and temporaries stay small
LOW_53 = np.uint64((1 << 53) - 1)
MANY = 1 << 16  # words; for fewer it is not worth while to load Numba

# The bytes of a state, as torch's get_state() gives them: a C struct with its padding, 5056 bytes.
STATE = np.dtype(
    [
        ("seed", np.uint64),
        ("left", np.int32),  # words left before the state has to be renewed, plus one
        ("seeded", np.int32),
        ("next", np.uint64),  # the place of the next word; 0 as long as no word was drawn
        ("words", np.uint64, WORDS),
        ("normal_x", np.float64),  # not used any more
        ("normal_y", np.float64),  # the second normal number of a pair, kept for the next call
        ("normal_rho", np.float64),
        ("normal_is_valid", np.int32),
        ("float_normal", np.float32),  # as normal_y, for float32; torch's CPU kernels never set it
        ("float_normal_is_valid", np.bool_),
    ],
    align=True,
)


class MersenneTwister:
    """Random bits, and what uniform numbers of [0, 1) are made of them."""

    def __init__(self):
        self.bits = np.random.MT19937(0)
        self.manual_seed(DEFAULT_SEED)

    # -- seed and state ------------------------------------------------------------------------------------------

    def manual_seed(self, seed):
        """Start the stream anew at a seed from -2**63 to 2**64 - 1; a negative one stands for 2**64 + seed.

        Only the low 32 bits count. init_genrand: x[0] = seed, x[i] = 1812433253 (x[i-1] ^ (x[i-1] >> 30)) + i.
        ValueError for a seed out of range.
        """
        seed = operator.index(seed)
        if not INT64_MIN <= seed < 1 << 64:
            raise ValueError("Overflow when unpacking long long")
        self.initial_seed = seed % (1 << 64)
        x = seed & 0xFFFFFFFF
        words = [x]
        for i in range(1, WORDS):
            x = (1812433253 * (x ^ (x >> 30)) + i) & 0xFFFFFFFF
            words.append(x)
        self._set_words(np.array(words, np.uint32), WORDS)
        self.drawn = False
        self.next_normal = None

    def seed(self):
        """Start the stream anew at a seed from the operating system's entropy, and return that seed."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self.initial_seed

    def get_state(self):
        """All there is to know of the stream, as torch's bytes: a uint8 array of 5056 elements."""
        words, position = self.bits.state["state"]["key"], self.bits.state["state"]["pos"]
        state = np.zeros((), STATE)
        state["seed"] = self.initial_seed
        state["left"] = WORDS + 1 - position
        state["seeded"] = 1
        state["next"] = position if self.drawn else 0
        state["words"] = words
        if self.next_normal is not None:
            state["normal_y"], state["normal_is_valid"] = self.next_normal, 1
        return np.frombuffer(state.tobytes(), np.uint8).copy()

    def set_state(self, state):
        """Go on where get_state(), ours or torch's, was called. RuntimeError for bytes that are no state."""
        if state.size != STATE.itemsize:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE.itemsize} but found the input RNG state size to be "
                f"{state.size}"
            )
        state = np.frombuffer(state.tobytes(), STATE)[0]
        left, following = int(state["left"]), int(state["next"])
        drawn = (left, following) != (1, 0)
        if not (state["seeded"] and 1 <= left <= WORDS and (not drawn or left + following == WORDS + 1)):
            raise RuntimeError("Invalid mt19937 state")
        self.initial_seed = int(state["seed"])
        self.drawn = drawn
        self._set_words(state["words"].astype(np.uint32), WORDS + 1 - left)
        self.next_normal = float(state["normal_y"]) if state["normal_is_valid"] else None

    def _set_words(self, words, position):
        self.bits.state = {"bit_generator": "MT19937", "state": {"key": words, "pos": position}}

    # -- bits ----------------------------------------------------------------------------------------------------

    def _draw32(self, n):
        """The next n words."""
        if n:
            self.drawn = True
        if n < MANY:
            return self.bits.random_raw(n).astype(np.uint32)
        from .mersenne_jit import draw

        words = np.empty(n, np.uint32)
        address = self.bits.ctypes.state_address  # of a C struct: the words of the state, and the place of the next one
        with self.bits.lock:
            state = np.frombuffer((ctypes.c_uint32 * (WORDS + 1)).from_address(address), np.uint32)
            state[WORDS] = draw(state[:WORDS], int(state[WORDS]), words)
        return words

    def _draw64(self, n):
        """n numbers of 64 bits, each from two words, high one first."""
        low = self._draw32(2 * n).view(np.uint64)  # the second word is the high half of this
        high = low << np.uint64(32)
        low >>= np.uint64(32)
        high |= low
        return high

    def _below(self, n, p):
        """Whether n numbers of [0, 1), k / 2**53, are below p."""
        limit = np.uint64(math.ceil(p * 2.0**53))
        if 2 * n < MANY:
            return (self._draw64(n) & LOW_53) < limit
        from .mersenne_jit import below

        out = np.empty(n, np.bool_)
        below(self._draw32(2 * n), limit, out)
        return out

    def _unit(self, n, dtype):
        """n numbers of [0, 1): k / 2**24 in float32, k / 2**53 in float64."""
        if dtype == np.float64:
            return (self._draw64(n) & LOW_53).astype(np.float64) * 2.0**-53
        return (self._draw32(n) & np.uint32((1 << 24) - 1)).astype(np.float32) * np.float32(2.0**-24)

    def unit(self):
        """One number of [0, 1), k / 2**53, as a Python float."""
        self.drawn = True
        high, low = self.bits.random_raw(), self.bits.random_raw()
        return ((high << 32 | low) & ((1 << 53) - 1)) * 2.0**-53

    def _fill(self, shape, dtype, sample):
        """An array filled, block by block, with the numbers that sample(how many) gives."""
        out = np.empty(math.prod(shape), dtype)
        for start in range(0, out.size, BLOCK):
            part = out[start : start + BLOCK]
            copy_into(part, sample(part.size))
        return out.reshape(shape)
