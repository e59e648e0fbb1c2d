"""The graph that a forward pass leaves behind, and the walk that carries gradients back through it.

A `Node` stands for one operation: it knows where its inputs came from (`edges`) and has one VJP per input. A VJP
(vector-Jacobian product) takes the gradient g of the operation's output and gives the gradient of that input: for
y = f(x),

    vjp(g)[j] = sum over i of g[i] * dy[i] / dx[j]

`walk` goes from the outputs back to the leaves. A node's gradient is the sum of what its users sent; its VJPs turn that
into what it sends to its inputs. Nodes are numbered as they are made, so that an operation always has a larger number
than its inputs: taking the largest number first visits every user before the node itself, with no recursion (a chain
of 100,000 operations works).
"""

import heapq
import itertools
import weakref

from minitorch.autograd import anomaly
from minitorch.autograd.grad_mode import recording
from minitorch.memory_format import contiguous_format, element_strides, has_no_gaps

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
    "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
    "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access "
    "saved tensors after calling backward."
)

_order = itertools.count()


class Node:
    """One recorded operation.

    vjps    one function per input, None where the input needs no gradient; a single VJP for several inputs is joint
            and returns a tuple. The whole is None once the graph was freed.
    edges   per input (node, output number): where its gradient goes; None where the input needs no gradient.
    outputs per output (shape, NumPy dtype).
    saved   the tensors that the VJPs close over, as they were when the operation ran (see op.py).
    """

    outputs = ()
    several = False  # whether the operation returned a tuple: g is then one, too
    materialize_grads = True  # whether that holds zeros for outputs that were not used, else None
    result = ()  # the outputs as saved tensors, where a VJP asks for them
    once = False  # whether backward frees it though it saved no tensor (see op.py)
    made_at = None  # the calls that made it, where anomaly detection is on
    hooks = None  # {output number: {hook number: function}}
    retained = None  # {output number: weak reference to the tensor that asked to retain_grad}

    def __init__(self, label, vjps, edges, saved):
        self.label = label
        self.vjps = vjps
        self.edges = edges
        self.saved = saved
        self.order = next(_order)
        if anomaly.state.on:
            self.made_at = anomaly.origin()

    def name(self):
        """torch's name for the node, such as `MulBackward0`."""
        return self.label

    @property
    def next_functions(self):
        """((node, output number), ...) of the inputs; (None, 0) where no gradient goes."""
        return tuple(edge or (None, 0) for edge in self.edges)

    def __repr__(self):
        return f"<{self.label} object at {id(self):#x}>"

    def backward(self, gradients):
        """gradients: one per output, None where an output was not used. Returns one per input, or None."""
        if self.vjps is None:
            raise RuntimeError(FREED)
        for tensor in self.saved:
            if tensor.version[0] != tensor.saved_version:
                tensor.check_unchanged()
        g = gradients[0]
        if self.several:
            g = tuple(self.filled(gradients) if self.materialize_grads else gradients)
        y = self.unpack_result() if self.result else None  # only where a VJP asks for it
        results = []
        for vjp in self.vjps:
            if vjp is None:
                results.append(None)
            else:
                results.append(vjp(g) if y is None or vjp.__code__.co_argcount == 1 else vjp(g, y))
        return results[0] if type(results[0]) is tuple else results

    def filled(self, gradients):
        """The gradients, with zeros for outputs that were not used."""
        some = next(g for g in gradients if g is not None)
        return [
            some.wrap(some.kernels.full(shape, 0, dtype)) if g is None else g
            for g, (shape, dtype) in zip(gradients, self.outputs, strict=True)
        ]

    def unpack_result(self):
        """The output (or the tuple of outputs), again with this node as its history, if that may be needed."""
        if not (self.several or recording.get()):
            self.result[0].check_unchanged()
            return self.result[0]
        outputs = []
        for index, tensor in enumerate(self.result):
            output = tensor.with_edge((self, index))
            output.saved_version = tensor.saved_version
            output.check_unchanged()
            outputs.append(output)
        return tuple(outputs) if self.several else outputs[0]

    def free(self):
        """Drop what the VJPs hold. A node that holds no tensor stays usable, as in torch."""
        if self.saved or self.result or self.once:
            self.vjps = self.saved = None
            self.result = ()


class AccumulateGrad(Node):
    """Where the graph ends: adds what arrives to `.grad` of a leaf. Holds the leaf weakly, for the leaf holds it."""

    after = None  # {hook number: function} of register_post_accumulate_grad_hook

    def __init__(self, leaf):
        super().__init__("AccumulateGrad", (), (), ())
        self.outputs = ((leaf.array.shape, leaf.array.dtype),)
        self.leaf = weakref.ref(leaf)

    @property
    def variable(self):
        """The leaf."""
        return self.leaf()

    def accumulate(self, g, create_graph, unshared):
        """leaf.grad += g. A first gradient is taken over where nobody else holds it (unshared), or copied, and lies in
        memory as the leaf does; row by row, where that has gaps."""
        leaf = self.leaf()
        if leaf is None or leaf.edge is None:  # it may have been frozen since
            return
        array, first = leaf.array, leaf._grad is None
        if first and unshared and not create_graph and g.array.strides == array.strides:
            leaf.grad = g
        elif first and (create_graph or not g.kernels.is_contiguous(array)) and has_no_gaps(array):
            leaf.grad = g.new_empty_strided(array.shape, element_strides(array)).copy_(g)
        else:
            add_to_grad(leaf, g, create_graph)
        for hook in list((self.after or {}).values()):
            hook(leaf)


def add_to_grad(tensor, g, create_graph):
    """tensor.grad += g; a first gradient is copied row by row."""
    if tensor._grad is None:  # (to ask for .grad would warn, if it is no leaf)
        tensor.grad = g.clone(memory_format=contiguous_format) if create_graph else g.wrap(g.kernels.copy(g.array))
    elif create_graph:
        tensor.grad = tensor.grad + g
    else:
        tensor.grad.add_(g)


def walk(roots, *, retain_graph, create_graph, targets=None, accumulate=True, since=0):
    """Carry gradients from `roots`, a list of (node, output number, gradient), back through the graph.

    targets      None: go everywhere. A set of (node, output number): visit only what lies on the way to them, and
                 return the gradients that arrive there as a dict.
    accumulate   whether the leaves reached add to their .grad.
    since        do not walk on from nodes of a smaller number.
    """
    needed = None if targets is None else nodes_towards(targets, [node for node, _, _ in roots])
    arrived = {}  # node -> gradient per output
    waiting = []  # heap of (-order, node)
    found = {}
    unshared = set()  # of the nodes, so far, whose gradient was made in this walk and is held by nobody else

    token = recording.set(create_graph)
    try:
        node, gradients = None, ()
        edges, results = [root[:2] for root in roots], [g for _, _, g in roots]  # sent as if by a node
        while True:
            for edge, g in zip(edges, results, strict=True):
                if edge is None or g is None or (needed is not None and edge[0] not in needed):
                    continue
                user, index = edge
                shape, dtype = user.outputs[index]
                new = type(user) is AccumulateGrad and type(node) is Node and is_own(g, gradients, results)
                if g.array.shape != shape or g.array.dtype is not dtype:
                    g, new = fit(g, shape, dtype), True
                if user not in arrived:
                    arrived[user] = [None] * len(user.outputs)
                    heapq.heappush(waiting, (-user.order, user))
                before = arrived[user][index]
                arrived[user][index] = g if before is None else before + g
                if before is not None or (new and g.array.base is None):
                    unshared.add(user)
            if not waiting:
                return found
            _, node = heapq.heappop(waiting)
            gradients = arrived.pop(node)
            edges = results = ()
            goes_on = needed is None or any(edge and edge[0] in needed for edge in node.edges)
            before_hooks = list(gradients) if node.hooks else gradients
            if node.hooks or node.retained:
                run_hooks(node, gradients, create_graph)
            if targets is not None:  # as in torch, hooks change what was asked for only where the walk ends
                for index, g in enumerate(before_hooks if goes_on else gradients):
                    if (node, index) in targets:
                        found[node, index] = g
            if type(node) is AccumulateGrad:
                if accumulate:
                    node.accumulate(gradients[0], create_graph, node in unshared and not node.hooks)
            elif node.order >= since and goes_on:
                results = anomaly.searched_backward(node, gradients) if anomaly.state.on else node.backward(gradients)
                edges = node.edges
                if not retain_graph:
                    node.free()
    finally:
        recording.reset(token)


def nodes_towards(targets, roots):
    """The nodes from which a target can be reached, found without recursion."""
    reachable, stack = set(), list(roots)
    while stack:
        node = stack.pop()
        if node not in reachable:
            reachable.add(node)
            stack.extend(edge[0] for edge in node.edges if edge is not None)
    needed = {node for node, _ in targets}
    for node in sorted(reachable, key=lambda node: node.order):  # inputs come before their users
        if any(edge is not None and edge[0] in needed for edge in node.edges):
            needed.add(node)
    return needed


def is_own(g, gradients, results):
    """Whether a VJP made g, and nobody else has it: it came in nowhere, goes out once, and is no saved tensor."""
    times = 0
    for other in results:
        times += other is g
    for other in gradients:
        times += other is g
    return times == 1 and g.saved_version is None


def fit(g, shape, dtype):
    """Undo broadcasting and promotion, in this one place: g in the shape and dtype of a node's output."""
    if g.array.shape != shape:
        extra = g.array.ndim - len(shape)
        if extra > 0 and g.array.shape[extra:] == shape:  # the usual case, told quickly
            g = g.sum(dim=tuple(range(extra)))
        elif expands_to(shape, g.array.shape):
            g = g.sum_to_size(shape)
        else:
            raise RuntimeError(
                f"Function returned an invalid gradient - got {list(g.array.shape)} but expected shape compatible "
                f"with {list(shape)}"
            )
    return g if g.array.dtype == dtype else g.cast(dtype)


def expands_to(small, large):
    """Whether a tensor of shape `small` broadcasts to shape `large`."""
    pairs = zip(reversed(small), reversed(large), strict=False)
    return len(small) <= len(large) and all(s in (1, n) for s, n in pairs)


def run_hooks(node, gradients, create_graph):
    """Let the hooks of a tensor see (and replace) its gradient, then keep it where retain_grad was asked for."""
    for index, hooks in (node.hooks or {}).items():
        for hook in list(hooks.values()):
            if gradients[index] is not None:
                replaced = hook(gradients[index])
                gradients[index] = gradients[index] if replaced is None else replaced
    for index, reference in (node.retained or {}).items():
        tensor = reference()
        if tensor is not None and gradients[index] is not None:
            add_to_grad(tensor, gradients[index], create_graph)
