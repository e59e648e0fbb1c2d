"""Images composed of real digits, with boxes, classes, and which pixels are whose; and what networks for them share."""

import numpy as np
from digits_lenet import digits

import minitorch
from minitorch import nn
from minitorch.nn.functional import interpolate


def scenes(count, side=64, most=3, test=False, seed=0):
    """`count` images of 1 to `most` digits, each about 14 to 28 pixels high, on a noisy ground.

    images (count, 1, side, side); labels (count, most, 5): class, x1, y1, x2, y2 over side, rows of class -1 fill up;
    owners (count, side, side): 0 for the ground, i + 1 where the digit of row i is.
    """
    random = np.random.default_rng(seed)
    pool, classes = digits()[test]
    images = random.uniform(0, 0.25, (count, side, side))
    labels, owners = np.zeros((count, most, 5)), np.zeros((count, side, side), dtype=int)
    labels[..., 0] = -1
    for image, label, owner in zip(images, labels, owners, strict=True):
        for row in range(random.integers(1, most + 1)):
            which, size = random.integers(len(pool)), int(random.integers(14, 29))
            digit = minitorch.tensor(pool[which][None])  # (1, 1, 8, 8)
            digit = interpolate(digit, size=(size, size), mode="bicubic")[0, 0].clamp(0, 1).numpy()
            inked = digit > 0.3
            ys, xs = np.flatnonzero(inked.any(1)), np.flatnonzero(inked.any(0))
            digit = digit[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
            height, width = digit.shape
            for _ in range(20):  # a place of its own: tried for some times
                y, x = random.integers(side - height + 1), random.integers(side - width + 1)
                place = np.s_[y : y + height, x : x + width]
                if not owner[place].any():
                    image[place] = np.maximum(image[place], digit)
                    owner[place][digit > 0.3] = row + 1
                    label[row] = classes[which], x / side, y / side, (x + width) / side, (y + height) / side
                    break
    return minitorch.tensor(images[:, None]).float(), minitorch.tensor(labels).float(), minitorch.tensor(owners)


def stem():
    """(N, 1, H, W) -> (N, 16, H / 2, W / 2)."""
    return nn.Sequential(nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.BatchNorm2d(16), nn.ReLU())


def halving(inputs, outputs):
    """(N, inputs, H, W) -> (N, outputs, H / 2, W / 2)."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(),
        nn.Conv2d(outputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(),
        nn.MaxPool2d(2),
    )  # fmt: skip
