"""Views, and writing in place.

A view shares memory and version counter with its base. Writing into a tensor (x.add_(1), x[0] = y) does three things:
the memory changes; the version goes up, so that a node that saved the old values refuses to run; and the tensor's
history becomes that of the new values. A write through a view changes part of its base, so the base's history becomes

    copy_slices(base as it was, new values of the part)

    gradient of the base as it was:  g with the part set to zero
    gradient of the new values:      the part of g

and every view of the base has its history made anew from the base's when it is next asked for (Variable.history).
https://docs.pytorch.org/docs/stable/notes/autograd.html#in-place-correctness-checks
"""

import functools
import inspect

from minitorch.autograd.grad_mode import inference, recording
from minitorch.autograd.op import op, record
from minitorch.autograd.variable import Variable, ends
from minitorch.dtype import CATEGORY

MULTIPLE = (
    "{view} and {what} modified inplace. This view is the output of a function that returns multiple views. Such "
    "functions do not allow the output views to be modified inplace. You should replace the inplace operation by an "
    "out-of-place one."
)
MADE_IN_NO_GRAD = (
    "{view} in no_grad mode and {what} modified inplace with grad mode enabled. Given that this use case is ambiguous "
    "and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both "
    "inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace "
    "to be tracked)."
)


def link_view(result, parent, replay, kind=None):
    """Say that `result` is a view of `parent`, made by `replay`: another tensor -> its view. Returns result."""
    result.version = version = parent.version
    result.seen = None if version is None else version[0]
    result.base = parent if parent.base is None or is_grad_leaf(parent) else parent.base
    result.parent, result.turn, result.replay = parent, len(parent.turned), replay
    result.kind = kind or parent.kind or (None if recording.get() else MADE_IN_NO_GRAD)
    return result


def view(label):
    """`op` (op.py) for a forward whose kernel returns a view of its one input's memory: so it fits any dtype.

    Nothing is computed, so most calls need nothing of what op does around a kernel: they take a third less time.
    """

    def decorate(forward):
        operation = op(forward, label=label, bits=True)

        @functools.wraps(forward)
        def make(input, *settings, **named):
            if settings or "axis" in named or not isinstance(input, Variable):
                result = operation(input, *settings, **named)
            else:
                array, vjp = forward(input, **named)
                result = input.wrap(array)
                edge = (input.edge if input.base is None else input.history()) if recording.get() else None
                if edge is not None:
                    record(label, [edge], result, [vjp])
            return link_view(result, input, lambda other: make(other, *settings, **named))

        return make

    return decorate


def check_writable(tensor, name):
    """Refuse the writes that torch refuses, before anything changes."""
    if not isinstance(tensor, Variable):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(tensor).__name__}")
    if tensor.version is None and not inference.get():
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed. You can make a clone to get a "
            "normal tensor before doing inplace update."
        )
    if not (recording.get() and tensor.requires_grad):
        return
    if tensor.is_leaf or (tensor.base is not None and tensor.base.is_leaf):
        what = "leaf" if tensor.base is None else "view of a leaf"
        raise RuntimeError(f"a {what} Variable that requires grad is being used in an in-place operation.")


def is_grad_leaf(tensor):
    """Whether gradients end here: a leaf that requires grad. (Never asks for a view's history to be made anew: in
    no_grad, where nobody needs it, that would refuse what is allowed there.)"""
    outdated = tensor.base is not None and tensor.is_outdated()
    return tensor.edge is not None and ends(tensor.edge) and not outdated


def check_kind(tensor):
    """Refuse to record a write through a view whose history cannot be made anew."""
    if tensor.kind is not None:
        raise RuntimeError(tensor.why_refused("is being"))


def overlaps_itself(tensor):
    """Whether several elements of the tensor are one place in memory, as expand makes them."""
    array = tensor.array
    if tensor.kernels.is_contiguous(array):
        return False
    return array.size > 0 and any(s == 0 and n > 1 for s, n in zip(array.strides, array.shape, strict=True))


def inplace(operation):
    """The in-place twin of `operation`: add_ = inplace(add). Computes the new values, then writes them into input.

    Where the operation's VJPs need the old values of input, these are copied first, as torch does.
    """
    name = operation.__name__ + "_"

    @functools.wraps(operation)
    def write(input, *args, **kwargs):
        check_writable(input, name)
        for x in (*args, *kwargs.values()):
            if isinstance(x, Variable):
                check_apart(input, x, name, equal=True)
        old = input.with_edge(input.history() if recording.get() else None)
        old.version = [0]  # of its own: so what is saved of it can be told from what else shares the memory
        value = operation(old, *args, **kwargs)
        for saved in () if value.edge is None else value.edge[0].saved:
            if saved.version is old.version:
                saved.array = saved.kernels.copy(saved.array)
        return assign(input, value, name)

    write.__name__ = write.__qualname__ = name
    return write


def inplace_parts(operation):
    """The in-place twin of an operation that changes few elements: it writes these only, into the memory of input.

    The operation must get the array that it writes to from `target`, check its arguments before it writes, and save
    nothing of input: its old values are gone.
    """
    name = operation.__name__ + "_"

    @functools.wraps(operation)
    def write(input, *args, **kwargs):
        check_writable(input, name)
        others = [x for x in (*args, *kwargs.values()) if isinstance(x, Variable)]
        check_assignable(input, input, name)
        if input.base is not None and recording.get() and any(x.requires_grad for x in others):
            check_kind(input)
        for x in others:
            check_apart(input, x, name)
        old = input.with_edge(input.history() if recording.get() else None)
        old.version, old.overwritten = [0], True
        value = operation(old, *args, **kwargs)
        if value.array is not input.array:  # it made a new one after all, as for a 0-d input
            check_assignable(input, value, name)
            input.kernels.copy_into(input.array, value.array)
        return rebase(input, value)

    write.__name__ = write.__qualname__ = name
    return write


def target(input):
    """The array into which an operation on input writes what changes: a copy, or for its in-place twin input itself."""
    return input.array if input.overwritten else input.kernels.copy(input.array)


def blank(g, shape):
    """Zeros like g into whose own array an operation may write, for nobody else will see them."""
    zeros = g.wrap(g.kernels.full(shape, 0, g.array.dtype))
    zeros.overwritten = True
    return zeros


def steps(array):
    """(size, stride) of the dims of more than one element."""
    return [(n, step) for n, step in zip(array.shape, array.strides, strict=True) if n > 1]


def same_elements(tensor, other):
    """Whether both are the same elements of the same memory in the same order."""
    if tensor.array.shape != other.array.shape or not may_overlap(tensor, other):
        return False
    return steps(tensor.array) == steps(other.array) and tensor.data_ptr() == other.data_ptr()


def may_overlap(tensor, other):
    """False where they lie apart in memory, which takes little time to tell."""
    return tensor.kernels is other.kernels and tensor.kernels.may_overlap(tensor.array, other.array)


def check_apart(tensor, other, name, equal=False):
    """RuntimeError where what is read while `tensor` is written lies in the same memory; equal: unless it is the same
    elements in the same order."""
    if not may_overlap(tensor, other):
        return
    same = same_elements(tensor, other)
    if equal and same:
        return
    spans = []
    for x in (tensor, other):
        start = x.kernels.address(x.array) if x.version is tensor.version and x.array.size else 0
        length = sum((n - 1) * step for n, step in zip(x.array.shape, x.array.strides, strict=True)) + x.array.itemsize
        spans.append((start, start + length, length == x.array.nbytes))
    (a, b, whole), (c, d, dense) = spans
    if same or (c and a < d and c < b and whole and dense):  # of others one cannot say it without a look at all cells
        raise RuntimeError(
            "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
            f"memory location. Please clone() the tensor before performing the operation. ({name})"
        )


def switchable(operation):
    """`operation` with one argument more, as torch.nn.functional has it: inplace=True writes the result into input."""
    parameters = inspect.signature(operation).parameters.values()
    write, count, kind = inplace(operation), len(parameters) - 1, inspect.Parameter.POSITIONAL_OR_KEYWORD

    @functools.wraps(operation)
    def function(input, *settings, inplace=False, **named):
        if len(settings) > count:  # the last one by position
            *settings, inplace = settings
        return (write if inplace else operation)(input, *settings, **named)

    switch = inspect.Parameter("inplace", kind, default=False)
    function.__signature__ = inspect.Signature([*(p.replace(kind=kind) for p in parameters), switch])
    return function


def check_assignable(tensor, value, name, uniform=False):
    """RuntimeError where `value` has another shape than `tensor` or a higher category of dtype, or the memory or the
    history of `tensor` does not allow a write. uniform: all elements get one value, so they may share memory."""
    if value.array.shape != tensor.array.shape:
        raise RuntimeError(
            f"output with shape {list(tensor.array.shape)} doesn't match the broadcast shape {list(value.array.shape)}"
        )
    if CATEGORY[tensor.array.dtype.kind] < CATEGORY[value.array.dtype.kind]:
        raise RuntimeError(
            f"result type {value.dtype.name} can't be cast to the desired output type {tensor.dtype.name} ({name})"
        )
    if overlaps_itself(tensor) and not uniform:
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory "
            f"location. Please clone() the tensor before performing the operation. ({name})"
        )
    if tensor.base is not None and recording.get() and (value.edge is not None or tensor.base.edge is not None):
        check_kind(tensor)


def assign(tensor, value, name, uniform=False):
    """Write `value` into `tensor`, with its history; the end of every in-place operation."""
    check_assignable(tensor, value, name, uniform)
    if value.array.dtype != tensor.array.dtype:
        value = value.cast(tensor.array.dtype)
    tensor.kernels.copy_into(tensor.array, value.array)
    return rebase(tensor, value)


def rebase(tensor, value):
    """The memory of `tensor` now holds the numbers of `value`: raise the version, take over the history."""
    if tensor.version is not None:
        tensor.version[0] += 1
    if not recording.get():
        return tensor
    if value.edge is not None and value.edge[0].result:  # it saved its output: that is `tensor` now
        saved = value.edge[0].result[value.edge[1]]
        saved.array, saved.version, saved.saved_version = tensor.array, tensor.version, tensor.version[0]
    if tensor.base is None:
        tensor.follow(value.edge)
    elif value.edge is not None:
        part, shape, strides = tensor.path(), tensor.base.shape, tensor.base.stride()

        def laid_out(g):  # a copy of g in the base's memory order, of which the same views can be taken
            return g.new_empty_strided(shape, strides).copy_(g)

        def without_part(g):
            g = laid_out(g)
            part(g).zero_()
            return g

        def of_part(g):
            return part(g if g.stride() == strides else laid_out(g))

        record("CopySlices", [tensor.base.edge, value.edge], tensor.base, [without_part, of_part], once=True)
    return tensor
