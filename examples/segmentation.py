"""Segmentation: a small fully convolutional network says for every pixel which digit it belongs to, or none.

python examples/segmentation.py                  trains, prints how many pixels are right, draws segmentation.png

Convolutions and poolings bring an image of 64 x 64 to maps of 32, 16, 8 and 4 pixels a side. A convolution of 1 x 1
makes class scores of each; transposed convolutions enlarge the coarse scores, which see far, and the finer ones are
added, which see where edges are. A transposed convolution begins as bilinear interpolation, from which it learns. Image
and labels are cropped together: scaled, labels would have to be invented for new pixels.

Semantic labels say of which class a pixel is: two threes are one colour. Instance labels say to which object it
belongs. (Long, Shelhamer and Darrell, Fully convolutional networks, https://arxiv.org/abs/1411.4038; d2l.ai, 14.9-11.)
"""

import numpy as np
from _program import COLOURS, options, plt
from _scenes import halving, scenes, stem
from rich.progress import track

import minitorch
from minitorch import nn, optim
from minitorch.metrics import IoU
from minitorch.nn import functional as F
from minitorch.vision import transforms
from minitorch.vision.tv_tensors import Image, Mask


class FCN(nn.Module):
    """Images (N, 1, H, W) to scores (N, 11, H, W); H and W are multiples of 16."""

    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList([stem(), halving(16, 32), halving(32, 64), halving(64, 64)])
        self.scores = nn.ModuleList([nn.Conv2d(channels, 11, 1) for channels in (16, 32, 64, 64)])
        self.enlarge = nn.ModuleList([nn.ConvTranspose2d(11, 11, 4, stride=2, padding=1, bias=False) for _ in range(4)])
        for layer in self.enlarge:
            nn.init.bilinear_(layer.weight)

    def forward(self, x):
        scores = []
        for stage, score in zip(self.stages, self.scores, strict=True):
            x = stage(x)  # (N, C, H / 2, W / 2), then H / 4, H / 8, H / 16
            scores.append(score(x))  # (N, 11, ...)
        y = self.enlarge[0](scores.pop())
        for layer in self.enlarge[1:]:
            y = layer(y + scores.pop())  # at H / 8, H / 4, H / 2
        return y


def semantic(labels, owners):
    """Classes of pixels (N, H, W), 0 for the ground, of those of their owners."""
    classes = F.pad(labels[..., 0] + 1, (1, 0)).long()  # (N, 1 + most): of owner 0, 1, ...
    return classes.gather(1, owners.flatten(1)).reshape(owners.shape)  # (N, H W) -> (N, H, W)


def show_that_it_begins_as_bilinear(layer):
    """Print how far its enlarged image is from interpolated values, but for the border, where it meets zeros."""
    x = minitorch.rand(1, 11, 8, 8)
    with minitorch.no_grad():
        error = (layer(x) - F.interpolate(x, scale_factor=2, mode="bilinear"))[..., 1:-1, 1:-1].abs().max()
    print(f"the transposed convolution begins as bilinear interpolation: largest difference {error.item():.1e}")


def draw(images, truth, owners, predicted, path):
    """A column an image."""
    palette = np.array([plt.matplotlib.colors.to_rgb(c) for c in ["white", *plt.colormaps["tab10"].colors]])
    of_instance = np.array([plt.matplotlib.colors.to_rgb(c) for c in ["white", *COLOURS[:3]]])
    rows = {
        "image": [image[0].numpy() for image in images],
        "semantic labels": palette[truth.numpy()],
        "prediction": palette[predicted.numpy()],
        "instance labels": of_instance[owners.numpy()],
    }
    figure, grid = plt.subplots(len(rows), len(images), figsize=(2.1 * len(images), 8.6))
    for line, (name, pictures) in zip(grid, rows.items(), strict=True):
        for axes, picture in zip(line, pictures, strict=True):
            axes.imshow(picture, cmap="gray_r", vmax=1.2, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
        line[0].set_ylabel(name, fontsize=12)
    handles = [plt.matplotlib.patches.Patch(color=palette[digit + 1], label=str(digit)) for digit in range(10)]
    figure.legend(handles=handles, title="digit", loc="outside right center")
    figure.savefig(path)


def main():
    arguments = options(__doc__, "segmentation.png")
    count, steps = (32, 3) if arguments.quick else (1500, 450)
    minitorch.manual_seed(0)
    net = FCN()
    show_that_it_begins_as_bilinear(net.enlarge[0])
    images, labels, owners = scenes(count, side=80)
    masks = semantic(labels, owners)
    optimizer = optim.Adam(net.parameters(), lr=3e-3)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in track(range(steps), "training"):
        batch = minitorch.randint(count, (16,))
        x, y = transforms.RandomCrop(64)(Image(images[batch]), Mask(masks[batch]))  # the same place of both
        optimizer.zero_grad()
        loss = F.cross_entropy(net.train()(x), y)
        loss.backward()
        optimizer.step()
        schedule.step()
    images, labels, owners = scenes(max(count // 10, 16), test=True, seed=1)
    truth, iou = semantic(labels, owners), IoU(11)
    with minitorch.no_grad():
        scores = net.eval()(images)
    right, ours = scores.argmax(1) == truth, truth > 0
    print(f"pixels of {len(images)} test images: {right.float().mean().item():.1%} right", end=", ")
    print(f"of those of digits {right[ours].float().mean().item():.1%}")
    iou.update(scores, truth)
    print(f"intersection over union, mean of the classes: {iou.compute():.1%}")
    classes = labels[..., 0]
    twice = ((classes[:, :, None] == classes[:, None]) & (classes[:, None] >= 0)).sum((1, 2)) > (classes >= 0).sum(1)
    chosen = twice.float().argsort(descending=True, stable=True)[:6]  # images with two of a kind first
    draw(images[chosen], truth[chosen], owners[chosen], scores[chosen].argmax(1), arguments.picture)
    print(f"labels: {arguments.picture}")


if __name__ == "__main__":
    main()
