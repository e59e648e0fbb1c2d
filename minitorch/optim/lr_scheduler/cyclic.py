"""CyclicLR: the rate goes up and down between two bounds, and momentum the other way."""

from math import floor

from minitorch.optim.lr_scheduler.scheduler import (
    LRScheduler,
    check_optimizer,
    function_state,
    per_group,
    set_rate,
)

SCALES = {  # mode -> (how the amplitude shrinks, with what)
    "triangular": (lambda x, gamma: 1.0, "cycle"),
    "triangular2": (lambda x, gamma: 1 / (2.0 ** (x - 1)), "cycle"),
    "exp_range": (lambda x, gamma: gamma**x, "iterations"),
}


class MomentumCycling(LRScheduler):
    """Schedulers that also move the momentum, or Adam's beta1, with `cycle_momentum`: small where the rate is large."""

    def begin_momentum(self, optimizer, base_momentum, max_momentum, anew):
        """Note the bounds in the groups, and begin with the upper one. Returns both as lists.

        ValueError if the optimizer has no momentum.
        """
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        self.use_beta1 = "betas" in optimizer.defaults
        lower = per_group("base_momentum", optimizer, base_momentum)
        upper = per_group("max_momentum", optimizer, max_momentum)
        if anew:
            for group, low, high in zip(optimizer.param_groups, lower, upper, strict=True):
                self.set_momentum(group, high)
                group["max_momentum"], group["base_momentum"] = high, low
        return lower, upper

    def set_momentum(self, group, momentum):
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


class CyclicLR(MomentumCycling):
    """lr(t) = base_lr + (max_lr - base_lr) * height(t) * scale

    height(t) goes from 0 to 1 in step_size_up steps and back in step_size_down (as many if not given), again and again.
    With c = 1, 2, ... the number of the cycle, scale is

        triangular    1
        triangular2   1 / 2 ** (c - 1)
        exp_range     gamma ** t
        a scale_fn    scale_fn(c), or scale_fn(t) with scale_mode "iterations"; the mode is not read then

    With cycle_momentum, momentum(t) = max_momentum - (max_momentum - base_momentum) * height(t) * scale.
    t counts batches in the paper: Smith, Cyclical learning rates for training neural networks, arXiv 1506.01186.
    ValueError if the mode is unknown, or the optimizer has no momentum to cycle.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
    """

    def __init__(
        self,
        optimizer,
        base_lr,
        max_lr,
        step_size_up=2000,
        step_size_down=None,
        mode="triangular",
        gamma=1.0,
        scale_fn=None,
        scale_mode="cycle",
        cycle_momentum=True,
        base_momentum=0.8,
        max_momentum=0.9,
        last_epoch=-1,
    ):
        check_optimizer(optimizer)
        if scale_fn is None and mode not in SCALES:
            raise ValueError(f"mode is invalid and scale_fn is None: mode must be one of {', '.join(SCALES)}")
        base_lrs = per_group("base_lr", optimizer, base_lr)
        self.max_lrs = per_group("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else SCALES[mode][1]
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            bounds = self.begin_momentum(optimizer, base_momentum, max_momentum, anew=last_epoch == -1)
            self.base_momentums, self.max_momentums = bounds
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, base_lrs, strict=True):
                set_rate(group, lr)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x):
        """The scale in cycle x, or at step x, as scale_mode says."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        return SCALES[self.mode][0](x, self.gamma)

    def get_lr(self):
        self.warn_outside_step()
        cycle = floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle  # from 0 to 1 in a cycle
        up = x <= self.step_ratio
        height = x / self.step_ratio if up else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            bounds = zip(self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True)
            for group, low, high in bounds:
                self.set_momentum(group, high - (high - low) * height * scale)
        return [low + (high - low) * height * scale for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self):
        """See LRScheduler; a scale_fn as LambdaLR's functions."""
        return {**super().state_dict(), "_scale_fn_custom": function_state(self._scale_fn_custom)}

    def load_state_dict(self, state_dict):
        """See LRScheduler."""
        state = state_dict["_scale_fn_custom"]
        if state is not None:
            vars(self._scale_fn_custom).update(state)
        super().load_state_dict({**state_dict, "_scale_fn_custom": self._scale_fn_custom})
