"""`backward` and `grad`: where the walk through the graph starts and what becomes of what it finds.

https://docs.pytorch.org/docs/stable/generated/torch.autograd.backward.html
https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html
"""

from minitorch.autograd.graph import add_to_grad, walk
from minitorch.autograd.variable import Variable


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None):
    """Add to `.grad` of every leaf x the sum over `tensors` y of (dy/dx) transposed times the gradient of y.

    grad_tensors   the gradient of each tensor; may be left out for a scalar, whose gradient is 1
    retain_graph   keep the graph for another backward; by default only if create_graph
    create_graph   record the backward itself, for higher derivatives
    inputs         add to these tensors' .grad only
    """
    tensors = as_tuple(tensors)
    roots = start(tensors, as_tuple(grad_tensors, len(tensors)))
    retain_graph = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        walk(roots, retain_graph=retain_graph, create_graph=create_graph)
        return
    inputs = as_tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    found = walk(roots, retain_graph=retain_graph, create_graph=create_graph, targets=targets_of(inputs))
    for x in inputs:
        if x.edge in found and not x.is_leaf:
            add_to_grad(x, found[x.edge], create_graph)


def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    allow_unused=None,
    materialize_grads=False,
):
    """The gradients of `outputs` with respect to each of `inputs`, as a tuple; no `.grad` is touched.

    An input that the outputs do not depend on is an error (RuntimeError) unless allow_unused: its gradient is then
    None, or zeros with materialize_grads.
    """
    outputs, inputs = as_tuple(outputs), as_tuple(inputs)
    if allow_unused is False and materialize_grads:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True")
    roots = start(outputs, as_tuple(grad_outputs, len(outputs)))
    found = walk(
        roots,
        retain_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        targets=targets_of(inputs),
        accumulate=False,
    )
    results = []
    for i, x in enumerate(inputs):
        g = found.get(x.edge)
        if g is None:
            if not (allow_unused or materialize_grads):
                raise RuntimeError(
                    f"The differentiated Tensor at index {i} appears to not have been used in the graph. Set "
                    "allow_unused=True if this is the desired behavior."
                )
            g = x.new_zeros(x.shape) if materialize_grads else None
        results.append(g)
    return tuple(results)


def as_tuple(tensors, length=None):
    """A tuple of what may be given as one tensor, a sequence, or None (for `length` times None)."""
    if tensors is None:
        return (None,) * length
    tensors = (tensors,) if isinstance(tensors, Variable) else tuple(tensors)
    if length is not None and len(tensors) != length:
        raise RuntimeError(f"got {length} tensors and {len(tensors)} gradients")
    return tensors


def start(tensors, gradients):
    """(node, output number, gradient) of each tensor that the walk starts from."""
    roots = []
    for i, (y, g) in enumerate(zip(tensors, gradients, strict=True)):
        if y.history() is None:
            raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")
        if g is None:
            if y.array.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            g = y.wrap(y.kernels.full(y.array.shape, 1, y.array.dtype))
        elif not isinstance(g, Variable):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(g).__name__}")
        elif g.array.shape != y.array.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {g.shape} and output[{i}] has a shape of "
                f"{y.shape}."
            )
        roots.append((*y.edge, g))
    return roots


def targets_of(inputs):
    """The set of (node, output number) of the inputs."""
    for x in inputs:
        if not x.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    return {x.edge for x in inputs}
