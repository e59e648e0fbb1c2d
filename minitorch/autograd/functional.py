"""Jacobians, Hessians and their products with vectors, for functions of tensors.

For f: R^n -> R^m with Jacobian J[i][j] = df_i / dx_j, one walk back through the graph gives a row of it:

    vjp        v' J        one walk
    jacobian   J           one walk a row
    jvp        J v         two walks: v' J is linear in its v, so its own vjp is J times a vector
    hessian    J of grad f, for f with one value: one walk, and one more a row
    vhp, hvp   v' H and H v: one walk, and the vjp or the jvp of that

Each takes one tensor or a tuple of them, and gives results of that form. create_graph keeps a graph, for further
derivatives; strict refuses an output that does not depend on an input (otherwise its derivative is zero).
https://docs.pytorch.org/docs/stable/autograd.html#functional-higher-level-api
"""

from minitorch.autograd.grad_mode import enable_grad
from minitorch.autograd.gradients import grad
from minitorch.autograd.variable import Variable
from minitorch.ops.join import stack


def tuple_of(values, what, name):
    """(whether it was a tuple, a tuple of tensors). TypeError for what is neither a tensor nor a tuple of them."""
    several = isinstance(values, tuple)
    values = values if several else (values,)
    for i, x in enumerate(values):
        if not isinstance(x, Variable):
            where = f"the value at index {i} of the {what}" if several else f"the given {what}"
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but {where} has type "
                f"{type(x)}."
            )
    return several, values


def as_inputs(inputs, name, create_graph):
    """(whether there are several, the tensors to differentiate for): new ones, so that the user's stay untouched."""
    several, inputs = tuple_of(inputs, "inputs", name)
    if create_graph:
        return several, tuple(x.view_as(x) if x.requires_grad else x.detach().requires_grad_() for x in inputs)
    return several, tuple(x.detach().requires_grad_() for x in inputs)


def as_vector(v, like, several, single, name):
    """The vector for a product: given, of the shapes of `like`; or one, where `like` is a single number."""
    if v is None:
        if len(like) != 1 or like[0].array.size != 1:
            raise RuntimeError(f"The vector v can only be None if {single}.")
        return tuple(x.new_ones(x.shape) for x in like)
    _, v = tuple_of(v, "v", name)
    if len(v) != len(like):
        raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}.")
    for given, x in zip(v, like, strict=True):
        if given.array.shape != x.array.shape:
            raise RuntimeError(f"v has invalid size: should be {x.shape} but got {given.shape}.")
    return v


def gradients(outputs, inputs, weights, create_graph, strict, what):
    """The gradients of outputs, weighted, with zeros (or, strict, an error) for what does not depend on an input."""
    live = [(y, w) for y, w in zip(outputs, weights, strict=True) if y.requires_grad]
    found = [None] * len(inputs)
    if live:
        ys, ws = zip(*live, strict=True)
        found = grad(ys, inputs, ws, retain_graph=True, create_graph=create_graph, allow_unused=True)
    for i, g in enumerate(found):
        if g is None and strict:
            raise RuntimeError(f"{what} is independent of input {i}. This is not allowed in strict mode.")
    return tuple(x.new_zeros(x.shape) if g is None else g for x, g in zip(inputs, found, strict=True))


def finished(results, several, create_graph):
    """The results as the caller gets them: one or a tuple, without a graph unless asked for."""
    results = tuple(x if create_graph else x.detach() for x in results)
    return results if several else results[0]


def one_number(outputs, name):
    """RuntimeError unless a function gave one tensor with one element."""
    if len(outputs) != 1 or outputs[0].array.size != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")


OUTPUT = "The output of the user-provided function"
SINGLE_OUTPUT = "the user-provided function returns a single Tensor with a single element"
SINGLE_INPUT = "the input to the user-provided function is a single Tensor with a single element"


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """(func(*inputs), v' J): v has the shape of the output."""
    with enable_grad():
        several, inputs = as_inputs(inputs, "vjp", create_graph)
        several_out, outputs = tuple_of(func(*inputs), "outputs of the user-provided function", "vjp")
        v = as_vector(v, outputs, several_out, SINGLE_OUTPUT, "vjp")
        found = gradients(outputs, inputs, v, create_graph, strict, OUTPUT)
    return finished(outputs, several_out, create_graph), finished(found, several, create_graph)


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """(func(*inputs), J v): v has the shape of the input."""
    with enable_grad():
        _, inputs = as_inputs(inputs, "jvp", create_graph)
        v = as_vector(v, inputs, True, SINGLE_INPUT, "jvp")
        several_out, outputs = tuple_of(func(*inputs), "outputs of the user-provided function", "jvp")
        weights = tuple(y.new_zeros(y.shape).requires_grad_() for y in outputs)
        rows = gradients(outputs, inputs, weights, True, strict, OUTPUT)  # weights' J, linear in the weights
        found = gradients(rows, weights, v, create_graph, False, OUTPUT)
    return finished(outputs, several_out, create_graph), finished(found, several_out, create_graph)


def jacobian(func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"):
    """J: for an output of shape A and an input of shape B, a tensor of shape A + B; with several outputs or inputs a
    tuple over the outputs of tuples over the inputs.

    vectorize and strategy say how torch computes it, and change nothing here; strategy "forward-mode" is refused.
    """
    check_strategy(strategy)
    with enable_grad():
        several, inputs = as_inputs(inputs, "jacobian", create_graph)
        several_out, outputs = tuple_of(func(*inputs), "outputs of the user-provided function", "jacobian")
        for i, y in enumerate(outputs):
            if strict and not y.requires_grad:
                raise RuntimeError(
                    f"Output {i} of the user-provided function does not require gradients. The outputs must be "
                    "computed in a differentiable manner from the input when running in strict mode."
                )
        found = [rows(y, inputs, create_graph, strict) for y in outputs]
    found = [finished(part, several, create_graph) for part in found]
    return tuple(found) if several_out else found[0]


def rows(y, inputs, create_graph, strict):
    """The derivative of one output for each input, row by row."""
    found = []
    for i in range(y.array.size):
        unit = y.new_zeros(y.shape)
        unit.reshape(-1)[i] = 1
        found.append(gradients((y,), inputs, (unit,), create_graph, strict, OUTPUT))
    if not found:
        return tuple(x.new_zeros((*y.shape, *x.shape)) for x in inputs)
    stacked = []
    for x, parts in zip(inputs, zip(*found, strict=True), strict=True):
        rows_ = parts[0].unsqueeze(0) if len(parts) == 1 else stack(parts)
        stacked.append(rows_.reshape((*y.shape, *x.shape)))  # (numel(y), *x.shape) -> (*y.shape, *x.shape)
    return tuple(stacked)


def check_strategy(strategy):
    """Only walks backwards: torch's forward-mode differentiation has no counterpart here."""
    if strategy != "reverse-mode":
        raise NotImplementedError(f"only the strategy 'reverse-mode' is supported, not {strategy!r}")


def hessian(func, inputs, create_graph=False, strict=False, vectorize=False, outer_jacobian_strategy="reverse-mode"):
    """H = d2 f / dx2 for a function with one value: for inputs of shapes A and B, a tensor of shape A + B."""
    check_strategy(outer_jacobian_strategy)
    several, _ = tuple_of(inputs, "inputs", "hessian")

    def gradient(*inputs):
        _, outputs = tuple_of(func(*inputs), "outputs of the user-provided function", "hessian")
        one_number(outputs, "hessian")
        return gradients(outputs, inputs, (outputs[0].new_ones(outputs[0].shape),), True, strict, OUTPUT)

    found = jacobian(gradient, inputs, create_graph, strict)
    return found if several else found[0]


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    """(func(*inputs), v' H) for a function with one value; v has the shape of the input."""
    with enable_grad():
        several, inputs = as_inputs(inputs, "vhp", create_graph)
        v = as_vector(v, inputs, several, SINGLE_INPUT, "vhp")
        several_out, outputs = tuple_of(func(*inputs), "outputs of the user-provided function", "vhp")
        one_number(outputs, "vhp")
        slopes = gradients(outputs, inputs, (outputs[0].new_ones(outputs[0].shape),), True, strict, OUTPUT)
        found = gradients(slopes, inputs, v, create_graph, strict, "The jacobian of the user-provided function")
    return finished(outputs, several_out, create_graph), finished(found, several, create_graph)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """(func(*inputs), H v). H is symmetric, so this is vhp (torch walks once more; the numbers are the same)."""
    tuple_of(inputs, "inputs", "hvp")
    return vhp(func, inputs, v, create_graph, strict)
