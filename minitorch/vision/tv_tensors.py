"""Tensors that say what they are: Image, Mask, BoundingBoxes; so that one transform moves picture and labels together.

    image, boxes = transforms.RandomCrop(32)(image, boxes)     # the same part of both

They are tensors; what an operation makes of one is a plain tensor again, but for clone, detach and to. `wrap` brings
the class back. https://docs.pytorch.org/vision/stable/tv_tensors.html
"""

from enum import Enum

import PIL.Image

from minitorch.creation import as_tensor
from minitorch.tensor import Tensor


class TVTensor(Tensor):
    """A tensor on the memory of `data` (a tensor, an array, numbers), or converted from it."""

    def __new__(cls, data, *, dtype=None, device=None, requires_grad=None):
        self = super().__new__(cls)
        source = as_tensor(cls.numbers(data), dtype, device)
        self.array, self.kernels, self.version = source.array, source.kernels, source.version
        self.edge, self.base = source.edge, None
        if requires_grad is not None:
            self.requires_grad = requires_grad
        return self

    def __init__(self, data, **settings):
        pass  # all is done in __new__, as for a tensor

    @staticmethod
    def numbers(data):
        """The data as a tensor or what one can be made of."""
        return data

    def clone(self, **settings):
        return wrap(super().clone(**settings), like=self)

    def detach(self):
        return wrap(super().detach(), like=self)

    def to(self, *to, **settings):
        return wrap(super().to(*to, **settings), like=self)

    def __deepcopy__(self, memo):
        memo[id(self)] = copy = self.detach().clone().requires_grad_(self.requires_grad)
        return copy

    def about(self):
        """What this object says of itself beside its numbers: {name: value}."""
        return {}

    def __repr__(self):
        return super().__repr__()[:-1] + "".join(f", {name}={value}" for name, value in self.about().items()) + ")"


class Image(TVTensor):
    """An image (..., C, H, W), also from a PIL image; (H, W) gets C = 1. ValueError for fewer dims."""

    @staticmethod
    def numbers(data):
        if isinstance(data, PIL.Image.Image):
            from minitorch.vision.transforms.functional import pil_to_tensor  # which knows the classes of this file

            data = pil_to_tensor(data)
        data = as_tensor(data)
        if data.ndim < 2:
            raise ValueError(f"an Image has dims (..., C, H, W), but got {data.ndim}D data")
        return data.unsqueeze(0) if data.ndim == 2 else data


class Mask(TVTensor):
    """A label for each pixel: (H, W), or (..., H, W) such as a mask for each object; also from a PIL image."""

    @staticmethod
    def numbers(data):
        return Image.numbers(data) if isinstance(data, PIL.Image.Image) else data


class BoundingBoxFormat(Enum):
    """XYXY: two corners; XYWH: a corner, width and height; CXCYWH: the centre, width and height."""

    XYXY = "XYXY"
    XYWH = "XYWH"
    CXCYWH = "CXCYWH"


class BoundingBoxes(TVTensor):
    """Boxes (N, 4), or one (4), in pixels of an image of the size canvas_size = (height, width).

    format: a BoundingBoxFormat, or its name.
    """

    def __new__(cls, data, *, format, canvas_size, dtype=None, device=None, requires_grad=None):
        self = super().__new__(cls, data, dtype=dtype, device=device, requires_grad=requires_grad)
        self.format = format if isinstance(format, BoundingBoxFormat) else BoundingBoxFormat[format.upper()]
        self.canvas_size = tuple(canvas_size)
        return self

    @staticmethod
    def numbers(data):
        data = as_tensor(data)
        if data.ndim not in (1, 2) or data.shape[-1] != 4:
            raise ValueError(f"boxes have dims (N, 4) or (4), but got {list(data.shape)}")
        return data.unsqueeze(0) if data.ndim == 1 else data

    def about(self):
        return {"format": self.format, "canvas_size": self.canvas_size}

    def __reduce__(self):
        return boxes, (self.with_edge(self.edge), self.format, self.canvas_size)


def boxes(numbers, format, canvas_size):
    """The BoundingBoxes that pickle took apart."""
    return BoundingBoxes(numbers, format=format, canvas_size=canvas_size)


def wrap(wrappee, *, like, **changes):
    """The tensor as what `like` is; of BoundingBoxes with the same format and canvas_size, unless these are given."""
    if not isinstance(like, TVTensor):
        return wrappee
    return type(like)(wrappee, **{**like.about(), **changes})
