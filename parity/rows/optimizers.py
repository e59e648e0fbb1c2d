"""Optimizers: 20 steps with settings that hypothesis draws, among them bad ones, which both libraries refuse alike.

Parameters, groups, gradients and closures are those of `python -m parity optim` (parity/optimizers.py): two groups with
settings of their own, gradients drawn at random or computed by a closure, and parameters that get none.
"""

from parity import reasons
from parity.draw import case, pick
from parity.harness import Row
from parity.optimizers import STEPS, Sample

WITHOUT = ("grad", "grad grad", "dtypes", "layout", "edges", "float32")


def steps(name):
    """The row's function: losses and parameters after each step, the state at the end, the printed form."""

    def call(lib, dtype, seed, **settings):
        sample = Sample(name, settings, (seed,))
        params = sample.parameters(lib, dtype)
        optimizer = sample.optimizer(lib, params)
        losses, path = [], [flat(lib, params)]
        for n in range(STEPS):
            loss = sample.step(lib, optimizer, params, n)
            losses.extend([] if loss is None else [loss])
            path.append(flat(lib, params))
        if name in reasons.IN_BFLOAT16:  # what it computed: the steps, in float32 as a unit for their errors
            moves = (lib.stack(path[1:]) - lib.stack(path[:-1])) / max(settings["lr"], 0.05)
            return moves.float()
        if settings.get("line_search_fn") == "strong_wolfe":
            path = path[:1]  # it compares losses, which tell a place near the minimum to half of its digits only
        return lib.stack(path), flat(lib, losses), state(lib, optimizer), repr(optimizer)

    return call


def flat(lib, tensors):
    """Tensors as one vector, so that errors are measured by the largest of all numbers."""
    return lib.cat([x.detach().reshape(-1) for x in tensors])


def state(lib, optimizer):
    """What is remembered of all parameters, name by name. Of LBFGS the names: its vectors are differences of ever
    closer gradients, and how often it looks around at the minimum is a matter of roundings; tests/test_optim.py counts.
    """
    kept = optimizer.state_dict()["state"]
    names = sorted({name for of_one in kept.values() for name in of_one})
    if "func_evals" in names:
        return names
    together = {}
    for name in names:
        values = [of_one[name] for of_one in kept.values() if of_one.get(name) is not None]
        together[name] = flat(lib, values)
    return together


def row(name, without=WITHOUT, dtypes=("float64", "float32"), **settings):
    """The row of an optimizer."""
    limit = reasons.IN_BFLOAT16[name][0] * 2.0**15 if name in reasons.IN_BFLOAT16 else None
    cases = case(pick(*dtypes), pick(*range(100)), **settings)
    return Row(name, steps(name), cases, "sums", without, limit=limit)


flag = pick(False, True)
lr = pick(0.1, 1e-3, 0.0, -1.0)
betas = pick((0.9, 0.999), (0.5, 0.9), (0.0, 0.5), (1.0, 0.9), (0.9, -0.1))
eps = pick(1e-8, 1e-3, -1e-3)
decay = pick(0, 0.1, -0.1)

ROWS = [
    row(
        "SGD",
        lr=lr,
        momentum=pick(0, 0.9, 0.5, -0.5),
        dampening=pick(0, 0.1),
        weight_decay=decay,
        nesterov=flag,
        maximize=flag,
    ),
    row("ASGD", lr=lr, lambd=pick(1e-4, 0.1), alpha=pick(0.75, 0.5), t0=pick(1e6, 0, 2), weight_decay=decay),
    row("Rprop", lr=lr, etas=pick((0.5, 1.2), (0.25, 3.0), (1.2, 0.5)), step_sizes=pick((1e-6, 50), (0.05, 0.12))),
    row(
        "Adagrad",
        lr=lr,
        lr_decay=pick(0, 0.1, -0.1),
        weight_decay=decay,
        initial_accumulator_value=pick(0, 0.5, -0.5),
        eps=eps,
        maximize=flag,
    ),
    row("Adadelta", lr=lr, rho=pick(0.9, 0.5, 1.0, 1.5), eps=eps, weight_decay=decay, maximize=flag),
    row(
        "RMSprop",
        without=(*WITHOUT, "errors"),  # which tries alpha 0: centered, that is the root of a rounding
        lr=lr,
        alpha=pick(0.99, 0.5, -1.0),
        eps=eps,
        weight_decay=decay,
        momentum=pick(0, 0.9, -0.5),
        centered=flag,
        maximize=flag,
    ),
    row("Adam", lr=lr, betas=betas, eps=eps, weight_decay=decay, amsgrad=flag, maximize=flag),
    row("AdamW", lr=lr, betas=betas, eps=eps, weight_decay=decay, amsgrad=flag, maximize=flag),
    row("Adamax", lr=lr, betas=betas, eps=eps, weight_decay=decay, maximize=flag),
    row(
        "NAdam",
        lr=lr,
        betas=betas,
        eps=eps,
        weight_decay=decay,
        momentum_decay=pick(4e-3, 0.5, -0.5),
        decoupled_weight_decay=flag,
        maximize=flag,
    ),
    row("RAdam", lr=lr, betas=betas, eps=eps, weight_decay=decay, decoupled_weight_decay=flag, maximize=flag),
    row(
        "Adafactor",
        lr=lr,
        beta2_decay=pick(-0.8, -0.5, 0.5),
        eps=pick((None, 1e-3), (1e-6, 0.1), (-1.0, 1e-3), (None, -1.0)),
        d=pick(1.0, 2.0, 0.5),
        weight_decay=decay,
        maximize=flag,
    ),
    row(
        "Muon",
        lr=lr,
        weight_decay=decay,
        momentum=pick(0.95, 0.5, 0.0, -0.5),
        nesterov=flag,
        ns_steps=pick(3, 1, 2, 100),  # each makes a rounding before it up to 3.4 times as large
        eps=pick(1e-7, 1e-3),
        adjust_lr_fn=pick(None, "original", "match_rms_adamw", "other"),
    ),
    # In float32 a rounding of the loss soon decides whether it has changed, and so when a step ends. Errors are not
    # tried, for they would be at rates that lead away, and with tolerances that are never met.
    row(
        "LBFGS",
        without=(*WITHOUT, "errors"),
        dtypes=["float64"],
        lr=pick(1, 0.1, 0.0, -1.0),
        max_iter=pick(4, 1, 20),
        max_eval=pick(None, 3),
        tolerance_grad=pick(1e-7, 1e-3),
        tolerance_change=pick(1e-9, 1e-3),
        history_size=pick(100, 2, 1),
        line_search_fn=pick(None, "strong_wolfe", "other"),
    ),
]
