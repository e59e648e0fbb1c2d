"""Images to learn from: data sets of minitorch.utils.data, with torchvision's names and arguments.

vision.py    what they have in common
bundled.py   Digits and MNIST5000, which installed packages ship: no network is needed
mnist.py     MNIST, FashionMNIST
cifar.py     CIFAR10
folder.py    ImageFolder: a folder of images a class
voc.py       VOCSegmentation, VOCDetection: photographs with labelled pixels, and with boxes

A sample is (image, target), the image a PIL one until `transform` makes a tensor of it. download=True fetches what is
not there. A file that is damaged is refused. https://docs.pytorch.org/vision/stable/datasets.html
"""

from minitorch.vision.datasets.bundled import MNIST5000, Digits
from minitorch.vision.datasets.cifar import CIFAR10
from minitorch.vision.datasets.folder import DatasetFolder, ImageFolder
from minitorch.vision.datasets.mnist import MNIST, FashionMNIST
from minitorch.vision.datasets.vision import VisionDataset
from minitorch.vision.datasets.voc import VOCDetection, VOCSegmentation
