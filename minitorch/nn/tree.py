"""`ModuleTree`: how a module keeps its parameters, buffers and parts, and finds those of the modules below it.

What modules do besides (be called, be moved, be saved) is in module.py.
"""

from minitorch.nn.parameter import Buffer, Parameter
from minitorch.tensor import Tensor


class ModuleTree:
    """Parameters, modules and buffers, in the order of their assignment; their names, joined by dots, are the keys of
    state_dict.
    """

    def __init__(self):
        # Set past __setattr__, which needs these to be there.
        for name in ("_parameters", "_buffers", "_modules"):
            object.__setattr__(self, name, {})
        object.__setattr__(self, "_non_persistent_buffers_set", set())

    # -- attributes ----------------------------------------------------------------------------------------------------

    def __setattr__(self, name, value):
        if "_parameters" not in self.__dict__ and isinstance(value, Parameter | ModuleTree):
            kind = "parameters" if isinstance(value, Parameter) else "module"
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if isinstance(value, Parameter):
            self._make_way(name, self._parameters)
            self.register_parameter(name, value)
        elif name in self.__dict__.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as parameter '{name}' (minitorch.nn.Parameter or None "
                    "expected)"
                )
            self._parameters[name] = None
        elif isinstance(value, ModuleTree):
            self._make_way(name, self._modules)
            self._modules[name] = value
        elif name in self.__dict__.get("_modules", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as child module '{name}' (minitorch.nn.Module or None "
                    "expected)"
                )
            self._modules[name] = None
        elif isinstance(value, Buffer):
            self._make_way(name, self._buffers)
            self.register_buffer(name, value, value.persistent)
        elif name in self.__dict__.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as buffer '{name}' (minitorch.Tensor or None expected)"
                )
            self._buffers[name] = value
        else:
            object.__setattr__(self, name, value)

    def _make_way(self, name, group):
        """Forget what has that name, but for its place in `group`: what takes it comes there."""
        self.__dict__.pop(name, None)
        self._non_persistent_buffers_set.discard(name)
        for other in (self._parameters, self._buffers, self._modules):
            if other is not group:
                other.pop(name, None)

    def __getattr__(self, name):
        # Python asks here only for what is no ordinary attribute: parameters, buffers and modules live in dicts.
        own = self.__dict__
        if "_modules" not in own:
            raise AttributeError(f"there is no '{name}' before Module.__init__() call")
        for group in (own["_parameters"], own["_buffers"], own["_modules"]):
            if name in group:
                return group[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name):
        for group in (self._parameters, self._buffers, self._modules):
            if name in group:
                del group[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self):
        names = {*super().__dir__(), *self._parameters, *self._buffers, *self._modules}
        return sorted(name for name in names if not name[:1].isdigit())

    def check_name(self, name, kind, group):
        """The errors that registering under a bad name gives."""
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in group and (name in self.__dict__ or hasattr(self, name)):
            raise KeyError(f"attribute '{name}' already exists")

    def register_parameter(self, name, param):
        """Count a Parameter (or None, to keep its place) among this module's."""
        self.check_name(name, "parameter", self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type(param).__name__}' object to parameter '{name}' (minitorch.nn.Parameter or "
                "None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly."
            )
        self._parameters[name] = param

    def register_buffer(self, name, tensor, persistent=True):
        """Keep a tensor that is no parameter, such as running statistics; in state_dict if persistent."""
        self.check_name(name, "buffer", self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (minitorch.Tensor or None required)"
            )
        self._buffers[name] = tensor
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def add_module(self, name, module):
        """Add a part under a name."""
        if module is not None and not isinstance(module, ModuleTree):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self.check_name(name, "module", self._modules)
        self._modules[name] = module

    register_module = add_module

    # -- what it is made of --------------------------------------------------------------------------------------------

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """(name, module) of this module ("") and of all below it, each once."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, prefix + ("." if prefix else "") + name, remove_duplicate)

    def modules(self, remove_duplicate=True):
        """This module and all below it, each once."""
        return (module for _, module in self.named_modules(remove_duplicate=remove_duplicate))

    def named_children(self):
        """(name, module) of its own parts, each once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self):
        """Its own parts, each once."""
        return (module for _, module in self.named_children())

    def _named_members(self, group, prefix, recurse, remove_duplicate):
        seen, tree = set(), self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        for path, module in tree if recurse else [(prefix, self)]:
            for name, member in getattr(module, group).items():
                if member is not None and id(member) not in seen:
                    if remove_duplicate:
                        seen.add(id(member))
                    yield path + ("." if path else "") + name, member

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        """(name, Parameter) of this module and of all below it, each once."""
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse=True):
        """The Parameters of this module and of all below it, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """(name, buffer) of this module and of all below it, each once."""
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        """The buffers of this module and of all below it, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target):
        """The part with a name such as "encoder.0"."""
        module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, ModuleTree):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def get_parameter(self, target):
        """The Parameter with a name such as "encoder.0.weight"."""
        path, _, name = target.rpartition(".")
        parameter = getattr(self.get_submodule(path), name)
        if not isinstance(parameter, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return parameter

    def get_buffer(self, target):
        """The buffer with a name such as "encoder.0.running_mean"."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        buffer = getattr(module, name)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return buffer

    def set_submodule(self, target, module, strict=False):
        """Put a module in the place of the part with a name such as "encoder.0"; strict: there must be one already."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, ModuleTree):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{type(parent).__name__} has no attribute `{name}`")
        if hasattr(parent, name) and not isinstance(getattr(parent, name), ModuleTree):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)
