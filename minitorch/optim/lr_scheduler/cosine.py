"""Rates that follow a cosine: CosineAnnealingLR, CosineAnnealingWarmRestarts.

Both from Loshchilov and Hutter, SGDR: Stochastic gradient descent with warm restarts, arXiv 1608.03983.
"""

from math import cos, floor, log, pi

from minitorch.optim.lr_scheduler.scheduler import LRScheduler, flag, rates


class CosineAnnealingLR(LRScheduler):
    """lr(t) = eta_min + (base - eta_min) * (1 + cos(pi * t / T_max)) / 2

    down to eta_min at t = T_max, and up again after it. Computed from lr(t - 1), so that it can be chained:

        lr(t) - eta_min = (lr(t - 1) - eta_min) * (1 + cos(pi * t / T_max)) / (1 + cos(pi * (t - 1) / T_max))

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
    """

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        self.warn_outside_step()
        t, T_max, eta_min = self.last_epoch, self.T_max, self.eta_min
        lrs = rates(self.optimizer)
        if self._is_initial:
            return lrs
        if self._step_count == 1 and t > 0:  # nothing to go on from but base
            return self._get_closed_form_lr()
        if (t - 1 - T_max) % (2 * T_max) == 0:  # from the minimum, where the quotient is 0 / 0
            rise = 1 - cos(pi / T_max)
            return [lr + (base - eta_min) * rise / 2 for lr, base in zip(lrs, self.base_lrs, strict=True)]
        factor = (1 + cos(pi * t / T_max)) / (1 + cos(pi * (t - 1) / T_max))
        return [factor * (lr - eta_min) + eta_min for lr in lrs]

    def _get_closed_form_lr(self):
        return [annealed(base, self.eta_min, self.last_epoch, self.T_max) for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """lr(t) = eta_min + (base - eta_min) * (1 + cos(pi * T_cur / T_i)) / 2

    T_cur are the steps since the last restart, T_i those between two: T_0, T_0 * T_mult, T_0 * T_mult ** 2, ...
    step(epoch) may jump to any epoch, also between whole ones: scheduler.step(epoch + batch / batches).
    ValueError if T_0 or T_mult is not a whole number from 1 on, or epoch is negative.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
    """

    def __init__(self, optimizer, T_0, T_mult=1, eta_min=0.0, last_epoch=-1):
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        self.warn_outside_step()
        return [annealed(base, self.eta_min, self.T_cur, self.T_i) for base in self.base_lrs]

    def step(self, epoch=None):
        """Go on to t + 1, or to t = epoch."""
        if epoch is None and self.last_epoch >= 0:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur = self.T_cur % self.T_i
                self.T_i = self.T_i * self.T_mult
        else:
            epoch = epoch or 0
            self.jump(epoch)
        self.last_epoch = floor(epoch)
        with flag(self, "_get_lr_called_within_step"):
            self.set_rates(self.get_lr())

    def jump(self, epoch):
        """T_cur and T_i at that epoch; restart n is at T_0 * (1 + T_mult + ... + T_mult ** (n - 1))."""
        if epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        if epoch < self.T_0:
            self.T_cur, self.T_i = epoch, self.T_0
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            n = int(log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**n - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**n


def annealed(base, least, t, period):
    """From base at t = 0 to least at t = period."""
    return least + (base - least) * (1 + cos(pi * t / period)) / 2
