"""AutoAugment: which transforms, how often and how strongly, was itself learned, on ImageNet.

Cubuk et al., AutoAugment: Learning augmentation policies from data, https://arxiv.org/abs/1805.09501 (table 9).
"""

import math
from enum import Enum

from minitorch.random import rand, randint
from minitorch.vision.transforms import functional as F
from minitorch.vision.transforms.functional import InterpolationMode
from minitorch.vision.transforms.transform import Transform
from minitorch.vision.tv_tensors import BoundingBoxes, Mask


class AutoAugmentPolicy(Enum):
    """What the policy was learned on."""

    IMAGENET = "imagenet"


# A sub-policy is two steps; a step is an operation, its probability, and its strength on a scale from 0 to 9.
IMAGENET = (
    (("Posterize", 0.4, 8), ("Rotate", 0.6, 9)),
    (("Solarize", 0.6, 5), ("AutoContrast", 0.6, 0)),
    (("Equalize", 0.8, 0), ("Equalize", 0.6, 0)),
    (("Posterize", 0.6, 7), ("Posterize", 0.6, 6)),
    (("Equalize", 0.4, 0), ("Solarize", 0.2, 4)),
    (("Equalize", 0.4, 0), ("Rotate", 0.8, 8)),
    (("Solarize", 0.6, 3), ("Equalize", 0.6, 0)),
    (("Posterize", 0.8, 5), ("Equalize", 1.0, 0)),
    (("Rotate", 0.2, 3), ("Solarize", 0.6, 8)),
    (("Equalize", 0.6, 0), ("Posterize", 0.4, 6)),
    (("Rotate", 0.8, 8), ("Color", 0.4, 0)),
    (("Rotate", 0.4, 9), ("Equalize", 0.6, 0)),
    (("Equalize", 0.0, 0), ("Equalize", 0.8, 0)),
    (("Invert", 0.6, 0), ("Equalize", 1.0, 0)),
    (("Color", 0.6, 4), ("Contrast", 1.0, 8)),
    (("Rotate", 0.8, 8), ("Color", 1.0, 2)),
    (("Color", 0.8, 8), ("Solarize", 0.8, 7)),
    (("Sharpness", 0.4, 7), ("Invert", 0.6, 0)),
    (("ShearX", 0.6, 5), ("Equalize", 1.0, 0)),
    (("Color", 0.4, 0), ("Equalize", 0.6, 0)),
    (("Equalize", 0.4, 0), ("Solarize", 0.2, 4)),
    (("Solarize", 0.6, 5), ("AutoContrast", 0.6, 0)),
    (("Invert", 0.6, 0), ("Equalize", 1.0, 0)),
    (("Color", 0.6, 4), ("Contrast", 1.0, 8)),
    (("Equalize", 0.8, 0), ("Equalize", 0.6, 0)),
)
SIGNED = ("ShearX", "Rotate", "Color", "Contrast", "Sharpness")  # as often the other way


def applied(image, name, strength, sign, interpolation, fill):
    """The operation of that name; strength: 0 to 9, sign: 1 or -1."""
    amount = sign * strength / 9  # of the strongest
    match name:
        case "ShearX":  # by up to 0.3 pixels a row, the upper edge stays
            shear = math.degrees(math.atan(0.3 * amount)), 0
            return F.affine(image, 0, (0, 0), 1, shear, interpolation, fill, center=(0, 0))
        case "Rotate":
            return F.rotate(image, 30 * amount, interpolation, fill=fill)
        case "Color":
            return F.adjust_saturation(image, 1 + 0.9 * amount)
        case "Contrast":
            return F.adjust_contrast(image, 1 + 0.9 * amount)
        case "Sharpness":
            return F.adjust_sharpness(image, 1 + 0.9 * amount)
        case "Posterize":
            return F.posterize(image, round(8 - 4 * amount))
        case "Solarize":
            white = 1 if hasattr(image, "is_floating_point") and image.is_floating_point() else 255
            return F.solarize(image, white * (1 - amount))
        case "AutoContrast":
            return F.autocontrast(image)
        case "Equalize":
            return F.equalize(image)
        case "Invert":
            return F.invert(image)


class AutoAugment(Transform):
    """One of the 25 sub-policies, chosen anew for every sample. For one image: TypeError for masks and boxes, none or
    several images. (torchvision's policies for CIFAR-10 and SVHN are not here.)"""

    def __init__(self, policy=AutoAugmentPolicy.IMAGENET, interpolation=InterpolationMode.NEAREST, fill=None):
        super().__init__()
        self.policy, self.interpolation, self.fill = AutoAugmentPolicy(policy), interpolation, fill

    def make_params(self, flat_inputs):
        if len(flat_inputs) != 1 or isinstance(flat_inputs[0], Mask | BoundingBoxes):
            kinds = [type(x).__name__ for x in flat_inputs]
            raise TypeError(f"AutoAugment transforms one image of a sample, and no masks or boxes, but got {kinds}")
        steps = []
        for name, probability, strength in IMAGENET[int(randint(len(IMAGENET), ()))]:
            if rand(()) <= probability:
                sign = -1 if name in SIGNED and rand(()) <= 0.5 else 1
                steps.append((name, strength, sign))
        return {"steps": steps}

    def transform(self, inpt, params):
        for step in params["steps"]:
            inpt = applied(inpt, *step, self.interpolation, self.fill)
        return inpt
