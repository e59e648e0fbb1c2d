"""The transforms as functions, with all numbers given: torchvision.transforms.v2.functional.

convert.py    between PIL images, arrays and tensors, and between dtypes; sizes
geometry.py   where pixels go: images, masks and boxes alike
color.py      what becomes of their values: images only

Images are PIL images, or tensors (..., C, H, W) of uint8 from 0 to 255 or of a floating dtype from 0 to 1. A PIL image
is left to PIL, a tensor is computed by minitorch's operations: gradients flow through, and it may be on a GPU.
"""

from minitorch.vision.transforms.functional.color import (
    adjust_brightness,
    adjust_contrast,
    adjust_hue,
    adjust_saturation,
    adjust_sharpness,
    autocontrast,
    equalize,
    invert,
    posterize,
    rgb_to_grayscale,
    solarize,
    to_grayscale,
)
from minitorch.vision.transforms.functional.convert import (
    InterpolationMode,
    convert_bounding_box_format,
    convert_image_dtype,
    erase,
    get_dimensions,
    get_size,
    normalize,
    pil_to_tensor,
    to_dtype,
    to_image,
    to_pil_image,
    to_tensor,
)
from minitorch.vision.transforms.functional.geometry import (
    affine,
    center_crop,
    crop,
    hflip,
    horizontal_flip,
    pad,
    resize,
    resized_crop,
    rotate,
    vertical_flip,
    vflip,
)
