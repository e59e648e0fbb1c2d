"""OneCycleLR: up to a large rate once, then down to almost nothing."""

from math import cos, pi

from minitorch.optim.lr_scheduler.cyclic import MomentumCycling
from minitorch.optim.lr_scheduler.scheduler import check_optimizer, per_group

UP, DOWN = ("max_momentum", "base_momentum"), ("base_momentum", "max_momentum")
LEVEL = ("max_momentum", "max_momentum")


class OneCycleLR(MomentumCycling):
    """lr(t) goes from initial_lr to max_lr to min_lr in total_steps steps (t = 0 ... total_steps - 1), where

        initial_lr = max_lr / div_factor,  min_lr = initial_lr / final_div_factor

    With n = total_steps the phases end at

        pct_start * n - 1 (max_lr),  n - 1 (min_lr)
        pct_start * n - 1 (max_lr),  2 * pct_start * n - 2 (initial_lr),  n - 1 (min_lr)      with three_phase

    and in a phase, of which the share p has passed, the rate is

        cos      end + (start - end) * (1 + cos(pi * p)) / 2
        linear   start + (end - start) * p

    With cycle_momentum, momentum (or Adam's beta1) goes from max_momentum to base_momentum and back alike.
    t counts batches: total_steps, or epochs * steps_per_epoch.
    Smith and Topin, Super-convergence: very fast training using large learning rates, arXiv 1708.07120.
    ValueError if a setting is out of its range, the optimizer has no momentum to cycle, or step() goes too far.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
    """

    def __init__(
        self,
        optimizer,
        max_lr,
        total_steps=None,
        epochs=None,
        steps_per_epoch=None,
        pct_start=0.3,
        anneal_strategy="cos",
        cycle_momentum=True,
        base_momentum=0.85,
        max_momentum=0.95,
        div_factor=25.0,
        final_div_factor=1e4,
        three_phase=False,
        last_epoch=-1,
    ):
        check_optimizer(optimizer)
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
            check_count("epochs", epochs)
            check_count("steps_per_epoch", steps_per_epoch)
            total_steps = epochs * steps_per_epoch
        check_count("total_steps", total_steps)
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self.total_steps = total_steps
        self._anneal_func_type = anneal_strategy
        top, end = pct_start * total_steps - 1, total_steps - 1
        if three_phase:
            back = 2 * pct_start * total_steps - 2
            self._schedule_phases = [
                phase(top, "initial_lr", "max_lr", UP),
                phase(back, "max_lr", "initial_lr", DOWN),
                phase(end, "initial_lr", "min_lr", LEVEL),
            ]
        else:
            self._schedule_phases = [phase(top, "initial_lr", "max_lr", UP), phase(end, "max_lr", "min_lr", DOWN)]
        self.cycle_momentum = cycle_momentum
        max_lrs = per_group("max_lr", optimizer, max_lr)
        if cycle_momentum:
            self.begin_momentum(optimizer, base_momentum, max_momentum, anew=last_epoch == -1)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, max_lrs, strict=True):
                group["initial_lr"] = lr / div_factor
                group["max_lr"] = lr
                group["min_lr"] = group["initial_lr"] / final_div_factor
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        self.warn_outside_step()
        t = self.last_epoch
        if t > self.total_steps:
            raise ValueError(f"Tried to step {t} times. The specified number of total steps is {self.total_steps}")
        start = 0.0
        for now in self._schedule_phases:
            if t <= now["end_step"] or now is self._schedule_phases[-1]:
                break
            start = now["end_step"]
        share = (t - start) / (now["end_step"] - start)
        if self.cycle_momentum:
            for group in self.optimizer.param_groups:
                low, high = group[now["start_momentum"]], group[now["end_momentum"]]
                self.set_momentum(group, self.annealed(low, high, share))
        groups = self.optimizer.param_groups
        return [self.annealed(group[now["start_lr"]], group[now["end_lr"]], share) for group in groups]

    def annealed(self, start, end, share):
        """From start to end, of which that share has passed."""
        if self._anneal_func_type == "cos":
            return end + (start - end) / 2.0 * (cos(pi * share) + 1)
        return (end - start) * share + start


def phase(end, start_lr, end_lr, momentum):
    """A phase as torch's checkpoints hold it: the step at its end, and the groups' settings that it goes between."""
    return {
        "end_step": end,
        "start_lr": start_lr,
        "end_lr": end_lr,
        "start_momentum": momentum[0],
        "end_momentum": momentum[1],
    }


def check_count(name, value):
    """ValueError if it is not a whole number from 1 on."""
    if value <= 0 or not isinstance(value, int):
        raise ValueError(f"Expected positive integer {name}, but got {value}")
