"""What data sets of images have in common."""

import tarfile
from pathlib import Path
from urllib.error import URLError

import numpy as np
import PIL.Image

from minitorch.hub import download_url_to_file
from minitorch.utils.data import Dataset


class VisionDataset(Dataset):
    """A data set that lies in the folder `root`.

    transform           a function of the image
    target_transform    a function of the target
    transforms          instead of both: a function (image, target) -> (image, target), such as a crop of both
    """

    def __init__(self, root=None, transforms=None, transform=None, target_transform=None):
        if transforms is not None and (transform is not None or target_transform is not None):
            raise ValueError("Only transforms or transform/target_transform can be passed as argument")
        self.root = None if root is None else Path(root).expanduser()
        self.transforms, self.transform, self.target_transform = transforms, transform, target_transform

    def transformed(self, image, target):
        """The sample as the user wants it."""
        if self.transforms is not None:
            return self.transforms(image, target)
        image = image if self.transform is None else self.transform(image)
        return image, target if self.target_transform is None else self.target_transform(target)

    def extra_repr(self):
        """A line of its own for the printed form."""
        return ""

    def __repr__(self):
        lines = [f"Number of datapoints: {len(self)}", f"Root location: {self.root}", self.extra_repr()]
        lines += [f"{k}: {getattr(self, k)}" for k in ("transform", "target_transform") if getattr(self, k) is not None]
        return "\n    ".join([f"Dataset {type(self).__name__}", *filter(None, lines)])


class ImagesInMemory(VisionDataset):
    """One whose images are in `data`, uint8 (N, H, W) or (N, H, W, 3), and whose classes in `targets`; `train` says
    which part it is."""

    def __init__(self, root, train=True, transform=None, target_transform=None):
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train

    def __getitem__(self, index):
        return self.transformed(PIL.Image.fromarray(np.asarray(self.data[index])), int(self.targets[index]))

    def __len__(self):
        return len(self.data)

    @property
    def class_to_idx(self):
        """The number of each class by its name."""
        return {name: i for i, name in enumerate(self.classes)}

    def extra_repr(self):
        return f"Split: {'Train' if self.train else 'Test'}"


def not_found(path):
    """The error where the files of a data set are not in its folder."""
    return RuntimeError(f"Dataset not found: there is no {path}. You can use download=True to download it")


def damaged(path, what):
    """The error for a file that is not what it should be."""
    return RuntimeError(f"{path} is damaged: {what}. Delete it, and download it again")


def download(urls, path, md5):
    """Write to `path` what the first of the URLs has that can be reached, of that MD5 hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for i, url in enumerate(urls, 1):
        print(f"Downloading {url} to {path}")
        try:
            return download_url_to_file(url, path, md5, hash_name="md5")
        except URLError:
            if i == len(urls):
                raise


def download_and_extract(url, root, md5):
    """The same for a tar file, and all that is in it below `root` (and nothing outside: see tarfile's data_filter)."""
    archive = root / url.rsplit("/", 1)[1]
    if not archive.exists():
        download([url], archive, md5)
    with tarfile.open(archive) as tar:
        tar.extractall(root, filter="data")
