"""Pictures of what autograd recorded: `viz.graph(loss).save("loss.svg")`.

graph.py    which boxes and edges there are, and `graph` itself
layout.py   where the boxes go
draw.py     the picture, by matplotlib; where graphviz's `dot` is installed, that does both
"""

from minitorch.viz.graph import Graph, graph, make_dot

__all__ = ["Graph", "graph", "make_dot"]
