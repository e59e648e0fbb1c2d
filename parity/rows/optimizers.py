"""Optimizers: the parameters and the state after some steps.

Muon, which computes in bfloat16, and LBFGS, which divides by differences of gradients, need limits of their own:
parity/optimizers.py and tests/test_optim.py compare them.
"""

from parity.draw import arrays, case, pick
from parity.harness import Row

WITHOUT = ("grad", "grad grad", "dtypes", "layout", "edges", "float32")


def steps(make):
    """The row's function: some steps down a bumpy bowl from x, with a parameter that gets no gradient."""

    def call(lib, x, n, **settings):
        p, idle = lib.nn.Parameter(x.clone()), lib.nn.Parameter(x.clone())
        optimizer = make(lib.optim, [p, idle], **settings)
        losses = []
        for _ in range(n):
            optimizer.zero_grad()
            loss = (p * p * 0.5 + p.sin()).sum()
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return (
            p.detach(),
            idle.detach(),
            losses,
            state(optimizer.state_dict()),
            optimizer.zero_grad(),
            repr(optimizer),
        )

    return call


def state(value):
    """A state_dict with its keys in words and in order."""
    if isinstance(value, dict):
        return {str(k): state(value[k]) for k in sorted(value, key=str)}
    if isinstance(value, (tuple, list)):
        return [state(v) for v in value]
    return value


def row(name, shapes=((3,), (2, 2), ()), **settings):
    """The row of an optimizer."""
    return Row(
        name,
        steps(lambda optim, p, **s: getattr(optim, name)(p, **s)),
        case(arrays(pick(*shapes), "normal"), pick(2, 1, 5), **settings),
        "sums",
        WITHOUT,
    )


flag = pick(False, True)
lr = pick(0.1, 1e-3, 0.0, -1.0)
betas = pick((0.9, 0.999), (0.5, 0.9), (0.75, 0.0), (1.0, 0.9), (0.9, -0.1))
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
]
