"""`@op`: from a forward function with its VJPs to an operation on tensors that autograd records.

    @op
    def mul(input, other):
        return input.kernels.mul(input.array, other.array), lambda g: g * other, lambda g: g * input

An op computes an array from its inputs' arrays, by the kernels of their device, and returns it with one VJP per
tensor input (None for an input that never gets a gradient, such as an index). VJPs are written with tensor operations,
so that gradients have gradients. The rules:

- Tensors are the positional parameters, settings the keyword-only ones; callers may pass settings by position, too.
- Nothing after the array: no gradient (a comparison). A tuple of arrays: several outputs; g is then a tuple.
- A VJP that needs the output takes it as a second parameter: lambda g, y: g * y.
- One VJP for several inputs is a joint one, and returns a tuple of their gradients.
- A VJP's closure is what is saved for backward. So take shapes out first, and close over a tensor (never over its
  array) only where its values are needed.
- The forward calls kernels only, never another op.

bfloat16 is a way to store numbers (kernels/bfloat16.py); no kernel computes in it. An op that gets bfloat16 inputs runs
on them as float32, and its result is rounded: so kernels and VJPs never see bfloat16. Only ops that move elements and
do not look at them, `bits=True`, take the 16 bits as they are; all views must.
"""

import contextvars
import functools
import inspect
import itertools
import threading

import numpy as np

from kernels.bfloat16 import BFLOAT16
from minitorch.autograd.grad_mode import recording
from minitorch.autograd.graph import Node
from minitorch.autograd.variable import Variable
from minitorch.dtype import FLOATING, bfloat16, float32

POSITIONAL_OR_KEYWORD = inspect.Parameter.POSITIONAL_OR_KEYWORD
KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY
VAR_POSITIONAL = inspect.Parameter.VAR_POSITIONAL
ABSENT = object()  # in the place of an argument that was not given
NUMBERS = ("alpha", "beta", "value")  # settings for which torch takes a tensor of one number, too


class _Quiet(threading.local):
    """Runs a function with NumPy's floating-point warnings off, and leaves the user's own settings alone.

    NumPy keeps these settings in the context (contextvars). A context of our own, one per thread, in which they are
    off, costs 25 ns to enter; `with np.errstate(...)` costs 1,100 ns, more than a whole small operation.
    """

    def __init__(self):
        context = contextvars.copy_context()
        context.run(np.seterr, all="ignore")
        self.run = context.run


quiet = _Quiet()


def op(forward=None, *, promote=None, label=None, bits=False, materialize_grads=True, once=False):
    """Make an operation on tensors from `forward`, as described above.

    promote   a function of promotion.py that makes of the inputs (tensors and Python numbers) tensors of one dtype
    label     the name of its node, where torch's is not made from the name of `forward`
    bits      whether it only moves elements, of any dtype
    materialize_grads   of several outputs: whether g holds zeros for those that were not used, else None
    once      its node is freed by backward though it saved no tensor: in torch it saved one (of indices, say)
    """
    if forward is None:
        return functools.partial(
            op, promote=promote, label=label, bits=bits, materialize_grads=materialize_grads, once=once
        )
    name = forward.__name__
    label = label or "".join(word.capitalize() for word in name.split("_")) + "Backward0"
    parameters = [(p.name, p.kind, p.default) for p in inspect.signature(forward).parameters.values()]
    kinds = [kind for _, kind, _ in parameters]
    arity = None if VAR_POSITIONAL in kinds else kinds.count(POSITIONAL_OR_KEYWORD)
    names = [name for name, kind, _ in parameters if kind is KEYWORD_ONLY]
    plain = {name for name in names if name not in NUMBERS}
    simple = plain - {"dtype"}
    names = list(itertools.takewhile(simple.__contains__, names))  # those that may be given by position, quickly

    def finish(inputs, result, edges):
        """What forward returned, as tensors: with their node, where edges says that it is to be recorded."""
        if type(result) is not tuple:
            return inputs[0].wrap(result)
        array, *vjps = result
        if type(array) is not tuple:
            y = inputs[0].wrap(array)
            if edges:
                record(label, edges, y, vjps, once)
            return y
        outputs = tuple([inputs[0].wrap(part) for part in array])
        if edges:
            record_several(label, edges, outputs, vjps, materialize_grads, once)
        return outputs

    @functools.wraps(forward)
    def operation(*inputs, **settings):
        if settings or len(inputs) != arity:
            if len(inputs) != arity or not settings.keys() <= plain:
                inputs, settings = bind(name, parameters, inputs, settings)
            if settings.get("dtype") is bfloat16:
                return rounded(operation(*inputs, **{**settings, "dtype": float32}), label)
        if not usual(inputs):
            inputs = check_tensors(name, inputs) if promote is None else promote(name, inputs)
            if not bits and hold_bfloat16(inputs):
                return through_float32(operation, label, inputs, settings, promote is None)
        edges = edges_of(inputs) if recording.get() else None
        try:
            # (to pass on an empty **settings takes as long as entering the context)
            result = quiet.run(forward, *inputs, **settings) if settings else quiet.run(forward, *inputs)
        except ValueError as error:
            raise shape_error(name, inputs, error) from None
        return finish(inputs, result, edges)

    # The same for one or two floating tensors, which is most calls: a quarter quicker.

    @functools.wraps(forward)
    def unary(a=ABSENT, *more, **settings):
        if more and not settings and len(more) <= len(names):
            more, settings = (), dict(zip(names, more, strict=False))
        special = settings and not simple.issuperset(settings)
        if more or special or not isinstance(a, Variable) or a.array.dtype.kind != "f":
            return operation(*given(a, *more), **settings)
        connected = a.edge is not None or a.base is not None
        edges = edges_of((a,)) if connected and recording.get() else None
        try:
            result = quiet.run(forward, a, **settings) if settings else quiet.run(forward, a)
        except ValueError as error:
            raise shape_error(name, (a,), error) from None
        if edges or type(result) is not tuple or type(result[0]) is tuple:
            return finish((a,), result, edges)
        return a.wrap(result[0])

    @functools.wraps(forward)
    def binary(a=ABSENT, b=ABSENT, *more, **settings):
        special = settings and not simple.issuperset(settings)
        if more or special or not isinstance(a, Variable) or not isinstance(b, Variable):
            return operation(*given(a, b, *more), **settings)
        dtype = a.array.dtype
        if dtype.kind != "f" or dtype is not b.array.dtype or a.kernels is not b.kernels:
            return operation(a, b, **settings)
        connected = a.edge is not None or b.edge is not None or a.base is not None or b.base is not None
        edges = edges_of((a, b)) if connected and recording.get() else None
        try:
            result = quiet.run(forward, a, b, **settings) if settings else quiet.run(forward, a, b)
        except ValueError as error:
            raise shape_error(name, (a, b), error) from None
        if edges or type(result) is not tuple or type(result[0]) is tuple:
            return finish((a, b), result, edges)
        return a.wrap(result[0])

    return {1: unary, 2: binary}.get(arity, operation)


def given(*inputs):
    """Those that are there."""
    return [x for x in inputs if x is not ABSENT]


def usual(inputs):
    """Whether all are tensors of one floating dtype on one device: then nothing is to be promoted, cast or refused."""
    if not inputs or not isinstance(inputs[0], Variable):
        return False
    dtype, kernels = inputs[0].array.dtype, inputs[0].kernels
    if dtype.kind != "f":  # bfloat16's is V
        return False
    for x in inputs:
        if not isinstance(x, Variable) or x.array.dtype is not dtype or x.kernels is not kernels:
            return False
    return True


def hold_bfloat16(inputs):
    """Whether one of them does."""
    found = False
    for x in inputs:  # any() of a generator would take longer
        if x is not None and x.array.dtype is BFLOAT16:
            found = True
    return found


def edges_of(inputs):
    """Where the gradient of each input goes, None where it needs none; or None, if none of them does.

    The histories of views are brought up to date.
    """
    edges, found = [], False
    for x in inputs:
        edge = None
        if x is not None:
            edge = x.edge if x.base is None else x.history()
            if edge is not None:
                found = True
        edges.append(edge)
    return edges if found else None


def through_float32(operation, label, inputs, settings, alike):
    """The result of an operation on bfloat16 inputs: computed in float32 and rounded, unless it has dtype= of its own.

    Made of recorded casts, so that a gradient comes back as its input was: rounded to bfloat16. alike: the floating
    inputs must all be bfloat16.
    """
    wide = []
    for x in inputs:
        if x is not None and x.array.dtype is BFLOAT16:
            x = x.cast(float32.numpy)
        elif alike and x is not None and x.array.dtype.kind == "f":
            raise RuntimeError(
                f"expected all floating inputs to have the same dtype, but got: bfloat16 and {x.dtype.name} "
                f"({operation.__name__}: convert one of them with .to)"
            )
        wide.append(x)
    result = operation(*wide, **settings)
    return result if settings.get("dtype") is not None else rounded(result, label)


def rounded(result, label):
    """float32 results in bfloat16, by nodes that bear the name of the operation; other results as they are."""
    if isinstance(result, tuple):
        return tuple([rounded(y, label) for y in result])
    if result.array.dtype != float32.numpy:
        return result
    y = result.wrap(quiet.run(result.kernels.cast, result.array, BFLOAT16))
    if result.edge is not None and recording.get():
        record(label, [result.edge], y, [lambda g: g])
    return y


def record(label, edges, y, vjps, once=False):
    """Make the node of an operation that just ran, and the edge from its output to it."""
    node, wants_result = make_node(label, edges, vjps)
    if once:
        node.once = True
    array = y.array
    node.outputs = ((array.shape, array.dtype),)
    if wants_result:
        node.result = (y.saved(),)
    if array.dtype.kind in FLOATING:
        y.edge = (node, 0)


def record_several(label, edges, outputs, vjps, materialize_grads, once):
    """The same for an operation that returned a tuple."""
    node, wants_result = make_node(label, edges, vjps)
    node.several, node.materialize_grads, node.once = True, materialize_grads, once
    node.outputs = tuple([(y.array.shape, y.array.dtype) for y in outputs])
    if wants_result:
        node.result = tuple([y.saved() for y in outputs])
    for index, y in enumerate(outputs):
        if y.array.dtype.kind in FLOATING:
            y.edge = (node, index)


def make_node(label, edges, vjps):
    """(a node with the VJPs of those inputs that have an edge, whether a VJP asks for the result).

    What the VJPs close over is exchanged for saved tensors.
    """
    joint = len(vjps) == 1
    if len(vjps) != len(edges) and not joint:
        raise TypeError(f"{label} has {len(vjps)} VJPs for {len(edges)} inputs")
    saved, wants_result = [], False
    for i, vjp in enumerate(vjps):
        if not joint and edges[i] is None:
            vjps[i] = None
        elif vjp is not None:
            if vjp.__code__.co_argcount == 2:
                wants_result = True
            for cell in vjp.__closure__ or ():
                content = cell.cell_contents
                if isinstance(content, Variable):
                    cell.cell_contents = tensor = content.saved()
                    saved.append(tensor)
    return Node(label, vjps, edges, saved), wants_result


def bind(name, parameters, inputs, settings):
    """Sort the arguments of a call into tensors (positional) and settings (keyword), as the signature tells."""
    inputs, settings = list(inputs), torch_names(settings)
    tensors, given = [], iter(inputs)
    for parameter, kind, default in parameters:
        if kind is VAR_POSITIONAL:
            tensors.extend(given)
        elif kind is POSITIONAL_OR_KEYWORD:
            if parameter in settings:
                tensors.append(settings.pop(parameter))
            else:
                tensors.append(next(given, default))
                if tensors[-1] is inspect.Parameter.empty:
                    raise TypeError(f'{name}() missing 1 required positional argument: "{parameter}"')
        else:
            value = next(given, inspect.Parameter.empty)
            if value is not inspect.Parameter.empty:
                if parameter in settings:
                    raise TypeError(f"{name}() got multiple values for argument '{parameter}'")
                settings[parameter] = value
            if parameter in NUMBERS and isinstance(settings.get(parameter), Variable):
                settings[parameter] = as_number(name, parameter, settings[parameter])
    extra = len(list(given))
    if extra:
        raise TypeError(f"{name}() takes {len(inputs) - extra} positional arguments but {len(inputs)} were given")
    return tensors, settings


def as_number(name, setting, x):
    """The number in a 0-d tensor that requires no gradient; TypeError for any other tensor."""
    if x.array.ndim or x.requires_grad:
        raise TypeError(f"{name}(): argument '{setting}' must be Number, not Tensor")
    return x.item()


def torch_names(settings):
    """The settings with NumPy's names for them, axis and keepdims, exchanged for torch's."""
    names = {"axis": "dim", "keepdims": "keepdim"}
    return {names.get(name, name): value for name, value in settings.items()}


def numpy_names(function):
    """Let a plain function take axis= and keepdims= for dim= and keepdim=, as an op does, and as torch does."""

    @functools.wraps(function)
    def call(*inputs, **settings):
        return function(*inputs, **torch_names(settings)) if settings else function(*inputs)

    return call


def check_tensors(name, inputs):
    """The inputs, all of them tensors (or None) on one device; TypeError or RuntimeError otherwise."""
    first = None
    for position, x in enumerate(inputs, 1):
        if x is None:
            continue
        if not isinstance(x, Variable):
            raise TypeError(f"{name}(): argument {position} must be Tensor, not {type(x).__name__}")
        if first is None:
            first = x
        elif x.kernels is not first.kernels:
            raise RuntimeError(
                f"Expected all tensors to be on the same device, but found at least two devices, {first.device} and "
                f"{x.device}! ({name}: move one of them with .to)"
            )
    if first is None:
        raise TypeError(f"{name}() needs a Tensor")
    return inputs


def shape_error(name, inputs, error):
    """torch's RuntimeError where NumPy says ValueError: for shapes that do not broadcast, with torch's words."""
    shapes = [x.array.shape for x in inputs if x is not None]
    for a, b in itertools.combinations(shapes, 2):
        for back, (m, n) in enumerate(zip(reversed(a), reversed(b), strict=False)):
            if m != n and 1 not in (m, n):
                return RuntimeError(
                    f"The size of tensor a ({m}) must match the size of tensor b ({n}) at non-singleton dimension "
                    f"{max(len(a), len(b)) - 1 - back} ({name} of shapes {list(a)} and {list(b)})"
                )
    return RuntimeError(f"{name}: {error}")
