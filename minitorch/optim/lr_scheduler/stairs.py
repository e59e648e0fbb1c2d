"""Rates that are constant but for jumps: ConstantLR, StepLR, MultiStepLR."""

from bisect import bisect_right
from collections import Counter

from minitorch.optim.lr_scheduler.scheduler import RecursiveLR


class ConstantLR(RecursiveLR):
    """lr(t) = base * factor   for t < total_iters, then base.

    ValueError if the factor is not between 0 and 1.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
    """

    def __init__(self, optimizer, factor=1.0 / 3, total_iters=5, last_epoch=-1):
        if factor > 1.0 or factor < 0:
            raise ValueError("Constant multiplicative factor expected to be between 0 and 1.")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def step_factor(self, t):
        if t == 0:
            return self.factor
        return 1.0 / self.factor if t == self.total_iters else 1

    def total_factor(self, t):
        return self.factor + (t >= self.total_iters) * (1 - self.factor)


class StepLR(RecursiveLR):
    """lr(t) = base * gamma ** floor(t / step_size)

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
    """

    def __init__(self, optimizer, step_size, gamma=0.1, last_epoch=-1):
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def step_factor(self, t):
        return self.gamma if t != 0 and t % self.step_size == 0 else 1

    def total_factor(self, t):
        return self.gamma ** (t // self.step_size)


class MultiStepLR(RecursiveLR):
    """lr(t) = base * gamma ** (how many of the milestones are <= t)

    A milestone that is given twice counts twice.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
    """

    def __init__(self, optimizer, milestones, gamma=0.1, last_epoch=-1):
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def step_factor(self, t):
        return self.gamma ** self.milestones[t] if t in self.milestones else 1

    def total_factor(self, t):
        return self.gamma ** bisect_right(sorted(self.milestones.elements()), t)
