"""A failing case as a few lines that run on their own: imports, literal arrays, both calls."""

import ast
import functools
import inspect
import textwrap

import numpy as np

from parity import draw

DERIVATIVES = """\
        outputs = [y for y in (out if isinstance(out, (tuple, list)) else [out]) if getattr(y, "requires_grad", False)]
        cotangents = [lib.ones_like(y) for y in outputs]
        print(lib.autograd.grad(outputs, inputs, cotangents, create_graph=True, allow_unused=True))
"""


def snippet(failure, ours, theirs, row):
    """Python text that shows a Failure (parity.harness) of those two Sides; row: the name of the row."""
    case = failure.case
    leaf = failure.column in ("grad", "grad grad", "layout", "edges")
    one = isinstance(ours.call, functools.partial)  # a row: one function, called with either library
    function = ours.call.func if one else ours.call
    node = lambda_node(function) if one else None
    names = parameters(node, function, len(case.args), skip=one)
    values = dict(zip(names, case.args, strict=False)) | case.settings
    imports, call = calling(function, node, names, case, row) if one else pair(ours, theirs, names, case)
    inputs = [name for name, v in values.items() if isinstance(v, np.ndarray) and draw.is_float(v)] if leaf else []
    loop = "for lib in (minitorch, torch):" if one else "for lib, call in ((minitorch, ours), (torch, theirs)):"
    lines = [
        f"# {row}, {failure.column}: {failure.message}",
        "import minitorch, torch, numpy as np",
        *imports,
        "",
        loop,
        *[f"    {name} = {literal(v, case.layout, name in inputs)}" for name, v in values.items()],
        f"    inputs = [{', '.join(inputs)}]" if inputs else "",
        "    try:",
        f"        out = {call}",
        "        print(out)",
    ]
    text = "\n".join(line for i, line in enumerate(lines) if line or i < 5) + "\n"
    return text + (DERIVATIVES if inputs else "") + "    except Exception as error:\n        print(repr(error))"


def parameters(node, function, count, skip):
    """Names for the positional arguments: the function's own, as far as it names them."""
    try:
        found = list(inspect.signature(function).parameters.values())[skip:]
    except (TypeError, ValueError):
        found = []
    plain = [p.name for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:count]
    return plain + [f"arg{i}" for i in range(len(plain), count)]


def arguments(names, case):
    """The text of a call's arguments: variables of these names."""
    return ", ".join([*names, *[f"{k}={k}" for k in case.settings]])


def calling(function, node, names, case, row):
    """(imports, the call): a row's lambda by its own text where that names its arguments, another function by its name
    or by its row's."""
    module, qualified = function.__module__, getattr(function, "__qualname__", "<locals>")
    if node is not None and not function.__closure__ and not node.args.vararg and not node.args.kwarg:
        helpers = sorted(n for n in function.__code__.co_names if n in function.__globals__)
        return [f"from {module} import {', '.join(helpers)}"] if helpers else [], ast.unparse(node.body)
    call = f"call(lib, {arguments(names, case)})"
    if "<" in qualified:
        return ["from parity.rows import row", f"call = row({row!r}).call"], call
    return [f"from {module} import {qualified} as call"], call


def pair(ours, theirs, names, case):
    """(imports, the call) of two functions handed to parity.check."""
    lines = []
    for side, name in ((ours, "ours"), (theirs, "theirs")):
        short, node = getattr(side.call, "__name__", ""), lambda_node(side.call)
        if getattr(side.lib, short, None) is side.call:
            lines.append(f"{name} = {side.lib.__name__}.{short}")
        elif node is not None:
            lines.append(f"{name} = {ast.unparse(node)}")
        else:
            lines.append(f"from {side.call.__module__} import {getattr(side.call, '__qualname__', '...')} as {name}")
    return lines, f"call({arguments(names, case)})"


def literal(value, layout, leaf=False):
    """Python text of a value; arrays become tensors in their layout, leaves ask for derivatives."""
    if isinstance(value, draw.Fixed):
        return literal(value.array, layout)
    if isinstance(value, np.ndarray):
        return array(value, layout) + (".requires_grad_()" if leaf else "")
    if type(value) is list:
        return f"[{', '.join(literal(v, layout) for v in value)}]"
    if type(value) is tuple:
        return f"({', '.join(literal(v, layout) for v in value)}{',' if len(value) == 1 else ''})"
    if isinstance(value, float) and not np.isfinite(value):
        return f"float({str(value)!r})"
    return repr(value)


def array(a, layout):
    """Python text that makes a tensor of the array in its layout."""

    def make(a):
        numbers = repr(a.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
        shape = f".reshape({a.shape})" if 0 in a.shape else ""
        return Text(f"lib.from_numpy(np.array({numbers}, np.{a.dtype.name if a.dtype != bool else 'bool_'}){shape})")

    return draw.laid_out(a, layout, make)


class Text(str):
    """The text of a tensor, with the methods that parity.draw.laid_out calls."""

    def permute(self, *dims):
        """The text of a permuted tensor."""
        return f"{self}.permute({', '.join(map(str, dims))})"

    def expand(self, *shape):
        """The text of an expanded tensor."""
        return f"{self}.expand({', '.join(map(str, shape))})"

    def __getitem__(self, index):
        """The text of every other element (the only index asked for)."""
        return f"{self}[..., 1::2]"


def lambda_node(function):
    """The syntax tree of a lambda, found by where its code stands; None without the file."""
    if getattr(function, "__name__", "") != "<lambda>":
        return None
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.getmodule(function))))
    except (OSError, TypeError):
        return None
    places = [p for p in function.__code__.co_positions() if p[0] and p[2] is not None and p[2] != p[3]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda) and [a.arg for a in node.args.args] == list(
            function.__code__.co_varnames[: function.__code__.co_argcount]
        ):
            body = node.body
            if any((p[0], p[2]) == (body.lineno, body.col_offset) for p in places):
                return node
    return None
