"""Parameters that are functions of others: `layer.weight` is computed, by modules, from what is trained instead of it.

    class Symmetric(nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).T

    register_parametrization(layer, "weight", Symmetric())

Then layer.weight is symmetric, and layer.parametrizations.weight.original is what an optimizer trains. To read an
attribute by a computation is what Python's `property` does, and properties live in classes: so the layer gets a class
of its own, derived from its old one, ParametrizedLinear for a Linear.

https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html
"""

import copy
from contextlib import contextmanager

from minitorch.autograd.grad_mode import no_grad
from minitorch.nn.container import ModuleDict, ModuleList
from minitorch.nn.parameter import Buffer, Parameter
from minitorch.tensor import Tensor

_known = []  # within cached(): a dict of what has been computed, {(id of the list, name of the parameter): tensor}


@contextmanager
def cached():
    """Within this context each parametrized tensor is computed once, however often it is read."""
    _known.append(_known[-1] if _known else {})
    try:
        yield
    finally:
        _known.pop()


class ParametrizationList(ModuleList):
    """The modules, called one after another, that compute one tensor; and what from: original, or original0, ...

    Their right_inverse methods, in reverse order, tell from which original the old value comes. Without one the
    original is the old value itself.
    """

    def __init__(self, modules, original, unsafe=False):
        super().__init__(modules)
        self.unsafe = unsafe
        with no_grad():
            values = self.origin(original)
            self.is_tensor = isinstance(values, Tensor)
            values = (values,) if self.is_tensor else tuple(values)
            if not unsafe:
                check(original, self.applied(*values))
            if self.is_tensor:
                original.data = values[0].data  # still the same object, that an optimizer may have already
                self.original = original if isinstance(original, Parameter) else Buffer(original)
                return
        for i, value in enumerate(values):
            trained = isinstance(original, Parameter)
            setattr(self, f"original{i}", Parameter(value, original.requires_grad) if trained else Buffer(value))

    def originals(self):
        """What the tensor is computed from."""
        return tuple(self._parameters.values()) + tuple(self._buffers.values())

    def origin(self, value):
        """From what the value comes: the way back. ValueError for what is neither a tensor nor several."""
        for module in reversed(list(self)):
            if hasattr(module, "right_inverse"):
                value = module.right_inverse(value)
        if not isinstance(value, Tensor | tuple | list):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got "
                f"{type(value).__name__}"
            )
        return value

    def applied(self, *values):
        """The modules' work on these."""
        for module in self:
            values = (module(*values),)
        return values[0]

    def forward(self):
        """The tensor."""
        return self.applied(*self.originals())

    @no_grad()
    def right_inverse(self, value):
        """Let the originals be those from which the value comes: for layer.weight = value."""
        for module in self:
            if not hasattr(module, "right_inverse"):
                raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
        values = self.origin(value)
        values = (values,) if isinstance(values, Tensor) else tuple(values)
        if len(values) != len(self.originals()):
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {len(self.originals())}. Got a "
                f"sequence of length {len(values)}"
            )
        for old, new in zip(self.originals(), values, strict=True):
            if old.dtype != new.dtype:
                raise ValueError(f"The tensor assigned must have dtype {old.dtype}, but it has {new.dtype}")
        for old, new in zip(self.originals(), values, strict=True):
            old.data = new.data


def check(old, new):
    """ValueError for a parametrization that gives no tensor, or one of another dtype or shape."""
    if not isinstance(new, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(new).__name__}.")
    for what, a, b in (("dtype", old.dtype, new.dtype), ("shape", old.shape, new.shape)):
        if a != b:
            raise ValueError(
                f"Registering a parametrization may not change the {what} of the tensor, unless the `unsafe` flag is "
                f"enabled: it was {a} and becomes {b}"
            )


# -- the class with the properties -------------------------------------------------------------------------------------


def parametrized(cls, names):
    """A class like cls whose attributes of these names are computed."""
    properties = {name: computed(name) for name in names}
    return type(f"Parametrized{cls.__name__}", (cls,), properties | {"__deepcopy__": copied, "__getstate__": not_saved})


def copied(module, memo):
    """Its deepcopy, of the same class."""
    memo[id(module)] = new = object.__new__(type(module))
    new.__dict__.update(copy.deepcopy(module.__dict__, memo))
    return new


def not_saved(module):
    """RuntimeError: pickle finds a class by its name, and this one, made here, can't be found."""
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(): save module.state_dict(), and "
        "load it into a module made and parametrized in the same way."
    )


def computed(name):
    """The property."""

    def read(module):
        parts = module.parametrizations[name]
        if not _known:
            return parts()
        key = id(parts), name
        if key not in _known[-1]:
            _known[-1][key] = parts()
        return _known[-1][key]

    return property(read, lambda module, value: module.parametrizations[name].right_inverse(value))


def is_parametrized(module, tensor_name=None):
    """Whether the module has parametrizations; or one of that name."""
    parts = module._modules.get("parametrizations")
    if not isinstance(parts, ModuleDict):
        return False
    return len(parts) > 0 if tensor_name is None else tensor_name in parts


def type_before_parametrizations(module):
    """The class that it had before."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


# -- what users call ---------------------------------------------------------------------------------------------------


def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    """Compute module's parameter or buffer of that name by parametrization(original) from now on. Returns the module.

    A second one goes on from what the first gives. ValueError where it changes dtype or shape, unless `unsafe`.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        parts = module.parametrizations[tensor_name]
        if not unsafe:
            with no_grad():
                old = getattr(module, tensor_name)
                check(old, parametrization(old))
        parts.append(parametrization)
        parts.unsafe |= unsafe
        return module
    if tensor_name not in module._parameters and tensor_name not in module._buffers:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    parts = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
    cls = type_before_parametrizations(module)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        module.parametrizations = ModuleDict()
    module.parametrizations[tensor_name] = parts
    module.__class__ = parametrized(cls, module.parametrizations.keys())
    return module


def remove_parametrizations(module, tensor_name, leave_parametrized=True):
    """Let the tensor be a parameter or buffer again: with the value computed last, or without leave_parametrized the
    original. Returns the module.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parts, cls = module.parametrizations[tensor_name], type_before_parametrizations(module)
    if not leave_parametrized and not parts.is_tensor:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    value, trained = parts.originals()[0], bool(parts._parameters)
    if leave_parametrized:
        with no_grad():
            now = parts()
        if parts.is_tensor:
            value.data = now.data
        else:
            value = Parameter(now, value.requires_grad) if trained else now
    del module.parametrizations[tensor_name]
    names = list(module.parametrizations.keys())
    module.__class__ = parametrized(cls, names) if names else cls
    if not names:
        del module.parametrizations
    module.register_parameter(tensor_name, value) if trained else module.register_buffer(tensor_name, value)
    return module
