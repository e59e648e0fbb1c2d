"""The same numbers in another dtype, on another device, in a copy; and writing numbers into a tensor."""

from minitorch import dtype as dtypes
from minitorch.autograd.function import Function
from minitorch.autograd.graph import expands_to
from minitorch.autograd.inplace import assign, check_apart, check_writable, same_elements
from minitorch.autograd.op import op
from minitorch.autograd.variable import Variable
from minitorch.cuda import is_available
from minitorch.device import device as Device
from minitorch.device import kernels_of
from minitorch.memory_format import (
    contiguous_format,
    is_in_format,
    preserve_format,
    strides_for,
    suggested_format,
)
from minitorch.ops.like import scalar_like, zeros_like

# -- dtype, memory format ----------------------------------------------------------------------------------------------


def rewritten(input, dtype, format):
    """A new array with the numbers of input, in a NumPy dtype and a memory format."""
    kernels, array = input.kernels, input.array
    if format is contiguous_format or (format is preserve_format and kernels.is_contiguous(array)):
        return kernels.cast(array, dtype)
    out = kernels.empty_strided(array.shape, strides_for(array, format), dtype)
    kernels.copy_into(out, array)
    return out


@op(bits=True)
def _to_copy(input, *, dtype, memory_format):
    return rewritten(input, dtype, memory_format), lambda g: g  # the walk casts g back


def cast(input, dtype, memory_format=preserve_format):
    """input in a NumPy dtype and a memory format; input itself where it has them already."""
    if input.array.dtype == dtype and (
        memory_format is preserve_format or memory_format is suggested_format(input.array)
    ):
        return input
    return _to_copy(input, dtype=dtype, memory_format=memory_format)


def caster(dtype, name):
    """The method of that name: input in that dtype, itself where it has it already."""

    def convert(input, memory_format=preserve_format):
        return cast(input, dtype.numpy, memory_format)

    convert.__name__ = convert.__qualname__ = name
    convert.__doc__ = f"input as {dtype.name}."
    return convert


half, bfloat16 = caster(dtypes.float16, "half"), caster(dtypes.bfloat16, "bfloat16")
float_, double = caster(dtypes.float32, "float"), caster(dtypes.float64, "double")
byte, char = caster(dtypes.uint8, "byte"), caster(dtypes.int8, "char")
short, int_, long = caster(dtypes.int16, "short"), caster(dtypes.int32, "int"), caster(dtypes.int64, "long")
bool_ = caster(dtypes.bool, "bool")


def type_as(input, other):
    """input in the dtype of other, on its device."""
    return to(input, other)


# -- copies, device ----------------------------------------------------------------------------------------------------


@op(label="CloneBackward0", bits=True)
def copied(input, *, memory_format):
    return rewritten(input, input.array.dtype, memory_format), lambda g: g


def clone(input, *, memory_format=preserve_format):
    """A copy, through which gradients flow."""
    return copied(input, memory_format=memory_format)


def contiguous(input, memory_format=contiguous_format):
    """input itself where its elements lie in the format without gaps, otherwise a copy that does."""
    if is_in_format(input, memory_format):
        return input
    if memory_format is preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return clone(input, memory_format=memory_format)


class Moved(Function):
    """A copy for another device's kernels; the gradient moves back."""

    @staticmethod
    def forward(ctx, input, kernels, wait):
        ctx.source = input.kernels
        return input.wrap(kernels.from_numpy(input.kernels.to_numpy(input.array), wait), kernels)

    @staticmethod
    def backward(ctx, g):
        return Moved.apply(g, ctx.source, True), None, None


def to(input, *args, dtype=None, device=None, copy=False, non_blocking=False, memory_format=preserve_format):
    """input in a dtype and on a device: to(dtype), to(device), to(device, dtype), to(other).

    input itself where nothing changes, unless copy. Gradients flow through. non_blocking: from pinned memory to a GPU,
    the host goes on while the numbers are copied, so they must not be changed until then. To the CPU it always waits.
    """
    flags = [value for value in args if isinstance(value, bool)]  # the last positional ones: non_blocking, copy
    non_blocking = non_blocking or (len(flags) > 0 and flags[0])
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
    memory_format = memory_format or preserve_format
    kernels = input.kernels if device is None else kernels_of(device)
    result = cast(input, input.array.dtype if dtype is None else dtype.numpy, memory_format)
    if kernels is not input.kernels:
        result = Moved.apply(result, kernels, not non_blocking)
    return _to_copy(input, dtype=input.array.dtype, memory_format=memory_format) if copy and result is input else result


def cpu(input, memory_format=preserve_format):
    """input on the CPU."""
    return to(input, device="cpu", memory_format=memory_format)


def cuda(input, device=None, non_blocking=False, memory_format=preserve_format):
    """input on the GPU."""
    device = "cuda" if device is None else device
    return to(input, device=device, non_blocking=non_blocking, memory_format=memory_format)


def is_pinned(input, device=None):
    """Whether it lies in memory of the host that the GPU can read by itself: kernels/cuda/pinned.py."""
    if input.is_cuda or not is_available():
        return False
    from kernels.cuda.pinned import is_pinned as looked_up  # numba.cuda, only where there is a GPU

    return looked_up(input.array)


def pin_memory(input, device=None):
    """A copy in pinned memory, outside the graph; input itself where it is pinned. RuntimeError without a GPU."""
    if input.is_cuda:
        raise RuntimeError(f"cannot pin '{input.type()}' only dense CPU tensors can be pinned")
    if not is_available():
        raise RuntimeError("Cannot access accelerator device when none is available.")
    from kernels.cuda.pinned import pin

    return input if is_pinned(input) else input.wrap(pin(input.array))


def record_stream(input, stream):
    """Tell that a stream uses input, which was made in another: its memory is not handed on before that is done."""
    if input.is_cuda:
        memory = input.array.memory
        memory.others = (*memory.others, stream.queue)


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


@op(label="CopyBackwards", bits=True)
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
    check_apart(input, src, "copy_", equal=True)
    unchanged = input.array.dtype == src.array.dtype and same_elements(input, src)  # then elements may share memory
    return assign(input, replaced(input, to(src, input, non_blocking)), "copy_", uniform=unchanged)


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
    return assign(input, replaced(input, to(value, input)), "fill_", uniform=True)


def zero_(input):
    """Write 0 into every element of input."""
    return fill_(input, 0)
