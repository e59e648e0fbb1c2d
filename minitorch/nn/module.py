"""`Module`: a part of a network, with its parameters, buffers and parts.

https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
"""

from collections import OrderedDict, namedtuple
from collections.abc import Mapping

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.variable import RemovableHandle
from minitorch.dtype import dtype as DType
from minitorch.nn.hooks import HookedModule
from minitorch.nn.parameter import Parameter, is_lazy
from minitorch.tensor import Tensor

IncompatibleKeys = namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])


class _IncompatibleKeys(IncompatibleKeys):
    """What load_state_dict returns."""

    def __repr__(self):
        return "<All keys matched successfully>" if not any(self) else super().__repr__()


class Module(HookedModule):
    """Base class of all layers and networks: say in __init__ what it is made of, in forward what it computes.

    What it is made of is kept by tree.py; how it is called, and which hooks look on, is in hooks.py. Here: what is done
    to all parameters at once, state_dict, and the printed form.
    """

    training = True
    _version = 1  # of what its state_dict holds, for torch

    def __init__(self):
        super().__init__()
        for name in (
            "_state_dict_pre_hooks", "_state_dict_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks",
        ):  # fmt: skip
            object.__setattr__(self, name, {})

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

    def _apply(self, fn, recurse=True):
        """Replace every parameter's data, its gradient's, and every buffer by fn of it."""
        for module in self.modules() if recurse else [self]:
            for parameter in module.parameters(recurse=False):
                if is_lazy(parameter):
                    fn(parameter)
                    continue
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
            elif isinstance(value, bool):
                non_blocking = value
            else:
                device = value
        if dtype is not None and not dtype.is_floating_point:
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
            )
        return self._apply(
            lambda t: t.to(device=device, dtype=dtype if t.is_floating_point() else None, non_blocking=non_blocking)
        )

    def bfloat16(self):
        """What is floating as bfloat16."""
        return self._apply(lambda t: t.bfloat16() if t.is_floating_point() else t)

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

    def type(self, dst_type):
        """All in a dtype, also what is not floating."""
        return self._apply(lambda t: t.type(dst_type))

    def to_empty(self, *, device, recurse=True):
        """All on a device, with any values; without recurse, only what is this module's own."""
        return self._apply(lambda t: t.new_empty(t.shape).to(device), recurse)

    # -- state ---------------------------------------------------------------------------------------------------------

    def get_extra_state(self):
        """What state_dict shall hold besides tensors; a subclass may say it, and takes it back in set_extra_state."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be called.")

    def set_extra_state(self, state):
        """Take back what get_extra_state gave."""
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be called.")

    def register_state_dict_pre_hook(self, hook):
        """Call hook(module, prefix, keep_vars) before state_dict collects what is in this module."""
        return RemovableHandle(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook):
        """Call hook(module, state_dict, prefix, local_metadata) after that; it may change the state_dict."""
        return RemovableHandle(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook):
        """Call hook(module, state_dict, prefix, metadata, strict, missing_keys, unexpected_keys, error_msgs) before
        load_state_dict; it may change the state_dict and the three lists.
        """
        return RemovableHandle(self._load_state_dict_pre_hooks, hook)

    def register_load_state_dict_post_hook(self, hook):
        """Call hook(module, incompatible_keys) after load_state_dict; it may change their two lists."""
        return RemovableHandle(self._load_state_dict_post_hooks, hook)

    def own_state(self):
        """{name: parameter or persistent buffer} of this module alone, and its extra state."""
        state = dict(self._parameters)
        state.update((k, v) for k, v in self._buffers.items() if k not in self._non_persistent_buffers_set)
        state = {k: v for k, v in state.items() if v is not None}
        if type(self).get_extra_state is not Module.get_extra_state:
            state["_extra_state"] = self.get_extra_state()
        return state

    def state_dict(self, *, destination=None, prefix="", keep_vars=False):
        """{name: tensor} of all parameters and persistent buffers, sharing memory (detached unless keep_vars)."""
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()  # torch's own: the version of each module's part
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix.removesuffix(".")] = metadata
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        for name, value in self.own_state().items():
            plain = keep_vars or not isinstance(value, Tensor) or is_lazy(value)
            destination[prefix + name] = value if plain else value.detach()
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=prefix + name + ".", keep_vars=keep_vars)
        for hook in self._state_dict_hooks.values():
            if hook(self, destination, prefix, metadata) is not None:
                raise RuntimeError("state_dict post-hook must return None")
        return destination

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Copy the tensors of a state_dict into this module's (or, with assign, put them in their places).

        RuntimeError for another shape and, if strict, for missing or unexpected names: then nothing is changed (but
        with post-hooks, which may forgive names, what fits is loaded before they are asked). Returns (missing_keys,
        unexpected_keys).
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        given, versions = OrderedDict(state_dict), getattr(state_dict, "_metadata", {})
        missing, unexpected, errors = [], [], []
        modules = [(path and path + ".", module) for path, module in self.named_modules(remove_duplicate=False)]
        for prefix, module in modules:
            metadata = versions.get(prefix.removesuffix("."), {})
            for hook in module._load_state_dict_pre_hooks.values():
                hook(module, given, prefix, metadata, True, missing, unexpected, errors)  # strict, as torch says always
            module.renew(given, prefix, metadata.get("version", 1))
        own = {
            prefix + name: (module, name, value)
            for prefix, module in modules
            for name, value in module.own_state().items()
        }
        missing += [name for name in own if name not in given]
        nearest = lambda name: max(i for i, (prefix, _) in enumerate(modules) if name.startswith(prefix))
        unexpected += sorted((name for name in given if name not in own), key=nearest)  # module by module
        errors += [
            message for name in own if name in given for message in misfit(name, own[name][2], given[name], assign)
        ]
        keys = _IncompatibleKeys(missing, unexpected)
        post_hooks = [(module, hook) for _, module in modules for hook in module._load_state_dict_post_hooks.values()]
        if errors or not post_hooks:
            self.check_loaded(keys, errors, strict)
        for name, (module, last, value) in own.items():
            if name in given:
                module.load_one(last, value, given[name], assign)
        for module, hook in post_hooks:
            if hook(module, keys) is not None:
                raise AssertionError("a load_state_dict post-hook must return None: it may change the lists in place")
        self.check_loaded(keys, errors, strict)
        return keys

    def check_loaded(self, keys, errors, strict):
        """RuntimeError where there are errors or, if strict, names that the module and the state_dict do not share."""
        errors = list(errors)
        if strict and keys.unexpected_keys:
            errors.insert(0, f"Unexpected key(s) in state_dict: {quoted(keys.unexpected_keys)}. ")
        if strict and keys.missing_keys:
            errors.insert(0, f"Missing key(s) in state_dict: {quoted(keys.missing_keys)}. ")
        if errors:
            lines = "\n\t".join(errors)
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{lines}")

    def renew(self, state_dict, prefix, version):
        """Change what an older version of this module wrote (under names with this prefix) into what this one reads."""

    def load_one(self, name, own, value, assign):
        """Load one parameter, buffer or extra state of this module; it fits."""
        if name == "_extra_state":
            self.set_extra_state(value)
            return
        if is_lazy(own) and not is_lazy(value):
            own.materialize(value.shape)
        if is_lazy(own):
            return
        value = value.reshape(()) if own.ndim == 0 else value  # which old checkpoints have as (1)
        if not assign:
            with no_grad():
                own.copy_(value)
            return
        if isinstance(own, Parameter) and not isinstance(value, Parameter):
            value = Parameter(value, own.requires_grad)
        setattr(self, name, value)

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


def quoted(names):
    return ", ".join(f'"{name}"' for name in names)


def misfit(name, own, given, assign):
    """The errors, at most one, of loading `given` into `own`: no tensor, another shape, or no gradient possible."""
    if name.endswith("_extra_state") and not isinstance(own, Tensor):
        return
    if not isinstance(given, Tensor):
        yield (
            f'While copying the parameter named "{name}", expected minitorch.Tensor or Tensor-like object from '
            f"checkpoint but received {type(given)}"
        )
    elif is_lazy(own):
        return
    elif is_lazy(given) or (given.shape != own.shape and not (own.ndim == 0 and given.shape == (1,))):
        shape = "unknown" if is_lazy(given) else given.shape
        yield (
            f"size mismatch for {name}: copying a param with shape {shape} from checkpoint, the shape in current model "
            f"is {own.shape}."
        )
    elif assign and own.requires_grad and not given.is_floating_point():
        yield f"{name}: only tensors of floating point dtype can require gradients, not one of {given.dtype}"


def indented(text):
    """All lines but the first two spaces further in."""
    return text.replace("\n", "\n  ")
