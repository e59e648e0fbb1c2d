"""Where pixels go: flips, crops, resizing, rotation; for images, masks and boxes, so that they stay together.

Coordinates are those of the picture's plane: x to the right and y down from the left upper corner, in pixels, so that
pixel (i, j) covers i <= y <= i + 1, j <= x <= j + 1. An affine map of the plane is a matrix (2, 3): (x, y) goes to
(a x + b y + c, d x + e y + f). A mask is never blended: a pixel between classes 1 and 3 is not of class 2.
"""

import math
from collections.abc import Sequence

import numpy as np
import PIL.Image
import PIL.ImageOps

from minitorch.creation import from_numpy, tensor
from minitorch.dtype import float32, float64, uint8
from minitorch.nn.functional import grid_sample, interpolate
from minitorch.ops.join import stack
from minitorch.ops.like import ones_like
from minitorch.ops.pad import pad as padded
from minitorch.vision.ops import box_convert, clip_boxes_to_image
from minitorch.vision.transforms.functional.convert import InterpolationMode, get_size, is_pil, plain
from minitorch.vision.tv_tensors import BoundingBoxes, Mask, wrap


def moved(boxes, matrix, canvas_size):
    """Boxes whose corners an affine map moves: the upright boxes around them, cut off at the new canvas.

    Integer boxes are rounded.
    """
    form = boxes.format.value.lower()
    corners = box_convert(plain(boxes), form, "xyxy")
    x, y = corners[:, [0, 2, 2, 0]], corners[:, [1, 1, 3, 3]]  # (N, 4): clockwise from the left upper one
    (a, b, c), (d, e, f) = np.asarray(matrix).tolist()
    x, y = a * x + b * y + c, d * x + e * y + f
    corners = stack([x.amin(1), y.amin(1), x.amax(1), y.amax(1)], 1)
    new = box_convert(clip_boxes_to_image(corners, canvas_size), "xyxy", form)
    new = new if boxes.is_floating_point() or not new.is_floating_point() else new.round()
    return wrap(new.to(boxes.dtype), like=boxes, canvas_size=tuple(canvas_size))


def in_float(function, image):
    """function of an image (..., H, W), which it gets as (1, M, H, W) of a floating dtype; integers are rounded."""
    m = math.prod(image.shape[:-2])
    shape = (1, max(m, 1), *image.shape[-2:])
    flat = plain(image).reshape(shape) if m else image.new_zeros(shape)  # masks of no object keep their size, too
    if image.is_floating_point():
        new = function(flat)
    else:
        new = function(flat.to(float32 if image.dtype is uint8 else float64)).round()
        new = new.clamp(0, 255) if image.dtype is uint8 else new  # bicubic overshoots
    return wrap(new[:, :m].to(image.dtype).reshape(*image.shape[:-2], *new.shape[-2:]), like=image)


# -- flips -------------------------------------------------------------------------------------------------------------


def horizontal_flip(inpt):
    """Left becomes right."""
    if is_pil(inpt):
        return inpt.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT)
    if isinstance(inpt, BoundingBoxes):
        return moved(inpt, [[-1, 0, inpt.canvas_size[1]], [0, 1, 0]], inpt.canvas_size)
    return wrap(plain(inpt).flip(-1), like=inpt)


def vertical_flip(inpt):
    """Top becomes bottom."""
    if is_pil(inpt):
        return inpt.transpose(PIL.Image.Transpose.FLIP_TOP_BOTTOM)
    if isinstance(inpt, BoundingBoxes):
        return moved(inpt, [[1, 0, 0], [0, -1, inpt.canvas_size[0]]], inpt.canvas_size)
    return wrap(plain(inpt).flip(-2), like=inpt)


hflip, vflip = horizontal_flip, vertical_flip

# -- crops -------------------------------------------------------------------------------------------------------------


def crop(inpt, top, left, height, width):
    """The part of that size whose left upper corner is (top, left). What lies outside of the image is 0."""
    if is_pil(inpt):
        return inpt.crop((left, top, left + width, top + height))
    if isinstance(inpt, BoundingBoxes):
        return moved(inpt, [[1, 0, -left], [0, 1, -top]], (height, width))
    h, w = get_size(inpt)
    # padding by a negative number cuts off
    return wrap(padded(plain(inpt), (-left, left + width - w, -top, top + height - h)), like=inpt)


def center_crop(inpt, output_size):
    """The middle; a smaller image gets a border of zeros. output_size: a number, or (height, width)."""
    height, width = [output_size] * 2 if isinstance(output_size, int) else (*output_size, *output_size)[:2]
    h, w = get_size(inpt)
    before = lambda n, m: round((n - m) / 2) if n >= m else -((m - n) // 2)
    return crop(inpt, before(h, height), before(w, width), height, width)


def pad(inpt, padding, fill=0, padding_mode="constant"):
    """A border: padding = n, or (left and right, top and bottom), or (left, top, right, bottom).

    padding_mode: constant (fill: a number, or one a channel), edge, reflect, symmetric (reflected with the edge twice).
    Boxes only move.
    """
    left, top, right, bottom = [padding] * 4 if isinstance(padding, int) else (*padding, *padding, *padding)[:4]
    if is_pil(inpt):
        if padding_mode == "constant":
            return PIL.ImageOps.expand(inpt, (left, top, right, bottom), fill)
        array = np.array(inpt)  # (H, W) or (H, W, C)
        return PIL.Image.fromarray(np.pad(array, [(top, bottom), (left, right), (0, 0)][: array.ndim], padding_mode))
    h, w = get_size(inpt)
    if isinstance(inpt, BoundingBoxes):
        return moved(inpt, [[1, 0, left], [0, 1, top]], (h + top + bottom, w + left + right))
    image = plain(inpt)
    if padding_mode == "constant":
        new = image.new_zeros(*image.shape[:-2], h + top + bottom, w + left + right)
        new[...] = channels(fill, image) if isinstance(fill, Sequence) else fill or 0
        new[..., top : top + h, left : left + w] = image
    else:
        rows, columns = (
            from_numpy(np.pad(np.arange(n), sides, padding_mode)).to(image.device)
            for n, sides in ((h, (top, bottom)), (w, (left, right)))
        )
        new = image[..., rows[:, None], columns]
    return wrap(new, like=inpt)


def channels(fill, image):
    """A fill, a number or one a channel, as a tensor (C, 1, 1)."""
    return tensor(fill, dtype=image.dtype, device=image.device).reshape(-1, 1, 1)


# -- sizes -------------------------------------------------------------------------------------------------------------


def output_size(old, size, max_size):
    """(height, width): size = (height, width), or the shorter side's length; max_size is the longer side's limit."""
    if isinstance(size, Sequence) and len(size) == 2:
        if max_size is not None:
            raise ValueError("max_size should only be passed if size specifies the length of the smaller edge")
        return tuple(size)
    short = size if isinstance(size, int) else size[0]
    long = int(short * max(old) / min(old))
    if max_size is not None and max_size <= short:
        raise ValueError(f"max_size = {max_size} must be strictly greater than the requested size for the smaller edge")
    if max_size is not None and long > max_size:
        short, long = int(max_size * short / long), max_size
    return (short, long) if old[0] <= old[1] else (long, short)


def resize(inpt, size, interpolation=InterpolationMode.BILINEAR, max_size=None, antialias=True):
    """In another size: (height, width), or a number for the shorter side.

    antialias: a smaller tensor is a weighted mean of all pixels (ops/resample.py), not of the nearest ones only. PIL
    images always are.
    """
    old = get_size(inpt)
    new, mode = output_size(old, size, max_size), InterpolationMode(interpolation)
    if tuple(old) == new:
        return inpt
    if is_pil(inpt):
        return inpt.resize(new[::-1], mode.pil)
    if isinstance(inpt, BoundingBoxes):
        return moved(inpt, [[new[1] / old[1], 0, 0], [0, new[0] / old[0], 0]], new)
    if isinstance(inpt, Mask):
        mode = InterpolationMode.NEAREST
    smooth = bool(antialias) and not mode.value.startswith("nearest")
    for shape in ((old[0], new[1]), new):  # uint8 numbers are rounded in between, as PIL's and torch's
        inpt = in_float(lambda x, shape=shape: interpolate(x, shape, mode=mode.value, antialias=smooth), inpt)
    return inpt


def resized_crop(inpt, top, left, height, width, size, interpolation=InterpolationMode.BILINEAR, antialias=True):
    """crop, then resize."""
    return resize(crop(inpt, top, left, height, width), size, interpolation, antialias=antialias)


# -- affine maps -------------------------------------------------------------------------------------------------------


def warp(inpt, matrix, size, interpolation, fill):
    """The plane moved by an affine map, of which the part of that size is seen; outside of the image there is `fill`.

    Each new pixel asks where its center came from, and reads the image there.
    """
    if isinstance(inpt, BoundingBoxes):
        return moved(inpt, matrix, size)
    back = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    height, width = size
    if is_pil(inpt):
        fill = tuple(int(n) for n in fill) if isinstance(fill, Sequence) else fill
        kind = PIL.Image.Transform.AFFINE
        return inpt.transform((width, height), kind, back.flatten().tolist(), interpolation.pil, fillcolor=fill)
    y, x = np.mgrid[:height, :width] + 0.5
    places = np.stack([x, y, np.ones_like(x)], -1) @ back.T  # (H, W, 3) (3, 2) -> (H, W, 2)
    places = places / np.array(get_size(inpt)[::-1]) * 2 - 1  # grid_sample's edges are -1 and 1
    mode = "nearest" if isinstance(inpt, Mask) else interpolation.value

    def sampled(flat):
        grid = from_numpy(places[None]).to(flat)
        image = grid_sample(flat, grid, mode, align_corners=False)  # 0 outside
        if fill:
            inside = grid_sample(ones_like(flat[:, :1]), grid, mode, align_corners=False)  # how much of a pixel is
            colours = channels(fill, image)
            image = image + (1 - inside) * colours.repeat(
                image.shape[1] // len(colours), 1, 1
            )  # (C, 1, 1) -> (M, 1, 1)
        return image

    return in_float(sampled, inpt)


def affine(inpt, angle, translate, scale, shear, interpolation=InterpolationMode.NEAREST, fill=None, center=None):
    """Rotated clockwise by `angle` degrees, sheared by (x, y) degrees, scaled around the center (x, y); then translated
    by (x, y) pixels.

        scale [[cos(r - q) / cos q, -cos(r - q) tan p / cos q - sin r],        r: angle, (p, q): shear
               [sin(r - q) / cos q, -sin(r - q) tan p / cos q + cos r]]
    """
    height, width = size = get_size(inpt)
    shear = (shear, 0) if isinstance(shear, int | float) else shear
    r, p, q = (math.radians(n) for n in (angle, *shear))
    around = np.array([width / 2, height / 2] if center is None else center)
    turn = np.array(
        [
            [math.cos(r - q) / math.cos(q), -math.cos(r - q) * math.tan(p) / math.cos(q) - math.sin(r)],
            [math.sin(r - q) / math.cos(q), -math.sin(r - q) * math.tan(p) / math.cos(q) + math.cos(r)],
        ]
    )
    shift = around - scale * turn @ around + translate
    return warp(inpt, np.column_stack([scale * turn, shift]), size, InterpolationMode(interpolation), fill)


def rotate(inpt, angle, interpolation=InterpolationMode.NEAREST, expand=False, center=None, fill=None):
    """Turned counterclockwise by `angle` degrees around the center (x, y). expand: the picture grows to hold it all."""
    height, width = get_size(inpt)
    r = math.radians(angle)
    around = np.array([width / 2, height / 2] if center is None else center)
    turn = np.array([[math.cos(r), math.sin(r)], [-math.sin(r), math.cos(r)]])  # y points down
    matrix = np.column_stack([turn, around - turn @ around])
    if expand:
        corners = matrix @ np.array([[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]])  # (2, 3) (3, 4)
        corners = corners.round(9)  # so that a quarter turn is one
        new_width, new_height = (np.ceil(corners.max(1)) - np.floor(corners.min(1))).astype(int).tolist()
        matrix[:, 2] += (new_width - width) / 2, (new_height - height) / 2
        height, width = new_height, new_width
    return warp(inpt, matrix, (height, width), InterpolationMode(interpolation), fill)
