"""MNIST, and what has its format: 28 x 28 gray images in "idx" files.

An idx file is: two zero bytes, a byte for the dtype, a byte for the number of dims, the size of each dim (4 bytes, the
highest first), the numbers (the highest byte first). http://yann.lecun.com/exdb/mnist
"""

import gzip
import math
import struct
import zlib

import numpy as np

from minitorch.creation import from_numpy
from minitorch.vision.datasets.vision import ImagesInMemory, damaged, download, not_found

DTYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read_idx(path):
    """The array in an idx file, which may be packed (NAME.gz). RuntimeError for a damaged one."""
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rb") as file:
            data = file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise damaged(path, error) from None
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in DTYPES:
        raise damaged(path, f"an idx file does not begin with {data[:4]!r}")
    dtype, dims = np.dtype(DTYPES[data[2]]), data[3]
    start = 4 + 4 * dims
    if len(data) < start:
        raise damaged(path, "it ends within its sizes")
    shape = struct.unpack(f">{dims}I", data[4:start])
    if len(data) != start + math.prod(shape) * dtype.itemsize:
        raise damaged(path, f"it has {len(data) - start:,} bytes of numbers, but says that its shape is {shape}")
    return np.frombuffer(data, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))


class MNIST(ImagesInMemory):
    """Handwritten digits, 60,000 to train and 10,000 to test with, in root/MNIST/raw (packed or not).

    data: uint8 tensor (N, 28, 28); targets: int64 tensor (N).
    LeCun et al., Gradient-based learning applied to document recognition, 1998.
    """

    mirrors = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/")
    resources = (
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    )
    classes = (
        "0 - zero", "1 - one", "2 - two", "3 - three", "4 - four",
        "5 - five", "6 - six", "7 - seven", "8 - eight", "9 - nine",
    )  # fmt: skip

    def __init__(self, root, train=True, transform=None, target_transform=None, download=False):
        super().__init__(root, train, transform, target_transform)
        part = "train" if train else "t10k"
        images = self.read(f"{part}-images-idx3-ubyte", download)
        labels = self.read(f"{part}-labels-idx1-ubyte", download)
        if images.ndim != 3 or labels.shape != images.shape[:1] or images.dtype != np.uint8:
            raise damaged(self.raw_folder, f"images {images.shape} do not go with labels {labels.shape}")
        self.data, self.targets = from_numpy(images), from_numpy(labels.astype(np.int64))

    @property
    def raw_folder(self):
        return self.root / type(self).__name__ / "raw"

    def read(self, name, wanted):
        """The array of a file that is there, unpacked or packed, or downloaded if that is wanted."""
        path, packed = self.raw_folder / name, self.raw_folder / f"{name}.gz"
        if not path.exists() and not packed.exists():
            if not wanted:
                raise not_found(packed)
            download([mirror + packed.name for mirror in self.mirrors], packed, dict(self.resources)[packed.name])
        return read_idx(path if path.exists() else packed)


class FashionMNIST(MNIST):
    """Clothes in MNIST's format. Xiao et al., https://arxiv.org/abs/1708.07747"""

    mirrors = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",)
    resources = (
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    )
    classes = (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    )  # fmt: skip
