"""What is done to images on their way to a network: conversions, and random changes that a label survives.

transform.py     what all transforms do; Compose, RandomApply, Lambda
convert.py       PIL image, array, tensor, dtype, scale
geometry.py      crops, sizes, flips, rotation: images, masks and boxes together
color.py         brightness, contrast, saturation, hue
erasing.py       RandomErasing
auto_augment.py  AutoAugment
functional/      the same as functions, with all numbers given

As torchvision.transforms.v2, which is also here: https://docs.pytorch.org/vision/stable/transforms.html. The random
ones draw from minitorch's generator what torchvision's draw from torch's: same seed, same crop.
"""

from minitorch.vision.transforms import functional, v2
from minitorch.vision.transforms.v2 import *  # noqa: F403
