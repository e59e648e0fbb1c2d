"""The optimizers race: on three surfaces of the book, and on LeNet that reads digits. And the schedules of the rate.

python examples/optimizers_race.py                 draws optimizers_paths.png, optimizers_digits.png, schedules.png
python examples/optimizers_race.py --quick         fewer steps, to see that it runs

On a surface each optimizer runs with every rate of a grid, and is shown with the one that brings it down first: a race
at one rate for all would only show whom it suits. On the digits each has about the best of a few rates. The surfaces
are those of Dive into Deep Learning, chapter 12 (https://d2l.ai).
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
from digits_lenet import accuracy, digits, lenet
from rich.progress import Progress
from schedules import COLOURS, GREY, STYLES, draw_schedules

import minitorch
from minitorch import Generator, float32, float64, manual_seed, nn, optim, stack, tensor, utils, zeros_like

matplotlib.use("Agg")  # draw to a file: no screen is needed
import matplotlib.pyplot as plt

RATES = [a * 10.0**n for n in (-4, -3, -2, -1) for a in (1, 2, 5)] + [1.0, 5.0]

# family -> {name: (optimizer of parameters at a rate, its rate on the digits)}
FAMILIES = {
    "one rate for all": {
        "SGD": (lambda p, lr: optim.SGD(p, lr=lr), 0.2),
        "momentum": (lambda p, lr: optim.SGD(p, lr=lr, momentum=0.9), 0.05),
        "Nesterov": (lambda p, lr: optim.SGD(p, lr=lr, momentum=0.9, nesterov=True), 0.05),
        "ASGD": (lambda p, lr: optim.ASGD(p, lr=lr), 0.2),
        "Muon": (lambda p, lr: optim.Muon(p, lr=lr, weight_decay=0), 0.02),  # takes matrices only: for the digits
        "L-BFGS": None,  # computes the loss by itself, always the same: for the surfaces
    },
    "a rate for each coordinate": {
        "Adagrad": (lambda p, lr: optim.Adagrad(p, lr=lr), 0.02),
        "RMSprop": (lambda p, lr: optim.RMSprop(p, lr=lr, alpha=0.9), 5e-3),
        "Adadelta": (lambda p, lr: optim.Adadelta(p, lr=lr), 5.0),
        "Rprop": (lambda p, lr: optim.Rprop(p, lr=lr), 1e-4),  # trusts the signs of gradients, which batches change
        "Adafactor": (lambda p, lr: optim.Adafactor(p, lr=lr), 0.1),
    },
    "that and momentum": {
        "Adam": (lambda p, lr: optim.Adam(p, lr=lr), 5e-3),
        "AdamW": (lambda p, lr: optim.AdamW(p, lr=lr, weight_decay=0.1), 5e-3),
        "Adamax": (lambda p, lr: optim.Adamax(p, lr=lr), 0.02),
        "NAdam": (lambda p, lr: optim.NAdam(p, lr=lr), 5e-3),
        "RAdam": (lambda p, lr: optim.RAdam(p, lr=lr), 0.02),
        "Yogi": (lambda p, lr: optim.Yogi(p, lr=lr), 0.01),
    },
}

# name -> (function, its least value, where that is, start, steps, what is drawn of the plane)
SURFACES = {
    "stretched bowl   $0.1x^2 + 2y^2$": (
        lambda x, y: 0.1 * x**2 + 2 * y**2,
        0.0,
        [(0, 0)],
        (-5.0, -2.0),
        100,
        (-6.0, 3.0, -5.2, 2.8),
    ),
    "saddle   $x^2/2 - y^2/2 + y^4/4$": (
        lambda x, y: x**2 / 2 - y**2 / 2 + y**4 / 4,
        -0.25,
        [(0, -1), (0, 1)],
        (-1.5, 0.01),
        100,
        (-1.8, 1.3, -0.6, 2.4),
    ),
    "Rosenbrock   $(1-x)^2 + 100(y-x^2)^2$": (
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        0.0,
        [(1, 1)],
        (-1.2, 1.0),
        400,
        (-1.8, 1.6, -0.9, 3.3),
    ),
}


# The surfaces --------------------------------------------------------------------------------------------------------


def race(f, least, start, steps, tell):
    """{name: path (steps + 1, 2)} of each optimizer at its best rate."""
    names, points, optimizers = [], [], []
    for name, (make, _) in racers(but="Muon").items():
        for lr in RATES:
            names.append(name)
            points.append(nn.Parameter(tensor(start, dtype=float64)))
            optimizers.append(make([points[-1]], lr))
    paths = [np.array([start] * len(names))]
    for _ in range(steps):
        xy = stack(points)  # n of (2,) -> (n, 2)
        f(xy[:, 0], xy[:, 1]).sum().backward()  # no point is in another's term: each gets its own gradient
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        paths.append(stack(points).detach().numpy())
        tell()
    paths = np.stack(paths, axis=1)  # steps + 1 of (n, 2) -> (n, steps + 1, 2)
    best = {}
    for name, path in zip(names, paths, strict=True):
        score = way_down(f, least, path)
        if name not in best or score < best[name][0]:
            best[name] = score, path
    best = {name: path for name, (_, path) in best.items()}
    return {**best, "L-BFGS": newton_like(f, start, steps)}


def way_down(f, least, path):
    """(steps until it is 99.9% down for good, mean height in powers of ten): less is better. No climbing out first."""
    with np.errstate(all="ignore"):
        height = np.nan_to_num((f(*path.T) - least) / (f(*path[0]) - least), nan=np.inf)
    if height.max() > 1:
        return np.inf, np.inf
    above = np.flatnonzero(height > 1e-3)
    return above[-1] + 1, np.log10(height + 1e-6).mean()


def newton_like(f, start, steps):
    """The path of L-BFGS: it searches along a line, so that it computes the loss itself, as often as it likes."""
    point = nn.Parameter(tensor(start, dtype=float64))
    optimizer = optim.LBFGS([point], max_iter=1, max_eval=25, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = f(point[0], point[1])
        loss.backward()
        return loss

    path = [start]
    for _ in range(steps):
        optimizer.step(closure)
        path.append(tuple(point.detach().numpy()))
    return np.array(path)


def racers(but):
    """name -> (optimizer of parameters at a rate, its rate on the digits), but one."""
    return {n: racer for members in FAMILIES.values() for n, racer in members.items() if racer and n != but}


def draw_paths(paths, file):
    """A row a surface, a column a family. A path is drawn until it has come down by 99.9%."""
    figure, grid = plt.subplots(3, 3, figsize=(14, 12), layout="constrained", sharex="row", sharey="row")
    for row, (title, (f, least, minima, start, steps, window)) in zip(grid, SURFACES.items(), strict=True):
        x, y = np.meshgrid(np.linspace(*window[:2], 300), np.linspace(*window[2:], 300))
        levels = (f(*start) - least) * np.geomspace(1e-3, 30, 14)
        for axes, (family, members) in zip(row, FAMILIES.items(), strict=True):
            axes.contour(x, y, f(x, y) - least, levels, colors="#c8c8c8", linewidths=0.7)
            for name, colour, style in zip([n for n in members if n != "Muon"], COLOURS, STYLES, strict=False):
                path = paths[title][name]
                end = way_down(f, least, path)[0]
                label = f"{name}, {end} steps" if end <= steps else f"{name}, over {steps} steps"
                axes.plot(*path[: end + 1].T, ls=style, color=colour, lw=1.8, label=label)
            axes.plot(*start, "o", color="black", ms=6)
            axes.plot(*zip(*minima, strict=True), "*", color="black", ms=11, ls="")
            axes.set(title=family, xlim=window[:2], ylim=window[2:], xlabel="x")
            axes.legend(loc="best", fontsize=9)
        row[0].set_ylabel(f"{title}\n\ny", fontsize=11)
    figure.suptitle("From the dot to the star, each at the best rate of a grid", fontsize=14)
    figure.savefig(file, dpi=120)
    plt.close(figure)


# The digits ----------------------------------------------------------------------------------------------------------


def batches(epochs, max_steps):
    """(images, labels) of 32, the same ones for every optimizer."""
    images, labels = (tensor(array) for array in digits()[0])
    data = utils.data.TensorDataset(images.to(float32), labels)
    loader = utils.data.DataLoader(data, batch_size=32, shuffle=True, generator=Generator().manual_seed(0))
    return [batch for _ in range(epochs) for batch in loader][:max_steps]


def train(name, data, tell, before=lambda net, optimizer: None):
    """(losses, share of the test images read wrongly) of one optimizer, from the same weights as all others."""
    manual_seed(0)
    net, (make, lr) = lenet(minitorch), racers(but="L-BFGS")[name]
    parameters = list(net.parameters())
    if name == "Muon":  # the rest is Adam's, as its authors advise
        rest = [p for p in parameters if p.ndim != 2]
        optimizers = [make([p for p in parameters if p.ndim == 2], lr), optim.Adam(rest, lr=2e-3)]
    else:
        optimizers = [make(parameters, lr)]
    before(net, optimizers[0])
    criterion, losses = nn.CrossEntropyLoss(), []
    for images, labels in data:
        net.zero_grad()
        loss = criterion(net(images), labels)
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        losses.append(loss.item())
        tell()
    return losses, 1 - accuracy(net, float32)


def from_one_large_batch(net, optimizer):
    """Begin Yogi's second moment with the squared gradients of one large batch, as its authors advise."""
    images, labels = (tensor(array[:1024]) for array in digits()[0])
    nn.CrossEntropyLoss()(net(images.to(float32)), labels).backward()
    for p in net.parameters():
        zeros = {"step": tensor(0.0), "exp_avg": zeros_like(p)}
        optimizer.state[p] = {**zeros, "exp_avg_sq": p.grad.detach() ** 2}


def draw_digits(results, yogi, file):
    """The losses by family, the two starts of Yogi, and how many test images each reads wrongly."""
    figure = plt.figure(figsize=(14, 9.5), layout="constrained")
    above, below = figure.subfigures(2, 1)
    wrong = below.subplots(1, 2, width_ratios=(1, 1.6))
    grid, colour_of = [*above.subplots(1, 3), wrong[0]], {}
    panels = {family: {n: results[n] for n in members if n in results} for family, members in FAMILIES.items()}
    panels["how Yogi's second moment begins"] = yogi
    for axes, (title, curves) in zip(grid, panels.items(), strict=True):
        for (name, (losses, _)), colour, style in zip(curves.items(), COLOURS, STYLES, strict=False):
            axes.semilogy(*smooth(losses), ls=style, color=colour, lw=1.8, label=name)
            colour_of.setdefault(name, colour)
        if "Adam" not in curves:
            axes.semilogy(*smooth(results["Adam"][0]), color=GREY, lw=1, label="Adam, to compare")
        axes.set(title=title, xlabel="step", ylabel="cross-entropy, mean of 20 steps")
        axes.set_ylim(0.02, 3)
        axes.legend(loc="lower left", fontsize=9)
        axes.grid(alpha=0.3)
    axes, order = wrong[1], sorted(results, key=lambda name: results[name][1])
    for y, name in enumerate(order):
        axes.plot(100 * results[name][1], y, "o", color=colour_of[name])
    axes.set_yticks(range(len(order)), order)
    axes.invert_yaxis()
    axes.set(title="read wrongly at the end", xlabel="% of the test images", xlim=(0, None))
    axes.grid(alpha=0.3)
    figure.suptitle("LeNet learns the digits: the same weights at first, the same batches", fontsize=14)
    figure.savefig(file, dpi=120)
    plt.close(figure)


def smooth(losses, width=20):
    """(steps, means over `width` steps): what is drawn of noisy losses."""
    width = min(width, len(losses))
    return np.arange(width, len(losses) + 1), np.convolve(losses, np.ones(width) / width, mode="valid")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few steps only, to see that it runs")
    parser.add_argument("--pictures", type=Path, default=Path(), help="the folder where the pictures go")
    arguments = parser.parse_args()
    data = batches(1, 3) if arguments.quick else batches(4, None)
    if arguments.quick:
        for title, surface in SURFACES.items():
            SURFACES[title] = (*surface[:4], 5, surface[5])

    with Progress() as progress:
        bar = progress.add_task("surfaces", total=sum(surface[4] for surface in SURFACES.values()))
        tell = lambda: progress.advance(bar)
        paths = {
            title: race(f, least, start, steps, tell) for title, (f, least, _, start, steps, _) in SURFACES.items()
        }
        bar = progress.add_task("digits", total=(len(racers(but="L-BFGS")) + 1) * len(data))
        results = {name: train(name, data, tell) for name in racers(but="L-BFGS")}
        yogi = {
            "from 1e-6": results["Yogi"],
            "from one large batch's squared gradients": train("Yogi", data, tell, from_one_large_batch),
        }
    draw_paths(paths, arguments.pictures / "optimizers_paths.png")
    draw_digits(results, yogi, arguments.pictures / "optimizers_digits.png")
    draw_schedules(arguments.pictures / "schedules.png")
    for name in sorted(results, key=lambda name: results[name][1]):
        print(f"{name:10s} reads {results[name][1]:6.2%} of the test images wrongly")


if __name__ == "__main__":
    main()
