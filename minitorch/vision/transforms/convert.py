"""Transforms from one kind of image to another, of the dtype, and of the scale of values."""

import numpy as np
import PIL.Image

from minitorch.tensor import Tensor
from minitorch.vision.transforms import functional as F
from minitorch.vision.transforms.transform import ImageTransform, Transform
from minitorch.vision.tv_tensors import BoundingBoxes, Mask


class ToImage(ImageTransform):
    """A PIL image, an array or a plain tensor becomes a tv_tensors.Image of the same numbers."""

    takes = (Tensor, PIL.Image.Image, np.ndarray)

    def transform(self, inpt, params):
        return F.to_image(inpt)


class PILToTensor(Transform):
    """A PIL image becomes a tensor of the same numbers."""

    takes = (PIL.Image.Image,)

    def transform(self, inpt, params):
        return F.pil_to_tensor(inpt)


class ToTensor(Transform):
    """A PIL image or an array (H, W, C) of uint8 numbers becomes a tensor (C, H, W) from 0 to 1."""

    takes = (PIL.Image.Image, np.ndarray)

    def transform(self, inpt, params):
        return F.to_tensor(inpt)


class ToPILImage(ImageTransform):
    """A tensor or an array becomes a PIL image."""

    takes = (Tensor, np.ndarray)

    def __init__(self, mode=None):
        super().__init__()
        self.mode = mode

    def transform(self, inpt, params):
        return F.to_pil_image(inpt, self.mode)


class ToDtype(Transform):
    """Images in another dtype, and from 0 to 1 instead of 0 to 255 if scale; or {type: dtype, "others": dtype}.

    A dtype of None leaves that type alone. (A dict must name every type that occurs, or "others": ValueError.)
    """

    takes = (Tensor,)

    def __init__(self, dtype, scale=False):
        super().__init__()
        self.dtype, self.scale = dtype, scale

    def transform(self, inpt, params):
        labels = isinstance(inpt, Mask | BoundingBoxes)
        dtype = self.dtype
        if not isinstance(dtype, dict):
            dtype = None if labels else dtype
        elif type(inpt) in dtype or "others" in dtype:
            dtype = dtype.get(type(inpt), dtype.get("others"))
        else:
            raise ValueError(f'No dtype was specified for {type(inpt).__name__}: add it to the dict, or "others"')
        return inpt if dtype is None else F.to_dtype(inpt, dtype, self.scale and not labels)


class Normalize(ImageTransform):
    """(image - mean) / std, channel by channel; of floating images."""

    def __init__(self, mean, std, inplace=False):
        super().__init__()
        self.mean, self.std, self.inplace = list(mean), list(std), inplace

    def transform(self, inpt, params):
        if isinstance(inpt, PIL.Image.Image):
            raise TypeError("Normalize() does not support PIL images.")
        return F.normalize(inpt, self.mean, self.std, self.inplace)
