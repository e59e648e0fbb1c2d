"""Transforms of what colours pixels have: of images only."""

import math

from minitorch.random import randperm
from minitorch.vision.transforms import functional as F
from minitorch.vision.transforms.transform import ImageTransform, Sometimes, uniform


def factors(name, value, center=1.0, bound=(0, math.inf)):
    """[low, high] of a random factor: given so, or as the distance from `center`. None where nothing else is left."""
    if isinstance(value, int | float):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be non negative.")
        value = [center - value, center + value]
        value[0] = max(value[0], 0.0) if center == 1.0 else value[0]
    low, high = map(float, value)
    if not bound[0] <= low <= high <= bound[1]:
        raise ValueError(f"{name} values should be between {bound}, but got {value}.")
    return None if low == high == center else [low, high]


class ColorJitter(ImageTransform):
    """Brightness, contrast, saturation and hue changed by random factors, in random order.

    The factors of the first three are of [max(0, 1 - value), 1 + value], or [low, high] if a pair is given; the turn of
    the hue is of [-value, value], at most half a one.
    """

    def __init__(self, brightness=0, contrast=0, saturation=0, hue=0):
        super().__init__()
        self.brightness = factors("brightness", brightness)
        self.contrast = factors("contrast", contrast)
        self.saturation = factors("saturation", saturation)
        self.hue = factors("hue", hue, center=0, bound=(-0.5, 0.5))

    def make_params(self, flat_inputs):
        order = randperm(4).tolist()
        bounds = self.brightness, self.contrast, self.saturation, self.hue
        return {"order": order, "factors": [None if pair is None else uniform(*pair) for pair in bounds]}

    def transform(self, inpt, params):
        adjust = F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue
        for i in params["order"]:
            if params["factors"][i] is not None:
                inpt = adjust[i](inpt, params["factors"][i])
        return inpt


class Grayscale(ImageTransform):
    """Without colour, as 1 or 3 equal channels."""

    def __init__(self, num_output_channels=1):
        super().__init__()
        self.num_output_channels = num_output_channels

    def transform(self, inpt, params):
        return F.rgb_to_grayscale(inpt, self.num_output_channels)


class RandomGrayscale(Sometimes, ImageTransform):
    """Without colour, with probability p; as many channels as before."""

    def __init__(self, p=0.1):
        super().__init__(p)

    def transform(self, inpt, params):
        return F.rgb_to_grayscale(inpt, F.get_dimensions(inpt)[0])
