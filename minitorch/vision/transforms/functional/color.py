"""What becomes of the values of pixels. Most functions blend the image with a duller one, factor from 0 on:

    factor image + (1 - factor) other

so that 0 gives the other one, 1 the image, and 2 goes as far beyond it. https://docs.pytorch.org/vision/stable/transforms.html#color
"""

import PIL.ImageEnhance
import PIL.ImageOps

from minitorch.creation import tensor
from minitorch.dtype import float32, uint8
from minitorch.nn.functional import conv2d
from minitorch.ops.elementwise import where
from minitorch.ops.expand import broadcast_to
from minitorch.ops.join import cat, stack
from minitorch.ops.unique import bincount
from minitorch.vision.transforms.functional.convert import is_pil, largest, plain, to_dtype
from minitorch.vision.tv_tensors import wrap

# -- gray --------------------------------------------------------------------------------------------------------------


def luma(image):
    """How bright the eye finds a pixel: 0.2989 R + 0.587 G + 0.114 B (ITU-R 601), (..., 3, H, W) -> (..., 1, H, W)."""
    if image.shape[-3] == 1:
        return image
    r, g, b = image.unbind(-3)
    gray = (0.2989 * r + 0.587 * g + 0.114 * b).unsqueeze(-3)
    return gray if image.is_floating_point() else gray.floor()


def rgb_to_grayscale(inpt, num_output_channels=1):
    """An image without colour, of 1 or 3 (equal) channels."""
    if num_output_channels not in (1, 3):
        raise ValueError(f"num_output_channels must be 1 or 3, got {num_output_channels}.")
    if is_pil(inpt):
        gray = inpt.convert("L")
        return gray if num_output_channels == 1 else gray.convert("RGB")
    gray = luma(plain(inpt)).to(inpt.dtype)
    return wrap(broadcast_to(gray, (*gray.shape[:-3], num_output_channels, *gray.shape[-2:])).clone(), like=inpt)


to_grayscale = rgb_to_grayscale

# -- blended with another image ----------------------------------------------------------------------------------------


def check(inpt, name, factor):
    """ValueError for a negative factor, TypeError for an image of neither 1 nor 3 channels."""
    if factor < 0:
        raise ValueError(f"{name}_factor ({factor}) is not non-negative.")
    if not is_pil(inpt) and inpt.shape[-3] not in (1, 3):
        raise TypeError(f"Input image tensor permitted channel values are 1 or 3, but found {inpt.shape[-3]}")


def blend(inpt, other, factor):
    """factor inpt + (1 - factor) other, from black to white."""
    mixed = (plain(inpt) * float(factor) + other * (1 - float(factor))).clamp(0, largest(inpt.dtype))
    return wrap(mixed.to(inpt.dtype), like=inpt)


def adjust_brightness(inpt, brightness_factor):
    """Blended with black."""
    check(inpt, "brightness", brightness_factor)
    if is_pil(inpt):
        return PIL.ImageEnhance.Brightness(inpt).enhance(brightness_factor)
    return blend(inpt, 0, brightness_factor)


def adjust_contrast(inpt, contrast_factor):
    """Blended with one gray, the mean brightness."""
    check(inpt, "contrast", contrast_factor)
    if is_pil(inpt):
        return PIL.ImageEnhance.Contrast(inpt).enhance(contrast_factor)
    gray = luma(plain(inpt))
    gray = gray if gray.is_floating_point() else gray.to(float32)
    return blend(inpt, gray.mean((-3, -2, -1), keepdim=True), contrast_factor)


def adjust_saturation(inpt, saturation_factor):
    """Blended with its gray image."""
    check(inpt, "saturation", saturation_factor)
    if is_pil(inpt):
        return PIL.ImageEnhance.Color(inpt).enhance(saturation_factor)
    return inpt if inpt.shape[-3] == 1 else blend(inpt, luma(plain(inpt)), saturation_factor)


def adjust_sharpness(inpt, sharpness_factor):
    """Blended with a blurred one: each pixel (but those at the edge) becomes the mean of itself, five times, and its
    eight neighbours."""
    check(inpt, "sharpness", sharpness_factor)
    if is_pil(inpt):
        return PIL.ImageEnhance.Sharpness(inpt).enhance(sharpness_factor)
    height, width = inpt.shape[-2:]
    if min(height, width) < 3:
        return inpt
    image = plain(inpt) if inpt.is_floating_point() else plain(inpt).to(float32)
    window = tensor([[1, 1, 1], [1, 5, 1], [1, 1, 1]], dtype=image.dtype, device=image.device) / 13
    inner = conv2d(image.reshape(-1, 1, height, width), window[None, None])  # (..., C, H, W) -> (M, 1, H - 2, W - 2)
    blurred = image.clone()
    blurred[..., 1:-1, 1:-1] = inner.reshape(*image.shape[:-2], height - 2, width - 2)
    return blend(inpt, blurred if inpt.is_floating_point() else blurred.round(), sharpness_factor)


# -- hue ---------------------------------------------------------------------------------------------------------------


def adjust_hue(inpt, hue_factor):
    """Every colour goes on around the circle of colours: hue_factor in turns, from -0.5 to 0.5. Gray stays."""
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")
    if is_pil(inpt):
        if inpt.mode in ("L", "1", "I", "F"):
            return inpt
        h, s, v = inpt.convert("HSV").split()
        h = h.point(lambda n: (n + int(hue_factor * 255)) % 256)
        return PIL.Image.merge("HSV", (h, s, v)).convert(inpt.mode)
    if inpt.shape[-3] == 1:
        return inpt
    h, s, v = rgb_to_hsv(to_dtype(plain(inpt), float32, scale=True) if inpt.dtype is uint8 else plain(inpt))
    return wrap(to_dtype(hsv_to_rgb((h + hue_factor) % 1, s, v), inpt.dtype, scale=True), like=inpt)


def rgb_to_hsv(image):
    """Hue, saturation and value, from 0 to 1, (..., H, W) each. Hue: red 0, green 1/3, blue 2/3."""
    r, g, b = image.unbind(-3)
    v = image.amax(-3)
    spread = v - image.amin(-3)
    d = where(spread == 0, 1.0, spread)
    h = where(v == r, (g - b) / d, where(v == g, 2 + (b - r) / d, 4 + (r - g) / d)) / 6 % 1
    return h, spread / where(v == 0, 1.0, v), v


def hsv_to_rgb(h, s, v):
    """The inverse: (..., 3, H, W).

    A channel is v, but where the hue is more than 1/6 turn from its colour it falls to v (1 - s):
    v - v s clamp(min(k, 4 - k), 0, 1), k = (n + 6 h) mod 6, n = 5, 3, 1 for R, G, B (Smith, 1978).
    """
    channels = []
    for n in (5, 3, 1):
        k = (n + 6 * h) % 6
        channels.append(v - v * s * where(k < 2, k, 4 - k).clamp(0, 1))
    return stack(channels, -3)


# -- by tables of values -----------------------------------------------------------------------------------------------


def invert(inpt):
    """The negative."""
    return PIL.ImageOps.invert(inpt) if is_pil(inpt) else wrap(largest(inpt.dtype) - plain(inpt), like=inpt)


def solarize(inpt, threshold):
    """The negative, of pixels from the threshold on."""
    if is_pil(inpt):
        return PIL.ImageOps.solarize(inpt, threshold)
    image = plain(inpt)
    return wrap(where(image >= threshold, largest(image.dtype) - image, image), like=inpt)


def posterize(inpt, bits):
    """2 ** bits levels only, rounded down."""
    if is_pil(inpt):
        return PIL.ImageOps.posterize(inpt, bits)
    image, levels = plain(inpt), 2**bits
    if image.is_floating_point():
        return wrap((image * levels).floor().clamp(0, levels - 1) / levels, like=inpt)
    return wrap(image & (256 - 256 // levels), like=inpt)


def autocontrast(inpt):
    """Each channel stretched so that its darkest pixel is black and its lightest white."""
    if is_pil(inpt):
        return PIL.ImageOps.autocontrast(inpt)
    image, white = plain(inpt), largest(inpt.dtype)
    image = image if image.is_floating_point() else image.to(float32)
    low, high = image.amin((-2, -1), keepdim=True), image.amax((-2, -1), keepdim=True)
    one_value = low == high
    stretched = (image - low) * (white / where(one_value, 1.0, high - low))
    return wrap(where(one_value, image, stretched).clamp(0, white).to(inpt.dtype), like=inpt)


def equalize(inpt):
    """Each channel with about as many pixels of every value: the new value is the share of darker pixels."""
    if is_pil(inpt):
        return PIL.ImageOps.equalize(inpt)
    image = to_dtype(plain(inpt), uint8, scale=True)
    flat = image.reshape(-1, *image.shape[-2:])  # (..., C, H, W) -> (M, H, W)
    new = cat([equalized(channel)[None] for channel in flat]).reshape(image.shape)
    return wrap(to_dtype(new, inpt.dtype, scale=True), like=inpt)


def equalized(channel):
    """equalize for a uint8 channel (H, W), in PIL's integers."""
    counts = bincount(channel.flatten().long(), minlength=256)
    step = int(channel.numel() - counts[channel.max().item()]) // 255  # the lightest pixels stay so
    if step == 0:
        return channel
    darker = counts.cumsum(0) - counts
    return ((darker + step // 2) // step).clamp(0, 255).to(uint8)[channel.long()]
