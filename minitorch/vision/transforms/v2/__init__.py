"""The transforms, where torchvision has its second version of them."""

from minitorch.vision.transforms import functional
from minitorch.vision.transforms.auto_augment import AutoAugment, AutoAugmentPolicy
from minitorch.vision.transforms.color import ColorJitter, Grayscale, RandomGrayscale
from minitorch.vision.transforms.convert import Normalize, PILToTensor, ToDtype, ToImage, ToPILImage, ToTensor
from minitorch.vision.transforms.erasing import RandomErasing
from minitorch.vision.transforms.functional import InterpolationMode
from minitorch.vision.transforms.geometry import (
    CenterCrop,
    RandomCrop,
    RandomHorizontalFlip,
    RandomResizedCrop,
    RandomRotation,
    RandomVerticalFlip,
    Resize,
)
from minitorch.vision.transforms.transform import Compose, Lambda, RandomApply, RandomChoice, Transform
