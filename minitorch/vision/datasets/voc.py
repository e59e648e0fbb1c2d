"""Pascal VOC: photographs, in which the pixels of things of 20 classes are labelled, or boxes around them are given.

    VOCdevkit/VOC2012/JPEGImages/2007_000032.jpg
                      SegmentationClass/2007_000032.png     of each pixel: 0 background, 1 ... 20, 255 not labelled
                      Annotations/2007_000032.xml           boxes
                      ImageSets/Segmentation/train.txt      names of the images, one a line

Everingham et al., The Pascal Visual Object Classes challenge, 2010. http://host.robots.ox.ac.uk/pascal/VOC
"""

from collections import defaultdict
from xml.etree import ElementTree

import PIL.Image

from minitorch.vision.datasets.folder import pil_loader
from minitorch.vision.datasets.vision import VisionDataset, download_and_extract, not_found

HOST = "http://host.robots.ox.ac.uk/pascal/VOC"
YEARS = {  # the file to download, its MD5
    "2012": (f"{HOST}/voc2012/VOCtrainval_11-May-2012.tar", "6cd6e144f989b92b3379bac3b3de84fd"),
    "2007": (f"{HOST}/voc2007/VOCtrainval_06-Nov-2007.tar", "c52e279531787c972589f7e41ab4ae64"),
}


class VOC(VisionDataset):
    """The images that a list names, each with a file of labels. image_set: "train", "val", or both: "trainval"."""

    lists, labels = "", ""  # the folders of the lists of images, and of what they are labelled with

    def __init__(
        self,
        root,
        year="2012",
        image_set="train",
        download=False,
        transform=None,
        target_transform=None,
        transforms=None,
    ):
        super().__init__(root, transforms, transform, target_transform)
        if year not in YEARS or image_set not in ("train", "val", "trainval"):
            raise ValueError(
                f"year is one of {list(YEARS)}, image_set one of train, val, trainval: {year}, {image_set}"
            )
        folder = self.root / "VOCdevkit" / f"VOC{year}"
        names = folder / "ImageSets" / self.lists / f"{image_set}.txt"
        if not names.exists():
            if not download:
                raise not_found(names)
            download_and_extract(YEARS[year][0], self.root, YEARS[year][1])
        self.images = [folder / "JPEGImages" / f"{name}.jpg" for name in names.read_text().split()]
        extension = ".png" if self.labels == "SegmentationClass" else ".xml"
        self.targets = [folder / self.labels / f"{path.stem}{extension}" for path in self.images]

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return self.transformed(pil_loader(self.images[index]), self.target(self.targets[index]))


class VOCSegmentation(VOC):
    """The target is an image, whose pixels are numbers of classes: tv_tensors.Mask(target) makes a tensor of it."""

    lists, labels = "Segmentation", "SegmentationClass"

    def target(self, path):
        with PIL.Image.open(path) as image:
            image.load()
            return image


class VOCDetection(VOC):
    """The target is the annotation, a dict: target["annotation"]["object"] is a list of dicts with name and bndbox."""

    lists, labels = "Main", "Annotations"

    def target(self, path):
        return self.parse_voc_xml(ElementTree.parse(path).getroot())

    def parse_voc_xml(self, node):
        """{tag: text}, or {tag: {tags within}}, where what is there several times is a list; "object" always is."""
        if not len(node):
            return {node.tag: (node.text or "").strip()}
        parts = defaultdict(list)
        for child in node:
            for tag, value in self.parse_voc_xml(child).items():
                parts[tag].append(value)
        several = lambda tag, values: len(values) > 1 or (node.tag == "annotation" and tag == "object")
        return {node.tag: {tag: values if several(tag, values) else values[0] for tag, values in parts.items()}}
