"""Random tensors: rand, randn, randint, randperm, normal, ..., and the generators that they draw from.

stream/stream.py says which numbers these are (torch's, for the same seed and the same calls) and which are torch's bit
for bit; ops/sampling.py, in which order they fill a tensor, and where they are drawn for a GPU. ops/draw.py has what
draws by a tensor of probabilities.
https://docs.pytorch.org/docs/stable/torch.html#random-sampling
"""

import contextlib
import operator

import numpy as np

from minitorch.autograd.op import op, shape_error
from minitorch.creation import empty, from_numpy, with_names
from minitorch.device import device as Device
from minitorch.device import kernels_of
from minitorch.dtype import int64, uint8
from minitorch.layout import strided_only
from minitorch.ops.like import zeros_like
from minitorch.ops.sampling import draw_like, stream_of
from minitorch.size import unpack_sizes
from minitorch.stream import PhiloxStream, Stream, default_streams, get_states, set_states
from minitorch.tensor import Tensor

# -- generators --------------------------------------------------------------------------------------------------------


class Generator:
    """A stream of random numbers with a seed of its own, for the argument `generator` of the functions below.

    A generator for "cuda" serves tensors on a GPU, with numbers of its own: stream/philox.py.
    https://docs.pytorch.org/docs/stable/generated/torch.Generator.html
    """

    def __init__(self, device="cpu"):
        self.device = Device(device)
        kernels_of(self.device)  # refuses "cuda" where there is none
        self.stream = Stream() if self.device.type == "cpu" else PhiloxStream()

    def manual_seed(self, seed):
        """Start anew at a seed from -2**63 to 2**64 - 1; negative ones stand for 2**64 + seed. Returns self."""
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        self.stream.manual_seed(seed)
        return self

    def seed(self):
        """Start anew at a seed from the operating system's entropy, and return that seed."""
        return self.stream.seed()

    def initial_seed(self):
        """The seed that the stream started from."""
        return self.stream.initial_seed

    def get_state(self):
        """All there is to know of the stream: a uint8 tensor with torch's bytes."""
        return from_numpy(self.stream.get_state())

    def set_state(self, new_state):
        """Go on where get_state(), ours or torch's, was called."""
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a minitorch.ByteTensor, but got {type(new_state).__name__}")
        if new_state.dtype is not uint8 or new_state.is_cuda:
            raise TypeError("RNG state must be a minitorch.ByteTensor")
        self.stream.set_state(new_state.array)
        return self

    def clone_state(self):
        """Another generator in the same state."""
        return Generator(self.device).set_state(self.get_state())


default_generator = Generator()
default_generator.stream = default_streams["cpu"]


def manual_seed(seed):
    """Start the numbers of all devices anew at a seed; returns the CPU's default generator."""
    default_streams["cuda"].manual_seed(int(seed))
    return default_generator.manual_seed(int(seed))


def seed():
    """Start the numbers of all devices anew at a seed from the operating system's entropy, and return that seed."""
    seed = default_generator.seed()
    default_streams["cuda"].manual_seed(seed)
    return seed


def initial_seed():
    """The seed that the default generator started from."""
    return default_generator.initial_seed()


def get_rng_state():
    """The default generator's state, a uint8 tensor."""
    return default_generator.get_state()


def set_rng_state(new_state):
    """Set the default generator's state."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices=None, enabled=True, device_type=None):
    """What is drawn inside leaves the default generators as they were, the GPU's, too, whatever devices says."""
    states = get_states()
    try:
        yield
    finally:
        if enabled:
            set_states(states)


# -- tensors of a given size -------------------------------------------------------------------------------------------


def sizes(name, given, size):
    """The size given as f(2, 3), f((2, 3)) or f(size=(2, 3))."""
    if (size is None) == (not given) or not isinstance(size, list | tuple | None):
        raise TypeError(f"{name}() needs one size, a tuple of ints, but got {size}")
    size = unpack_sizes(given or (size,))
    if any(n < 0 for n in size):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(size)}: {list(size)}")
    return size


@strided_only
def rand(*shape, size=None, generator=None, dtype=None, device=None, requires_grad=False, names=None):
    """Uniform numbers of [0, 1): rand(2, 3) or rand((2, 3))."""
    x = empty(sizes("rand", shape, size), dtype=dtype, device=device)
    return with_names(x.uniform_(generator=generator).requires_grad_(requires_grad), names)


@strided_only
def randn(*shape, size=None, generator=None, dtype=None, device=None, requires_grad=False, names=None):
    """Normal numbers of mean 0 and variance 1."""
    x = empty(sizes("randn", shape, size), dtype=dtype, device=device)
    return with_names(x.normal_(generator=generator).requires_grad_(requires_grad), names)


@strided_only
def randint(low=0, high=None, size=None, *, generator=None, dtype=None, device=None, requires_grad=False):
    """Integers of [low, high): randint(high, size), randint(low, high, size). dtype: int64 unless given."""
    if isinstance(high, list | tuple):
        high, size = None, high
    low, high = (0, low) if high is None else (low, high)
    x = empty(sizes("randint", (), size), dtype=int64 if dtype is None else dtype, device=device)
    return x.random_(low, operator.index(high), generator=generator).requires_grad_(requires_grad)


@strided_only
def randperm(n, *, generator=None, dtype=None, device=None, requires_grad=False):
    """0 ... n-1 in random order, as int64 unless a dtype is given."""
    dtype = int64 if dtype is None else dtype
    out = empty(0, dtype=dtype, device=device)
    numbers = stream_of(generator, out.device, "randperm").permutation(operator.index(n), dtype.numpy)
    return out.wrap(numbers).requires_grad_(requires_grad)


# -- tensors made after another ----------------------------------------------------------------------------------------


def like(input, dtype, device, stream, fill):
    """A tensor in the shape and the memory layout of input, with the stream's numbers of fill(shape, dtype)."""
    kernels = input.kernels if device is None else kernels_of(device)
    dtype = input.array.dtype if dtype is None else dtype.numpy
    return input.wrap(draw_like(input.array, kernels, stream, lambda shape, _: fill(shape, dtype)), kernels)


def place_of(input, device):
    return input.device if device is None else Device(device)


@strided_only
def rand_like(input, *, generator=None, dtype=None, device=None, requires_grad=False):
    """Uniform numbers of [0, 1) in the shape (and memory layout) of input."""
    stream = stream_of(generator, place_of(input, device), "rand_like")
    return like(input, dtype, device, stream, stream.uniform).requires_grad_(requires_grad)


@strided_only
def randn_like(input, *, generator=None, dtype=None, device=None, requires_grad=False):
    """Normal numbers of mean 0 and variance 1 in the shape (and memory layout) of input."""
    stream = stream_of(generator, place_of(input, device), "randn_like")
    order = [d for d in stream.order_of(input.array) if input.array.shape[d] != 1]
    contiguous = order == sorted(order)

    def fill(shape, dtype):
        return stream.normal(shape, dtype, contiguous=contiguous)

    return like(input, dtype, device, stream, fill).requires_grad_(requires_grad)


@strided_only
def randint_like(input, low, high=None, *, generator=None, dtype=None, device=None, requires_grad=False):
    """Integers of [low, high) in the shape (and memory layout) of input: randint_like(x, high), (x, low, high)."""
    low, high = (operator.index(n) for n in ((0, low) if high is None else (low, high)))
    stream = stream_of(generator, place_of(input, device), "randint_like")

    def fill(shape, dtype):
        return stream.integers(shape, low, high, dtype)

    return like(input, dtype, device, stream, fill).requires_grad_(requires_grad)


@op
def _normal(*inputs, numbers):
    return numbers, *[lambda g: zeros_like(g)] * len(inputs)


@strided_only
def normal(mean, std=1.0, size=None, *, generator=None, dtype=None, device=None, requires_grad=False):
    """Normal numbers: normal(mean, std, size) for numbers mean and std; without size where one of them is a tensor.

    A tensor of means or of standard deviations gives one number an element; its numbers are standard normal ones, times
    std, plus mean, in the dtype of mean (of std, if mean is a number). No gradient flows through.
    """
    tensors = [x for x in (mean, std) if isinstance(x, Tensor)]
    if not tensors:
        x = empty(sizes("normal", (), size), dtype=dtype, device=device)
        return x.normal_(mean, std, generator=generator).requires_grad_(requires_grad)
    if size is not None:
        raise TypeError("normal() takes a size only where both mean and std are numbers")
    if isinstance(std, Tensor) and not (std >= 0).all():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    try:
        shape = np.broadcast_shapes(*(x.array.shape for x in tensors))
    except ValueError as error:
        raise shape_error("normal", tensors, error) from None
    x = empty(shape, dtype=tensors[0].dtype, device=tensors[0].device)
    if isinstance(std, Tensor):
        x.normal_(generator=generator).mul_(std.detach())
    else:
        x.normal_(0, std, generator=generator)
    x.add_(mean.detach() if isinstance(mean, Tensor) else mean)
    return _normal(*tensors, numbers=x.array)
