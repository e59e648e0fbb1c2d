"""Schedulers that torch lacks, held against its LambdaLR on a rate of 1, with the formulas written out anew."""

import math

from hypothesis import strategies as st

from parity.draw import case, pick
from parity.harness import Row
from parity.rows.schedulers import MESSAGES, STEPS, count, milestones, number, optimizer, stop


def ours(name, formula):
    """The row's function: the scheduler step by step, resumed in the middle, and as a plain function of the step."""

    def call(lib, lr, stop, **settings):
        base = settings.get("base_lr") or lr

        def build(lr):
            if lib.__name__ == "minitorch":
                opt = optimizer(lib, "SGD", [lr, lr])
                return opt, getattr(lib.optim.lr_scheduler, name)(opt, **settings)
            opt = optimizer(lib, "SGD", [1.0, 1.0])
            return opt, lib.optim.lr_scheduler.LambdaLR(opt, lambda t: formula(t, base, **settings))

        opt, scheduler = build(lr)
        lrs = [scheduler.get_last_lr()]
        for step in range(STEPS):
            if step == stop:
                saved, saved_opt = scheduler.state_dict(), opt.state_dict()
                opt, scheduler = build(0.5)
                opt.load_state_dict(saved_opt)
                scheduler.load_state_dict(saved)
            opt.step()
            scheduler.step()
            lrs.append(scheduler.get_last_lr())
        function = scheduler if lib.__name__ == "minitorch" else lambda t: formula(t, base, **settings)
        plain = [float(function(t)) for t in range(STEPS)]
        return lib.tensor(lrs, dtype=lib.float64), lib.tensor(plain, dtype=lib.float64)

    return call


def factor(t, base, factor, stop_factor_lr, base_lr=None):
    return max(stop_factor_lr, base * factor**t)


def piecewise(t, base, milestones, values):
    return values[sum(m <= t for m in milestones)]


def inverse(t, base, alpha, beta, base_lr=None):
    return base / (1 + beta * t) ** alpha


def cosine(t, base, max_update, final_lr, warmup_steps, warmup_begin_lr, base_lr=None):
    if t < warmup_steps:
        return warmup_begin_lr + (base - warmup_begin_lr) * (t / warmup_steps)
    share = (t - warmup_steps) / (max_update - warmup_steps) if t < max_update else 1
    return final_lr + (base - final_lr) * (0.5 + 0.5 * math.cos(math.pi * share))


ROWS = [
    Row(
        "FactorScheduler",
        ours("FactorScheduler", factor),
        case(number(0.1, 2), stop, factor=number(0.5, 1.0), stop_factor_lr=number(1e-4, 0.1), base_lr=pick(None, 0.4)),
        without=MESSAGES,
    ),
    Row(
        "PiecewiseConstant",
        ours("PiecewiseConstant", piecewise),
        milestones.map(lambda m: sorted({*m})).flatmap(
            lambda m: case(
                number(0.1, 2),
                stop,
                milestones=m,
                values=st.lists(number(0.01, 2), min_size=len(m) + 1, max_size=len(m) + 1),
            )
        ),
        "exact",
        MESSAGES,
    ),
    Row(
        "InverseTimePolynomial",
        ours("InverseTimePolynomial", inverse),
        case(number(0.1, 2), stop, alpha=number(0, 2), beta=number(0, 3), base_lr=pick(None, 0.4)),
        without=MESSAGES,
    ),
    Row(
        "CosineScheduler",
        ours("CosineScheduler", cosine),
        case(
            number(0.1, 2),
            stop,
            max_update=count(40, 150),
            final_lr=number(0.01, 0.1),
            warmup_steps=count(0, 40),
            warmup_begin_lr=number(0, 0.1),
            base_lr=pick(None, 0.4),
        ),
        without=MESSAGES,
    ),
]
