"""Schedulers: what the parity rows do not reach: refusals, what a failed call leaves, the formulas that are ours."""

import copy
import gc
import math
import pickle
import warnings
import weakref

import pytest
import torch

import minitorch
from minitorch.optim.lr_scheduler import (
    ChainedScheduler,
    CosineScheduler,
    ExponentialLR,
    FactorScheduler,
    InverseTimePolynomial,
    OneCycleLR,
    PiecewiseConstant,
    ReduceLROnPlateau,
    SequentialLR,
)


def sgd(lib=minitorch, lr=0.1, groups=1, **settings):
    return lib.optim.SGD([{"params": [lib.nn.Parameter(lib.ones(2))]} for _ in range(groups)], lr=lr, **settings)


def walk(optimizer, scheduler, steps):
    """The rates of the first group at t = 0, 1, ..."""
    out = []
    for _ in range(steps):
        out.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return out


# In torch's words ----------------------------------------------------------------------------------------------------

REFUSALS = {
    "no optimizer": lambda lib, s: s.StepLR(3, 1),
    "no optimizer to watch": lambda lib, s: s.ReduceLROnPlateau(3),
    "no optimizer to cycle": lambda lib, s: s.OneCycleLR(3, 1.0, 10),
    "too few functions": lambda lib, s: s.LambdaLR(sgd(lib, groups=2), [abs]),
    "no function": lambda lib, s: s.MultiplicativeLR(sgd(lib), 3),
    "constant factor": lambda lib, s: s.ConstantLR(sgd(lib), 1.5),
    "linear start": lambda lib, s: s.LinearLR(sgd(lib), 0.0),
    "linear end": lambda lib, s: s.LinearLR(sgd(lib), 0.5, 1.5),
    "T_0": lambda lib, s: s.CosineAnnealingWarmRestarts(sgd(lib), 0),
    "T_mult": lambda lib, s: s.CosineAnnealingWarmRestarts(sgd(lib), 1, 0),
    "negative epoch": lambda lib, s: s.CosineAnnealingWarmRestarts(sgd(lib), 1).step(-1),
    "cycle, no steps": lambda lib, s: s.OneCycleLR(sgd(lib), 1.0),
    "cycle, steps": lambda lib, s: s.OneCycleLR(sgd(lib), 1.0, -3),
    "cycle, epochs": lambda lib, s: s.OneCycleLR(sgd(lib), 1.0, epochs=0, steps_per_epoch=3),
    "cycle, pct_start": lambda lib, s: s.OneCycleLR(sgd(lib), 1.0, 10, pct_start=2.0),
    "cycle, strategy": lambda lib, s: s.OneCycleLR(sgd(lib), 1.0, 10, anneal_strategy="sin"),
    "cycle, max_lr": lambda lib, s: s.OneCycleLR(sgd(lib, groups=2), [1.0], 10),
    "cycle, momenta": lambda lib, s: s.CyclicLR(sgd(lib), 0.1, 1.0, base_momentum=[1, 2, 3]),
    "plateau, factor": lambda lib, s: s.ReduceLROnPlateau(sgd(lib), factor=1.0),
    "plateau, mode": lambda lib, s: s.ReduceLROnPlateau(sgd(lib), mode="least"),
    "plateau, threshold": lambda lib, s: s.ReduceLROnPlateau(sgd(lib), threshold_mode="least"),
    "plateau, min_lr": lambda lib, s: s.ReduceLROnPlateau(sgd(lib), min_lr=[1.0, 2.0]),
    "chain of none": lambda lib, s: s.ChainedScheduler([]),
    "sequence of none": lambda lib, s: s.SequentialLR(sgd(lib), [], []),
    "chain, no scheduler": lambda lib, s: s.ChainedScheduler([s.ExponentialLR(sgd(lib), 0.9), 3]),
    "chain, plateau": lambda lib, s: s.ChainedScheduler([s.ReduceLROnPlateau(sgd(lib))]),
    "sequence, milestones": lambda lib, s: in_sequence(s, sgd(lib), milestones=[1, 2]),
    "no formula": lambda lib, s: s.LRScheduler(sgd(lib)),
    "milestone in a sequence of chains": lambda lib, s: chain_second(s, sgd(lib)).step(),
}


def in_sequence(s, optimizer, milestones):
    return s.SequentialLR(optimizer, [s.ExponentialLR(optimizer, 0.9), s.ConstantLR(optimizer)], milestones)


def chain_second(s, optimizer):
    chain = s.ChainedScheduler([s.ExponentialLR(optimizer, 0.9)])
    return s.SequentialLR(optimizer, [s.ConstantLR(optimizer), chain], [1])


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_are_torchs(name):
    with pytest.raises(Exception) as theirs:
        REFUSALS[name](torch, torch.optim.lr_scheduler)
    with pytest.raises(type(theirs.value)) as ours:
        REFUSALS[name](minitorch, minitorch.optim.lr_scheduler)
    assert str(ours.value).startswith(str(theirs.value))


def test_schedulers_of_different_optimizers_are_refused():
    pair = [ExponentialLR(sgd(), 0.9), ExponentialLR(sgd(), 0.9)]
    with pytest.raises(ValueError, match="expects all schedulers to belong to the same optimizer"):
        ChainedScheduler(pair)
    with pytest.raises(ValueError, match="expects all schedulers to belong to the same optimizer"):
        SequentialLR(sgd(), pair, [3])


def test_an_optimizer_without_momentum_is_not_cycled():
    class Plain(minitorch.optim.Optimizer):
        pass

    with pytest.raises(ValueError, match="must support momentum or beta1"):
        OneCycleLR(Plain([minitorch.nn.Parameter(minitorch.ones(1))], {"lr": 0.1}), 1.0, 10)


def test_wrong_order_warns_once_at_the_callers_line():
    optimizer = sgd()
    scheduler = ExponentialLR(optimizer, 0.5)
    with pytest.warns(UserWarning, match=r"before `optimizer.step\(\)`") as caught:
        scheduler.step()
        scheduler.step()
    assert [w.filename for w in caught] == [__file__]


def test_right_order_does_not_warn():
    optimizer = sgd()
    scheduler = ExponentialLR(optimizer, 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert walk(optimizer, scheduler, 3) == [0.1, 0.05, 0.025]


def test_groups_added_later_need_their_own_least_rate():
    optimizer = sgd()
    scheduler = ReduceLROnPlateau(optimizer, min_lr=[0.0], patience=0)
    optimizer.add_param_group({"params": [minitorch.nn.Parameter(minitorch.ones(1))], "lr": 0.5})
    scheduler.step(1.0)
    with pytest.raises(RuntimeError, match="number of param groups"):
        scheduler.step(1.0)
    scheduler.min_lrs = [0.0, 0.2]
    scheduler.step(1.0)
    assert scheduler.get_last_lr() == [0.1 * 0.1, 0.2]


# What a call leaves --------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Detected call")
def test_a_failed_step_changes_nothing():
    optimizer = sgd(momentum=0.9)
    scheduler = OneCycleLR(optimizer, 1.0, 3)
    for _ in range(3):
        scheduler.step()
    before = copy.deepcopy((scheduler.state_dict(), optimizer.state_dict()))
    with pytest.raises(ValueError, match="Tried to step 4 times"):
        scheduler.step()
    assert (scheduler.state_dict(), optimizer.state_dict()) == before


def test_a_scheduler_does_not_keep_its_optimizer_in_a_cycle():
    gc.disable()
    try:
        optimizer = sgd()
        scheduler = ExponentialLR(optimizer, 0.5)
        optimizer.step()
        gone = weakref.ref(optimizer)
        del scheduler, optimizer
        assert gone() is None
    finally:
        gc.enable()


def test_a_users_scheduler_needs_get_lr_only():
    class Halves(minitorch.optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            return [base / 2**self.last_epoch for base in self.base_lrs]

    optimizer = sgd(lr=1.0)
    assert walk(optimizer, Halves(optimizer), 3) == [1.0, 0.5, 0.25]


def test_state_dicts_are_torchs_to_load():
    for name, settings in {"CosineAnnealingLR": {"T_max": 7}, "MultiStepLR": {"milestones": [2, 3]}}.items():
        theirs, ours = sgd(torch), sgd()
        left = getattr(torch.optim.lr_scheduler, name)(theirs, **settings)
        right = getattr(minitorch.optim.lr_scheduler, name)(ours, **settings)
        walk(theirs, left, 2)
        right.load_state_dict(pickle.loads(pickle.dumps(left.state_dict())))
        ours.param_groups[0]["lr"] = theirs.param_groups[0]["lr"]
        assert walk(ours, right, 10) == walk(theirs, left, 10)


# Formulas that are ours ----------------------------------------------------------------------------------------------


def test_factor_scheduler_is_one_step_behind_the_books():
    book, rate = [], 2.0
    for _ in range(50):  # d2l.ai, chapter 12.11: multiply, then answer
        rate = max(1e-2, rate * 0.9)
        book.append(rate)
    ours = FactorScheduler(factor=0.9, stop_factor_lr=1e-2, base_lr=2.0)
    assert ours(0) == 2.0
    assert [ours(t + 1) for t in range(50)] == pytest.approx(book, rel=1e-14)


def test_piecewise_constant_changes_at_the_milestone():
    ours = PiecewiseConstant(milestones=[15, 30], values=[0.5, 0.25, 0.125])
    assert [ours(t) for t in (0, 14, 15, 29, 30, 99)] == [0.5, 0.5, 0.25, 0.25, 0.125, 0.125]


def test_inverse_time_polynomial():
    ours = InverseTimePolynomial(alpha=0.5, beta=3.0, base_lr=2.0)
    assert [ours(0), ours(1), ours(5)] == [2.0, 1.0, 0.5]


def test_cosine_scheduler_warms_up_falls_and_rests():
    ours = CosineScheduler(max_update=20, base_lr=0.3, final_lr=0.01, warmup_steps=5)
    assert [ours(t) for t in range(6)] == pytest.approx([0, 0.06, 0.12, 0.18, 0.24, 0.3], abs=1e-15)
    assert ours(10) == pytest.approx(0.01 + 0.29 * (1 + math.cos(math.pi / 3)) / 2)
    assert [ours(20), ours(21), ours(1000)] == [0.01, 0.01, 0.01]
    assert CosineScheduler(max_update=4, base_lr=0.4, warmup_steps=4)(4) == 0.0  # nothing left to fall


@pytest.mark.parametrize(
    "make",
    [
        lambda *o, **s: FactorScheduler(*o, factor=0.8, **s),
        lambda *o, **s: InverseTimePolynomial(*o, alpha=0.5, beta=2.0, **s),
        lambda *o, **s: CosineScheduler(*o, max_update=12, final_lr=0.1, warmup_steps=3, **s),
    ],
)
def test_step_and_function_agree(make):
    optimizer = sgd(lr=0.7)
    scheduler, function = make(optimizer), make(base_lr=0.7)
    expected = [function(t) for t in range(20)]
    assert [scheduler(t) for t in range(20)] == expected
    assert walk(optimizer, scheduler, 20) == expected
    optimizer = sgd(lr=0.1)
    assert walk(optimizer, make(optimizer, base_lr=0.7), 20) == expected  # base_lr comes before the optimizer's rate


def test_base_rates_by_group():
    optimizer = sgd(groups=2)
    scheduler = FactorScheduler(optimizer, 0.5, base_lr=[1.0, 2.0])
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.5, 1.0]


def test_our_formulas_refuse():
    with pytest.raises(ValueError, match="needs base_lr"):
        FactorScheduler(factor=0.9)
    with pytest.raises(TypeError, match="float is not an Optimizer"):
        FactorScheduler(0.9)
    with pytest.raises(ValueError, match="Invalid factor: -1"):
        FactorScheduler(sgd(), -1)
    with pytest.raises(ValueError, match="2 milestones need 3 values, but got 2"):
        PiecewiseConstant(sgd(), [1, 2], [0.1, 0.2])
    with pytest.raises(ValueError, match="milestones must rise"):
        PiecewiseConstant(sgd(), [2, 1], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="Invalid beta: -1"):
        InverseTimePolynomial(sgd(), beta=-1)
    with pytest.raises(ValueError, match="warmup_steps must be from 0 to max_update 5, but got 6"):
        CosineScheduler(sgd(), 5, warmup_steps=6)
    with pytest.raises(TypeError, match="needs max_update"):
        CosineScheduler(sgd())
    function = FactorScheduler(factor=0.5, base_lr=1.0)
    with pytest.raises(RuntimeError, match="was given no optimizer"):
        function.step()
    assert function(1) == 0.5
