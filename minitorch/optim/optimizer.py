"""`Optimizer`: what all optimizers share: groups of parameters with settings, and a state per parameter.

https://docs.pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
"""

from collections import defaultdict
from copy import deepcopy

from minitorch.autograd.grad_mode import enable_grad, no_grad
from minitorch.tensor import Tensor


class Optimizer:
    """param_groups   a list of {"params": [...], setting: value, ...}
    state          parameter -> {name: tensor}, what the update rule remembers of it

    A subclass says in `update(group, parameter, state)` how one parameter moves.
    """

    def __init__(self, params, defaults):
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"minitorch.{params.dtype.type_name}"
            )
        if defaults.get("differentiable"):
            raise ValueError("differentiable=True is not supported: the step is one kernel that is not recorded")
        self.defaults = defaults
        self.state = defaultdict(dict)
        self.param_groups = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group):
        """Add parameters with settings of their own; what is not said is as in `defaults`."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        params = [params] if isinstance(params, Tensor) else list(params)
        params = [p[1] if isinstance(p, tuple) else p for p in params]  # named_parameters() may be given
        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
            if not p.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if any(id(p) in known for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append({**self.defaults, **param_group, "params": params})

    def zero_grad(self, set_to_none=True):
        """Forget (or zero) the gradients of all parameters."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    p.grad = p.grad.detach().zero_()

    def step(self, closure=None):
        """Move every parameter that has a gradient. closure computes the loss anew and is called first, if given."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        self.update(group, p, self.state[p])
                        p.version[0] += 1  # its memory was written
        return loss

    def state_dict(self):
        """The state and the groups, with numbers in place of parameters: counted from 0 through all groups."""
        numbers, groups = {}, []
        for group in self.param_groups:
            for p in group["params"]:
                numbers.setdefault(id(p), len(numbers))
            groups.append({**group, "params": [numbers[id(p)] for p in group["params"]]})
        # As in torch, "params" is the last entry of a group.
        groups = [{**{k: v for k, v in g.items() if k != "params"}, "params": g["params"]} for g in groups]
        return {"state": {numbers[id(p)]: state for p, state in self.state.items() if state}, "param_groups": groups}

    def load_state_dict(self, state_dict):
        """Take over a state_dict: its settings, and its state for the parameters in the same places."""
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(self.param_groups, saved, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        self.state = defaultdict(dict)
        for group, new in zip(self.param_groups, saved, strict=True):
            for p, number in zip(group["params"], new["params"], strict=True):
                if number in state_dict["state"]:
                    self.state[p] = {name: adapted(name, v, p) for name, v in state_dict["state"][number].items()}
            group.update({k: deepcopy(v) for k, v in new.items() if k != "params"})

    def __repr__(self):
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {i}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join(lines) + "\n)"


def adapted(name, value, p):
    """A copy of a state's tensor in the dtype and on the device of its parameter; the step count stays as it is."""
    if not isinstance(value, Tensor):
        return deepcopy(value)
    return value.clone() if name == "step" else value.detach().to(p, copy=True)


def refuse(condition, name, value):
    """ValueError for a setting out of its range."""
    if condition:
        raise ValueError(f"Invalid {name}: {value}")
