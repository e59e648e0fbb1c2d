"""`summary`: what a network is made of, what it costs, and how much of its input it sees.

    input   (1, 1, 28, 28)
    layer        kind       output             parameters   multiply-adds   field
    features.0   Conv2d     (1, 6, 28, 28)            156         117,600   5 x 5
    features.1   Sigmoid    (1, 6, 28, 28)              0               0   5 x 5
    features.2   AvgPool2d  (1, 6, 14, 14)              0               0   6 x 6

A unit's receptive field is the part of the input that it can depend on. Layer by layer

    field = field + (k - 1) * jump        jump = jump * stride

where jump is how far apart neighbours are in the input, and k = dilation (kernel_size - 1) + 1 the extent of a window.
Where ways meet (x + f(x), cat) the larger one counts. Padding belongs to it, statistics of a batch do not. After a
transposed convolution, whose windows lie over an input with zeros between its elements, it is the most a unit may see.
Araujo et al., Computing receptive fields of convolutional neural networks, https://distill.pub/2019/computing-receptive-fields
"""

from fractions import Fraction
from math import floor, prod
from typing import NamedTuple

from minitorch.autograd.grad_mode import enable_grad
from minitorch.autograd.graph import Node
from minitorch.nn.conv import _Convolution, _ConvTranspose
from minitorch.nn.linear import Linear
from minitorch.nn.module import Module
from minitorch.nn.pooling import AvgPool1d, AvgPool2d, _LPPool, _MaxPool
from minitorch.nn.rnn import RNNBase
from minitorch.ops.windows import repeated
from minitorch.tensor import Tensor
from minitorch.viz.graph import nodes_behind

ALL = "all"  # the field of a unit that sees the whole input
UNKNOWN = "?"
MIXING = ("Conv", "Pool", "Upsample", "mm", "Linear")  # operations that see several pixels though the size remains


class Layer(NamedTuple):
    """A row of the table: a layer, as it was called once."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int  # 0 where the layer was called before
    multiply_adds: int
    field: tuple[int, ...] | str  # a number a dim of the image; "all"; "?" where it is not known, "-" without images


class Summary(list):
    """The layers in the order in which they were called; printed as a table."""

    def __init__(self, layers, net, shape):
        super().__init__(layers)
        self.input_shape = tuple(shape)
        self.parameters = sum(p.numel() for p in net.parameters())
        self.trainable = sum(p.numel() for p in net.parameters() if p.requires_grad)
        self.multiply_adds = sum(layer.multiply_adds for layer in self)

    def __str__(self):
        rows = [("layer", "kind", "output", "parameters", "multiply-adds", "field")]
        for name, kind, shape, parameters, products, field in self:
            seen = field if isinstance(field, str) else " x ".join(map(str, field)) or "-"
            rows.append((name, kind, str(shape), f"{parameters:,}", f"{products:,}", seen))
        total = "total" if self.trainable == self.parameters else f"total ({self.trainable:,} trainable)"
        rows.append((total, "", "", f"{self.parameters:,}", f"{self.multiply_adds:,}", ""))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [f"input {self.input_shape}"]
        for row in rows:
            cells = zip(row, "<<<>><", widths, strict=True)
            lines.append("  ".join(f"{text:{side}{width}}" for text, side, width in cells).rstrip())
        return "\n".join(lines)

    __repr__ = __str__


def summary(net, input):
    """Print a line for every layer that net(input) calls, and what they add up to. Returns a Summary, a list of Layer.

    A layer is a module that calls no other one. Its numbers are for this input, a tensor or a tuple of tensors.
    Multiply-adds are those of convolutions, of Linear and of recurrent layers: the others' are few, or those of a
    module without weights (attention's products), and count as 0. The net runs once, in its evaluation mode.
    """
    table = measure(net, input)
    print(table)
    return table


def measure(net, input):
    """What `summary` prints, as a Summary."""
    inputs = [input] if isinstance(input, Tensor) else list(input)
    with enable_grad():
        inputs = [x.detach().requires_grad_().clone() if x.is_floating_point() else x for x in inputs]
        calls = called(net, inputs)
    fields = receptive_fields(calls, inputs)
    counted, layers = set(), []
    for call in calls:
        new = set(call.module.parameters()) - counted
        counted |= new
        field = fields.get(call.after, "-")
        layers.append(
            Layer(
                call.name,
                type(call.module).__name__,
                tuple(call.output.shape),
                sum(p.numel() for p in new),
                multiply_adds(call.module, call.input, call.output),
                tuple(map(floor, field.size)) if isinstance(field, Field) else field,
            )
        )
    return Summary(layers, net, inputs[0].shape)


# -- the layers that are called ----------------------------------------------------------------------------------------


class Call(NamedTuple):
    """A call of a module that calls no other one."""

    name: str
    module: Module
    input: Tensor
    output: Tensor
    before: Node | None  # the node of input, before the call: a layer may write into its input
    after: Node | None  # the node of output


def called(net, inputs):
    """A Call for each module that calls no other one, by hooks on all of them."""
    calls, entered, hooks = [], [], []

    def enter(module, args):
        x = first_tensor(args)
        entered.append((len(calls), x, None if x is None else x.grad_fn))

    def leave(name, module, output):
        count, x, before = entered.pop()
        y = first_tensor(output)
        if len(calls) == count and x is not None and y is not None:
            calls.append(Call(name, module, x, y, before, y.grad_fn))

    modes = {module: module.training for module in net.modules()}
    for name, module in net.named_modules():
        hooks.append(module.register_forward_pre_hook(enter))
        hooks.append(module.register_forward_hook(lambda module, args, output, name=name: leave(name, module, output)))
    try:
        net.eval()
        net(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in modes.items():
            module.training = training
    return calls


def first_tensor(x):
    """x, or the first tensor in a tuple, list or dict of such."""
    if isinstance(x, Tensor):
        return x
    parts = x.values() if isinstance(x, dict) else x if isinstance(x, tuple | list) else ()
    return next((y for y in map(first_tensor, parts) if y is not None), None)


def multiply_adds(module, x, y):
    """How many products are added up: each weight is used once for every place (convolutions), row or time step."""
    if isinstance(module, _Convolution):
        return y.numel() * module.weight[0].numel()
    if isinstance(module, _ConvTranspose):
        return x.numel() * module.weight[0].numel()
    if isinstance(module, Linear):
        return y.numel() * module.in_features
    if isinstance(module, RNNBase):
        return x.numel() // module.input_size * sum(p.numel() for p in module.parameters() if p.ndim == 2)
    return 0


# -- receptive fields --------------------------------------------------------------------------------------------------


class Field(NamedTuple):
    """What one unit sees, a number a dim of the image."""

    size: tuple[Fraction, ...]  # rounded down at the end
    jump: tuple[Fraction, ...]  # how far apart in the input the fields of neighbours are; below 1 after enlarging


def receptive_fields(calls, inputs):
    """{node: Field, or ALL or UNKNOWN} of all that autograd recorded between the inputs and the outputs of `calls`.

    Layers with windows tell how they change it; other operations are judged by what they do to the size of the image.
    """
    fields = {x.grad_fn: Field((1,) * (x.ndim - 2), (1,) * (x.ndim - 2)) for x in inputs if x.grad_fn and x.ndim >= 2}
    windows = {call.after: (call.before, window) for call in calls if (window := window_of(call.module, call.input))}
    for node in nodes_behind(call.after for call in calls if call.after):
        if node in fields:
            continue
        if node in windows:
            before, window = windows[node]
            if before in fields:
                fields[node] = widened(fields[before], *window)
            continue
        ways = [(fields[edge[0]], edge[0].outputs[edge[1]][0][2:]) for edge in node.edges if edge and edge[0] in fields]
        if ways:
            fields[node] = met(node, [field for field, _ in ways], [image for _, image in ways])
    return fields


def window_of(module, x):
    """(extent, stride) of a layer's windows, a number a dim of the image; None for a layer without."""
    dims = x.ndim - 2
    if isinstance(module, _ConvTranspose):  # (k - 1) / stride of the input's jumps from one end to the other
        spans = zip(extent(module, dims), module.stride, strict=True)
        return tuple(Fraction(k - 1, s) + 1 for k, s in spans), tuple(Fraction(1, s) for s in module.stride)
    if isinstance(module, _Convolution | _MaxPool | _LPPool | AvgPool1d | AvgPool2d):
        return extent(module, dims), repeated(module.stride, dims)
    return None


def extent(module, dims):
    """d (k - 1) + 1: from the first element of a window to its last."""
    spread = zip(repeated(module.kernel_size, dims), repeated(getattr(module, "dilation", 1), dims), strict=True)
    return tuple(d * (k - 1) + 1 for k, d in spread)


def widened(field, extents, strides):
    """The field of a window over units that have this one."""
    if not isinstance(field, Field):
        return field
    size = zip(field.size, extents, field.jump, strict=True)
    jump = zip(field.jump, strides, strict=True)
    return Field(tuple(n + (k - 1) * j for n, k, j in size), tuple(j * s for j, s in jump))


def met(node, fields, images):
    """The field where ways meet in an operation without windows, from the fields and image sizes of the ways."""
    for extreme in (UNKNOWN, ALL):
        if extreme in fields:
            return extreme
    if len({len(field.size) for field in fields}) > 1:
        return UNKNOWN
    sizes, jumps = zip(*fields, strict=True)
    field = Field(tuple(map(max, zip(*sizes, strict=True))), tuple(map(max, zip(*jumps, strict=True))))
    image = node.outputs[0][0][2:]
    if all(prod(before) == 1 for before in images):  # one unit: it stays what it is when it is flattened
        return field
    if prod(image) == 1:  # one unit, of many
        return ALL
    if any(word in node.name() for word in MIXING) or (image not in images and "Pad" not in node.name()):
        return UNKNOWN
    return field
