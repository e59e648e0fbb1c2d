"""viz.graph: the boxes and edges of known graphs, where they are put, and the files."""

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import isotonic_regression

import minitorch
from minitorch import nn, viz
from minitorch.viz.layout import crossings, isotonic, layout


def named_edges(graph):
    return [(graph.boxes[a].lines[0], graph.boxes[b].lines[0]) for a, b in graph.edges]


def small():
    """(a * b + b).sum() of vectors of 3, where the sum is twice in the graph."""
    a = minitorch.ones(3, requires_grad=True)
    b = minitorch.ones(3, requires_grad=True)
    product = a * b
    return (product + b).sum(), {"a": a, "b": b, "product": product}


def test_the_boxes_and_edges_of_a_small_graph():
    loss, names = small()
    graph = viz.graph(loss, names)
    assert [(box.kind, box.lines) for box in graph.boxes] == [
        ("leaf", ("a", "(3)")),
        ("leaf", ("b", "(3)")),
        ("op", ("MulBackward0", "product (3)")),
        ("op", ("AddBackward0", "(3)")),
        ("op", ("SumBackward0", "()")),
        ("output", ("output", "()")),
    ]
    assert graph.edges == [(0, 2), (1, 2), (2, 3), (1, 3), (3, 4), (4, 5)]
    assert viz.make_dot(loss, names).edges == graph.edges
    assert viz.graph(loss).boxes[0] == ("leaf", ("(3)",))


def test_saved_tensors_and_settings_as_asked_for():
    x = minitorch.ones(2, 3, requires_grad=True)
    y = minitorch.ones(2, 3)
    loss = (x * y).exp().softmax(1).sum()
    graph = viz.graph(loss, {"x": x, "y": y}, show_attrs=True, show_saved=True)
    kept = {graph.boxes[b].lines[0]: graph.boxes[a].lines for a, b in graph.dashed}
    assert kept["MulBackward0"] == ("other = y (2, 3)",)  # x is not kept: y requires no gradient
    assert kept["ExpBackward0"] == kept["SoftmaxBackward0"] == ("result (2, 3)",)
    assert next(box for box in graph.boxes if box.lines[0] == "SoftmaxBackward0").lines[2:] == ("dim = 1",)
    loss.backward()
    assert not viz.graph(loss, show_saved=True).dashed  # freed


def test_a_module_gives_the_names_and_a_shared_weight_is_one_box():
    cell = nn.RNNCell(2, 4)
    h = minitorch.zeros(1, 4)
    for _ in range(3):
        h = cell(minitorch.ones(1, 2), h)
    graph = viz.graph((h, h.sum()), cell)
    names = [box.lines[0] for box in graph.boxes]
    assert sorted(n for n in names if "_" in n) == ["bias_hh", "bias_ih", "weight_hh", "weight_ih"]
    assert names.count("output") == 2
    assert sum(a == "weight_hh" for a, _ in named_edges(graph)) == 3


def test_a_function_of_ones_own():
    class Twice(minitorch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return 2 * x

        @staticmethod
        def backward(ctx, g):
            return 2 * g

    graph = viz.graph(Twice.apply(minitorch.ones(1, requires_grad=True)), show_saved=True)
    assert [box.lines for box in graph.boxes][1:3] == [("saved 0 (1)",), ("TwiceBackward", "(1)")]


def test_what_has_no_graph_and_what_is_no_picture_is_refused(tmp_path):
    with pytest.raises(RuntimeError, match="no graph"):
        viz.graph(minitorch.ones(2).sum())
    with pytest.raises(ValueError, match=r"\.svg"):
        viz.graph(small()[0]).save(tmp_path / "graph.gif")


def residual_nets():
    """(edges, boxes) of some networks' graphs."""
    net = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU())
    x = minitorch.ones(2, 1, 4, 4)
    yield viz.graph((net(x) + net(net(x)[:, :1])).sum(), net, show_saved=True)
    yield viz.graph(nn.TransformerEncoderLayer(8, 2, 16)(minitorch.ones(3, 1, 8)).sum())


@pytest.mark.parametrize("graph", list(residual_nets()), ids=["residual", "attention"])
def test_edges_go_down_and_boxes_lie_apart(graph):
    edges, widths = graph.edges + graph.dashed, [50.0 + 7 * (i % 5) for i in range(len(graph.boxes))]
    layers, xs, chains = layout(edges, widths, gap=10)
    row = {item: n for n, items in enumerate(layers) for item in items}
    assert sorted(i for i in row if i < len(widths)) == list(range(len(widths)))
    for (a, b), chain in zip(edges, chains, strict=True):
        assert chain[0] == a and chain[-1] == b
        assert [row[i] for i in chain] == list(range(row[a], row[b] + 1))
    half = [w / 2 for w in widths] + [0.0] * (len(xs) - len(widths))
    for items in layers:
        assert all(xs[b] - half[b] - xs[a] - half[a] > 10 - 1e-6 for a, b in itertools.pairwise(items))
    assert min(x - h for x, h in zip(xs, half, strict=True)) > -1e-9


def test_crossings_that_need_not_be_are_avoided():
    edges = [(0, 5), (1, 4), (2, 3), (3, 6), (4, 7), (5, 8)]  # three chains
    layers, _, chains = layout(edges, [10.0] * 9, gap=5)
    below = [[b for c in chains for a, b in itertools.pairwise(c) if a == i] for i in range(9)]
    assert crossings(layers, below) == 0
    assert crossings([[0, 1, 2], [3, 4, 5]], [[5], [4], [3], [], [], []]) == 3


def test_isotonic_regression_is_scipys():
    rng = np.random.default_rng(0)
    for n in (1, 2, 5, 40):
        wanted, weights = rng.normal(size=n), rng.uniform(0.1, 2, size=n)
        np.testing.assert_allclose(isotonic(wanted, weights), isotonic_regression(wanted, weights=weights).x)


def test_pictures_are_written(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")  # without graphviz's dot
    graph = viz.graph(*small(), show_saved=True)
    beginnings = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml", "dot": b"digraph"}
    for kind, beginning in beginnings.items():
        assert graph.save(tmp_path / f"graph.{kind}").read_bytes().startswith(beginning)
    assert "<svg" in graph._repr_svg_()


def test_graphviz_draws_where_it_is(tmp_path, monkeypatch):
    dot = tmp_path / "dot"
    dot.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[-1], 'w').write(sys.stdin.read())\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    graph = viz.graph(small()[0])
    assert graph.save(tmp_path / "graph.svg").read_text() == graph.source
    assert graph.source.splitlines()[2:4] == [
        '    0 [label="(3)", fillcolor="#CFE3F5"]',
        '    1 [label="(3)", fillcolor="#CFE3F5"]',
    ]
    assert graph.source.endswith("    4 -> 5\n}\n")


def test_the_import_of_minitorch_brings_no_matplotlib():
    code = "import minitorch, sys; minitorch.viz.graph; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": os.getcwd()})
