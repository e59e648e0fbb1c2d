"""The same numbers in another dtype, on another device, in a copy; and writing numbers into a tensor."""

from minitorch import dtype as dtypes
from minitorch.autograd.function import Function
from minitorch.autograd.graph import expands_to
from minitorch.autograd.inplace import assign, check_writable
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.device import device as Device
from minitorch.device import kernels_of
from minitorch.ops.like import scalar_like, zeros_like

# -- dtype -------------------------------------------------------------------------------------------------------------


@op
def _to_copy(input, *, dtype):
    return input.kernels.cast(input.array, dtype), lambda g: g  # the walk casts g back


def cast(input, dtype):
    """input in a NumPy dtype; input itself where it has it already."""
    return input if input.array.dtype == dtype else _to_copy(input, dtype=dtype)


def half(input):
    """input as float16."""
    return cast(input, dtypes.float16.numpy)


def float_(input):
    """input as float32."""
    return cast(input, dtypes.float32.numpy)


def double(input):
    """input as float64."""
    return cast(input, dtypes.float64.numpy)


def int_(input):
    """input as int32."""
    return cast(input, dtypes.int32.numpy)


def long(input):
    """input as int64."""
    return cast(input, dtypes.int64.numpy)


def bool_(input):
    """True where input is not 0."""
    return cast(input, dtypes.bool.numpy)


def type_as(input, other):
    """input in the dtype of other, on its device."""
    return to(input, other)


# -- device and copies -------------------------------------------------------------------------------------------------


@op(label="CloneBackward0")
def copied(input):
    return input.kernels.copy(input.array), lambda g: g


def clone(input):
    """A copy, through which gradients flow."""
    return copied(input)


def contiguous(input):
    """input itself where its elements lie row by row without gaps, otherwise a copy that does."""
    return input if input.kernels.is_contiguous(input.array) else clone(input)


class Moved(Function):
    """A copy for another device's kernels; the gradient moves back."""

    @staticmethod
    def forward(ctx, input, kernels):
        ctx.source = input.kernels
        return input.wrap(kernels.from_numpy(input.kernels.to_numpy(input.array)), kernels)

    @staticmethod
    def backward(ctx, g):
        return Moved.apply(g, ctx.source), None


def to(input, *args, dtype=None, device=None, copy=False, non_blocking=False):
    """input in a dtype and on a device: to(dtype), to(device), to(device, dtype), to(other).

    input itself where nothing changes, unless copy. Gradients flow through. Moving always waits for its end:
    non_blocking is accepted and changes nothing.
    """
    flags = [value for value in args if isinstance(value, bool)]  # the last positional ones: non_blocking, copy
    copy = copy or (len(flags) > 1 and flags[1])
    for value in args:
        if isinstance(value, dtypes.dtype):
            dtype = value
        elif isinstance(value, Variable):
            dtype, device = value.dtype, value.device
        elif isinstance(value, str | int | Device):
            device = device if isinstance(value, bool) else value
        elif value is not None:
            raise TypeError(f"to() received an invalid combination of arguments - got ({type(value).__name__})")
    kernels = input.kernels if device is None else kernels_of(device)
    result = input if dtype is None else cast(input, dtype.numpy)
    if kernels is not input.kernels:
        result = Moved.apply(result, kernels)
    return clone(input) if copy and result is input else result


def cpu(input):
    """input on the CPU."""
    return to(input, device="cpu")


def cuda(input, device=None):
    """input on the GPU."""
    return to(input, device="cuda" if device is None else device)


# -- outside the graph -------------------------------------------------------------------------------------------------


def detach(input):
    """The same memory (and version) without history: no gradient flows through."""
    return input.with_edge(None)


def detach_(input):
    """Forget the history of input itself: it becomes a leaf."""
    if input.base is not None:
        raise RuntimeError("Can't detach views in-place. Use detach() instead.")
    input.edge = None
    return input


# -- writing -----------------------------------------------------------------------------------------------------------


@op(label="CopyBackwards")
def replaced(input, source):
    """source in the shape of input, whose own values are gone: they get gradient 0."""
    shape = input.array.shape
    return input.kernels.expand(source.array, shape), lambda g: zeros_like(g), lambda g: g


def copy_(input, src, non_blocking=False):
    """Write src, which broadcasts and is cast, into input."""
    check_writable(input, "copy_")
    if not isinstance(src, Variable):
        raise TypeError(f"copy_(): argument 'other' (position 1) must be Tensor, not {type(src).__name__}")
    if not expands_to(src.array.shape, input.array.shape):
        raise RuntimeError(
            f"The size of tensor a {list(input.array.shape)} must match the size of tensor b {list(src.array.shape)}: "
            "copy_ broadcasts only its source"
        )
    return assign(input, replaced(input, to(src, input)), "copy_")


def fill_(input, value):
    """Write one number (or 0-d tensor) into every element of input."""
    check_writable(input, "fill_")
    if not isinstance(value, Variable):
        dtypes.check_fits(value, input.array.dtype)
        value = scalar_like(input, value, input.array.dtype)
    elif value.array.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value.array.ndim} dimensions."
        )
    return assign(input, replaced(input, to(value, input)), "fill_")


def zero_(input):
    """Write 0 into every element of input."""
    return fill_(input, 0)
