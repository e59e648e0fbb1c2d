"""A hole in the image."""

from collections.abc import Sequence

from minitorch.creation import empty, tensor
from minitorch.dtype import float32
from minitorch.vision.transforms import functional as F
from minitorch.vision.transforms.geometry import random_part, random_place
from minitorch.vision.transforms.transform import ImageTransform, Sometimes


class RandomErasing(Sometimes, ImageTransform):
    """A random part of the image set to `value` with probability p: a number, one a channel, or "random".

    scale: its share of the area; ratio: its height over its width.
    Zhong et al., Random erasing data augmentation, https://arxiv.org/abs/1708.04896
    """

    def __init__(self, p=0.5, scale=(0.02, 0.33), ratio=(0.3, 3.3), value=0.0, inplace=False):
        super().__init__(p)
        if not isinstance(value, int | float | Sequence) or (isinstance(value, str) and value != "random"):
            raise ValueError("If value is str, it should be 'random'; else a number or a sequence of numbers")
        self.scale, self.ratio, self.inplace, self.value = scale, ratio, inplace, value

    def make_params(self, flat_inputs):
        channels, height, width = F.get_dimensions(flat_inputs[0])
        if isinstance(self.value, Sequence) and self.value != "random" and len(self.value) not in (1, channels):
            raise ValueError(f"If value is a sequence, it should have one number or {channels} (channels)")
        part = random_part(height, width, self.scale, self.ratio, lambda h, w: h < height and w < width)
        if part is None:
            return {}
        if self.value == "random":
            v = empty(channels, *part, dtype=float32).normal_()
        else:
            v = tensor(self.value, dtype=float32).reshape(-1, 1, 1)
        i, j = random_place(height, width, *part)
        return {"i": i, "j": j, "h": part[0], "w": part[1], "v": v}

    def transform(self, inpt, params):
        return F.erase(inpt, **params, inplace=self.inplace) if params else inpt
