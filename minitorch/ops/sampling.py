"""Random numbers written into a tensor: x.uniform_(), x.normal_(), x.random_(), x.bernoulli_(), x.exponential_(), ...

The numbers are those of stream/stream.py, taken in the order in which the elements lie in memory, as torch does it: a
transposed tensor is filled along its columns. For a tensor on a GPU they are drawn on the CPU, from the same stream,
and copied; a seed gives the same numbers on both. (torch has a stream of its own on a GPU, Philox.)
What stood in the tensor before gets gradient 0.
https://docs.pytorch.org/docs/stable/torch.html#in-place-random-sampling
"""

import operator

import numpy as np

from minitorch.autograd.graph import expands_to
from minitorch.autograd.inplace import assign, check_writable
from minitorch.autograd.op import op, quiet
from minitorch.autograd.variable import Variable
from minitorch.ops.like import zeros_like
from minitorch.stream import Stream, default_stream

# -- in which order ----------------------------------------------------------------------------------------------------


def stream_of(generator, device, name):
    """The stream of a Generator (None: the default one). RuntimeError for a generator of another kind of device."""
    if generator is None:
        return default_stream
    if not isinstance(getattr(generator, "stream", None), Stream):
        raise TypeError(f"{name}(): argument 'generator' must be Generator, not {type(generator).__name__}")
    if generator.device.type != device.type:
        raise RuntimeError(f"Expected a '{device.type}' device type for generator but found '{generator.device.type}'")
    return generator.stream


def memory_order(array):
    """The dims of an array from the outermost to the innermost in memory: from the largest stride to the smallest.

    Of equal strides the larger dim is the outer one. Dims of stride 0 (expanded ones) keep their places between the
    others. An insertion sort from the last dim on, which passes over them, as torch's TensorIterator sorts dims.
    """
    order = list(range(array.ndim))
    for start in reversed(range(array.ndim - 1)):
        place = start
        for after in range(start + 1, array.ndim):
            here, there = ((array.strides[d], array.shape[d]) for d in (order[place], order[after]))
            if here[0] and there[0]:
                if here < there:
                    order[place], order[after] = order[after], order[place]
                    place = after
                elif here[0] > there[0]:
                    break
    return order


def draw_like(array, fill):
    """The NumPy numbers of fill(shape, order) for the shape of an array, in the order of its memory and laid out so."""
    order = memory_order(array)
    numbers = quiet.run(fill, tuple(array.shape[d] for d in order), order)
    return numbers.transpose(np.argsort(order))


@op
def drawn(input, *probabilities, numbers):
    return input.kernels.from_numpy(numbers), *[lambda g: zeros_like(g)] * (1 + len(probabilities))


def write(input, name, fill, *probabilities):
    """Put the numbers of fill(shape, order) into input."""
    check_writable(input, name)
    return assign(input, drawn(input, *probabilities, numbers=draw_like(input.array, fill)), name)


# -- which numbers -----------------------------------------------------------------------------------------------------


def uniform_(input, from_=0, to=1, *, generator=None):
    """Uniform numbers of [from, to). torch's bits. (`from` is no name in Python: pass it by position.)"""
    stream = stream_of(generator, input.device, "uniform_")
    return write(input, "uniform_", lambda shape, _: stream.uniform(shape, input.array.dtype, from_, to))


def normal_(input, mean=0, std=1, *, generator=None):
    """Normal numbers. torch's to rounding."""
    stream = stream_of(generator, input.device, "normal_")
    dtype, contiguous = input.array.dtype, input.kernels.is_contiguous(input.array)
    return write(input, "normal_", lambda shape, _: stream.normal(shape, dtype, mean, std, contiguous))


def random_(input, *bounds, generator=None, **upper):
    """random_(from, to), random_(to): integers of [from, to), [0, to). random_(from, None): from `from` to the largest
    integer of the dtype. random_(): from 0 to the largest; for a floating dtype, to 2**digits. torch's bits.
    """
    stream = stream_of(generator, input.device, "random_")
    dtype = input.array.dtype
    bounds = (*bounds, *(upper[name] for name in ("from", "to") if name in upper))
    if len(bounds) > 2 or not set(upper) <= {"from", "to"}:
        raise TypeError(f"random_() takes 'from' and 'to', got {bounds} and {sorted(upper)}")
    if not bounds:
        return write(input, "random_", lambda shape, _: stream.random(shape, dtype))
    low, high = (0, bounds[0]) if len(bounds) == 1 else bounds
    low = operator.index(low)
    high = None if high is None and len(bounds) == 2 else operator.index(high)
    return write(input, "random_", lambda shape, _: stream.integers(shape, low, high, dtype))


def bernoulli_(input, p=0.5, *, generator=None):
    """1 with probability p, else 0; p is a number, or a tensor that broadcasts to input. torch's bits."""
    stream = stream_of(generator, input.device, "bernoulli_")
    shape, dtype = input.array.shape, input.array.dtype
    if not isinstance(p, Variable):
        return write(input, "bernoulli_", lambda shape, _: stream.bernoulli(shape, dtype, p))
    if not expands_to(p.array.shape, shape):
        raise RuntimeError(f"bernoulli_: probabilities of shape {list(p.shape)} do not broadcast to {list(shape)}")
    chances = np.broadcast_to(p.host(), shape)
    return write(input, "bernoulli_", lambda shape, order: stream.bernoulli(shape, dtype, chances.transpose(order)), p)


def exponential_(input, lambd=1, *, generator=None):
    """Numbers x > 0 of density lambd * exp(-lambd x). torch's to rounding."""
    stream = stream_of(generator, input.device, "exponential_")
    return write(input, "exponential_", lambda shape, _: stream.exponential(shape, input.array.dtype, lambd))


def geometric_(input, p, *, generator=None):
    """How many tries of probability p until the first success. torch's bits."""
    stream = stream_of(generator, input.device, "geometric_")
    return write(input, "geometric_", lambda shape, _: stream.geometric(shape, input.array.dtype, p))


def cauchy_(input, median=0, sigma=1, *, generator=None):
    """Numbers of density 1 / (pi sigma (1 + ((x - median) / sigma)**2)). torch's to rounding."""
    stream = stream_of(generator, input.device, "cauchy_")
    return write(input, "cauchy_", lambda shape, _: stream.cauchy(shape, input.array.dtype, median, sigma))


def log_normal_(input, mean=1, std=2, *, generator=None):
    """exp of normal numbers. torch's to rounding."""
    stream = stream_of(generator, input.device, "log_normal_")
    return write(input, "log_normal_", lambda shape, _: stream.log_normal(shape, input.array.dtype, mean, std))
