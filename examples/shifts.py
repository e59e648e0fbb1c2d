"""Shifts of data told apart by what they leave alone, and covariate shift corrected by importance weights.

python examples/shifts.py                        prints what changed in each, draws shifts.png

Training data (x, y) are of domain d = 0, what comes later of domain d = 1. What tells about d has changed:

    covariate shift   p(x) changes, p(y | x) does not    so y tells nothing about d once x is known:   I(d; y | x) = 0
    label shift       p(y) changes, p(x | y) does not    so x tells nothing about d once y is known:   I(d; x | y) = 0
    concept shift     p(y | x) changes, and here p(x) does not                                         I(d; x) = 0

They are measured: by how many bits a small network that guesses d gets better, on held-out data, when it is told more.
Non-stationary data have shifts all the time: then it helps to go on learning. (Dive into Deep Learning, section 4.9.)
"""

import math

from _program import COLOURS, options, plt
from rich.progress import track

import minitorch
from minitorch import nn, optim
from minitorch.nn.functional import binary_cross_entropy_with_logits as cross_entropy


def points(n, share=0.5, turn=0.0, keep=None):
    """(x, y): y = 1 for a share of n points, x normal around (1, 0.5) or the opposite, turned by an angle. With keep, a
    point stays with probability keep(x), and others come in its place."""
    y = minitorch.bernoulli(minitorch.full((8 * n,), share))
    centre = minitorch.tensor([math.cos(turn + 0.46), math.sin(turn + 0.46)]) * 1.12
    x = (2 * y - 1)[:, None] * centre + 0.7 * minitorch.randn(8 * n, 2)
    kept = minitorch.ones(8 * n).bool() if keep is None else minitorch.bernoulli(keep(x)).bool()
    return x[kept][:n], y[kept][:n]


def redefined(n):
    """The same p(x), but y depends on another direction of x."""
    x = points(n)[0]
    return x, minitorch.bernoulli((3 * x[:, 1] - 1.5 * x[:, 0]).sigmoid())


def train(x, y, steps, weights=None, hidden=16):
    """A network that guesses y (N,) of 0 and 1 from x (N, D): logits (N,). A linear one if hidden=0."""
    layers = [nn.Linear(x.shape[1], hidden), nn.Tanh(), nn.Linear(hidden, 1)] if hidden else [nn.Linear(x.shape[1], 1)]
    net = nn.Sequential(*layers, nn.Flatten(0))  # (N, 1) -> (N,)
    optimizer = optim.AdamW(net.parameters(), lr=0.03)
    for _ in range(steps):
        optimizer.zero_grad()
        cross_entropy(net(x), y, weights).backward()
        optimizer.step()
    return net


def informations(source, target, steps):
    """{what: I in bits}."""
    x, y, d = (minitorch.cat(parts) for parts in zip(source, target, strict=True))
    fit, held = minitorch.randperm(len(d)).chunk(2)

    def entropy(*known):
        known = minitorch.cat([minitorch.ones(len(d), 1), *known], 1)
        return cross_entropy(train(known[fit], d[fit], steps)(known[held]), d[held]).item() / math.log(2)

    h, h_x, h_y, h_xy = entropy(), entropy(x), entropy(y[:, None]), entropy(x, y[:, None])
    return {"I(d; x)": h - h_x, "I(d; y)": h - h_y, "I(d; x | y)": h_y - h_xy, "I(d; y | x)": h_x - h_xy}


def corrected(steps, axes):
    """Draw linear models of curved labels, trained mostly where x < 0 and used mostly where x > 0, with and without the
    weights p(x | d = 1) / p(x | d = 0), which are exp(logit) of a classifier that tells the domains apart."""
    source, target = (minitorch.randn(1500, 2) + minitorch.tensor([centre, 0.0]) for centre in (-0.8, 0.8))
    label = lambda x: minitorch.bernoulli((4 * (x[:, 1] - x[:, 0] ** 2 / 2 + 1)).sigmoid())
    d = minitorch.arange(3000) >= 1500
    weights = train(minitorch.cat([source, target]), d.float(), steps, hidden=0)(source).detach().exp()
    weights = weights.clamp(max=10)  # a few points must not outweigh all others
    y, used = label(source), label(target)
    line = minitorch.linspace(-4, 4, 100)
    for name, w, colour in (("plain", None, COLOURS[0]), ("importance weights", weights, COLOURS[1])):
        net = train(source, y, steps, w, hidden=0)
        right = ((net(target) > 0) == used.bool()).float().mean().item()
        print(f"linear model, {name:20} {right:6.1%} right where it is used")
        (a, b), c = net[0].weight[0].tolist(), net[0].bias.item()
        axes.plot(line, -(a * line + c) / b, color=colour, lw=2, label=f"{name}: {right:.0%} right")
    worth = weights.sum() ** 2 / weights.square().sum()
    print(f"{len(weights)} weighted samples are worth {worth.item():.0f}")
    axes.plot(line, line**2 / 2 - 1, "k:", label="where y changes")
    for x, colour, name in ((source, "#BBBBBB", "in training"), (target, COLOURS[5], "in use")):
        axes.scatter(*x[:300].numpy().T, s=6, color=colour, label=name, zorder=0)
    axes.set(title="covariate shift, corrected", xlim=(-4, 4), ylim=(-3.5, 3.5))


def drift(days, steps, axes):
    """Draw the accuracy a day of two models while the classes turn by half a circle."""
    fixed, online = (train(*points(500), steps, hidden=0) for _ in range(2))
    optimizer, curves = optim.SGD(online.parameters(), lr=0.5), {"trained once": [], "goes on learning": []}
    for day in range(days):
        x, y = points(200, turn=math.pi * day / days)
        for curve, net in zip(curves.values(), (fixed, online), strict=True):
            curve.append(((net(x) > 0) == y.bool()).float().mean().item())
        for _ in range(3):
            optimizer.zero_grad()
            cross_entropy(online(x), y).backward()
            optimizer.step()
    for (name, curve), colour in zip(curves.items(), COLOURS, strict=False):
        print(f"non-stationary, {name:18} {curve[-1]:6.1%} right on the last day")
        axes.plot(curve, color=colour, label=name)
    axes.set(title="non-stationary: the classes turn", xlabel="day", ylabel="accuracy")


def main():
    arguments = options(__doc__, "shifts.png")
    n, steps = (500, 40) if arguments.quick else (4000, 300)
    shifts = {
        "no shift": points,
        "covariate shift": lambda n: points(n, keep=lambda x: (2 * x[:, 1] - 2 * x[:, 0]).sigmoid()),
        "label shift": lambda n: points(n, share=0.15),
        "concept shift": redefined,
    }
    minitorch.manual_seed(0)
    figure, grid = plt.subplots(2, 3, figsize=(14, 8.6))
    for axes, (name, sample) in zip(grid.flat, track(shifts.items(), "shifts"), strict=False):
        source, (x, y) = points(n), sample(n)
        found = informations((*source, minitorch.zeros(n)), (x, y, minitorch.ones(n)), steps)
        text = [f"{what} = {max(bits, 0):.2f}" for what, bits in found.items()]
        print(f"{name:16}", "   ".join(text))
        for value, marker in ((0, "o"), (1, "^")):
            axes.scatter(*x[:400][y[:400] == value].numpy().T, s=10, marker=marker, label=f"y = {value}")
        axes.text(0.03, 0.03, "\n".join(text), transform=axes.transAxes, family="monospace", size=9)
        axes.set(title=name, xlim=(-4, 4), ylim=(-3.5, 3.5))
    corrected(steps, grid[1, 1])
    drift(100, steps, grid[1, 2])
    for axes in grid.flat:
        axes.legend()
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
