"""`LRScheduler`: what all schedulers share: the count of steps, the rate of every group, checkpoints, warnings.

https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
"""

import warnings
from contextlib import contextmanager
from functools import wraps
from types import FunctionType
from weakref import WeakMethod

from minitorch.optim.optimizer import Optimizer
from minitorch.tensor import Tensor

HOW = "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
OVERRIDDEN = (
    "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, make sure "
    f"to call `optimizer.step()` before `lr_scheduler.step()`. See more details at {HOW}"
)
WRONG_ORDER = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call "
    "them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in "
    f"PyTorch skipping the first value of the learning rate schedule. See more details at {HOW}"
)
EPOCH_GIVEN = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed "
    "form is used instead of the new chainable form, where available. Please open an issue if you are unable to "
    "replicate your use case: https://github.com/pytorch/pytorch/issues/new/choose."
)
OUTSIDE = "To get the last learning rate computed by the scheduler, please use `get_last_lr()`."


class LRScheduler:
    """Sets the learning rate of every group of an optimizer as a function of the step t = 0, 1, 2, ...

        optimizer    whose groups' "lr" is set
        base_lrs     each group's rate to begin with (its "initial_lr")
        last_epoch   t: how often step() was called since. Whether that is once an epoch or once a batch is up to the
                     caller; t, and all settings that are numbers of steps, are in that unit

    A subclass says in `get_lr()` what the rates are at t = self.last_epoch. Making a scheduler sets the rates of
    t = 0 (of t = last_epoch + 1, where training goes on after step last_epoch). In a loop:

        for epoch in range(epochs):
            train(...)          # calls optimizer.step()
            scheduler.step()    # after it: else the rate of t = 0 is never used, and torch's warning says so

    TypeError if it is given no optimizer; KeyError if training is to go on with an optimizer that was not restored.
    """

    _get_lr_called_within_step = False
    _is_initial = False

    def __init__(self, optimizer, last_epoch=-1):
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with last_epoch "
                    ">= 0: load the optimizer's state_dict first, or leave last_epoch out to begin anew"
                )
        self.base_lrs = rates(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        note_steps(optimizer)
        self._initial_step()

    def _initial_step(self):
        self._step_count = 0
        with flag(self, "_is_initial"):
            self.step()

    def get_lr(self):
        """The rate of each group at t = self.last_epoch. To be called by step() only: see get_last_lr()."""
        raise NotImplementedError

    def get_last_lr(self):
        """The rate of each group as the last step() set it."""
        return self._last_lr

    def step(self, epoch=None):
        """Go on to t + 1 (or to t = epoch: deprecated) and set the rates."""
        self.warn_of_order()
        before = self._step_count, self.last_epoch
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_GIVEN, stacklevel=2)
        try:
            self._update_lr(epoch)
        except Exception:
            self._step_count, self.last_epoch = before
            raise

    def warn_of_order(self):
        """UserWarning if the optimizer has not moved before the first step after t = 0."""
        if self._step_count == 1:
            if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
                warnings.warn(OVERRIDDEN, stacklevel=3)
            elif not getattr(self.optimizer, "_opt_called", False):
                warnings.warn(WRONG_ORDER, stacklevel=3)

    def _update_lr(self, epoch=None):
        with flag(self, "_get_lr_called_within_step"):
            self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
            closed = epoch is not None and hasattr(self, "_get_closed_form_lr")
            lrs = self._get_closed_form_lr() if closed else self.get_lr()
        self.set_rates(lrs)

    def set_rates(self, lrs):
        """Give each group its rate."""
        for group, lr in zip(self.optimizer.param_groups, lrs, strict=True):
            set_rate(group, lr)
        self._last_lr = rates(self.optimizer)

    def warn_outside_step(self):
        """UserWarning if get_lr() was called by anybody but step(): a recursive formula would take a step too many."""
        if not self._get_lr_called_within_step:
            warnings.warn(OUTSIDE, stacklevel=3)

    def state_dict(self):
        """All but the optimizer, under torch's names. Save the optimizer's own state_dict beside it."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict):
        """Go on from a state_dict."""
        self.__dict__.update(state_dict)


class RecursiveLR(LRScheduler):
    """lr(t) = lr(t - 1) * step_factor(t): so that schedulers chained on one optimizer multiply what they do.

    A factor of 1 is an int: it leaves every rate as it is. step(epoch), which jumps, takes base * total_factor(t).
    """

    def step_factor(self, t):
        raise NotImplementedError

    def total_factor(self, t):
        raise NotImplementedError

    def get_lr(self):
        self.warn_outside_step()
        factor = self.step_factor(self.last_epoch)
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _get_closed_form_lr(self):
        factor = self.total_factor(self.last_epoch)
        return [base_lr * factor for base_lr in self.base_lrs]


@contextmanager
def flag(scheduler, name):
    """Hold an attribute True for a while."""
    setattr(scheduler, name, True)
    try:
        yield
    finally:
        setattr(scheduler, name, False)


def check_optimizer(optimizer):
    """TypeError if it is none."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def note_steps(optimizer):
    """Let the optimizer note when its step is called. It holds the note, not itself: no cycle."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    method = WeakMethod(optimizer.step)

    @wraps(optimizer.step.__func__)
    def step(*args, **kwargs):
        step = method()
        step.__self__._opt_called = True
        return step(*args, **kwargs)

    step._wrapped_by_lr_sched = True
    optimizer.step = step


def copied(value):
    """A tensor's copy (set_rate writes into it), a number as it is."""
    return value.clone() if isinstance(value, Tensor) else value


def rates(optimizer, key="lr"):
    """A setting of each group."""
    return [copied(group[key]) for group in optimizer.param_groups]


def set_rate(group, lr):
    """Set a group's rate; one that is a tensor keeps its memory."""
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(lr.squeeze() if isinstance(lr, Tensor) else lr)
    else:
        group["lr"] = lr


def per_group(name, optimizer, value):
    """A value for each group: a list as it is, anything else for all of them."""
    groups = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        value = [value] * groups
    if len(value) != groups:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, "
            f"param_groups has {groups}."
        )
    return [copied(v) for v in value]


def function_state(function):
    """What a checkpoint holds of a function that the user gave: the attributes of a callable object, else None."""
    return None if isinstance(function, FunctionType) or not hasattr(function, "__dict__") else vars(function).copy()
