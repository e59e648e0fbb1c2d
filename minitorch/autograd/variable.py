"""`Variable`: what autograd needs to know of a tensor. `Tensor` (tensor/tensor.py) adds the names that people call.

An array, and its history: the node that made it and which of that node's outputs it is. A leaf that requires grad has
an `AccumulateGrad` node; a tensor without a node requires no gradient. A view also knows its base, the tensor whose
memory it shares, and how it was made from its parent, so that its history can be made again after a write (inplace.py).
"""

import itertools
import warnings
import weakref

from minitorch.autograd.grad_mode import enable_grad, inference
from minitorch.autograd.graph import AccumulateGrad
from minitorch.dtype import FLOATING

_hook_numbers = itertools.count()


class Variable:
    # Every tensor has, set where it is made: array; kernels, the module that works on such arrays; version, a list that
    # holds the number of writes to the memory and is shared by all who share it (None for an inference tensor);
    edge = None  # (node that made it, which of its outputs), where the gradient goes; None if it requires none
    base = None  # for a view: the tensor that owns the memory
    parent = None  # for a view: the tensor it was made from ...
    replay = None  # ... and the function that made it
    turned = ()  # what transpose_ and the like did to the shape: for each, the function that undoes it (turning.py)
    turn = 0  # for a view: how many of these its parent had when it was made
    kind = None  # for a view: why it must not be written (see inplace.py), or None
    overwritten = False  # for the input of an operation that writes into its memory (see inplace_parts)
    saved_version = None  # for a saved tensor: its version when it was saved
    _grad = None

    # -- what it is ----------------------------------------------------------------------------------------------

    @property
    def requires_grad(self):
        """Whether gradients flow to this tensor. May be set on a leaf of a floating dtype."""
        if self.kind is not None and self.is_outdated():
            return True
        return self.history() is not None

    @requires_grad.setter
    def requires_grad(self, value):
        if not self.is_leaf:
            if value:
                return
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in "
                "a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
            )
        if value and self.array.dtype.kind not in FLOATING:
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        if value and self.is_inference() and not inference.get():
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        if bool(value) != (self.edge is not None):
            self.edge = (AccumulateGrad(self), 0) if value else None

    def requires_grad_(self, requires_grad=True):
        """Set `requires_grad` in place and return self."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self):
        """True for what no recorded operation made: what the user created, and all that requires no gradient."""
        return ends(self.history())

    @property
    def grad_fn(self):
        """The node that made this tensor; None for a leaf."""
        return None if self.is_leaf else self.edge[0]

    @property
    def output_nr(self):
        """Which output of `grad_fn` this tensor is."""
        return 0 if self.edge is None else self.edge[1]

    @property
    def _version(self):
        """How often the memory of this tensor was written in place."""
        if self.version is None:
            raise RuntimeError("Inference tensors do not track version counter.")
        return self.version[0]

    @property
    def _base(self):
        return self.base

    def _is_view(self):
        return self.base is not None

    def is_inference(self):
        """True for a tensor made inside `inference_mode`."""
        return self.version is None

    def history(self):
        """The edge of this tensor. For a view whose memory was written since, made anew from the base's new history."""
        if self.base is not None and self.is_outdated():
            if self.kind is not None:
                raise RuntimeError(self.why_refused("its base or another view of its base has been"))
            self.seen = self.version[0]
            with enable_grad():
                self.follow(self.path()(self.base).edge)
        return self.edge

    def follow(self, edge):
        """Take another edge, to which goes what retain_grad asked of the old one."""
        if self.retains_grad:
            (old, i), (new, j) = self.edge, edge
            new.retained = {**(new.retained or {}), j: old.retained.pop(i)}
        self.edge = edge

    def is_outdated(self):
        """For a view: whether its memory was written since its history was made, and it must be made anew."""
        return self.version is not None and self.seen != self.version[0] and self.base.edge is not None

    def why_refused(self, what):
        """The words for a view whose history cannot be made anew, of which `what` modified in place."""
        view = f"Output {self.edge[1]} of {self.edge[0].name()} is a view" if self.edge else "A view was created"
        return self.kind.format(view=view, what=what)

    def path(self):
        """The function that takes the same part of any tensor shaped as the base that this view takes of its base."""
        steps, view = [], self
        while view is not self.base:
            steps += [view.replay, *view.parent.turned[view.turn :]]
            view = view.parent

        def part(tensor):
            for step in reversed(steps):
                tensor = step(tensor)
            return tensor

        return part

    def check_unchanged(self):
        """Refuse to use a saved tensor whose memory was written after it was saved."""
        if self.version[0] != self.saved_version:
            source = "" if self.edge is None else f", which is output {self.edge[1]} of {self.edge[0].name()},"
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an inplace operation: "
                f"[{self.type()} {list(self.array.shape)}]{source} is at version {self.version[0]}; expected version "
                f"{self.saved_version} instead. Hint: enable anomaly detection to find the operation that failed to "
                "compute its gradient, with torch.autograd.set_detect_anomaly(True)."
            )

    # -- gradients -----------------------------------------------------------------------------------------------

    @property
    def grad(self):
        """The gradient that `backward` left here: a tensor of the same shape and dtype, or None."""
        if self._grad is None and not ends(self.edge) and not self.retains_grad:
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute "
                "won't be populated during autograd.backward(). If you indeed want the .grad field to be populated "
                "for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor "
                "by mistake, make sure you access the leaf Tensor instead.",
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value):
        if value is not None:
            if not isinstance(value, Variable):
                raise TypeError(
                    f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}"
                )
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if value.array.dtype != self.array.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient with dtype '{value.dtype}' to a tensor with dtype "
                    f"'{self.dtype}'. "
                    "Please ensure that the gradient and the tensor have the same dtype"
                )
            if value.kernels is not self.kernels:
                raise RuntimeError(
                    f"attempting to assign a gradient with device type '{value.device.type}' to a tensor with device "
                    f"type '{self.device.type}'. Please ensure that the gradient and the tensor are on the same device"
                )
            if value.array.shape != self.array.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.array.shape)}' to a tensor of size "
                    f"'{list(self.array.shape)}'. Please ensure that the gradient and the tensor are the same size"
                )
        self._grad = value

    @grad.deleter
    def grad(self):
        self._grad = None

    def retain_grad(self):
        """Keep the gradient of this non-leaf tensor in `.grad` too."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if not self.is_leaf:
            node, index = self.edge
            node.retained = {**(node.retained or {}), index: weakref.ref(self)}

    @property
    def retains_grad(self):
        """True where `retain_grad` was called on a non-leaf tensor."""
        return not ends(self.edge) and self.edge[1] in (self.edge[0].retained or ())

    def register_hook(self, hook):
        """Call hook(grad) when the gradient of this tensor is known; what it returns, if not None, takes its place."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        node, index = self.edge
        if node.hooks is None:
            node.hooks = {}
        return RemovableHandle(node.hooks.setdefault(index, {}), hook)

    def register_post_accumulate_grad_hook(self, hook):
        """Call hook(tensor) after `.grad` of this leaf was added to."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not self.is_leaf:
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        node = self.edge[0]
        if node.after is None:
            node.after = {}
        return RemovableHandle(node.after, hook)


def ends(edge):
    """Whether this is the edge of a leaf."""
    return edge is None or type(edge[0]) is AccumulateGrad


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook out again. Also a context manager."""

    def __init__(self, hooks, hook):
        self.hooks = hooks
        self.id = next(n for n in _hook_numbers if n not in hooks)  # unpickled hooks have numbers of another process
        hooks[self.id] = hook

    def remove(self):
        """Unregister the hook; a second call does nothing."""
        self.hooks.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.remove()
