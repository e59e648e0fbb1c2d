"""ReduceLROnPlateau: smaller steps once a metric stops getting better."""

import warnings
from math import inf

from minitorch.optim.lr_scheduler.scheduler import EPOCH_GIVEN, LRScheduler, check_optimizer, rates, set_rate


class ReduceLROnPlateau(LRScheduler):
    """lr = max(lr * factor, min_lr)   once a metric has not got better for more than `patience` steps

    Not a function of t: step(metric) is told, say, the loss on the validation set. It is better than the best so far
    if it is less (mode "min") or more (mode "max") by more than a threshold, relative or absolute:

        min, rel: metric < best * (1 - threshold)        max, rel: metric > best * (1 + threshold)
        min, abs: metric < best - threshold              max, abs: metric > best + threshold

    After a reduction nothing is counted for `cooldown` steps; a change of eps or less is not made.
    ValueError if the factor is not below 1, or a mode unknown.
    https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
    """

    def __init__(
        self,
        optimizer,
        mode="min",
        factor=0.1,
        patience=10,
        threshold=1e-4,
        threshold_mode="rel",
        cooldown=0,
        min_lr=0,
        eps=1e-8,
    ):
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        check_optimizer(optimizer)
        groups, listed = len(optimizer.param_groups), isinstance(min_lr, (list, tuple))
        if listed and len(min_lr) != groups:
            raise ValueError(f"expected {groups} min_lrs, got {len(min_lr)}")
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.optimizer = optimizer
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.default_min_lr = None if listed else min_lr
        self.min_lrs = list(min_lr) if listed else [min_lr] * groups
        self.eps = eps
        self.mode_worse = inf if mode == "min" else -inf  # worse than any metric
        self.last_epoch = 0
        self._last_lr = rates(optimizer)
        self._reset()

    def _reset(self):
        """Forget the metrics."""
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    def step(self, metrics, epoch=None):
        """Take note of a metric, a number or a tensor of one; reduce the rates if it is time."""
        current = float(metrics)
        if epoch is not None:
            warnings.warn(EPOCH_GIVEN, stacklevel=2)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(current, self.best):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self.reduce()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = rates(self.optimizer)

    def reduce(self):
        """Multiply every rate by the factor; RuntimeError if groups were added and min_lr was a list."""
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise RuntimeError(
                    f"The number of param groups in the `optimizer` ({len(groups)}) differs from when "
                    f"`ReduceLROnPlateau` was initialized ({len(self.min_lrs)}), usually due to a new param group "
                    "being added to the optimizer. Please modify the `min_lrs` field to match the length of the "
                    "`optimizer` param groups."
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, min_lr in zip(groups, self.min_lrs, strict=True):
            old = float(group["lr"])
            new = max(old * self.factor, min_lr)
            if old - new > self.eps:
                set_rate(group, new)

    @property
    def in_cooldown(self):
        """Whether the last reduction was less than `cooldown` steps ago."""
        return self.cooldown_counter > 0

    def _is_better(self, a, best):
        sign = 1 if self.mode == "max" else -1
        margin = sign * self.threshold
        bound = best * (1.0 + margin) if self.threshold_mode == "rel" else best + margin
        return sign * a > sign * bound
