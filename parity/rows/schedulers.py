"""Schedulers: the rates over 200 steps, stopped and resumed from state_dicts in the middle, and the warnings.

Rates and momenta must be torch's to the last bit ("exact"): the formulas are the same, in the same order.
"""

import math
import warnings

from hypothesis import strategies as st

from parity.draw import Case, case, pick, salts
from parity.harness import Row

WITHOUT = ("grad", "grad grad", "dtypes", "layout", "edges", "float32")
STEPS = 200


def optimizer(lib, kind, lrs):
    """An optimizer with a group for each rate."""
    groups = []
    for lr in lrs:
        groups.append({"params": [lib.nn.Parameter(lib.ones(1))], "lr": lr})
    if kind == "Adam":
        return lib.optim.Adam(groups)
    return lib.optim.SGD(groups, momentum=0.9)


def build(lib, opt, name, settings):
    """A scheduler by name; those that are made of others have a list of (name, settings) among the settings."""
    make = getattr(lib.optim.lr_scheduler, name)
    settings = {k: FUNCTIONS[v]() if isinstance(v, str) and v in FUNCTIONS else v for k, v in settings.items()}
    if "schedulers" not in settings:
        return make(opt, **settings)
    members = [build(lib, opt, *member) for member in settings["schedulers"]]
    if name == "ChainedScheduler":
        return make(members)
    return make(opt, members, settings["milestones"])


class Quotient:
    """A function that remembers: a checkpoint holds the attributes of such."""

    def __init__(self):
        self.largest = 0

    def __call__(self, t):
        self.largest = max(self.largest, t)
        return 1 / (1 + 0.05 * self.largest)


FUNCTIONS = {  # name -> what makes the function
    "decay": lambda: lambda t: 0.95**t,
    "wave": lambda: lambda t: 0.5 + 0.5 * math.cos(0.1 * t),
    "nearly one": lambda: lambda t: 1 - 0.01 * (t % 3),
    "shrink": lambda: lambda x: 1 / (1 + 0.1 * x),
    "quotient": Quotient,
}


def state(value):
    """A state_dict in the order of its keys, also of those inside it."""
    if isinstance(value, dict):
        return {k: state(v) for k, v in sorted(value.items())}
    return [state(v) for v in value] if isinstance(value, list) else value


def walk(lib, opt, scheduler, steps, metrics=None):
    """The rates and momenta of each step."""
    opt.step()
    out = []
    for i in range(steps):
        scheduler.step() if metrics is None else scheduler.step(metrics[i])
        out.extend(float(lr) for lr in scheduler.get_last_lr())
        for group in opt.param_groups:
            out.extend([group["lr"], group.get("initial_lr", 0), group.get("momentum", 0), *group.get("betas", ())])
    return lib.tensor(out, dtype=lib.float64)


def schedule(name):
    """The row's function: 200 steps, a stop in the middle, state_dicts into a new optimizer and scheduler, go on."""

    def call(lib, kind, lrs, stop, **settings):
        opt = optimizer(lib, kind, lrs)
        scheduler = build(lib, opt, name, settings)
        before = walk(lib, opt, scheduler, stop)
        saved, saved_opt = scheduler.state_dict(), opt.state_dict()
        opt = optimizer(lib, kind, [0.5] * len(lrs))
        scheduler = build(lib, opt, name, settings)
        opt.load_state_dict(saved_opt)
        scheduler.load_state_dict(saved)
        after = walk(lib, opt, scheduler, STEPS - stop)
        return before, after, state(scheduler.state_dict())

    return call


def jumps(lib, name, settings, epochs):
    """step(epoch): the closed form where there is one; then on from there, and torch's warnings."""
    opt = optimizer(lib, "SGD", [0.1, 1.0])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scheduler = build(lib, opt, name, settings)
        out = []
        for epoch in epochs:
            opt.step()
            scheduler.step(epoch)
            out.extend(scheduler.get_last_lr())
            scheduler.step()
            out.extend(scheduler.get_last_lr())
    return lib.tensor(out, dtype=lib.float64), [(w.category.__name__, str(w.message)) for w in caught]


def order(lib, name, settings, actions):
    """Steps of both in any order, get_lr() from outside, step() replaced: the warnings in torch's words."""
    opt = optimizer(lib, "SGD", [0.1])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scheduler = build(lib, opt, name, settings)
        for action in actions:
            if action == "replace":
                opt.step = lambda: None
            elif action == "get_lr":
                scheduler.get_lr()
            elif action == "optimizer":
                opt.step()
            else:
                scheduler.step()
    return [(w.category.__name__, str(w.message)) for w in caught], scheduler.get_last_lr()


def resume(lib, name, settings, last_epoch, restored):
    """last_epoch in place of a state_dict: the optimizer's groups know where they began, or do not (KeyError)."""
    opt = optimizer(lib, "SGD", [0.1, 1.0])
    if restored:
        build(lib, opt, "ConstantLR", {"factor": 1.0})
    scheduler = build(lib, opt, name, {**settings, "last_epoch": last_epoch})
    return walk(lib, opt, scheduler, 20), state(scheduler.state_dict())


def tensors(lib, name, settings):
    """A rate that is a tensor keeps its memory, and the numbers given out do not share it."""
    lr = lib.tensor(0.1, dtype=lib.float64)
    opt = optimizer(lib, "SGD", [lr])
    scheduler = build(lib, opt, name, settings)
    out = []
    for _ in range(20):
        scheduler.step()
        out.append(lr.clone())
        out.append(scheduler.get_last_lr()[0])
    return out, opt.param_groups[0]["lr"] is lr, scheduler.base_lrs


def plateau(lib, lrs, stop, metrics, min_lr, **settings):
    """ReduceLROnPlateau, told metrics as numbers and as tensors."""
    metrics = [lib.tensor(m) if i % 2 else m for i, m in enumerate(metrics)]
    min_lr = [min_lr] * len(lrs) if min_lr == 1e-3 else min_lr

    def build(lrs):
        opt = optimizer(lib, "SGD", lrs)
        return opt, lib.optim.lr_scheduler.ReduceLROnPlateau(opt, min_lr=min_lr, **settings)

    opt, scheduler = build(lrs)
    before = walk(lib, opt, scheduler, stop, metrics)
    saved, saved_opt = scheduler.state_dict(), opt.state_dict()
    opt, scheduler = build(lrs)
    opt.load_state_dict(saved_opt)
    scheduler.load_state_dict(saved)
    return before, walk(lib, opt, scheduler, len(metrics) - stop, metrics[stop:]), state(scheduler.state_dict())


# The settings of each.

number = lambda low, high: st.floats(low, high).map(lambda x: round(x, 4))
count = lambda low, high: st.integers(low, high)
kinds = pick("SGD", "Adam")
lrs = st.lists(number(1e-4, 2.0), min_size=1, max_size=3)
stop = count(0, STEPS)
flag = pick(False, True)
milestones = st.lists(count(0, STEPS), min_size=0, max_size=6)

SETTINGS = {
    "LambdaLR": {"lr_lambda": pick("decay", "wave", "nearly one", "quotient")},
    "MultiplicativeLR": {"lr_lambda": pick("nearly one", "shrink", "quotient")},
    "StepLR": {"step_size": count(1, 60), "gamma": number(0.05, 1.2)},
    "MultiStepLR": {"milestones": milestones, "gamma": number(0.05, 1.2)},
    "ConstantLR": {"factor": number(0.01, 1.0), "total_iters": count(0, 120)},
    "LinearLR": {"start_factor": number(0.01, 1.0), "end_factor": number(0.0, 1.0), "total_iters": count(0, 120)},
    "ExponentialLR": {"gamma": number(0.5, 1.02)},
    "PolynomialLR": {"total_iters": count(1, 220), "power": number(0.3, 3.0)},
    "CosineAnnealingLR": {"T_max": count(1, 220), "eta_min": number(0.0, 0.2)},
    "CosineAnnealingWarmRestarts": {"T_0": count(1, 60), "T_mult": count(1, 3), "eta_min": number(0.0, 0.2)},
    "OneCycleLR": {
        "max_lr": number(1e-3, 2.0),
        "total_steps": count(STEPS, 300),
        "pct_start": number(0.05, 0.45),
        "anneal_strategy": pick("cos", "linear"),
        "cycle_momentum": flag,
        "base_momentum": number(0.5, 0.9),
        "max_momentum": number(0.9, 0.99),
        "div_factor": number(1.0, 50.0),
        "final_div_factor": number(1.0, 1e4),
        "three_phase": flag,
    },
    "CyclicLR": {
        "base_lr": number(1e-4, 0.1),
        "max_lr": number(0.1, 2.0),
        "step_size_up": count(1, 60),
        "step_size_down": st.none() | count(1, 60),
        "mode": pick("triangular", "triangular2", "exp_range"),
        "gamma": number(0.9, 1.0),
        "scale_fn": pick(None, "shrink", "quotient"),
        "scale_mode": pick("cycle", "iterations"),
        "cycle_momentum": flag,
        "base_momentum": number(0.5, 0.9),
        "max_momentum": number(0.9, 0.99),
    },
}
RECURSIVE = ("MultiplicativeLR", "StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR")
CLOSED = (*RECURSIVE[1:], "CosineAnnealingLR")
simple = {name: st.fixed_dictionaries(SETTINGS[name]) for name in SETTINGS}


def one_of(names):
    """A strategy of (name, settings)."""
    return st.sampled_from(names).flatmap(lambda name: st.tuples(st.just(name), simple[name]))


def named(names, *more):
    """A strategy of cases (name, settings, *more): the errors are tried on the rows of each name."""
    return st.builds(lambda one, rest, salt: Case((*one, *rest), {}, salt), one_of(names), st.tuples(*more), salts())


members = st.lists(one_of((*RECURSIVE, "LambdaLR", "CosineAnnealingLR")), min_size=1, max_size=4)
in_turn = members.flatmap(
    lambda m: st.fixed_dictionaries(
        {
            "schedulers": st.just(m),
            "milestones": st.lists(count(1, STEPS), min_size=len(m) - 1, max_size=len(m) - 1, unique=True).map(sorted),
        }
    )
)
actions = st.lists(pick("scheduler", "optimizer", "get_lr", "replace"), max_size=6)
MESSAGES = (*WITHOUT, "errors")

ROWS = [
    *[Row(name, schedule(name), case(kinds, lrs, stop, **SETTINGS[name]), "exact", WITHOUT) for name in SETTINGS],
    Row(
        "ChainedScheduler", schedule("ChainedScheduler"), case(kinds, lrs, stop, schedulers=members), "exact", MESSAGES
    ),
    Row(
        "SequentialLR",
        schedule("SequentialLR"),
        st.builds(lambda kind, lrs, stop, settings: Case((kind, lrs, stop), settings), kinds, lrs, stop, in_turn),
        "exact",
        MESSAGES,
    ),
    Row(
        "ReduceLROnPlateau",
        plateau,
        case(
            lrs,
            count(0, 100),
            st.lists(pick(1.0, 0.9, 0.5, 0.99995, 2.0, math.nan, math.inf, -1.0), min_size=100, max_size=STEPS),
            mode=pick("min", "max"),
            factor=number(0.1, 0.9),
            patience=count(0, 8),
            threshold=pick(1e-4, 0.1),
            threshold_mode=pick("rel", "abs"),
            cooldown=count(0, 4),
            min_lr=pick(0, 1e-2, 1e-3),
            eps=pick(1e-8, 1e-2),
        ),
        "exact",
        WITHOUT,
    ),
    Row("scheduler.step(epoch)", jumps, named(CLOSED, st.lists(count(0, 99), max_size=8)), "exact", MESSAGES),
    Row(
        "CosineAnnealingWarmRestarts.step(epoch)",
        jumps,
        named(("CosineAnnealingWarmRestarts",), st.lists(count(0, 99) | number(0, 99), max_size=8)),
        "exact",
        MESSAGES,
    ),
    Row("scheduler: wrong order", order, named([*SETTINGS], actions), "exact", MESSAGES),
    Row("scheduler: last_epoch", resume, named([*SETTINGS], count(0, 60), flag), "exact", MESSAGES),
    Row(
        "scheduler: lr is a tensor",
        tensors,
        named([n for n in SETTINGS if n not in ("CyclicLR", "OneCycleLR")]),
        "exact",
        MESSAGES,
    ),
]
