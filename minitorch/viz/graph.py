"""`graph`: the operations behind a tensor, as boxes and edges, and as a picture.

After torchviz (https://github.com/szagoruyko/pytorchviz), whose `make_dot` has the same arguments.
"""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from minitorch.autograd.graph import AccumulateGrad
from minitorch.autograd.variable import Variable

FILLS = {"op": "#EFEFEF", "leaf": "#CFE3F5", "saved": "#FCE3BC", "output": "#CDE9C2"}


class Box(NamedTuple):
    """A box of the picture, and its text."""

    kind: str  # a key of FILLS
    lines: tuple[str, ...]


def graph(var, params=None, show_attrs=False, show_saved=False):
    """The graph of `var`, a tensor or several: a Graph, which a notebook shows and `.save("x.svg")` writes.

    Edges go forward: from the leaves (blue) through the operations that were recorded (grey, each with the shape of its
    result and the name of its node, as `grad_fn` prints it) to `var` (green).

    params      what is known by name: a Module, or {name: tensor}, such as dict(net.named_parameters()) | {"x": x}
    show_attrs  the settings that an operation keeps for backward, in its box
    show_saved  the tensors that it keeps for backward (orange, dashed edges). Backward frees them: draw before it

    RuntimeError where var requires no gradient: then nothing was recorded.
    """
    outputs = [var] if isinstance(var, Variable) else list(var)
    named = params.named_parameters() if hasattr(params, "named_parameters") else (params or {}).items()
    named = [(name, x) for name, x in named if x is not None]
    by_array = {id(x.array): name for name, x in named}
    by_edge = {x.history(): name for name, x in named if x.requires_grad}
    if not all(y.requires_grad for y in outputs):
        raise RuntimeError("there is no graph: a tensor does not require grad, and nothing was recorded (viz.graph)")
    boxes, edges, dashed, number = [], [], [], {}

    def add(kind, *lines):
        boxes.append(Box(kind, lines))
        return len(boxes) - 1

    for node in nodes_behind(y.history()[0] for y in outputs):
        names = [by_edge.get((node, i)) for i in range(len(node.outputs))]
        shapes = [shape_text(shape) for shape, _ in node.outputs]
        if type(node) is AccumulateGrad:
            number[node] = add("leaf", *filter(None, names), *shapes)
            continue
        results = ", ".join(" ".join(filter(None, pair)) for pair in zip(names, shapes, strict=True))
        tensors, settings = kept(node)
        if show_saved and tensors:
            lines = [named_as(name, by_array.get(id(x.array))) + shape_text(x.shape) for name, x in tensors]
            saved = add("saved", *lines)
            dashed.append((saved, saved + 1))  # the operation's box comes next
        attributes = [f"{name} = {value!r:.50}" for name, value in settings] if show_attrs else []
        number[node] = add("op", node.name(), results, *attributes)
        edges += [(number[edge[0]], number[node]) for edge in node.edges if edge is not None]
    for y in outputs:
        name = by_edge.get(y.history(), "output")
        edges.append((number[y.history()[0]], add("output", name, shape_text(y.shape))))
    return Graph(boxes, edges, dashed)


make_dot = graph


def nodes_behind(roots):
    """All nodes that gradients reach from these, in the order in which they were made: inputs come first."""
    found, todo = set(), list(roots)
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += [edge[0] for edge in node.edges if edge is not None]
    return sorted(found, key=lambda node: node.order)


def kept(node):
    """([(name, tensor)], [(name, setting)]) that a node keeps for backward: what its VJPs close over (op.py)."""
    cells = {}
    for vjp in node.vjps or ():
        if vjp is not None:
            cells |= dict(zip(vjp.__code__.co_freevars, vjp.__closure__ or (), strict=True))
    values = {name: cell.cell_contents for name, cell in cells.items()}
    tensors = [(name, x) for name, x in values.items() if isinstance(x, Variable)]
    if not tensors and node.saved:  # a Function's: save_for_backward knows no names
        tensors = [(f"saved {i}", x) for i, x in enumerate(node.saved) if x is not None]
    tensors += [("result", y) for y in node.result]
    return tensors, [(name, x) for name, x in values.items() if is_plain(x)]


def is_plain(x):
    """Whether it is a number, a name, None, or a tuple of such."""
    return isinstance(x, bool | int | float | str | None) or (isinstance(x, tuple) and all(map(is_plain, x)))


def shape_text(shape):
    """(2, 3), and (5) for one dim."""
    return "(" + ", ".join(map(str, shape)) + ")"


def named_as(name, known):
    """What the operation calls a saved tensor, and what params call it."""
    return f"{name} = {known} " if known else f"{name} "


class Graph:
    """Boxes, and as pairs of their numbers, the lower one first, edges: where values went, and gradients go back; and
    dashed: from saved tensors to the operation that keeps them."""

    def __init__(self, boxes, edges, dashed=()):
        self.boxes, self.edges, self.dashed = boxes, edges, list(dashed)

    def save(self, path):
        """Draw into a file: .svg, .png or .pdf, or .dot for the text that graphviz takes. Returns the path.

        graphviz's program `dot` draws where it is installed, else matplotlib does, with our own layout.
        """
        kind = Path(path).suffix[1:]
        if kind not in ("svg", "png", "pdf", "dot"):
            raise ValueError(f"{path}: a graph is saved as .svg, .png, .pdf or .dot")
        if kind == "dot":
            Path(path).write_text(self.source, encoding="utf-8")
        elif shutil.which("dot"):
            command = ["dot", f"-T{kind}", "-Gdpi=150" if kind == "png" else "-Gdpi=72", "-o", path]
            subprocess.run(command, input=self.source, text=True, encoding="utf-8", check=True)
        else:
            from minitorch.viz.draw import draw

            draw(self, path, kind)
        return path

    def _repr_svg_(self):
        """The picture in a notebook."""
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            return Path(self.save(Path(folder) / "graph.svg")).read_text(encoding="utf-8")

    @property
    def source(self):
        """The graph in graphviz's language, DOT (https://graphviz.org/doc/info/lang.html)."""
        out = ["digraph {", '    node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=10]']
        for i, box in enumerate(self.boxes):
            text = "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in box.lines)
            out.append(f'    {i} [label="{text}", fillcolor="{FILLS[box.kind]}"]')
        out += [f"    {a} -> {b}" for a, b in self.edges]
        out += [f"    {a} -> {b} [style=dashed, arrowhead=none]" for a, b in self.dashed]
        return "\n".join([*out, "}"]) + "\n"
