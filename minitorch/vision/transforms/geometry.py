"""Transforms of where pixels go: of images, masks and boxes together."""

import math

from minitorch.creation import tensor
from minitorch.random import randint
from minitorch.vision.transforms import functional as F
from minitorch.vision.transforms.functional import InterpolationMode
from minitorch.vision.transforms.transform import Sometimes, Transform, height_and_width, size_of, uniform


def fill_for(fill, inpt):
    """The fill: of a dict {type: fill, "others": fill}, that of the input's type."""
    return fill.get(type(inpt), fill.get("others", 0)) if isinstance(fill, dict) else fill


class Resize(Transform):
    """Another size: (height, width), or n for the shorter side, of which then max_size limits the longer one."""

    def __init__(self, size, interpolation=InterpolationMode.BILINEAR, max_size=None, antialias=True):
        super().__init__()
        self.size = [size] if isinstance(size, int) else list(size)
        if len(self.size) not in (1, 2):
            raise ValueError(f"size can be an integer or a sequence of one or two integers, but got {size} instead.")
        self.interpolation, self.max_size, self.antialias = InterpolationMode(interpolation), max_size, antialias

    def transform(self, inpt, params):
        return F.resize(inpt, self.size, self.interpolation, self.max_size, self.antialias)


class CenterCrop(Transform):
    """The middle: (height, width), or n for a square."""

    def __init__(self, size):
        super().__init__()
        self.size = height_and_width(size)

    def transform(self, inpt, params):
        return F.center_crop(inpt, self.size)


class RandomCrop(Transform):
    """A part of that size, anywhere in the image; which may get a border before (see functional.pad).

    pad_if_needed: a smaller image gets one on both sides. ValueError for an image that is too small otherwise.
    """

    def __init__(self, size, padding=None, pad_if_needed=False, fill=0, padding_mode="constant"):
        super().__init__()
        self.size, self.padding, self.pad_if_needed = height_and_width(size), padding, pad_if_needed
        self.fill, self.padding_mode = fill, padding_mode

    def make_params(self, flat_inputs):
        height, width = size_of(flat_inputs)
        h, w = self.size
        padding = self.padding or 0
        left, top, right, bottom = [padding] * 4 if isinstance(padding, int) else (*padding, *padding, *padding)[:4]
        if self.pad_if_needed:
            more = max(0, h - height - top - bottom), max(0, w - width - left - right)
            top, bottom, left, right = top + more[0], bottom + more[0], left + more[1], right + more[1]
        height, width = height + top + bottom, width + left + right
        if height < h or width < w:
            raise ValueError(f"Required crop size {(h, w)} is larger than padded input image size {(height, width)}.")
        y = int(randint(0, height - h + 1, size=())) if height > h else 0
        x = int(randint(0, width - w + 1, size=())) if width > w else 0
        return {"border": (left, top, right, bottom), "top": y, "left": x}

    def transform(self, inpt, params):
        if any(params["border"]):
            inpt = F.pad(inpt, params["border"], fill_for(self.fill, inpt), self.padding_mode)
        return F.crop(inpt, params["top"], params["left"], *self.size)


def random_part(height, width, scale, ratio, fits):
    """Two sides (m, n) of a random part of an image: of its area a share between `scale`; m / n between `ratio`, of
    which the logarithm is uniform, so that 1/2 is as likely as 2. The first of ten for which fits(m, n), else None."""
    low, high = tensor(ratio).log().tolist()
    for _ in range(10):
        area = height * width * uniform(*scale)
        aspect = tensor([uniform(low, high)]).exp().item()
        m, n = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if fits(m, n):
            return m, n
    return None


def random_place(height, width, h, w):
    """(top, left) of a part (h, w), anywhere in an image."""
    return int(randint(0, height - h + 1, size=(1,))), int(randint(0, width - w + 1, size=(1,)))


class RandomResizedCrop(Transform):
    """A part of random area (`scale`: as a share) and aspect ratio w / h (`ratio`), in the given size.

    Szegedy et al., Going deeper with convolutions, https://arxiv.org/abs/1409.4842
    """

    def __init__(
        self, size, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), interpolation=InterpolationMode.BILINEAR, antialias=True
    ):
        super().__init__()
        self.size, self.scale, self.ratio = height_and_width(size), scale, ratio
        self.interpolation, self.antialias = InterpolationMode(interpolation), antialias

    def make_params(self, flat_inputs):
        height, width = size_of(flat_inputs)
        part = random_part(height, width, self.scale, self.ratio, lambda w, h: 0 < w <= width and 0 < h <= height)
        if part is not None:
            w, h = part
            top, left = random_place(height, width, h, w)
            return {"top": top, "left": left, "height": h, "width": w}
        aspect = min(max(width / height, min(self.ratio)), max(self.ratio))  # the largest that may be, in the middle
        h, w = min(height, round(width / aspect)), min(width, round(height * aspect))
        return {"top": (height - h) // 2, "left": (width - w) // 2, "height": h, "width": w}

    def transform(self, inpt, params):
        settings = {"interpolation": self.interpolation, "antialias": self.antialias}
        return F.resized_crop(inpt, **params, size=self.size, **settings)


class RandomHorizontalFlip(Sometimes):
    """Left becomes right, with probability p."""

    def transform(self, inpt, params):
        return F.horizontal_flip(inpt)


class RandomVerticalFlip(Sometimes):
    """Top becomes bottom, with probability p."""

    def transform(self, inpt, params):
        return F.vertical_flip(inpt)


class RandomRotation(Transform):
    """Turned by a random angle: between -degrees and degrees, or between the two given."""

    def __init__(self, degrees, interpolation=InterpolationMode.NEAREST, expand=False, center=None, fill=0):
        super().__init__()
        if isinstance(degrees, int | float) and degrees < 0:
            raise ValueError("If degrees is a single number, it must be positive.")
        self.degrees = [-degrees, degrees] if isinstance(degrees, int | float) else list(degrees)
        self.interpolation, self.expand = InterpolationMode(interpolation), expand
        self.center, self.fill = center, fill

    def make_params(self, flat_inputs):
        return {"angle": uniform(*self.degrees)}

    def transform(self, inpt, params):
        fill = fill_for(self.fill, inpt)
        return F.rotate(inpt, params["angle"], self.interpolation, self.expand, self.center, fill)
