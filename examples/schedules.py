"""Schedules of the learning rate, drawn: what each scheduler makes of a rate of 1 in 100 steps.

python examples/schedules.py                       draws schedules.png
"""

import matplotlib
import numpy as np

from minitorch import nn, optim, tensor
from minitorch.optim import lr_scheduler as s

matplotlib.use("Agg")  # draw to a file: no screen is needed
import matplotlib.pyplot as plt

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]  # Okabe and Ito: told apart by everybody
STYLES = ["-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)), (0, (4, 3))]
GREY = "#888888"


def schedules():
    """title -> {name: rates at t = 0 ... 99}, all of an optimizer whose rate is 1."""
    return {
        "stairs": {
            "ConstantLR(factor=0.3, total_iters=20)": rates(lambda o: s.ConstantLR(o, 0.3, 20)),
            "StepLR(25, gamma=0.6)": rates(lambda o: s.StepLR(o, 25, 0.6)),
            "MultiStepLR([30, 40, 80], gamma=0.5)": rates(lambda o: s.MultiStepLR(o, [30, 40, 80], 0.5)),
            "PiecewiseConstant([10, 60], [0.1, 0.8, 0.4])": rates(
                lambda o: s.PiecewiseConstant(o, [10, 60], [0.1, 0.8, 0.4])
            ),
        },
        "decay": {
            "LinearLR(1.0, 0.2, total_iters=80)": rates(lambda o: s.LinearLR(o, 1.0, 0.2, 80)),
            "PolynomialLR(100, power=2)": rates(lambda o: s.PolynomialLR(o, 100, 2)),
            "ExponentialLR(0.96)": rates(lambda o: s.ExponentialLR(o, 0.96)),
            "FactorScheduler(0.93, stop_factor_lr=0.05)": rates(lambda o: s.FactorScheduler(o, 0.93, 0.05)),
            "InverseTimePolynomial(0.5, beta=1)": rates(lambda o: s.InverseTimePolynomial(o, 0.5, 1)),
        },
        "cosine": {
            "CosineAnnealingLR(50)": rates(lambda o: s.CosineAnnealingLR(o, 50)),
            "CosineAnnealingWarmRestarts(14, T_mult=2)": rates(lambda o: s.CosineAnnealingWarmRestarts(o, 14, 2)),
            "CosineScheduler(80, final_lr=0.1, warmup_steps=15)": rates(
                lambda o: s.CosineScheduler(o, 80, final_lr=0.1, warmup_steps=15)
            ),
        },
        "cycles": {
            "CyclicLR(0.1, 1, 15, 25)": rates(lambda o: s.CyclicLR(o, 0.1, 1, 15, 25)),
            "CyclicLR(..., mode='triangular2')": rates(lambda o: s.CyclicLR(o, 0.1, 1, 15, 25, "triangular2")),
            "OneCycleLR(1, total_steps=100)": rates(lambda o: s.OneCycleLR(o, 1, 100)),
        },
        "of others, of functions": {
            "SequentialLR: LinearLR to 20, then ExponentialLR": rates(
                lambda o: s.SequentialLR(o, [s.LinearLR(o, 0.1, 1.0, 20), s.ExponentialLR(o, 0.97)], [20])
            ),
            "ChainedScheduler: ExponentialLR and StepLR": rates(
                lambda o: s.ChainedScheduler([s.ExponentialLR(o, 0.99), s.StepLR(o, 30, 0.6)])
            ),
            "LambdaLR(1 / sqrt(1 + t / 5))": rates(lambda o: s.LambdaLR(o, lambda t: (1 + t / 5) ** -0.5)),
            "MultiplicativeLR(1 - 1 / (t + 9))": rates(lambda o: s.MultiplicativeLR(o, lambda t: 1 - 1 / (t + 9))),
        },
    }


def rates(make):
    """The rate at t = 0 ... 99."""
    optimizer = optim.SGD([nn.Parameter(tensor([0.0]))], lr=1.0, momentum=0.9)
    scheduler, out = make(optimizer), []
    for _ in range(100):
        out.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return out


def plateaus():
    """(losses, rates): a loss that stands still at a height that the rate sets, as noisy gradients make it do."""
    optimizer = optim.SGD([nn.Parameter(tensor([0.0]))], lr=1.0)
    scheduler = s.ReduceLROnPlateau(optimizer, factor=0.5, patience=6, threshold=0.02)
    losses, out, loss = [], [], 1.0
    for _ in range(100):
        lr = scheduler.get_last_lr()[0]
        losses.append(loss)
        out.append(lr)
        loss += 0.25 * (0.5 * lr - loss)
        optimizer.step()
        scheduler.step(loss)
    return losses, out


def draw_schedules(file):
    """A panel a kind."""
    figure, grid = plt.subplots(2, 3, figsize=(15, 8.5), layout="constrained", sharex=True, sharey=True)
    for axes, (title, curves) in zip(grid.flat, schedules().items(), strict=False):
        jumps = "steps-post" if title == "stairs" else "default"
        for (name, lrs), colour, style in zip(curves.items(), COLOURS, STYLES, strict=False):
            axes.plot(lrs, drawstyle=jumps, ls=style, color=colour, lw=1.8, label=name)
        axes.set_title(title)
    axes, (losses, reduced) = grid[1, 2], plateaus()
    axes.plot(losses, color=GREY, lw=1.2, label="the loss that it is told")
    axes.plot(
        reduced, drawstyle="steps-post", color=COLOURS[0], lw=1.8, label="ReduceLROnPlateau(factor=0.5, patience=6)"
    )
    axes.set_title("as the loss asks for")
    for axes in grid.flat:
        axes.set(ylim=(0, 1.42), yticks=np.arange(0, 1.1, 0.25))
        axes.legend(loc="upper center", fontsize=9)
        axes.grid(alpha=0.3)
        axes.set(xlabel="step t", ylabel="rate")
        axes.label_outer()
    figure.suptitle("Schedules of the learning rate, from 1", fontsize=14)
    figure.savefig(file, dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    draw_schedules("schedules.png")
