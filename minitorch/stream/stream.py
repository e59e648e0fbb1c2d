"""`Stream`: the stream of random numbers that torch's CPU generator draws from, number for number.

The words of 32 bits are those of mersenne.py; what makes the numbers torch's is how many words a number takes, and how:

    w       32 bits: one word                             d       64 bits: two words, the first one is the high half
    u24     (w mod 2**24) / 2**24                         u53     (d mod 2**53) / 2**53

    fill           where             words a number       number                                 equal to torch's
    ------------   ---------------   ------------------   ------------------------------------   ----------------
    uniform        float32, 16       1                    fma(u24, high - low, low)              in every bit
                   float64           2                    fma(u53, high - low, low)              in every bit
    integers       range < 2**28     1                    low + w mod (high - low)               in every bit
                   range >= 2**28    2                    low + d mod (high - low)               in every bit
    random         most dtypes       1                    w mod 2**digits                        in every bit
                   int64, float64    2                    d mod 2**digits                        in every bit
    permutation    any dtype         1                    swap i and i + w mod (n - i)           in every bit
    bernoulli      p a number        2                    u53 < p                                in every bit
                   p float32, 16     1                    u24 < p                                in every bit
                   p float64         2                    u53 < p                                in every bit
    normal         n < 16            2                    Box-Muller in float64, in pairs        to rounding
                   n >= 16           1; float64 2         Box-Muller, 8 cosines and 8 sines      to rounding
    exponential    any dtype         2                    -log1p(-u53) / rate                    to rounding
    geometric      any dtype         2                    ceil(log(u53) / log1p(-p))             in every bit
    cauchy         any dtype         2                    median + sigma tan(pi (u53 - 1/2))     to rounding
    log_normal     any dtype         2                    exp of normal, n < 16                  to rounding
    poisson        any dtype         2 a try              by rejection: rejection.py             in every bit
    binomial       any dtype         2 a try              by rejection: rejection.py             in every bit

The tries of poisson and binomial and the ceiling of geometric compare results of elementary functions: in every bit,
but for a draw that falls within a rounding of the limit. (torch computes a float32 binomial in float32: from counts of
100,000 on, a few in 10,000 numbers differ.)

"To rounding": the same words and the same formula, but the elementary functions differ by some units in the last place
(at most 3 were seen; of normal float32 numbers from blocks 9 in 10 are equal, from pairs nearly all).

Some older builds of torch took `exponential`, dropout and `bernoulli` with one number p from a generator of MKL's; the
wheels of torch 2.13 do not, whatever the processor.

Checked against torch 2.13; what torch does stands in its ATen/core/DistributionsHelper.h, TransformationHelper.h and
ATen/native/cpu/DistributionTemplates.h.
"""

import math

import numpy as np

from kernels.cpu import cast, copy_into, full
from minitorch.dtype import FLOATING
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
from minitorch.stream.fma import fma
from minitorch.stream.integer_range import largest_integer
from minitorch.stream.mersenne import BLOCK, MersenneTwister
from minitorch.stream.order import memory_order

JIT_FROM = 1 << 20  # a shuffle in Python takes 0.6 s from here on; importing numba takes as long


class Stream(MersenneTwister):
    """torch's CPU stream. Its fills return new, contiguous NumPy arrays of the shape and the NumPy dtype given."""

    def order_of(self, array):
        """The dims of an array in the order in which it is filled: from the outermost in memory to the innermost."""
        return memory_order(array)

    def uniform(self, shape, dtype, low=0.0, high=1.0):
        """Uniform on [low, high): u * (high - low) + low, rounded once. Where that gives high, it is low instead.

        The 16-bit dtypes are drawn in float32. NotImplementedError for an integer dtype, RuntimeError for bounds that
        are not finite numbers of the dtype in order, or too far apart.
        """
        dtype = np.dtype(dtype)
        check_uniform(dtype, low, high)
        work = np.dtype(np.float32) if dtype.itemsize == 2 else dtype
        start = work.type(low)
        width = work.type(high) - start

        def sample(n):
            values = cast(fma(self._unit(n, work), width, start), dtype)
            values[values == full((), high, dtype)] = full((), low, dtype)
            return values

        return self._fill(shape, dtype, sample)

    def integers(self, shape, low, high, dtype):
        """Integers of [low, high), as numbers of any dtype (`torch.randint`, `random_(from, to)`).

        high None: up to and with the largest integer that the dtype holds. RuntimeError for an empty range or one that
        does not fit the dtype; a floating dtype narrows the range to integers that do not round out of it.
        """
        dtype = np.dtype(dtype)
        low, high = integer_range(low, high, dtype)
        if high - low == 1 << 64:
            return self._fill(shape, dtype, lambda n: self._draw64(n).view(np.int64))
        width, draw = (high - low), (self._draw32 if high - low < 1 << 28 else self._draw64)

        def sample(n):
            bits = draw(n)
            offsets = (bits % bits.dtype.type(width)).astype(np.uint64)
            return (offsets + np.uint64(low % (1 << 64))).view(np.int64)  # modulo 2**64, as two's complement

        return self._fill(shape, dtype, sample)

    def random(self, shape, dtype):
        """The dtype's non-negative integers, all equally likely (`random_()`).

        The digits of an integer dtype are its bits without the sign. A floating one has 24 (11, 53), and the end of the
        range included: w mod (2**24 + 1). A DataLoader's base seed is one such int64: d mod 2**63.
        """
        dtype = np.dtype(dtype)
        if dtype.itemsize == 8:
            width = np.uint64(largest_integer(dtype) + 1)
            return self._fill(shape, dtype, lambda n: self._draw64(n) % width)
        width = np.uint32(largest_integer(dtype) + 1)
        return self._fill(shape, dtype, lambda n: self._draw32(n) % width)

    def permutation(self, n, dtype=np.int64):
        """0 ... n-1 in random order: for i from 0, exchange what stands at i and at i + w mod (n - i) (Fisher-Yates).

        From n = 214748364 on, w mod n would be skewed: there torch, and we, shuffle "inside out" with 64 bits a place.
        RuntimeError for a negative n and for one that the dtype cannot count to.
        """
        dtype = np.dtype(dtype)
        check_permutation(n, dtype)
        if n >= (1 << 32) // 20:
            from .shuffle_jit import shuffle_inside_out

            return cast(shuffle_inside_out(n, self._draw64, BLOCK), dtype)
        order = np.arange(n)
        other = self._fill((max(n - 1, 0),), np.uint32, self._draw32) % np.arange(n, 1, -1, dtype=np.uint32)
        if n < JIT_FROM:
            order = order.tolist()
            for i, distance in enumerate(other.tolist()):
                j = i + distance
                order[i], order[j] = order[j], order[i]
            return cast(np.array(order), dtype)
        from .shuffle_jit import shuffle

        shuffle(order, other)
        return cast(order, dtype)

    def bernoulli(self, shape, dtype, p):
        """1 with probability p, else 0; p is a number, or a floating array that broadcasts to the shape.

        Dropout's noise is this one, with one number: bernoulli(shape, dtype, 1 - p) / (1 - p), times the input.
        RuntimeError for a probability outside [0, 1].
        """
        if not isinstance(p, np.ndarray):
            check_probability(p)
            return self._fill(shape, dtype, lambda n: self._below(n, p))
        if p.dtype.kind not in FLOATING:
            raise NotImplementedError(f"bernoulli_ is not implemented for probabilities of dtype {p.dtype}")
        work = np.float64 if p.dtype == np.float64 else np.float32
        p = np.broadcast_to(p, shape).astype(work).reshape(-1)
        if not ((p >= 0) & (p <= 1)).all():
            raise RuntimeError("bernoulli expects all probabilities to be in [0, 1]")
        return cast(self._fill(p.shape, work, lambda n: self._unit(n, work)) < p, dtype).reshape(shape)

    def exponential(self, shape, dtype, rate=1.0):
        """-log(1 - u) / rate, of density rate * exp(-rate x) for x > 0. Drawn in float64 whatever the dtype."""
        dtype = np.dtype(dtype)
        check_exponential(dtype, rate)
        return self._fill(shape, dtype, lambda n: -1.0 / rate * np.log1p(-self._unit(n, np.float64)))

    def geometric(self, shape, dtype, p):
        """How many tries until the first success, of probability p each: 1, 2, ...; by inversion, in float64."""
        dtype = np.dtype(dtype)
        check_geometric(dtype, p)
        return self._fill(shape, dtype, lambda n: np.ceil(np.log(self._unit(n, np.float64)) / np.log1p(-p)))

    def cauchy(self, shape, dtype, median=0.0, sigma=1.0):
        """Of density 1 / (pi sigma (1 + ((x - median) / sigma)**2)); by inversion, in float64."""
        dtype = np.dtype(dtype)
        check_cauchy(dtype, sigma)
        return self._fill(shape, dtype, lambda n: median + sigma * np.tan(np.pi * (self._unit(n, np.float64) - 0.5)))

    # -- by rejection ----------------------------------------------------------------------------------------------

    def poisson(self, rates):
        """One Poisson number for each rate, in the shape and dtype of the floating array `rates`."""
        check_rates(rates)
        numbers = [rejection.poisson(rate, self.unit) for rate in rates.ravel().tolist()]
        return np.array(numbers, rates.dtype).reshape(rates.shape)

    def binomial(self, counts, probabilities):
        """The successes of so many tries of such a probability, for each pair of elements of two floating arrays."""
        pairs = zip(counts.ravel(), probabilities.ravel(), strict=True)
        numbers = [rejection.binomial(count, p, self.unit) for count, p in pairs]
        return np.array(numbers, counts.dtype).reshape(counts.shape)

    # -- normal numbers --------------------------------------------------------------------------------------------

    def normal(self, shape, dtype, mean=0.0, std=1.0, contiguous=True):
        """Normal numbers by Box and Muller: r cos(t) and r sin(t) for r = sqrt(-2 log u), t = 2 pi u'; * std + mean.

        Two ways, as torch goes. Into contiguous memory, 16 numbers and more come from blocks of 16 uniform ones:
        8 u, 8 u', out of which 8 cosines, 8 sines, in the dtype's own precision. A last block that is not full is
        discarded, and the last 16 numbers of all are drawn anew. (float32 and float64 have drawn the odd numbers by
        then, the 16-bit dtypes have not.) Fewer than 16, or into memory that is not contiguous, come one by one from
        pairs in float64; the second number of a pair waits for the next call.

        The 16-bit dtypes are made in float32. NotImplementedError for an integer dtype, RuntimeError for std < 0.
        """
        dtype, n = np.dtype(dtype), math.prod(shape)
        check_normal(dtype, std)
        if n < 16 or not contiguous:
            return cast(fma(self._normal_pairs(n), std, mean), dtype).reshape(shape)
        work = np.dtype(np.float32) if dtype.itemsize == 2 else dtype
        whole = n - n % 16
        out = np.empty(n, dtype)
        for start in range(0, whole, BLOCK):
            part = out[start : min(start + BLOCK, whole)]
            copy_into(part, fma(box_muller_16(self._unit(part.size, work)), std, mean))
        if whole < n:
            if dtype.itemsize > 2:
                self._unit(n - whole, work)
            copy_into(out[-16:], fma(box_muller_16(self._unit(16, work)), std, mean))
        return out.reshape(shape)

    def log_normal(self, shape, dtype, mean=1.0, std=2.0):
        """exp of normal numbers, which come from pairs, in float64."""
        dtype = np.dtype(dtype)
        check_log_normal(dtype, std)
        return cast(np.exp(fma(self._normal_pairs(math.prod(shape)), std, mean)), dtype).reshape(shape)

    def _normal_pairs(self, n):
        """n standard normal numbers in float64, the first perhaps from the last call's pair."""
        waiting = [] if self.next_normal is None or n == 0 else [self.next_normal]
        n -= len(waiting)
        u = self._unit(n + n % 2, np.float64).reshape(-1, 2)
        radius = np.sqrt(-2 * np.log1p(-u[:, 1]))
        angle = 2 * np.pi * u[:, 0]
        pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)
        if waiting or n:
            self.next_normal = float(pairs[-1]) if n % 2 else None
        return np.concatenate([waiting, pairs[:n]])


def box_muller_16(u):
    """Standard normal numbers from uniform ones of [0, 1), 16 by 16: from 8 radii and 8 angles, 8 cosines and 8 sines.

    The logarithm is taken in float64 and rounded: nearer to torch's, whose error is small, than NumPy's float32 one.
    """
    u = u.reshape(-1, 2, 8)
    radius = np.sqrt(-2 * np.log(1 - u[:, 0], dtype=np.float64).astype(u.dtype))
    angle = u.dtype.type(2 * np.pi) * u[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)
