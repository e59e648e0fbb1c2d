"""`checkpoint`: computing twice instead of remembering.

The results of a part of a model are kept without what its backward needs; when the gradient arrives there, that part
of the forward runs again, now with a graph, and is walked back through at once. A network of n layers cut into sqrt(n)
parts so needs memory for about 2 sqrt(n) layers instead of n, at the price of a second forward.

Source: Chen, Xu, Zhang, Guestrin, "Training Deep Nets with Sublinear Memory Cost", https://arxiv.org/abs/1604.06174.
https://docs.pytorch.org/docs/stable/checkpoint.html
"""

import warnings

from minitorch.autograd import enable_grad, is_grad_enabled
from minitorch.autograd.graph import FREED, Node, walk
from minitorch.autograd.variable import Variable
from minitorch.stream import get_states, set_states

MODE = (
    "checkpoint: the use_reentrant parameter should be passed explicitly. In a future version of torch "
    "use_reentrant will default to False."
)


class Recomputation(Node):
    """The node of a checkpointed part. Its edges lead to all that the part used and that requires a gradient."""

    several = True

    def __init__(self, run, state, edges, outputs, inputs):
        super().__init__("CheckpointFunctionBackward", (), edges, inputs)
        self.run, self.state, self.outputs = run, state, outputs

    def backward(self, gradients):
        if self.run is None:
            raise RuntimeError(FREED)
        for tensor in self.saved:
            tensor.check_unchanged()
        create_graph, now, first = is_grad_enabled(), get_states(), next_order()
        set_states(self.state)
        try:
            with enable_grad():
                results = tensors_in(self.run())
        finally:
            set_states(now)
        roots = [(*y.edge, g) for y, g in zip(results, gradients, strict=True) if g is not None and y.edge is not None]
        found = walk(
            roots,
            retain_graph=create_graph,
            create_graph=create_graph,
            targets=set(self.edges),
            accumulate=False,
            since=first,  # what came before the part is the caller's to walk
        )
        return [found.get(edge) for edge in self.edges]

    def free(self):
        self.run = None


def next_order():
    """The number of the next node (less one): those made from now on have larger ones."""
    return Node("", (), (), []).order


def tensors_in(output):
    """The tensors of a result: one, or those in a tuple or list."""
    parts = output if isinstance(output, tuple | list) else (output,)
    return [y for y in parts if isinstance(y, Variable)]


def boundary(outputs, first):
    """The edges from nodes made since the node number `first` to what was there before: what gradients go to."""
    edges, seen, stack = {}, set(), [y.edge for y in outputs if y.history() is not None]
    while stack:
        edge = stack.pop()
        if edge is None or edge in seen:
            continue
        seen.add(edge)
        if edge[0].order < first or not edge[0].edges:
            edges[edge] = True
        else:
            stack.extend(edge[0].edges)
    return list(edges)


def checkpoint(function, *args, use_reentrant=None, preserve_rng_state=True, **kwargs):
    """function(*args, **kwargs), whose intermediate results are computed again in backward instead of kept.

    preserve_rng_state   start the second run from the random state of the first, for equal dropout masks. (It costs
                         little, and is done in any case.)
    use_reentrant        torch's choice between two ways to do this, of equal gradients; only checked here
    """
    if use_reentrant is None:
        warnings.warn(MODE, stacklevel=2)
    if not is_grad_enabled():
        return function(*args, **kwargs)
    first, state = next_order(), get_states()
    output = function(*args, **kwargs)
    results = [y for y in tensors_in(output) if y.history() is not None]
    if not results:
        return output
    shapes = tuple((y.array.shape, y.array.dtype) for y in tensors_in(output))
    inputs = [x.saved() for x in tensors_in(args)]
    node = Recomputation(lambda: function(*args, **kwargs), state, boundary(results, first), shapes, inputs)
    replaced = iter([y.with_edge((node, i)) if y.edge is not None else y for i, y in enumerate(tensors_in(output))])
    if isinstance(output, tuple | list):
        return type(output)([next(replaced) if isinstance(y, Variable) else y for y in output])
    return next(replaced)


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **kwargs):
    """The functions (or the children of a Sequential) one after another, in `segments` parts, all but the last of
    which are checkpointed."""
    if use_reentrant is None:
        warnings.warn(MODE, stacklevel=2)
        use_reentrant = True
    functions = list(functions.children()) if hasattr(functions, "children") else list(functions)

    def run(start, end):
        def part(x):
            for f in functions[start:end]:
                x = f(x)
            return x

        return part

    size = len(functions) // segments
    for i in range(segments - 1):
        input = checkpoint(run(i * size, (i + 1) * size), input, use_reentrant=use_reentrant, **kwargs)
    return run(size * (segments - 1), len(functions))(input)
