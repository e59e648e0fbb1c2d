"""Width against depth: Inception blocks, residual blocks and plain convolutions on digits, at equal cost.

python examples/inception_or_residual.py         trains, prints a table, draws inception_or_residual.png

An Inception block is wide: it looks with several windows side by side and joins what they find. A residual block is
made for depth: y = relu(x + f(x)) passes its input on, and its gradient back. All networks here take about as many
multiply-adds an image: the more blocks, the fewer channels. In the plain network the same convolutions as in the
residual one follow one another, without x + ...: what the shortcuts do is the difference of these two, and it grows
with depth. There is batch normalisation everywhere. (He et al., 2015, figure 1, saw the same on larger images.)

Gradient ratio: the size of the gradient of the first block's weights over that of the last one's, at the beginning.
"""

import numpy as np
from _program import options, plt
from digits_lenet import digits
from rich.progress import Progress

import minitorch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.summary import measure
from minitorch.vision.models import BasicBlock, Inception


class PlainBlock(BasicBlock):
    """The convolutions of a residual block, without the shortcut."""

    def forward(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(x)))


def inception(channels):
    """Four ways: half of the channels from 3 x 3, the others from two 3 x 3 windows of few channels, 1 x 1, pooling."""
    c = channels // 8
    return Inception(channels, ch1x1=2 * c, ch3x3red=4 * c, ch3x3=channels - 4 * c, ch5x5red=c, ch5x5=c, pool_proj=c)


BLOCKS = {
    "Inception": inception,
    "residual": lambda channels: BasicBlock(channels, channels),
    "plain": lambda channels: PlainBlock(channels, channels),
}


def network(block, blocks, channels):
    """Images (N, 1, 8, 8) to scores (N, 10)."""
    stem = [nn.Conv2d(1, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
    body = [block(channels) for _ in range(blocks)]
    return nn.Sequential(*stem, *body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def at_cost(block, blocks, multiply_adds):
    """The network with as many channels, a multiple of 4, as come nearest to this cost."""
    cost = lambda channels: measure(network(block, blocks, channels), minitorch.zeros(1, 1, 8, 8)).multiply_adds
    return network(block, blocks, min(range(8, 65, 4), key=lambda channels: abs(cost(channels) - multiply_adds)))


def gradient_ratio(net, x, y):
    """|gradient of the first block's parameters| / |that of the last one's|."""
    F.cross_entropy(net(x), y).backward()
    first, last = [
        sum(p.grad.square().sum().item() for p in block.parameters() if p.ndim == 4) for block in (net[3], net[-4])
    ]
    net.zero_grad()
    return (first / last) ** 0.5


def train(net, images, labels, steps, tell):
    """Momentum with a cosine schedule; the loss at every step."""
    optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    schedule, losses = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps), []
    for _ in range(steps):
        batch = minitorch.randint(len(images), (32,))
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        tell()
    return losses


def main():
    arguments = options(__doc__, "inception_or_residual.png")
    depths, steps = ([2], 4) if arguments.quick else ([2, 14], 120)
    (images, labels), (test, truth) = [(minitorch.tensor(x).float(), minitorch.tensor(y)) for x, y in digits()]
    figure, grid = plt.subplots(1, len(depths), figsize=(12, 4.6), sharey=True, squeeze=False)
    lines = []
    with Progress() as progress:
        bar = progress.add_task("training", total=steps * len(depths) * len(BLOCKS))
        for axes, blocks in zip(grid[0], depths, strict=True):
            for name, block in BLOCKS.items():
                minitorch.manual_seed(0)
                net = at_cost(block, blocks, 1_000_000)
                table, ratio = measure(net, test[:1]), gradient_ratio(net, images[:256], labels[:256])
                losses = train(net, images, labels, steps, lambda: progress.advance(bar))
                with minitorch.no_grad():
                    right = (net.eval()(test).argmax(1) == truth).float().mean().item()
                size = f"{table.multiply_adds:13,} {table.parameters:10,} {net[0].out_channels:8}"
                lines.append(f"{blocks:6}  {name:9} {size} {ratio:14.2f} {losses[-1]:8.4f} {right:13.1%}")
                axes.semilogy(np.convolve(losses, np.ones(10) / 10, "valid" if steps > 10 else "same"), label=name)
            axes.set(title=f"{blocks} blocks", xlabel="step")
    grid[0][0].set_ylabel("cross-entropy (mean of 10 batches)")
    grid[0][-1].legend()
    figure.savefig(arguments.picture)
    print("blocks            multiply-adds parameters channels gradient ratio     loss test accuracy", *lines, sep="\n")
    print(f"curves: {arguments.picture}")


if __name__ == "__main__":
    main()
