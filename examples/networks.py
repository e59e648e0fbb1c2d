"""Networks from LeNet to DenseNet: what they cost, what they see, how they begin to learn; and sizes of windows.

python examples/networks.py                      prints a table, trains a little, draws networks.png

parameters, multiply-adds    for an image of 224 x 224 and ImageNet's 1,000 classes (LeNet: 28 x 28, 10 classes)
field                        how many pixels a unit of the last map can depend on, along each side
loss                         of 32 digits before and after some steps of Adam, as images of 32 to 67 pixels a side

A window of k elements, of which neighbours are d apart, goes over n elements with padding p in steps of s and stops at
floor((n + 2 p - d (k - 1) - 1) / s) + 1 places. Unless given, s is 1 for a convolution and k for a pooling.
"""

from functools import partial

from _program import COLOURS, options, plt
from digits_lenet import digits
from rich.progress import track

import minitorch
from minitorch import nn, optim
from minitorch.nn import functional as F
from minitorch.summary import measure
from minitorch.vision import models

GOOGLENET = partial(models.googlenet, aux_logits=False)
NETWORKS = {  # name: (the network, what is known of its trained weights, one for digits, the side of its images)
    "LeNet": (models.LeNet, None, partial(models.LeNet, activation=nn.Tanh), 28),
    "AlexNet": (models.alexnet, models.AlexNet_Weights, partial(models.alexnet, hidden=128), 63),
    "NiN": (models.NiN, None, models.NiN, 67),
    "VGG-11": (models.vgg11, models.VGG11_Weights, partial(models.vgg11_bn, hidden=128), 32),
    "VGG-19": (models.vgg19, models.VGG19_Weights, partial(models.vgg19_bn, hidden=128), 32),
    "GoogLeNet": (GOOGLENET, models.GoogLeNet_Weights, GOOGLENET, 32),
    "ResNet-18": (models.resnet18, models.ResNet18_Weights, models.resnet18, 32),
    "ResNet-34": (models.resnet34, models.ResNet34_Weights, models.resnet34, 32),
    "ResNet-50": (models.resnet50, models.ResNet50_Weights, models.resnet50, 32),
    "DenseNet-121": (models.densenet121, models.DenseNet121_Weights, models.densenet121, 32),
}


def windows():
    """Print sizes that the formula says, and that layers give."""
    x = minitorch.zeros(1, 1, 28, 28)
    print("28 pixels a side, through                                         formula   layer")
    for layer in (
        nn.Conv2d(1, 1, 5), nn.Conv2d(1, 1, 5, padding=2), nn.Conv2d(1, 1, 3, stride=2, padding=1),
        nn.Conv2d(1, 1, 3, dilation=2), nn.MaxPool2d(3), nn.MaxPool2d(3, stride=2, padding=1),
    ):  # fmt: skip
        (k, s, p, d) = [n if isinstance(n := getattr(layer, name), int) else n[0]
                        for name in ("kernel_size", "stride", "padding", "dilation")]  # fmt: skip
        size = (28 + 2 * p - d * (k - 1) - 1) // s + 1
        print(f"{type(layer).__name__:10} kernel_size={k}, stride={s}, padding={p}, dilation={d}"
              f"{'   (default stride)' if s == (k if isinstance(layer, nn.MaxPool2d) else 1) else '':21}"
              f"{size:3} {layer(x).shape[-1]:7}")  # fmt: skip


def beginning(net, side, channels, steps):
    """The losses of a few steps of Adam on 32 digits."""
    (images, labels), _ = digits()
    images, labels = minitorch.tensor(images[:32]).float(), minitorch.tensor(labels[:32])
    images = F.interpolate(images, size=(side, side), mode="bilinear").expand(-1, channels, -1, -1)
    optimizer, losses = optim.Adam(net.parameters(), lr=3e-4), []
    for _ in range(steps + 1):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def draw(rows, path):
    """How often the trained networks are right over what an image costs; the area of a disc: parameters."""
    figure, axes = plt.subplots(figsize=(9, 5.5))
    for (name, table, weights), colour in zip(rows, [*COLOURS, *COLOURS], strict=False):
        right, area = weights.IMAGENET1K_V1.meta["_metrics"]["ImageNet-1K"]["acc@1"], table.parameters / 5e4
        point = (table.multiply_adds / 1e9, right)
        axes.scatter(*point, area, color=colour, alpha=0.5)
        below = -1 if name in ("GoogLeNet", "ResNet-34") else 1  # those near another one
        away = {"xytext": (0, below * ((area / 3.14) ** 0.5 + 4)), "textcoords": "offset points"}
        text = f"{name}, {table.parameters / 1e6:.0f}M"
        axes.annotate(text, point, ha="center", va="top" if below < 0 else "bottom", fontsize=8, **away)
    axes.set(xscale="log", xlabel="multiply-adds an image, in billions", ylabel="right first answers on ImageNet, %")
    axes.set(
        title="Area: parameters in millions (accuracy of torchvision's weights, V1)", xlim=(0.4, 40), ylim=(53, 79)
    )
    axes.set_xticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
    axes.minorticks_off()
    figure.savefig(path)


def main():
    arguments = options(__doc__, "networks.png")
    names, steps = (["LeNet", "ResNet-18"], 1) if arguments.quick else (NETWORKS, 6)
    windows()
    lines, rows = [], []
    for name in track(names, "networks"):
        make, weights, make_small, side = NETWORKS[name]
        shape = (1, 1, 28, 28) if name == "LeNet" else (1, 3, 224, 224)
        minitorch.manual_seed(0)
        table = measure(make(), minitorch.zeros(shape))
        field = next(layer.field for layer in reversed(table) if not isinstance(layer.field, str) and layer.field)
        losses = beginning(make_small(num_classes=10), side, shape[1], steps)
        lines.append(
            f"{name:13}{table.parameters:13,}{table.multiply_adds:16,}{field[0]:7}{losses[0]:9.2f} {losses[-1]:.2f}"
        )
        if weights:
            rows.append((name, table, weights))
    print("\nnetwork         parameters   multiply-adds  field     loss", *lines, sep="\n")
    draw(rows, arguments.picture)
    print(f"accuracy over cost: {arguments.picture}")


if __name__ == "__main__":
    main()
