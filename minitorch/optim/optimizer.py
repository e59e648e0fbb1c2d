"""`Optimizer`: what all optimizers share: groups of parameters with settings, a state per parameter, checkpoints.

https://docs.pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
"""

import functools
import warnings
from collections import defaultdict
from copy import deepcopy

from minitorch.autograd.grad_mode import enable_grad, no_grad
from minitorch.autograd.variable import RemovableHandle
from minitorch.dtype import float32, float64
from minitorch.optim.rules import scalar, take
from minitorch.tensor import Tensor

KERNELS_ARE_FOR = float32.numpy, float64.numpy
before_any_step, after_any_step = {}, {}  # hooks of all optimizers
# Settings that checkpoints of older versions lack, with what was done then.
OLD_SETTINGS = {
    "momentum": 0, "nesterov": False, "centered": False, "amsgrad": False, "decoupled_weight_decay": False,
    "maximize": False, "foreach": None, "capturable": False, "differentiable": False, "fused": None,
}  # fmt: skip
OLD_NUMBERS = "step", "eta", "mu", "mu_product"  # what older checkpoints hold as Python numbers


def hooked(step):
    """A `step` method that calls the hooks before and after it."""

    @functools.wraps(step)
    def with_hooks(*args, **kwargs):
        self = args[0]
        for hook in [*before_any_step.values(), *self._optimizer_step_pre_hooks.values()]:
            changed = hook(self, args, kwargs)
            if changed is not None:
                if not (isinstance(changed, tuple) and len(changed) == 2):
                    raise RuntimeError(
                        f"{step} must return None or a tuple of (new_args, new_kwargs), but got {changed}."
                    )
                args, kwargs = changed
        loss = step(*args, **kwargs)
        for hook in [*self._optimizer_step_post_hooks.values(), *after_any_step.values()]:
            hook(self, args, kwargs)
        return loss

    return with_hooks


class Optimizer:
    """param_groups   a list of {"params": [...], setting: value, ...}
    state          parameter -> {name: tensor}, what the update rule remembers of it
    defaults       the settings of a group that names none

    A subclass says how one parameter moves, in three methods:

        start(p, group)              the state before the first step
        update(p, g, state, group)   the rule in plain operations, in place: a step of parameter p with gradient g
        fused(p, g, state, group)    (rule, tensors, numbers): the same for the kernel that takes all steps together, in
                                     one pass over memory; rule is a function of kernels/steps.py. An optimizer whose
                                     steps are of whole matrices has a kernel of its own, which its `take` calls

    The kernel is for float32 and float64; what has another dtype, or an optimizer without `fused`, takes `update`.
    `foreach`, `fused` and `capturable` choose among torch's implementations: here they are kept, and change nothing.
    """

    def __init__(self, params, defaults):
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"{params.type()}"
            )
        if defaults.get("differentiable"):
            raise NotImplementedError("differentiable=True is not supported: minitorch does not record a step")
        if defaults.get("fused") and defaults.get("foreach"):
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        self.defaults = defaults
        self.state = defaultdict(dict)
        self.param_groups = []
        self.forget_hooks()
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def __init_subclass__(cls):
        """Every class's own `step` calls the hooks, also that of an optimizer that a user writes."""
        if "step" in cls.__dict__:
            cls.step = hooked(cls.step)

    def add_param_group(self, param_group):
        """Add parameters with settings of their own; what is not said is as in `defaults`. The dict is kept."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        params = [params] if isinstance(params, Tensor) else list(params)
        names = [p[0] for p in params if isinstance(p, tuple)]  # named_parameters() may be given
        params = [p[1] if isinstance(p, tuple) else p for p in params]
        if names and len(names) != len(params):
            raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
            if not (p.is_leaf or p.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        param_group["params"] = params
        if names:
            param_group["param_names"] = names
        for name, value in self.defaults.items():
            param_group.setdefault(name, value)
        if len({id(p) for p in params}) != len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error",
                stacklevel=3,
            )
        for group in self.param_groups:
            if ("param_names" in group) != ("param_names" in param_group):
                kind = "with names" if names else "without names"
                raise ValueError(
                    "all optimizer param groups should be with/without names. "
                    f"cannot add param group {kind} to the optimizer"
                )
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if any(id(p) in known for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def zero_grad(self, set_to_none=True):
        """Forget (or zero, in place) the gradients of all parameters."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    p.grad.detach_().zero_()

    # -- the step ------------------------------------------------------------------------------------------------------

    def start(self, p, group):
        """The state of p before its first step."""
        return {}

    def update(self, p, g, state, group):
        """Move p, and its state, by one step."""
        raise NotImplementedError(f"{type(self).__name__} has no update rule: it defines neither update nor step")

    def fused(self, p, g, state, group):
        """`update` as a step for the kernel. None: there is no such step, and it has been made."""
        self.update(p, g, state, group)

    def take(self, kernels, steps):
        """Make what `fused` gave, for all parameters of a device, by its kernels."""
        take(kernels, steps)

    @hooked
    def step(self, closure=None):
        """Move every parameter that has a gradient. closure computes the loss anew and is called first, if given."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        steps = {}  # kernels of a device -> the steps that they take
        with no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    g = p.grad
                    if g is not None:
                        step = self.move(p, g, group)
                        if step is not None:
                            steps.setdefault(p.kernels, []).append(step)
            for kernels, of_device in steps.items():
                self.take(kernels, of_device)
        return loss

    def move(self, p, g, group):
        """One step of one parameter: for the kernel, or else made here by plain operations."""
        state = self.state.get(p)
        if not state:
            state = self.start(p, group)
            if state:
                self.state[p] = state
        dtype = p.array.dtype
        if dtype in KERNELS_ARE_FOR and g.array.dtype == dtype:
            return self.fused(p, g, state, group)
        return self.update(p, g, state, group)

    # -- checkpoints ---------------------------------------------------------------------------------------------------

    def state_dict(self):
        """The state and the groups, with numbers in place of parameters: counted from 0 through all groups."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers, groups, start = {}, [], 0
        for group in self.param_groups:
            for i, p in enumerate(group["params"], start):
                numbers.setdefault(id(p), i)
            start += len(group["params"])
            settings = {k: v for k, v in group.items() if k != "params"}
            groups.append({**settings, "params": [numbers[id(p)] for p in group["params"]]})
        state = {(numbers[id(p)] if isinstance(p, Tensor) else p): s for p, s in self.state.items()}
        out = {"state": state, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            changed = hook(self, out)
            out = out if changed is None else changed
        return out

    def load_state_dict(self, state_dict):
        """Take over a state_dict: its settings, and its state for the parameters in the same places.

        As in torch, tensors that have their parameter's dtype and device already are taken as they are, not copied.
        """
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        saved = deepcopy(state_dict["param_groups"])
        if len(saved) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(self.param_groups, saved, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        parameters = {}
        for group, new in zip(self.param_groups, saved, strict=True):
            parameters.update(zip(new["params"], group["params"], strict=True))
            new["params"] = group["params"]
            if "param_names" in group:
                new.setdefault("param_names", group["param_names"])
        state = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in parameters:
                state[parameters[key]] = adapted(value, parameters[key])
            else:  # what an optimizer keeps for no parameter
                state[key] = value
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    def __getstate__(self):
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state):
        """Take over what a pickle or a checkpoint holds, also one of an older version."""
        if "defaults" in state:
            self.forget_hooks()
        self.__dict__.update(state)
        for group in self.param_groups:
            for name in OLD_SETTINGS.keys() & self.defaults.keys():
                group.setdefault(name, OLD_SETTINGS[name])
            for p in group["params"]:
                kept = self.state.get(p, {})
                for name in kept.keys() & {*OLD_NUMBERS}:
                    if not isinstance(kept[name], Tensor):
                        kept[name] = scalar(kept[name])

    def __repr__(self):
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            settings = [f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params"]
            text += f"\nParameter Group {i}\n" + "".join(settings)
        return text + ")"

    # -- hooks ---------------------------------------------------------------------------------------------------------

    def forget_hooks(self):
        self._optimizer_step_pre_hooks, self._optimizer_step_post_hooks = {}, {}
        self._optimizer_state_dict_pre_hooks, self._optimizer_state_dict_post_hooks = {}, {}
        self._optimizer_load_state_dict_pre_hooks, self._optimizer_load_state_dict_post_hooks = {}, {}

    def register_step_pre_hook(self, hook):
        """Call hook(optimizer, args, kwargs) before step; it may return other (args, kwargs)."""
        return RemovableHandle(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook):
        """Call hook(optimizer, args, kwargs) after step."""
        return RemovableHandle(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook, prepend=False):
        """Call hook(optimizer) before state_dict."""
        return registered(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook, prepend=False):
        """Call hook(optimizer, state_dict) after state_dict; it may return another."""
        return registered(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook, prepend=False):
        """Call hook(optimizer, state_dict) before load_state_dict; it may return another to load."""
        return registered(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook, prepend=False):
        """Call hook(optimizer) after load_state_dict."""
        return registered(self._optimizer_load_state_dict_post_hooks, hook, prepend)


def registered(hooks, hook, prepend):
    """The handle of a hook that comes last, or first."""
    later = dict(hooks) if prepend else {}
    for number in later:
        del hooks[number]
    handle = RemovableHandle(hooks, hook)
    hooks.update(later)
    return handle


def register_optimizer_step_pre_hook(hook):
    """Call hook(optimizer, args, kwargs) before the step of any optimizer."""
    return RemovableHandle(before_any_step, hook)


def register_optimizer_step_post_hook(hook):
    """Call hook(optimizer, args, kwargs) after the step of any optimizer."""
    return RemovableHandle(after_any_step, hook)


def adapted(value, p, name=None):
    """What a state holds of parameter p, with tensors in its dtype and on its device; the step count stays as it is."""
    if isinstance(value, Tensor):
        return value if name == "step" else value.to(p.dtype if p.is_floating_point() else value.dtype).to(p.device)
    if isinstance(value, dict):
        return {k: adapted(v, p, k) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(adapted(v, p) for v in value)
    return value
