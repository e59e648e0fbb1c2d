"""A folder a class: root/dog/1.png, root/dog/more/2.png, root/cat/3.png ..."""

import os
from pathlib import Path

import PIL.Image

from minitorch.vision.datasets.vision import VisionDataset

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def pil_loader(path):
    """The image in a file, in RGB. OSError (PIL's) for a damaged one."""
    with PIL.Image.open(path) as image:
        return image.convert("RGB")


class DatasetFolder(VisionDataset):
    """Files below root, each of the class after whose name its folder at the top is called; targets count the classes
    in the order of the alphabet.

    loader         makes a sample of a path
    extensions     of the files to take, such as (".npy",); or is_valid_file, a function of the path
    allow_empty    classes without a file are classes, too; otherwise FileNotFoundError

    classes: their names; class_to_idx: {name: number}; samples: [(path, number)]; targets: the numbers.
    """

    def __init__(
        self,
        root,
        loader,
        extensions=None,
        transform=None,
        target_transform=None,
        is_valid_file=None,
        allow_empty=False,
    ):
        super().__init__(root, transform=transform, target_transform=target_transform)
        if (extensions is None) == (is_valid_file is None):
            raise ValueError("Both extensions and is_valid_file cannot be None or not None at the same time")
        self.loader, self.extensions = loader, extensions
        self.classes, self.class_to_idx = self.find_classes(self.root)
        valid = is_valid_file or (lambda path: path.lower().endswith(tuple(extensions)))
        self.samples = []
        for name, number in self.class_to_idx.items():
            files = [os.path.join(d, f) for d, _, names in os.walk(self.root / name, followlinks=True) for f in names]
            found = [(path, number) for path in sorted(files) if valid(path)]
            if not found and not allow_empty:
                wanted = "" if extensions is None else f" Supported extensions are: {', '.join(extensions)}"
                raise FileNotFoundError(f"Found no valid file for the class {name}.{wanted}")
            self.samples += found
        self.targets = [number for _, number in self.samples]

    def find_classes(self, directory):
        """(names, {name: number}) of the classes; a subclass may choose others. FileNotFoundError for none."""
        classes = sorted(entry.name for entry in Path(directory).iterdir() if entry.is_dir())
        if not classes:
            raise FileNotFoundError(f"Couldn't find any class folder in {directory}.")
        return classes, {name: i for i, name in enumerate(classes)}

    def __getitem__(self, index):
        path, target = self.samples[index]
        return self.transformed(self.loader(path), target)

    def __len__(self):
        return len(self.samples)


class ImageFolder(DatasetFolder):
    """The same for images; imgs is another name of samples."""

    def __init__(
        self, root, transform=None, target_transform=None, loader=pil_loader, is_valid_file=None, allow_empty=False
    ):
        extensions = IMG_EXTENSIONS if is_valid_file is None else None
        super().__init__(root, loader, extensions, transform, target_transform, is_valid_file, allow_empty)
        self.imgs = self.samples
