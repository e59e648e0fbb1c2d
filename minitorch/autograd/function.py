"""`Function`: an operation with a forward and a backward of your own.

    class Exp(Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y

    Exp.apply(x)

https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.Function
"""

import functools

from minitorch.autograd.grad_mode import no_grad, recording
from minitorch.autograd.graph import FREED, Node
from minitorch.autograd.inplace import check_writable, rebase
from minitorch.autograd.variable import Variable
from minitorch.dtype import FLOATING


class FunctionNode(Node):
    """The node of a Function; it is also the `ctx` that forward and backward are given."""

    to_save = ()
    dirty = ()
    non_differentiable = ()
    materialize_grads = True

    def __init__(self, function, inputs):
        edges = [x.history() if isinstance(x, Variable) else None for x in inputs]
        super().__init__(function.__name__ + "Backward", (), edges, [])
        self.function = function
        self.needs_input_grad = tuple(edge is not None for edge in edges)

    def save_for_backward(self, *tensors):
        """Keep tensors (inputs, outputs or others; None too) for backward, which finds them in `saved_tensors`."""
        self.to_save = tensors

    def mark_dirty(self, *tensors):
        """Say which inputs forward wrote in place (and returns)."""
        self.dirty = tensors

    def mark_non_differentiable(self, *tensors):
        """Say which outputs have no gradient."""
        self.non_differentiable = tensors

    def set_materialize_grads(self, value):
        """Whether backward gets zeros (True, the default) or None for an output that was not used."""
        self.materialize_grads = value

    @property
    def saved_tensors(self):
        """What save_for_backward kept. RuntimeError when one was changed in place since, or the graph was freed."""
        if self.saved is None:
            raise RuntimeError(FREED)
        for tensor in self.saved:
            if tensor is not None:
                tensor.check_unchanged()
        return tuple(
            tensor.with_edge((self, tensor.output)) if tensor is not None and tensor.output is not None else tensor
            for tensor in self.saved
        )

    def backward(self, gradients):
        if self.vjps is None:
            raise RuntimeError(FREED)
        if self.materialize_grads:
            gradients = self.filled(gradients)
        results = self.function.backward(self, *gradients)
        results = results if isinstance(results, tuple) else (results,)
        if len(results) < len(self.edges) or any(g is not None for g in results[len(self.edges) :]):
            raise RuntimeError(
                f"function {self.label} returned an incorrect number of gradients (expected {len(self.edges)}, got "
                f"{len(results)})"
            )
        for g in results:
            if g is not None and not isinstance(g, Variable):
                raise RuntimeError(f"function {self.label} returned a gradient that is no Tensor: {type(g).__name__}")
        return results[: len(self.edges)]


class Function:
    """Subclass it with static methods forward(ctx, *args) and backward(ctx, *gradients), and call `apply`.

    With a static method setup_context(ctx, inputs, output), forward is called without ctx, as in torch.
    """

    @classmethod
    def apply(cls, *inputs):
        """Run forward, and record backward where an input requires grad."""
        ctx = FunctionNode(cls, inputs)
        record = recording.get() and any(ctx.needs_input_grad)
        with no_grad():
            if hasattr(cls, "setup_context"):
                output = cls.forward(*inputs)
                cls.setup_context(ctx, inputs, output)
            else:
                output = cls.forward(ctx, *inputs)
        if not record:
            return output
        several = isinstance(output, tuple)
        outputs = [attach(ctx, y, inputs) for y in (output if several else (output,))]
        keep(ctx, outputs)
        return tuple(outputs) if several else outputs[0]


def attach(ctx, y, inputs):
    """Give the output y of forward the history of ctx. An input that was returned as it is becomes another tensor."""
    if not isinstance(y, Variable):
        raise TypeError(f"{ctx.function.__name__}.forward: expected to return Tensors, got {type(y).__name__}")
    index = len(ctx.outputs)
    ctx.outputs += ((y.array.shape, y.array.dtype),)
    if y.array.dtype.kind not in FLOATING or any(y is other for other in ctx.non_differentiable):
        return y
    if any(y is other for other in ctx.dirty):
        check_writable(y, ctx.function.__name__)
        return rebase(y, y.with_edge((ctx, index)))
    if any(y is x for x in inputs):
        return y.with_edge((ctx, index))
    y.edge = (ctx, index)
    return y


def keep(ctx, outputs):
    """Save what save_for_backward named. An output is kept without its history, which is ctx itself."""
    ctx.saved = []
    for tensor in ctx.to_save:
        if tensor is not None:
            saved = tensor.saved()
            saved.output = next((i for i, y in enumerate(outputs) if y is tensor), None)
            saved.edge = saved.edge if saved.output is None else None
            tensor = saved
        ctx.saved.append(tensor)
    ctx.to_save = ctx.dirty = ctx.non_differentiable = ()


def once_differentiable(backward):
    """Decorate a backward that cannot be differentiated itself: trying to raises RuntimeError."""

    @functools.wraps(backward)
    def wrapped(ctx, *gradients):
        again = recording.get() and any(isinstance(g, Variable) and g.requires_grad for g in gradients)
        with no_grad():
            results = backward(ctx, *gradients)
        return DifferentiatedOnce.apply(results, *gradients) if again else results

    return wrapped


class DifferentiatedOnce(Function):
    """Passes results on, and refuses the backward through them."""

    @staticmethod
    def forward(ctx, results, *gradients):
        return results

    @staticmethod
    def backward(ctx, *gradients):
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
