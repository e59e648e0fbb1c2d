"""Random numbers, drawn on the GPU: element i of a draw is made of the block number offset + i of Philox's stream for
the seed (kernels/philox.py). So it depends on nothing else, in particular not on the grid.

A block has four words, w1 to w4, of which two make a uniform number of [0, 1): in float32 the high 24 bits of the
first, in float64 the high 53 of both. The 16-bit dtypes are drawn in float32, integers of continuous distributions in
float64. https://docs.nvidia.com/cuda/curand/device-api-overview.html is CUDA's own library of such generators.
"""

import numpy as np

from kernels import philox
from kernels.cuda.array import arange, cast, empty
from kernels.cuda.device import cuda, device_function, math
from kernels.cuda.launch import elements, launch
from kernels.cuda.sort import sort
from kernels.cuda.strides import common_steps, place

FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
WORD, BITS, NOTHING = philox.WORD, philox.BITS, philox.NOTHING
UNUSED24, UNUSED53 = np.uint64(8), np.uint64(11)  # of the 32 bits of one word, of the 64 bits of two
STEP24, STEP53 = np.float32(2**-24), 2.0**-53

mixed = device_function(philox.philox)


@device_function
def words(seed, number):
    """The four words of a block of the stream for a seed; both arguments are uint64."""
    return mixed(number & WORD, number >> BITS, NOTHING, NOTHING, seed & WORD, seed >> BITS)


@device_function
def unit24(high, low):
    """A float32 of [0, 1) from a word."""
    return np.float32(high >> UNUSED24) * STEP24


@device_function
def unit53(high, low):
    """A float64 of [0, 1) from two words."""
    return np.float64((high << BITS | low) >> UNUSED53) * STEP53


# -- continuous --------------------------------------------------------------------------------------------------------


def drawing(body):
    """The function (shape, dtype, seed, offset, x, y) that draws by body(u, v, x, y), of two uniform numbers."""
    body = device_function(body)

    def with_units(unit):
        @cuda.jit
        def draw(out, seed, offset, x, y):
            """out[i] = body of two uniform numbers. Grid: 1-d; one thread an element; global memory only."""
            for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
                w1, w2, w3, w4 = words(seed, offset + np.uint64(i))
                out[i] = body(unit(w1, w2), unit(w3, w4), x, y)

        return draw

    in_float32, in_float64 = with_units(unit24), with_units(unit53)

    def function(shape, dtype, seed, offset, x=0, y=1):
        narrow = dtype.kind in "fV" and dtype.itemsize <= 4  # V: bfloat16
        work, kernel = (FLOAT32, in_float32) if narrow else (FLOAT64, in_float64)
        out = empty(shape, work)
        launch(kernel, elements(out.size), out, seed, offset, work.type(x), work.type(y))
        return out if dtype == work else cast(out, dtype)

    return function


def between(u, v, low, high):
    """Uniform on [low, high). Where rounding gives high, it is low instead."""
    value = u * (high - low) + low
    return low if value >= high else value


def bell(u, v, mean, std):
    """Normal, by Box and Muller: of a point whose angle is 2 pi v and whose distance is drawn, the first coordinate."""
    one, two = type(u)(1), type(u)(2)
    distance = math.sqrt(-two * math.log(one - u))
    return distance * math.cos(two * type(u)(math.pi) * v) * std + mean


def waiting_time(u, v, rate, unused):
    """-log(1 - u) / rate, of density rate e^(-rate x). u = 0, which would give 0, counts as half a step of float32."""
    if u == type(u)(0):
        u = type(u)(2.9802322387695312e-08)
    return -math.log1p(-u) / rate


def first_success(u, v, log_failure, unused):
    """How many tries, of which each fails with the probability e^log_failure, until one does not; by inversion."""
    tries = math.ceil(math.log1p(-u) / log_failure)
    return tries if tries > type(u)(1) else type(u)(1)


def heavy_tails(u, v, median, sigma):
    """Cauchy's distribution, by inversion."""
    return median + sigma * math.tan(type(u)(math.pi) * (u - type(u)(0.5)))


normal_body = device_function(bell)

uniform = drawing(between)
normal = drawing(bell)
log_normal = drawing(lambda u, v, mean, std: math.exp(normal_body(u, v, mean, std)))
exponential = drawing(waiting_time)
geometric = drawing(first_success)
cauchy = drawing(heavy_tails)


# -- discrete ----------------------------------------------------------------------------------------------------------


@cuda.jit
def draw_integers(out, seed, offset, low, width):
    """out[i] = low + 64 random bits modulo width. Grid: 1-d; one thread an element; global memory only.

    width 0 stands for 2**64: all bits, with their sign."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        w1, w2, _, _ = words(seed, offset + np.uint64(i))
        if width == NOTHING:
            out[i] = (np.int64(w1) - 2147483648) * 4294967296 + np.int64(w2)
        else:
            step = (w1 << BITS | w2) % width
            half = step >> np.uint64(1)  # the step itself may be too large for an int64
            out[i] = low + np.int64(half) + np.int64(step - half)


def integers(shape, dtype, seed, offset, low, width):
    """Integers of [low, low + width)."""
    out = empty(shape, np.int64)
    launch(draw_integers, elements(out.size), out, seed, offset, np.int64(low), np.uint64(width % (1 << 64)))
    return out if dtype == np.int64 else cast(out, dtype)


def permutation(n, dtype, seed, offset):
    """0, 1, ..., n - 1 in random order: that in which n random numbers of 64 bits are to be sorted."""
    _, order = sort(integers((n,), np.dtype(np.int64), seed, offset, 0, 0), 0, False) if n else (None, arange(0))
    return order if dtype == np.int64 else cast(order, dtype)


@cuda.jit
def draw_chances(out, seed, offset, limit):
    """out[i] = whether 53 random bits are below limit. Grid: 1-d; one thread an element; global memory only."""
    for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        w1, w2, _, _ = words(seed, offset + np.uint64(i))
        out[i] = (w1 << BITS | w2) >> UNUSED53 < limit


def bernoulli(shape, dtype, seed, offset, p):
    """1 with probability p, a number, else 0."""
    out = empty(shape, np.bool_ if dtype.kind == "V" else dtype)
    launch(draw_chances, elements(out.size), out, seed, offset, np.uint64(round(p * 2**53)))
    return out if out.dtype == dtype else cast(out, dtype)


def chances_of(unit):
    """The kernel that draws by an array of probabilities."""

    @cuda.jit
    def draw_each(out, seed, offset, p, p_steps, shape):
        """out[i] = whether a uniform number is below p[i]. Grid: 1-d; one thread an element; global memory only."""
        for i in range(cuda.grid(1), out.size, cuda.gridsize(1)):
            w1, w2, _, _ = words(seed, offset + np.uint64(i))
            out[i] = unit(w1, w2) < p[place(i, shape, p_steps)]

    return draw_each


draw_each = {FLOAT32: chances_of(unit24), FLOAT64: chances_of(unit53)}


def bernoulli_each(dtype, seed, offset, p):
    """1 with the probability that stands in p, an array, else 0."""
    p = p if p.dtype == FLOAT64 else cast(p, FLOAT32)
    out = empty(p.shape, np.bool_)
    shape, p_steps = common_steps(p.shape, p)
    launch(draw_each[p.dtype], elements(out.size), out, seed, offset, p, p_steps, shape)
    return cast(out, dtype)
