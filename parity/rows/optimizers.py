"""Optimizers: the parameters and the state after some steps."""

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
    """A state_dict with its keys in words, and without what only torch's own fast paths read."""
    if isinstance(value, dict):
        hidden = ("foreach", "fused", "capturable", "differentiable", "decoupled_weight_decay")
        return {str(k): state(v) for k, v in value.items() if k not in hidden}
    if isinstance(value, (tuple, list)):
        return [state(v) for v in value]
    return value


flag = pick(False, True)
x = arrays(pick((3,), (2, 2), ()), "normal")
number_of_steps = pick(2, 1, 5)

ROWS = [
    Row(
        "SGD",
        steps(lambda optim, p, **s: optim.SGD(p, **s)),
        case(
            x,
            number_of_steps,
            lr=pick(0.1, 1e-3, 0.0, -1.0),
            momentum=pick(0, 0.9, 0.5),
            dampening=pick(0, 0.1),
            weight_decay=pick(0, 0.1),
            nesterov=flag,
            maximize=flag,
        ),
        "sums",
        WITHOUT,
    ),
    Row(
        "Adam",
        steps(lambda optim, p, **s: optim.Adam(p, **s)),
        case(
            x,
            number_of_steps,
            lr=pick(1e-3, 0.1),
            betas=pick((0.9, 0.999), (0.5, 0.9), (1.0, 0.9)),
            eps=pick(1e-8, 1e-3),
            weight_decay=pick(0, 0.1),
            amsgrad=flag,
            maximize=flag,
        ),
        "sums",
        WITHOUT,
    ),
]
