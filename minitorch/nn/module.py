"""`Module`: a part of a network, with its parameters, buffers and parts.

https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
"""

import itertools
from collections import OrderedDict, namedtuple

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.variable import RemovableHandle
from minitorch.dtype import dtype as DType
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor

IncompatibleKeys = namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])


class _IncompatibleKeys(IncompatibleKeys):
    """What load_state_dict returns."""

    def __repr__(self):
        return "<All keys matched successfully>" if not any(self) else super().__repr__()


class Module:
    """Base class of all layers and networks: say in __init__ what it is made of, in forward what it computes.

    Parameters, modules and buffers are kept in the order of their assignment; their names, joined by dots, are the keys
    of state_dict.
    """

    training = True
    _version = 1  # of what its state_dict holds, for torch

    def __init__(self):
        # Set past __setattr__, which needs these to be there.
        for name in ("_parameters", "_buffers", "_modules", "_forward_hooks", "_forward_pre_hooks"):
            object.__setattr__(self, name, {})
        object.__setattr__(self, "_non_persistent_buffers_set", set())

    def forward(self, *input):
        """What the module computes; every subclass says it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args, **kwargs):
        for hook in list(self._forward_pre_hooks.values()):
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        result = self.forward(*args, **kwargs)
        for hook in list(self._forward_hooks.values()):
            changed = hook(self, args, result)
            result = result if changed is None else changed
        return result

    def register_forward_pre_hook(self, hook):
        """Call hook(module, args) before forward; what it returns, if not None, takes the place of args."""
        return RemovableHandle(self._forward_pre_hooks, hook)

    def register_forward_hook(self, hook):
        """Call hook(module, args, output) after forward; what it returns, if not None, takes the place of output."""
        return RemovableHandle(self._forward_hooks, hook)

    # -- attributes ----------------------------------------------------------------------------------------------------

    def __setattr__(self, name, value):
        if "_parameters" not in self.__dict__ and isinstance(value, Parameter | Module):
            kind = "parameters" if isinstance(value, Parameter) else "module"
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if isinstance(value, Parameter):
            self._forget(name)
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            self._forget(name)
            self._modules[name] = value
        elif name in self.__dict__.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as parameter '{name}' (minitorch.nn.Parameter or None "
                    "expected)"
                )
            self._parameters[name] = None
        elif name in self.__dict__.get("_modules", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as child module '{name}' (minitorch.nn.Module or None "
                    "expected)"
                )
            self._modules[name] = None
        elif name in self.__dict__.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as buffer '{name}' (minitorch.Tensor or None expected)"
                )
            self._buffers[name] = value
        else:
            object.__setattr__(self, name, value)

    def _forget(self, name):
        self.__dict__.pop(name, None)
        for group in (self._parameters, self._buffers, self._modules):
            group.pop(name, None)

    def __getattr__(self, name):
        # Python asks here only for what is no ordinary attribute: parameters, buffers and modules live in dicts.
        for group in ("_parameters", "_buffers", "_modules"):
            if name in self.__dict__.get(group, ()):
                return self.__dict__[group][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name):
        for group in (self._parameters, self._buffers, self._modules):
            if name in group:
                del group[name]
                return
        object.__delattr__(self, name)

    def __dir__(self):
        return sorted({*super().__dir__(), *self._parameters, *self._buffers, *self._modules})

    def check_name(self, name, kind, group):
        """The errors that registering under a bad name gives."""
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."')
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
        if module is not None and not isinstance(module, Module):
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

    def modules(self):
        """This module and all below it, each once."""
        return (module for _, module in self.named_modules())

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
        seen = set()
        for path, module in self.named_modules(prefix=prefix) if recurse else [(prefix, self)]:
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
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def get_parameter(self, target):
        """The Parameter with a name such as "encoder.0.weight"."""
        path, _, name = target.rpartition(".")
        parameter = getattr(self.get_submodule(path), name)
        if not isinstance(parameter, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return parameter

    # -- what is done to all of it -------------------------------------------------------------------------------------

    def apply(self, fn):
        """Call fn on every module below, then on this one. Returns self."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode=True):
        """Training mode on (or off) here and below: dropout drops, batch norm uses the batch. Returns self."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        """Training mode off."""
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        """Whether the parameters get gradients. Returns self."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        """Forget (or zero) the gradients of all parameters."""
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad = parameter.grad.detach().zero_()

    def _apply(self, fn):
        """Replace every parameter's data, its gradient's, and every buffer by fn of it."""
        for module in self.modules():
            for parameter in module.parameters(recurse=False):
                gradient = parameter.grad
                parameter.grad = None
                parameter.data = fn(parameter.data)
                if gradient is not None:
                    parameter.grad = fn(gradient.data)
            for name, buffer in module._buffers.items():
                module._buffers[name] = buffer if buffer is None else fn(buffer)
        return self

    def to(self, *args, dtype=None, device=None, non_blocking=False):
        """Move all to a device, and what is floating to a dtype, in place. Returns self."""
        for value in args:
            if isinstance(value, DType):
                dtype = value
            elif isinstance(value, Tensor):
                dtype, device = value.dtype, value.device
            else:
                device = value
        if dtype is not None and not dtype.is_floating_point:
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
            )
        return self._apply(lambda t: t.to(device=device, dtype=dtype if t.is_floating_point() else None))

    def half(self):
        """What is floating as float16."""
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)

    def float(self):
        """What is floating as float32."""
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self):
        """What is floating as float64."""
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def cpu(self):
        """All to the CPU."""
        return self._apply(lambda t: t.cpu())

    def cuda(self, device=None):
        """All to the GPU."""
        return self._apply(lambda t: t.cuda(device))

    # -- state ---------------------------------------------------------------------------------------------------------

    def state_dict(self, *, prefix="", keep_vars=False):
        """{name: tensor} of all parameters and persistent buffers, sharing memory (detached unless keep_vars)."""
        state = OrderedDict()
        state._metadata = OrderedDict()  # torch's own: the version of each module's part
        for path, module in self.named_modules(remove_duplicate=False):
            state._metadata[prefix + path] = {"version": module._version}
            path = prefix + path + ("." if path else "")
            kept = {k: v for k, v in module._buffers.items() if k not in module._non_persistent_buffers_set}
            for name, tensor in itertools.chain(module._parameters.items(), kept.items()):
                if tensor is not None:
                    state[path + name] = tensor if keep_vars else tensor.detach()
        return state

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Copy the tensors of a state_dict into this module's (or, with assign, put them in their places).

        RuntimeError for another shape and, if strict, for missing or unexpected names: then nothing is changed. Returns
        (missing_keys, unexpected_keys).
        """
        own = self.state_dict(keep_vars=True)
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        errors = []
        if strict and unexpected:
            errors.append("Unexpected key(s) in state_dict: " + ", ".join(f'"{k}"' for k in unexpected) + ". ")
        if strict and missing:
            errors.append("Missing key(s) in state_dict: " + ", ".join(f'"{k}"' for k in missing) + ". ")
        for name, tensor in state_dict.items():
            if name in own and not isinstance(tensor, Tensor):
                errors.append(
                    f'While copying the parameter named "{name}", expected minitorch.Tensor but received {type(tensor)}'
                )
            elif name in own and tensor.shape != own[name].shape:
                errors.append(
                    f"size mismatch for {name}: copying a param with shape {tensor.shape} from checkpoint, the "
                    "shape in "
                    f"current model is {own[name].shape}."
                )
        if errors:
            lines = "\n\t".join(errors)
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{lines}")
        for name in own:
            if name in state_dict:
                self._load(name, own[name], state_dict[name], assign)
        return _IncompatibleKeys(missing, unexpected)

    def _load(self, path, own, tensor, assign):
        if not assign:
            with no_grad():
                own.copy_(tensor)
            return
        path, _, name = path.rpartition(".")
        if isinstance(own, Parameter) and not isinstance(tensor, Parameter):
            tensor = Parameter(tensor, own.requires_grad)
        setattr(self.get_submodule(path), name, tensor)

    # -- printed form --------------------------------------------------------------------------------------------------

    def extra_repr(self):
        """What stands between the parentheses; a subclass may say it."""
        return ""

    def _get_name(self):
        return type(self).__name__

    def __repr__(self):
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        parts = [f"({name}): " + indented(repr(module)) for name, module in self._modules.items()]
        if not parts and len(lines) < 2:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines + parts) + "\n)"


def indented(text):
    """All lines but the first two spaces further in."""
    return text.replace("\n", "\n  ")
