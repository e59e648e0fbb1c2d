"""CIFAR-10: 60,000 colour images of 32 x 32, in ten classes.

Its binary version is read (torchvision reads the one that is pickled, and a pickle is a program that the file runs): a
record is the class, a byte, and 3,072 bytes (3, 32, 32). https://www.cs.toronto.edu/~kriz/cifar.html
"""

import numpy as np

from minitorch.vision.datasets.vision import ImagesInMemory, damaged, download_and_extract, not_found


class CIFAR10(ImagesInMemory):
    """50,000 images to train and 10,000 to test with, in root/cifar-10-batches-bin.

    data: uint8 array (N, 32, 32, 3); targets: a list. Krizhevsky, Learning multiple layers of features from tiny
    images, 2009.
    """

    url, md5 = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530"
    classes = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    per_file = 10_000

    def __init__(self, root, train=True, transform=None, target_transform=None, download=False):
        super().__init__(root, train, transform, target_transform)
        folder = self.root / "cifar-10-batches-bin"
        paths = [folder / f"data_batch_{i}.bin" for i in range(1, 6)] if train else [folder / "test_batch.bin"]
        missing = next((path for path in paths if not path.exists()), None)
        if missing and not download:
            raise not_found(missing)
        if missing:
            download_and_extract(self.url, self.root, self.md5)
        records = np.concatenate([self.read(path) for path in paths])  # (N, 3073)
        self.targets = records[:, 0].tolist()
        self.data = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)  # -> (N, 3, 32, 32) -> (N, 32, 32, 3)

    def read(self, path):
        """The records of a file: uint8 (10000, 3073)."""
        data = np.fromfile(path, np.uint8)
        if data.size != self.per_file * 3073:
            raise damaged(path, f"it has {data.size:,} bytes, not {self.per_file * 3073:,}")
        records = data.reshape(-1, 3073)
        if records[:, 0].max() >= len(self.classes):
            raise damaged(path, f"there is no class {records[:, 0].max()}")
        return records
