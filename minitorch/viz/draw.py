"""A graph drawn by matplotlib, in points (1/72 inch), the first layer at the top."""

import itertools

import numpy as np
from matplotlib.figure import Figure  # of the extra "train"; a figure of its own: the user's pyplot is left alone
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from minitorch.viz.graph import FILLS
from minitorch.viz.layout import layout

SIZE, LINE = 9, 12.5  # of the letters, and from line to line
PADDING = 6  # between a box and its text
GAP, BETWEEN_LAYERS = 14, 26


def draw(graph, path, kind):
    """Draw a Graph into a file of that kind."""
    edges = graph.edges + graph.dashed
    widths = [max(text_width(line) for line in box.lines) + 2 * PADDING for box in graph.boxes]
    heights = [LINE * len(box.lines) + PADDING for box in graph.boxes]
    layers, xs, chains = layout(edges, widths, GAP)
    spans, y = {}, 0.0  # of each item's layer
    for row in layers:
        height = max(heights[item] for item in row if item < len(heights))
        spans |= dict.fromkeys(row, (y, y + height))
        y += height + BETWEEN_LAYERS
    tops = [sum(spans[i]) / 2 - heights[i] / 2 for i in range(len(heights))]  # in the middle of its layer
    width = max(x + w / 2 for x, w in itertools.zip_longest(xs, widths, fillvalue=0.0))
    height = y - BETWEEN_LAYERS

    figure = Figure(figsize=((width + 20) / 72, (height + 20) / 72))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-10, width + 10), ylim=(height + 10, -10))
    axes.set_axis_off()
    starts, ends = ports(chains, xs, widths, 0, 1), ports(chains, xs, widths, -1, -2)
    for number, chain in enumerate(chains):
        first, *bends, last = chain
        way = [(starts[number], tops[first] + heights[first], spans[first][1])]
        way += [(xs[i], *spans[i]) for i in bends]
        way += [(ends[number], spans[last][0], tops[last])]
        dashed = number >= len(graph.edges)
        style = {"arrowstyle": "-", "ls": (0, (3, 2))} if dashed else {"arrowstyle": "-|>,head_length=4,head_width=2"}
        axes.add_patch(FancyArrowPatch(path=curve(way), color="#777777", lw=0.9, **style))
    for i, box in enumerate(graph.boxes):
        draw_box(axes, box, xs[i], tops[i], widths[i], heights[i])
    figure.savefig(path, format=kind, dpi=150)


def draw_box(axes, box, x, top, width, height):
    corner = (x - width / 2 + 3, top + 3)
    style = {"boxstyle": "round,pad=3,rounding_size=4", "fc": FILLS[box.kind], "ec": "#888888", "lw": 0.8}
    axes.add_patch(FancyBboxPatch(corner, width - 6, height - 6, **style))
    for n, line in enumerate(box.lines):
        y = top + PADDING / 2 + LINE * (n + 0.5)
        axes.text(x, y, line, size=SIZE, ha="center", va="center_baseline", color="#333333", parse_math=False)


def text_width(line):
    return TextPath((0, 0), line or " ", size=SIZE, prop=FontProperties()).get_extents().width


def ports(chains, xs, widths, end, other):
    """Where each edge meets its box: beside each other, in the order of what comes next on their ways."""
    out = np.zeros(len(chains))
    for box in range(len(widths)):
        meeting = [n for n, chain in enumerate(chains) if chain[end] == box]
        meeting.sort(key=lambda n: xs[chains[n][other]])
        for i, n in enumerate(meeting, 1):
            out[n] = xs[box] + 0.7 * widths[box] * (i / (len(meeting) + 1) - 0.5)
    return out


def curve(way):
    """The path through places (x, from y, to y): down each of them, and in an S from one to the next."""
    points, codes = [(way[0][0], way[0][1])], [Path.MOVETO]
    for (x, top, bottom), after in itertools.zip_longest(way, way[1:]):
        if bottom > top:
            points.append((x, bottom))
            codes.append(Path.LINETO)
        if after is not None:
            half = (bottom + after[1]) / 2
            points += [(x, half), (after[0], half), after[:2]]
            codes += [Path.CURVE4] * 3
    return Path(points, codes)
