"""Heads of networks: flattened maps, global average, global maximum, both; and what convolutions know of places.

python examples/pooling_heads.py                 trains, prints accuracies, draws pooling_heads.png

A convolution does the same everywhere: of a shifted image it makes a shifted map (equivariance), and each number of the
map depends on a few pixels only (locality). A global pooling forgets where: class scores that do not change with the
place (invariance), for images of any size. A linear layer on the flattened map has weights of its own for every place,
and must see digits everywhere to know them everywhere.

A mean shrinks as more empty ground gets into it; a maximum, which shows whether something is there at all, does not.
With both the next layer can choose. Which is best depends on the data: no rule says it.
"""

from _program import options, plt
from digits_lenet import digits
from rich.progress import track

import minitorch
from minitorch import cat, nn, optim
from minitorch.nn import functional as F

SIDE = 16  # of the images in training


def trunk():
    """(N, 1, H, W) -> (N, 32, H / 2, W / 2): a unit sees 12 x 12 pixels."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
    )  # fmt: skip


class Both(nn.Module):
    """The averages and the largest values of all channels: (N, C, H, W) -> (N, 2 C)."""

    def forward(self, x):
        return cat([x.mean((2, 3)), x.amax((2, 3))], 1)


HEADS = {
    "flattened": lambda: nn.Sequential(nn.Flatten(), nn.Linear(32 * (SIDE // 2) ** 2, 10)),
    "average": lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10)),
    "maximum": lambda: nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(32, 10)),
    "both": lambda: nn.Sequential(Both(), nn.Linear(64, 10)),
}


def placed(images, side, y, x):
    """Images (N, 1, 8, 8) with their upper left corner at (y, x) of an empty image of side x side."""
    return F.pad(images, (x, side - 8 - x, y, side - 8 - y))


def train(net, images, labels, steps):
    """Adam, on digits in the middle, or up to two pixels beside it."""
    optimizer = optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(steps):
        batch, (y, x) = minitorch.randint(len(images), (48,)), minitorch.randint(2, 7, (2,)).tolist()
        optimizer.zero_grad()
        F.cross_entropy(net(placed(images[batch], SIDE, y, x)), labels[batch]).backward()
        optimizer.step()
    net.eval()


def accuracy(net, images, labels):
    with minitorch.no_grad():
        return (net(images).argmax(1) == labels).float().mean().item()


def seen_from_the_middle(layers):
    """How much the middle unit changes with each of 21 x 21 pixels: the size of the gradient."""
    x = minitorch.rand(8, 1, 21, 21, requires_grad=True)
    y = layers(x)
    y[:, :, y.shape[2] // 2, y.shape[3] // 2].square().sum().backward()
    return x.grad.abs().amax((0, 1)).numpy()


def main():
    arguments = options(__doc__, "pooling_heads.png")
    steps, count = (2, 30) if arguments.quick else (500, 360)
    (images, labels), (test, truth) = [(minitorch.tensor(x).float(), minitorch.tensor(y)) for x, y in digits()]
    test, truth = test[:count], truth[:count]
    minitorch.manual_seed(0)
    nets = {name: nn.Sequential(trunk(), head()) for name, head in HEADS.items()}
    for net in track(nets.values(), "training four heads"):
        train(net, images, labels, steps)
    shifts, sides = range(-4, 5), (16, 24, 32, 48)
    by_shift = {n: [accuracy(net, placed(test, SIDE, 4, 4 + s), truth) for s in shifts] for n, net in nets.items()}
    middle = lambda net, side: accuracy(net, placed(test, side, side // 2 - 4, side // 2 - 4), truth)
    by_side = {n: [middle(net, side) for side in sides] for n, net in nets.items() if n != "flattened"}
    print("head        weights   in the middle   4 pixels beside   in the middle of 48 x 48")
    for name, net in nets.items():
        last = f"{by_side[name][-1]:.1%}" if name in by_side else "impossible"
        numbers = f"{by_shift[name][4]:16.1%}{by_shift[name][-1]:18.1%}{last:>27}"
        print(f"{name:10} {net[1][-1].weight.numel():8,}{numbers}")
    layers = nets["average"][0]
    here, there = layers(placed(test[:9], 32, 8, 8)), layers(placed(test[:9], 32, 12, 14))
    moved = (there - here.roll((2, 3), (2, 3)))[..., 6:-3, 6:-3].abs().max().item()  # 4, 6 pixels, halved; no border
    print(f"equivariance: the map of the moved image is the moved map, but for {moved:.0e}")

    figure = plt.figure(figsize=(12, 7))
    above, below = figure.subfigures(2, 1, height_ratios=(1.35, 1))
    left, right = above.subplots(1, 2, sharey=True)
    for name, values in by_shift.items():
        left.plot(shifts, values, "o-", label=name)
    for name, values in by_side.items():
        right.plot(sides, values, "o-", color=left.lines[list(nets).index(name)].get_color())
    left.axvspan(-2, 2, color="black", alpha=0.06, lw=0)
    left.set(xlabel="shift of the digit (grey: seen in training)", ylabel="accuracy", title="In another place")
    right.set(xlabel="side of the image (training: 16)", title="In a larger image", xticks=sides)
    left.legend(title="head", loc="lower center")
    depths = {"1 convolution": 3, "and a pooling": 4, "2 convolutions": 7, "3 convolutions": 10}
    for axes, (name, depth) in zip(below.subplots(1, 4), depths.items(), strict=True):
        axes.imshow(seen_from_the_middle(layers[:depth]) > 0, cmap="Blues", vmax=1.5)
        axes.set(title=name, xticks=range(0, 21, 5), yticks=range(0, 21, 5))
    below.suptitle("Locality: the pixels that a unit in the middle depends on")
    figure.savefig(arguments.picture)
    print(f"curves and maps: {arguments.picture}")


if __name__ == "__main__":
    main()
