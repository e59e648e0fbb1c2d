"""Calling a module, and the hooks that may look on: before and after forward, and when gradients pass through.

https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook
"""

from minitorch.autograd.inplace import link_view
from minitorch.autograd.op import op
from minitorch.autograd.variable import RemovableHandle
from minitorch.nn.tree import ModuleTree
from minitorch.tensor import Tensor

MODIFIED = (
    "A tensor at the edge of a module with a full backward hook is being modified inplace: the gradient would no "
    "longer pass through the hook. Use the out-of-place operation (inplace=False) there."
)


class HookedModule(ModuleTree):
    """A module that can be called."""

    def __init__(self):
        super().__init__()
        for name in ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks"):
            object.__setattr__(self, name, {})

    def forward(self, *input):
        """What the module computes; every subclass says it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args, **kwargs):
        if not (self._forward_pre_hooks or self._forward_hooks or self._backward_pre_hooks or self._backward_hooks):
            return self.forward(*args, **kwargs)
        for hook in list(self._forward_pre_hooks.values()):
            args, kwargs = hook(self, args, kwargs)
        passage = Passage(self) if self._backward_pre_hooks or self._backward_hooks else None
        if passage:
            args = passage.entered(args)
        try:
            result = self.forward(*args, **kwargs)
        except Exception:
            for hook in list(self._forward_hooks.values()):
                if hook.always:
                    hook(self, args, kwargs, None)
            raise
        for hook in list(self._forward_hooks.values()):
            changed = hook(self, args, kwargs, result)
            result = result if changed is None else changed
        return passage.left(result) if passage else result

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        """Call hook(module, args) before forward; what it returns, if not None, takes the place of args.

        with_kwargs: hook(module, args, kwargs), which returns None or (args, kwargs).
        """
        return registered(self._forward_pre_hooks, BeforeForward(hook, with_kwargs), prepend)

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        """Call hook(module, args, output) after forward; what it returns, if not None, takes the place of output.

        with_kwargs: hook(module, args, kwargs, output). always_call: also (with output None) when forward raised.
        """
        return registered(self._forward_hooks, AfterForward(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook, prepend=False):
        """Call hook(module, grad_output) before the gradient enters the module; what it returns takes its place."""
        return registered(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook, prepend=False):
        """Call hook(module, grad_input, grad_output) when the gradients of the inputs are known; what it returns, if
        not None, takes the place of grad_input. These are tuples, with None for what is no tensor
        (and for all inputs where none requires a gradient).
        """
        return registered(self._backward_hooks, hook, prepend)


class BeforeForward:
    """A forward pre-hook, as __call__ wants it. (No closure, so that a module with hooks can be pickled.)"""

    def __init__(self, hook, with_kwargs):
        self.hook, self.with_kwargs = hook, with_kwargs

    def __call__(self, module, args, kwargs):
        changed = self.hook(module, args, kwargs) if self.with_kwargs else self.hook(module, args)
        if changed is None:
            return args, kwargs
        if not self.with_kwargs:
            return changed if isinstance(changed, tuple) else (changed,), kwargs
        if not (isinstance(changed, tuple) and len(changed) == 2):
            raise RuntimeError(
                f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {changed}."
            )
        return changed


class AfterForward:
    """A forward hook, as __call__ wants it; always: also when forward raised."""

    def __init__(self, hook, with_kwargs, always):
        self.hook, self.with_kwargs, self.always = hook, with_kwargs, always

    def __call__(self, module, args, kwargs, output):
        if self.with_kwargs:
            return self.hook(module, args, kwargs, output)
        return self.hook(module, args, output)


def registered(hooks, hook, prepend):
    """A handle by which the hook, now the last one (or with prepend the first), can be removed."""
    handle = RemovableHandle(hooks, hook)
    if prepend:
        others = {key: value for key, value in hooks.items() if key != handle.id}
        hooks.clear()
        hooks[handle.id] = hook
        hooks.update(others)
    return handle


class Passage:
    """One call of a module with backward hooks: marks the tensors that go in and come out, to see their gradients."""

    def __init__(self, module):
        self.module = module
        self.pre_hooks, self.hooks = (list(h.values()) for h in (module._backward_pre_hooks, module._backward_hooks))
        self.grad_output = self.inputs = None
        self.seen_from_within = False  # whether gradients will come out at the inputs

    def entered(self, args):
        """The arguments, tensors that require a gradient marked."""
        self.inputs = len(args)
        marked = marked_tensors(args, self.inputs_known)
        self.seen_from_within = any(a is not b for a, b in zip(args, marked, strict=True))
        return marked

    def left(self, result):
        """The result (a tensor or a tuple of tensors), marked."""
        single = isinstance(result, Tensor)
        if not (single or isinstance(result, tuple)):
            return result
        marked = marked_tensors((result,) if single else result, self.outputs_known)
        return marked[0] if single else marked

    def outputs_known(self, places, others, grads):
        """The gradients of the outputs have arrived: let the pre-hooks see them."""
        full = spread(grads, places, others)
        for hook in self.pre_hooks:
            changed = hook(self.module, full)
            if changed is not None:
                full = same_length(changed, full, "grad_output")
        self.grad_output = full
        if not self.seen_from_within:
            self.run_hooks((None,) * self.inputs)
        return tuple(full[i] for i in places)

    def inputs_known(self, places, others, grads):
        """The gradients of the inputs have arrived: let the hooks see both."""
        if self.grad_output is None:  # backward started within the module
            return grads
        full = self.run_hooks(spread(grads, places, others))
        return tuple(full[i] for i in places)

    def run_hooks(self, grad_input):
        for hook in self.hooks:
            changed = hook(self.module, grad_input, self.grad_output)
            if changed is not None:
                grad_input = same_length(changed, grad_input, "grad_input")
        return grad_input


@op(label="BackwardHookFunctionBackward")
def passed_on(*tensors, known):
    """The tensors themselves; known(their gradients), together, gives those that go on."""
    return tuple(x.array for x in tensors), lambda g: known(g)


def marked_tensors(values, known):
    """The values, with those tensors that require a gradient passed through one node."""
    places = [i for i, v in enumerate(values) if isinstance(v, Tensor) and v.requires_grad]
    if not places:
        return values
    others = [zeros(v) if isinstance(v, Tensor) else None for v in values]
    outputs = passed_on(*(values[i] for i in places), known=lambda g: known(places, others, g))
    marked = list(values)
    for i, y in zip(places, outputs, strict=True):
        marked[i] = link_view(y, values[i], lambda other: other, MODIFIED)
    return tuple(marked)


def zeros(x):
    """Zeros of the shape of x, which take no memory: what hooks see for a tensor that requires no gradient."""
    return x.detach().new_zeros(()).expand(x.shape)


def spread(grads, places, others):
    """The gradients at their places among the others."""
    full = list(others)
    for i, g in zip(places, grads, strict=True):
        full[i] = g
    return tuple(full)


def same_length(changed, old, what):
    """What a hook returned, as a tuple. RuntimeError for another number of gradients."""
    changed = changed if isinstance(changed, tuple) else (changed,)
    if len(changed) != len(old):
        raise RuntimeError(
            f"Backward hook returned an invalid number of {what}, got {len(changed)}, but expected {len(old)}"
        )
    return changed
