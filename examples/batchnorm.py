"""Batch normalisation: what it does to the insides of a network, to the rate of learning, and at batch size 1.

python examples/batchnorm.py                     prints what it does, draws batchnorm.png

    y = gamma (x - mean) / sqrt(var + eps) + beta

mean and var are those of the batch in training (so the result for one image depends on the others in its batch), and
running averages of them in evaluation. The inputs of a layer keep their mean and variance while the layers before it
learn: "internal covariate shift" is avoided. Whether it helps for that reason is disputed; the loss becomes smoother,
and larger rates work (Santurkar et al., How does batch normalization help optimization?, 2018).

A batch of two leaves only signs: each unit is +1 for one image and -1 for the other. In a batch of one, x - mean is 0
in a linear layer: nothing would be learned, and it is refused. A channel of a convolution has many pixels in one image:
there it runs, as instance normalisation. (Ioffe and Szegedy, Batch normalization, 2015.)
"""

from _program import options, plt
from digits_lenet import digits
from rich.progress import Progress

import minitorch
from minitorch import nn, optim
from minitorch.utils.data import DataLoader, TensorDataset


def deep(norm):
    """64 pixels to 10 scores through 5 hidden layers, which begin with He's weights."""
    layers = [nn.Flatten()]
    for size in (64, 48, 48, 48, 48):
        linear = nn.Linear(size, 48)
        nn.init.kaiming_normal_(linear.weight)
        layers += [linear, nn.BatchNorm1d(48), nn.ReLU()] if norm else [linear, nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(48, 10))


def train(net, data, batch_size, lr, steps, tell):
    """SGD; the loss of each step, and the mean and deviation of each ReLU's input: (steps, layers, 2)."""
    statistics, losses, optimizer = [], [], optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    watch = lambda module, inputs: statistics[-1].append((inputs[0].mean().item(), inputs[0].std().item()))
    handles = [module.register_forward_pre_hook(watch) for module in net if isinstance(module, nn.ReLU)]
    while len(losses) < steps:
        for x, y in DataLoader(data, batch_size, shuffle=True, drop_last=True):
            statistics.append([])
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            tell()
            if len(losses) == steps:
                break
    for handle in handles:
        handle.remove()
    return losses, minitorch.tensor(statistics)


def accuracy(net, data):
    net.eval()
    with minitorch.no_grad():
        return (net(data.tensors[0]).argmax(1) == data.tensors[1]).float().mean().item()


def main():
    arguments = options(__doc__, "batchnorm.png")
    steps, images = (20, 64) if arguments.quick else (400, 2876)  # 2876: all of them, twice
    data, test = (TensorDataset(minitorch.tensor(x).float(), minitorch.tensor(y)) for x, y in digits())
    names, rates, sizes = ("without", "with BatchNorm"), (0.003, 0.03, 0.3), (1, 2, 4, 8, 32)
    figure, grid = plt.subplots(2, 2, figsize=(12, 8.5))
    with Progress() as progress:
        bar = progress.add_task(
            "training", total=2 * (steps * len(rates) + sum(images // size for size in sizes)) - images
        )
        tell = lambda: progress.advance(bar)
        for norm, name in enumerate(names):
            for rate, style in zip(rates, (":", "--", "-"), strict=True):
                minitorch.manual_seed(0)
                net = deep(norm)
                losses, statistics = train(net, data, 32, rate, steps, tell)
                print(f"{name:14} rate {rate:5}: loss {sum(losses[-10:]) / 10:.3f}, test {accuracy(net, test):.1%}")
                smooth = minitorch.tensor(losses).unfold(0, 10, 1).mean(1)
                grid[1, 0].plot(smooth, style, color=f"C{norm}", label=f"{name}, rate {rate}")
                if rate == 0.03:
                    for layer in (0, 2, 4):
                        mean, deviation = statistics[:, layer].T
                        grid[0, norm].plot(mean, color=f"C{layer}", label=f"layer {layer + 1}, mean")
                        grid[0, norm].plot(deviation, "--", color=f"C{layer}", label="and deviation")
            shares = []
            for size in sizes[norm:]:
                minitorch.manual_seed(0)
                net = deep(norm)
                train(net, data, size, 0.03 * size / 32, images // size, tell)
                shares.append(accuracy(net, test))
                print(f"{name:14} batches of {size:2}: test {shares[-1]:.1%}")
            places = minitorch.arange(norm, len(sizes)) + 0.4 * norm - 0.2
            grid[1, 1].bar(places, [100 * share for share in shares], 0.4, label=name)
    try:
        deep(norm=True)(minitorch.rand(1, 64))
    except ValueError as error:
        print(f"a batch of one, linear layers: ValueError: {error}")
    image = minitorch.rand(1, 3, 8, 8)
    same = nn.BatchNorm2d(3)(image).allclose(nn.InstanceNorm2d(3)(image), atol=1e-6)
    print(f"a batch of one, convolutions: the same as instance normalisation: {same}")
    for norm, name in enumerate(names):
        grid[0, norm].set(title=f"{name}: the inputs of ReLU", xlabel="step")
    grid[1, 0].set(title="5 hidden layers", xlabel="step", ylabel="cross-entropy, mean of 10 steps", ylim=(0, 3))
    grid[1, 1].set(title="each image seen twice", xlabel="images in a batch", ylabel="% of test images right")
    grid[1, 1].set_ylim(0, 115)
    grid[1, 1].text(0.2, 3, "refused", color="C1", ha="center", rotation=90)
    grid[1, 1].set_xticks(range(len(sizes)), sizes)
    for axes in grid.flat:
        axes.legend(loc="upper center" if axes is grid[1, 1] else "best", ncols=2 if axes is grid[1, 1] else 1)
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
