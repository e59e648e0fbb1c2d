"""Lazy modules: sizes that the first input tells need not be given.

A lazy layer begins with parameters of unknown shape. Before its first forward it looks at the input, gives them shapes
and first values, and becomes the ordinary layer (its class changes).
https://docs.pytorch.org/docs/stable/generated/torch.nn.modules.lazy.LazyModuleMixin.html
"""

from minitorch.nn.parameter import is_lazy


class LazyModuleMixin:
    """Goes before the layer's class; the subclass says which class it becomes, and how in initialize_parameters."""

    cls_to_become = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(LazyModuleMixin._infer_parameters, with_kwargs=True)

    def has_uninitialized_params(self):
        """Whether some parameter or buffer has no shape yet."""
        return any(is_lazy(t) for t in (*self._parameters.values(), *self._buffers.values()))

    def reset_parameters(self):
        """Draw new first values, once there are shapes."""
        if all(not is_lazy(p) and p.numel() for p in self.parameters(recurse=False)):
            super().reset_parameters()

    def initialize_parameters(self, *args, **kwargs):
        """Give the parameters shapes and first values, for these arguments of forward."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def _infer_parameters(self, args, kwargs):
        self.initialize_parameters(*args, **kwargs)
        if self.has_uninitialized_params():
            raise RuntimeError(f"module {type(self).__name__} has not been fully initialized")
        self._initialize_hook.remove()
        del self._initialize_hook
        if self.cls_to_become is not None:
            self.__class__ = self.cls_to_become
