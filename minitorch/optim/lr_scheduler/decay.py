"""Rates that fall (or rise) at every step: ExponentialLR, LinearLR, PolynomialLR."""

from minitorch.optim.lr_scheduler.scheduler import RecursiveLR


class ExponentialLR(RecursiveLR):
    """lr(t) = base * gamma ** t

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
    """

    def __init__(self, optimizer, gamma, last_epoch=-1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def step_factor(self, t):
        return 1 if self._is_initial else self.gamma

    def total_factor(self, t):
        return self.gamma**t


class LinearLR(RecursiveLR):
    """lr(t) = base * (start_factor + (end_factor - start_factor) * min(t, total_iters) / total_iters)

    ValueError if start_factor is not in (0, 1] or end_factor not in [0, 1].
    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
    """

    def __init__(self, optimizer, start_factor=1.0 / 3, end_factor=1.0, total_iters=5, last_epoch=-1):
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1.")
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError("Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def step_factor(self, t):
        if t == 0:
            return self.start_factor
        if self._is_initial or t > self.total_iters:
            return 1
        rise = self.end_factor - self.start_factor
        return 1.0 + rise / (self.total_iters * self.start_factor + (t - 1) * rise)  # f(t) / f(t - 1)

    def total_factor(self, t):
        rise = self.end_factor - self.start_factor
        return self.start_factor + rise * min(self.total_iters, t) / self.total_iters


class PolynomialLR(RecursiveLR):
    """lr(t) = base * (1 - min(t, total_iters) / total_iters) ** power

    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
    """

    def __init__(self, optimizer, total_iters=5, power=1.0, last_epoch=-1):
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def step_factor(self, t):
        if self._is_initial or t > self.total_iters:
            return 1
        return ((1.0 - t / self.total_iters) / (1.0 - (t - 1) / self.total_iters)) ** self.power

    def total_factor(self, t):
        return (1.0 - min(self.total_iters, t) / self.total_iters) ** self.power
