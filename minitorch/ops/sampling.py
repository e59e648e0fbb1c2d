"""Random numbers written into a tensor: x.uniform_(), x.normal_(), x.random_(), x.bernoulli_(), x.exponential_(), ...

On the CPU the numbers are those of stream/stream.py, taken in the order in which the elements lie in memory, as torch
does it: a transposed tensor is filled along its columns. A GPU has a stream of its own, stream/philox.py, as in torch,
which draws there. What stood in the tensor before gets gradient 0.
https://docs.pytorch.org/docs/stable/torch.html#in-place-random-sampling
"""

import operator

from kernels.bfloat16 import BFLOAT16
from minitorch.autograd.graph import expands_to
from minitorch.autograd.inplace import assign, check_writable
from minitorch.autograd.op import op, quiet
from minitorch.autograd.variable import Variable
from minitorch.ops.like import zeros_like
from minitorch.stream import PhiloxStream, Stream, default_streams

# -- in which order ----------------------------------------------------------------------------------------------------


def stream_of(generator, device, name):
    """The stream of a Generator (None: the device's own). RuntimeError for a generator of another kind of device."""
    if generator is None:
        return default_streams[device.type]
    if not isinstance(getattr(generator, "stream", None), Stream | PhiloxStream):
        raise TypeError(f"{name}(): argument 'generator' must be Generator, not {type(generator).__name__}")
    if generator.device.type != device.type:
        raise RuntimeError(f"Expected a '{device.type}' device type for generator but found '{generator.device.type}'")
    return generator.stream


def draw_like(array, kernels, stream, fill):
    """The numbers of fill(shape, order), for the shape of array, in the order that the stream has for it, and laid out
    so: an array for these kernels."""
    order = stream.order_of(array)
    numbers = quiet.run(fill, tuple([array.shape[d] for d in order]), order)
    return kernels.permute(numbers, sorted(range(len(order)), key=order.__getitem__))


@op
def drawn(input, *probabilities, numbers):
    return numbers, *[lambda g: zeros_like(g)] * (1 + len(probabilities))


def write(input, name, stream, fill, *probabilities):
    """Put the numbers of fill(shape, order) into input."""
    check_writable(input, name)
    numbers = draw_like(input.array, input.kernels, stream, fill)
    return assign(input, drawn(input, *probabilities, numbers=numbers), name)


# -- which numbers -----------------------------------------------------------------------------------------------------


def uniform_(input, from_=0, to=1, *, generator=None):
    """Uniform numbers of [from, to). torch's bits. (`from` is no name in Python: pass it by position.)"""
    stream = stream_of(generator, input.device, "uniform_")
    return write(input, "uniform_", stream, lambda shape, _: stream.uniform(shape, input.array.dtype, from_, to))


def normal_(input, mean=0, std=1, *, generator=None):
    """Normal numbers. torch's to rounding."""
    stream = stream_of(generator, input.device, "normal_")
    dtype, contiguous = input.array.dtype, input.kernels.is_contiguous(input.array)
    return write(input, "normal_", stream, lambda shape, _: stream.normal(shape, dtype, mean, std, contiguous))


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
        return write(input, "random_", stream, lambda shape, _: stream.random(shape, dtype))
    low, high = (0, bounds[0]) if len(bounds) == 1 else bounds
    low = operator.index(low)
    high = None if high is None and len(bounds) == 2 else operator.index(high)
    return write(input, "random_", stream, lambda shape, _: stream.integers(shape, low, high, dtype))


def bernoulli_(input, p=0.5, *, generator=None):
    """1 with probability p, else 0; p is a number, or a tensor that broadcasts to input. torch's bits."""
    stream = stream_of(generator, input.device, "bernoulli_")
    shape, dtype = input.array.shape, input.array.dtype
    if not isinstance(p, Variable):
        return write(input, "bernoulli_", stream, lambda shape, _: stream.bernoulli(shape, dtype, p))
    if not expands_to(p.array.shape, shape):
        raise RuntimeError(f"bernoulli_: probabilities of shape {list(p.shape)} do not broadcast to {list(shape)}")
    k, chances = input.kernels, (p.float() if p.array.dtype is BFLOAT16 else p).array

    def fill(shape, order):
        return stream.bernoulli(shape, dtype, k.permute(k.expand(chances, input.array.shape), order))

    return write(input, "bernoulli_", stream, fill, p)


def exponential_(input, lambd=1, *, generator=None):
    """Numbers x > 0 of density lambd * exp(-lambd x). torch's to rounding."""
    stream = stream_of(generator, input.device, "exponential_")
    return write(input, "exponential_", stream, lambda shape, _: stream.exponential(shape, input.array.dtype, lambd))


def geometric_(input, p, *, generator=None):
    """How many tries of probability p until the first success. torch's bits."""
    stream = stream_of(generator, input.device, "geometric_")
    return write(input, "geometric_", stream, lambda shape, _: stream.geometric(shape, input.array.dtype, p))


def cauchy_(input, median=0, sigma=1, *, generator=None):
    """Numbers of density 1 / (pi sigma (1 + ((x - median) / sigma)**2)). torch's to rounding."""
    stream = stream_of(generator, input.device, "cauchy_")
    return write(input, "cauchy_", stream, lambda shape, _: stream.cauchy(shape, input.array.dtype, median, sigma))


def log_normal_(input, mean=1, std=2, *, generator=None):
    """exp of normal numbers. torch's to rounding."""
    stream = stream_of(generator, input.device, "log_normal_")
    return write(input, "log_normal_", stream, lambda shape, _: stream.log_normal(shape, input.array.dtype, mean, std))
