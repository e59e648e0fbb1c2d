"""Between PIL images, arrays and tensors, and between dtypes."""

from enum import Enum

import numpy as np
import PIL.Image

from minitorch.creation import as_tensor, from_numpy
from minitorch.dtype import float32, iinfo, uint8
from minitorch.tensor import Tensor
from minitorch.vision.ops import box_convert
from minitorch.vision.tv_tensors import BoundingBoxes, BoundingBoxFormat, Image, wrap


class InterpolationMode(Enum):
    """How values between pixels are found. PIL's constants (PIL.Image.BILINEAR) do as well."""

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS = "lanczos"

    @classmethod
    def _missing_(cls, value):
        return cls[PIL.Image.Resampling(value).name] if isinstance(value, int) else None

    @property
    def pil(self):
        """PIL's constant of that name."""
        return PIL.Image.Resampling[self.name.removesuffix("_EXACT")]


def is_pil(inpt):
    return isinstance(inpt, PIL.Image.Image)


def plain(inpt):
    """A tensor on the same memory that does not say what it is."""
    return inpt.with_edge(inpt.edge)


# -- sizes -------------------------------------------------------------------------------------------------------------


def get_size(inpt):
    """[height, width] of an image, a mask, or of what boxes are on."""
    if is_pil(inpt):
        return [inpt.height, inpt.width]
    return list(inpt.canvas_size if isinstance(inpt, BoundingBoxes) else inpt.shape[-2:])


def get_dimensions(inpt):
    """[channels, height, width] of an image."""
    return [len(inpt.getbands()) if is_pil(inpt) else inpt.shape[-3], *get_size(inpt)]


# -- PIL images and arrays ---------------------------------------------------------------------------------------------


def pil_to_tensor(pic):
    """A PIL image as a tensor (C, H, W) of the same numbers. TypeError for anything else."""
    if not is_pil(pic):
        raise TypeError(f"pic should be PIL Image. Got {type(pic)}")
    return array_to_tensor(np.array(pic))


def array_to_tensor(array):
    """(H, W) or (H, W, C) -> (C, H, W)."""
    array = array[:, :, None] if array.ndim == 2 else array
    return from_numpy(np.ascontiguousarray(array.transpose(2, 0, 1)))


def to_image(inpt):
    """A PIL image, an array (H, W, C) or a tensor (..., C, H, W) as an Image of the same numbers."""
    if isinstance(inpt, np.ndarray):
        return Image(array_to_tensor(inpt))
    if not (is_pil(inpt) or isinstance(inpt, Tensor)):
        raise TypeError(f"Input can either be a pure Tensor, a numpy array, or a PIL image, but got {type(inpt)}")
    return Image(plain(inpt) if isinstance(inpt, Tensor) else inpt)


def to_tensor(pic):
    """A PIL image or an array (H, W, C) as a tensor (C, H, W); of uint8 numbers or of bits, as float32 from 0 to 1."""
    if not (is_pil(pic) or isinstance(pic, np.ndarray)):
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    image = array_to_tensor(np.array(pic))
    if is_pil(pic) and pic.mode == "1":
        return image.to(float32)
    return image.to(float32) / 255 if image.dtype is uint8 else image


def to_pil_image(pic, mode=None):
    """A tensor (C, H, W) or (H, W), or an array (H, W, C) or (H, W), as a PIL image.

    Floating numbers from 0 to 1 become 0 to 255 (times 255, rounded down). mode: PIL's, if not L, LA, RGB, RGBA by the
    number of channels. ValueError for other dims or more than 4 channels.
    """
    if isinstance(pic, Tensor):
        array = pic.detach().host()
        array = array.transpose(1, 2, 0) if array.ndim == 3 else array  # (C, H, W) -> (H, W, C)
        array = (array * 255).astype(np.uint8) if pic.is_floating_point() else array
    else:
        array = pic
    if array.ndim not in (2, 3) or array.shape[2:] > (4,):
        raise ValueError(f"an image has dims (C, H, W) or (H, W) and up to 4 channels, got {list(pic.shape)}")
    array = array[:, :, 0] if array.shape[2:] == (1,) else array
    image = PIL.Image.fromarray(np.ascontiguousarray(array))
    return image if mode in (None, image.mode) else image.convert(mode)


# -- dtypes ------------------------------------------------------------------------------------------------------------


def largest(dtype):
    """The number that means white: 255 for uint8, 1 for floating dtypes."""
    return 1 if dtype.is_floating_point else iinfo(dtype).max


def to_dtype(inpt, dtype=float32, scale=False):
    """In another dtype; with `scale`, an image from 0 to 255 becomes one from 0 to 1 and so on.

    (From floating numbers, 256 equal parts of [0, 1] become 0 ... 255, all but 0.001 of a part; between integers, bits
    are left out or zeros added.)
    """
    if not scale or dtype is inpt.dtype or (inpt.is_floating_point() and dtype.is_floating_point):
        return wrap(plain(inpt).to(dtype), like=inpt)
    image, old, new = plain(inpt), largest(inpt.dtype), largest(dtype)
    if inpt.is_floating_point():
        image = image * (new + 1 - 1e-3)
    elif dtype.is_floating_point:
        image = image.to(dtype) / old
    else:
        bits = new.bit_length() - old.bit_length()
        image = image.to(dtype) << bits if bits > 0 else image >> -bits
    return wrap(image.to(dtype), like=inpt)


def convert_image_dtype(image, dtype=float32):
    """to_dtype(image, dtype, scale=True)."""
    return to_dtype(image, dtype, scale=True)


# -- values ------------------------------------------------------------------------------------------------------------


def normalize(inpt, mean, std, inplace=False):
    """(image - mean) / std, channel by channel. TypeError for integers, ValueError for a std of 0."""
    if not inpt.is_floating_point():
        raise TypeError(f"Input tensor should be a float tensor. Got {inpt.dtype}.")
    mean, std = (as_tensor(n, dtype=inpt.dtype, device=inpt.device).reshape(-1, 1, 1) for n in (mean, std))
    if (std == 0).any():
        raise ValueError("std evaluated to zero, leading to division by zero.")
    image = plain(inpt)
    return wrap(image.sub_(mean).div_(std) if inplace else (image - mean) / std, like=inpt)


def erase(image, i, j, h, w, v, inplace=False):
    """The h rows from row i and the w columns from column j on are set to v: one number a channel, or (C, h, w)."""
    if is_pil(image):
        return to_pil_image(erase(pil_to_tensor(image), i, j, h, w, v))
    erased = image if inplace else image.clone()
    erased[..., i : i + h, j : j + w] = v
    return erased


def convert_bounding_box_format(inpt, new_format):
    """BoundingBoxes in another format: a BoundingBoxFormat or its name."""
    new = new_format if isinstance(new_format, BoundingBoxFormat) else BoundingBoxFormat[new_format.upper()]
    boxes = box_convert(plain(inpt), inpt.format.value.lower(), new.value.lower())
    return wrap(boxes.to(inpt.dtype), like=inpt, format=new)
