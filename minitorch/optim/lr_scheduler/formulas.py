"""Schedulers that torch lacks, each a plain function of the step t: scheduler(t) is the rate at t.

    FactorScheduler, PiecewiseConstant, InverseTimePolynomial, CosineScheduler

They are those of the book Dive into Deep Learning, chapter 12.11 (https://d2l.ai/chapter_optimization/lr-scheduler.html).
"""

from bisect import bisect_right
from math import cos, pi

from minitorch.optim.lr_scheduler.scheduler import LRScheduler, check_optimizer, per_group
from minitorch.optim.rules import refuse


class FormulaLR(LRScheduler):
    """lr(t) = formula(t, base), where base is base_lr, or the optimizer's rate where none is given.

        scheduler = CosineScheduler(optimizer, max_update=20)            scheduler.step() as with any scheduler
        schedule = CosineScheduler(max_update=20, base_lr=0.3)           no optimizer: schedule(t) for t = 0, 1, ...

    scheduler(t) does the same with an optimizer, and changes nothing; it is the rate of the first group.
    Without an optimizer base_lr must be given (ValueError), and step() has nothing to set (RuntimeError).
    """

    def __init__(self, optimizer, base_lr, last_epoch):
        if optimizer is None:
            if base_lr is None:
                raise ValueError(f"{type(self).__name__} needs base_lr where there is no optimizer to take it from")
            self.optimizer, self.base_lrs = None, [base_lr]
            self._step_count, self.last_epoch = 0, last_epoch
            return
        check_optimizer(optimizer)
        if base_lr is not None and last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, per_group("base_lr", optimizer, base_lr), strict=True):
                group["initial_lr"] = lr
        super().__init__(optimizer, last_epoch)

    def formula(self, t, base):
        raise NotImplementedError

    def __call__(self, t):
        return self.formula(t, self.base_lrs[0])

    def get_lr(self):
        self.warn_outside_step()
        return [self.formula(self.last_epoch, base) for base in self.base_lrs]

    def set_rates(self, lrs):
        """See LRScheduler."""
        if self.optimizer is None:
            raise RuntimeError(f"{type(self).__name__} was given no optimizer whose rate to set: call scheduler(t)")
        super().set_rates(lrs)


class FactorScheduler(FormulaLR):
    """lr(t) = max(stop_factor_lr, base * factor ** t)

    The book's class multiplies before it answers, so that its rate at t is that of t + 1 here: it never gives base.
    ValueError if the factor is not positive.
    """

    def __init__(self, optimizer=None, factor=1, stop_factor_lr=1e-7, base_lr=None, last_epoch=-1):
        refuse(not factor > 0, "factor", factor)
        self.factor = factor
        self.stop_factor_lr = stop_factor_lr
        super().__init__(optimizer, base_lr, last_epoch)

    def formula(self, t, base):
        return max(self.stop_factor_lr, base * self.factor**t)


class PiecewiseConstant(FormulaLR):
    """lr(t) = values[how many of the milestones are <= t]

    values are rates, one more than milestones: values[0] before the first milestone, values[-1] from the last one on.
    ValueError if the milestones do not rise, or the number of values is another.
    """

    def __init__(self, optimizer=None, milestones=(), values=(), last_epoch=-1):
        if len(values) != len(milestones) + 1:
            raise ValueError(f"{len(milestones)} milestones need {len(milestones) + 1} values, but got {len(values)}")
        if list(milestones) != sorted({*milestones}):
            raise ValueError(f"milestones must rise, but got {list(milestones)}")
        self.milestones = list(milestones)
        self.values = list(values)
        super().__init__(optimizer, self.values[0], last_epoch)

    def formula(self, t, base):
        return self.values[bisect_right(self.milestones, t)]


class InverseTimePolynomial(FormulaLR):
    """lr(t) = base * (1 + beta * t) ** -alpha

    With alpha = 1/2 the decay that suits convex problems. ValueError if beta is negative: the rate would have a pole.
    """

    def __init__(self, optimizer=None, alpha=0.5, beta=1.0, base_lr=None, last_epoch=-1):
        refuse(not beta >= 0, "beta", beta)
        self.alpha = alpha
        self.beta = beta
        super().__init__(optimizer, base_lr, last_epoch)

    def formula(self, t, base):
        return base * (1 + self.beta * t) ** -self.alpha


class CosineScheduler(FormulaLR):
    """With w = warmup_steps:

        lr(t) = warmup_begin_lr + (base - warmup_begin_lr) * t / w                                     for t < w
        lr(t) = final_lr + (base - final_lr) * (1 + cos(pi * (t - w) / (max_update - w))) / 2         for t >= w
        lr(t) = final_lr                                                                     for t >= max_update

    Loshchilov and Hutter, SGDR, arXiv 1608.03983; warm-up: He et al., arXiv 1512.03385, and Goyal et al., 1706.02677.
    ValueError if the warm-up is longer than max_update or negative.
    """

    def __init__(
        self,
        optimizer=None,
        max_update=None,
        base_lr=None,
        final_lr=0.0,
        warmup_steps=0,
        warmup_begin_lr=0.0,
        last_epoch=-1,
    ):
        if max_update is None:
            raise TypeError("CosineScheduler needs max_update=..., the step at which final_lr is reached")
        if not 0 <= warmup_steps <= max_update:
            raise ValueError(f"warmup_steps must be from 0 to max_update {max_update}, but got {warmup_steps}")
        self.max_update = max_update
        self.final_lr = final_lr
        self.warmup_steps = warmup_steps
        self.warmup_begin_lr = warmup_begin_lr
        super().__init__(optimizer, base_lr, last_epoch)

    def formula(self, t, base):
        if t < self.warmup_steps:
            return self.warmup_begin_lr + (base - self.warmup_begin_lr) * t / self.warmup_steps
        if t >= self.max_update:
            return self.final_lr
        share = (t - self.warmup_steps) / (self.max_update - self.warmup_steps)
        return self.final_lr + (base - self.final_lr) * (1 + cos(pi * share)) / 2
