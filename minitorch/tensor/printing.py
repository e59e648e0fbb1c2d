"""How tensors print: as torch's do, character for character.

    tensor([[0.1000, 2.0000],
            [3.0000,    nan]], dtype=minitorch.float64, requires_grad=True)

A tensor with more than `threshold` elements shows only the ends of its long dims, and only those elements are read:

    tensor([  0,   1,   2,  ..., 997, 998, 999])

`ends` says which elements are shown, `number_texts` writes them in one format, `layout` puts them in nested brackets,
`suffixes` names what the numbers do not say, and `tensor_repr` joins it all.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from minitorch import dtype as dtypes


@dataclass(frozen=True)
class Options:
    """The settings of `set_printoptions`."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {"default": Options(), "short": Options(precision=2, edgeitems=2), "full": Options(threshold=math.inf)}

options = PROFILES["default"]


def set_printoptions(precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None):
    """How tensors print from now on. What is None keeps its value, but for sci_mode.

    precision: digits after the point of a floating number (4)
    threshold: tensors with more elements are summarized (1000)
    edgeitems: how many items a summary shows at each end of a dim (3)
    linewidth: characters of a line (80); the rows of a summary are wrapped too
    profile: 'default', 'short' (2 digits, 2 edgeitems) or 'full' (no summaries): the values of all the above that are
        not given. Another name is ignored, as in torch.
    sci_mode: True or False for scientific notation always or never; None, also where it is not given, for notation
        by the magnitude of the numbers (see `number_texts`)

    https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
    """
    global options
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    given = {name: value for name, value in given.items() if value is not None}
    options = replace(PROFILES.get(profile, options), **given, sci_mode=sci_mode)


def tensor_repr(tensor):
    """The printed form of a tensor: type(values, suffix, suffix, ...)."""
    name = type(tensor).__name__
    prefix = "tensor(" if name in ("Tensor", "Parameter", "Buffer") else f"{name}("
    text = prefix + values_text(tensor, indent=len(prefix))

    used = len(text) - text.rfind("\n") + 1  # of the last line, as torch counts it
    for suffix in suffixes(tensor):
        length = len(suffix.replace("minitorch.", "torch."))  # so that our longer name breaks no line that torch's fits
        if used + len(", ") + length > options.linewidth:
            text += ",\n" + " " * len(prefix) + suffix
            used = len(prefix) + length
        else:
            text += ", " + suffix
            used += len(", ") + length
    return text + ")"


def suffixes(tensor):
    """What is not plain from the values: the device, size, dtype and history, where they are not the usual ones."""
    empty = tensor.array.size == 0
    usual = (dtypes.get_default_dtype(),) if empty else (dtypes.get_default_dtype(), dtypes.int64, dtypes.bool)
    if tensor.device.type != "cpu":
        yield f"device='{tensor.device}'"
    if tensor.array.ndim != 1 if empty else options.edgeitems == 0:  # [] alone reads as shape (0,), [...] as any
        yield f"size={tuple(tensor.shape)}"
    if tensor.dtype not in usual:
        yield f"dtype={tensor.dtype}"
    if tensor.grad_fn is not None:
        yield f"grad_fn=<{tensor.grad_fn.name()}>"
    elif tensor.requires_grad:
        yield "requires_grad=True"


def values_text(tensor, indent):
    """The numbers in brackets. The first stands in column `indent`, where the lines after it start too."""
    array, edge = tensor.array, options.edgeitems
    if array.size == 0:
        return "[]"
    summarize = array.size > options.threshold
    if summarize and edge == 0 and array.ndim:
        return "[...]"
    cut = [summarize and n > 2 * edge for n in array.shape]  # per dim: whether its middle is left out
    if any(cut):
        array = tensor.kernels.index(array, ends(array.shape, cut, edge))  # so a GPU sends only these to the host
    texts, width = number_texts(tensor.wrap(array).host().ravel().tolist())
    return layout(iter(texts), array.shape, cut, width, indent)


def ends(shape, cut, edge):
    """The index of the first and last `edge` items of the dims that are cut, and of all items of the others."""
    return np.ix_(*[np.r_[:edge, n - edge : n] if c else np.arange(n) for n, c in zip(shape, cut, strict=True)])


def number_texts(values):
    """The values (Python numbers of one type) as text, padded on the left to one width; and that width.

    Floating numbers have one format: scientific if the largest is above 1e8 or above 1000 times the smallest, or the
    smallest below 1e-4, in magnitude; or else as whole numbers, '1.', if all are; or else with `precision` digits.
    """
    if not isinstance(values[0], float):
        texts = [str(value) for value in values]
        width = max(len(text) for text in texts)
    else:
        # Zeros, infinities and NaN have no say, neither in the format nor in the width.
        usual = [value != 0 and math.isfinite(value) for value in values]
        sizes = [abs(value) for value, counts in zip(values, usual, strict=True) if counts]
        spec, point = f".{options.precision}f", ""
        if is_scientific(sizes):
            spec = f".{options.precision}e"
        elif all(size.is_integer() for size in sizes):
            spec, point = ".0f", "."
        texts = [format(value, spec) + (point if math.isfinite(value) else "") for value in values]
        width = max((len(text) for text, counts in zip(texts, usual, strict=True) if counts), default=1)
    return [text.rjust(width) for text in texts], width


def is_scientific(sizes):
    """Whether numbers of these magnitudes need scientific notation; or what the option says."""
    if not sizes or options.sci_mode is not None:
        return bool(sizes and options.sci_mode)
    low, high = min(sizes), max(sizes)
    return high / low > 1000 or high > 1e8 or low < 1e-4


def layout(texts, shape, cut, width, indent):
    """The next texts of the iterator as an array of this shape, in brackets, with '...' in the middle of a cut dim."""
    if not shape:
        return next(texts)
    items = [layout(texts, shape[1:], cut[1:], width, indent + 1) for _ in range(shape[0])]
    innermost = len(shape) == 1
    if cut[0]:
        items.insert(options.edgeitems, " ..." if innermost else "...")
    if innermost:
        n = max(1, math.floor((options.linewidth - indent) / (width + len(", "))))
        items = [", ".join(items[i : i + n]) for i in range(0, len(items), n)]  # the lines
    newlines = "\n" * max(1, len(shape) - 1)  # matrices are set off by an empty line, stacks of matrices by two ...
    return "[" + ("," + newlines + " " * (indent + 1)).join(items) + "]"
