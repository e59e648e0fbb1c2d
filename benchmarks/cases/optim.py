"""One step of every optimizer on 16 matrices of 512 by 512 (4.2 million parameters), each with its defaults."""

from benchmarks.cases.case import WORD, Case, Work

COUNT, SIDE = 16, 512
N = COUNT * SIDE * SIDE


def parameters(side):
    """The matrices, with gradients."""
    values = [side.randn(SIDE, SIDE).requires_grad_() for _ in range(COUNT)]
    for p in values:
        p.grad = side.randn(SIDE, SIDE)
    return values


def step(name, kind, arrays, flops, settings=None, tolerance=1e-5):
    """kind(lib) is the class; a step moves so many arrays of the parameters' size.

    The third step is the first that is timed and compared: the state is there, and counts.
    """

    def prepare(side):
        values = parameters(side)
        optimizer = kind(side.lib)(values, **(settings or {}))
        for _ in range(2):
            optimizer.step()
        return Work(optimizer.step, lambda _: values)

    return Case(name, prepare, bytes=arrays * WORD * N, flops=flops * N, tolerance=tolerance, compiles=False)


def lbfgs(side):
    """An iteration on c (p - t)^2, whose target t moves at every step, so that it never arrives. (A step ends after it,
    for the loss it is told does not change. With more, float32 parts in torch, too: the very first step, 1 / sum |g|
    long, is some roundings of the parameters, of which the history makes more.)"""
    values = parameters(side)
    curvatures = [side.rand(SIDE, SIDE) + 0.5 for _ in values]
    optimizer = side.lib.optim.LBFGS(values, lr=0.5, max_iter=4, history_size=5)
    target = [1.0]

    def closure():
        with side.lib.no_grad():
            for p, c in zip(values, curvatures, strict=True):
                p.grad.copy_(p).sub_(target[0]).mul_(c)
        return 1.0

    def run():
        target[0] = -target[0]
        optimizer.step(closure)

    return Work(run, lambda _: values)


# Arrays: the parameter read and written, its gradient read, each array of state read and written.
CASES = [
    step("sgd", lambda lib: lib.optim.SGD, 3, 2),
    step("sgd_momentum", lambda lib: lib.optim.SGD, 5, 4, {"lr": 1e-3, "momentum": 0.9}),
    step("adam", lambda lib: lib.optim.Adam, 7, 13),
    step("adamw", lambda lib: lib.optim.AdamW, 7, 14),
    step("adamax", lambda lib: lib.optim.Adamax, 7, 9),
    step("nadam", lambda lib: lib.optim.NAdam, 7, 15),
    step("radam", lambda lib: lib.optim.RAdam, 7, 12),
    step("adagrad", lambda lib: lib.optim.Adagrad, 5, 6),
    step("adadelta", lambda lib: lib.optim.Adadelta, 7, 13),
    step("adafactor", lambda lib: lib.optim.Adafactor, 4, 12),  # its state is a row and a column
    step("rmsprop", lambda lib: lib.optim.RMSprop, 5, 8),
    step("rprop", lambda lib: lib.optim.Rprop, 7, 6),
    step("asgd", lambda lib: lib.optim.ASGD, 5, 6),
    # five rounds of three products, (512, 512) by (512, 512), in bfloat16 in torch
    step("muon", lambda lib: lib.optim.Muon, 5, 15 * 2 * SIDE, tolerance=1e-3),
    # two passes over the history, of 5 pairs when it is full
    Case("lbfgs", lbfgs, bytes=4 * 5 * 2 * WORD * N, flops=4 * 5 * 2 * N, compiles=False),
]
