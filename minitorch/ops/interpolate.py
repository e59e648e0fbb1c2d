"""Images, and signals of one to three dims, made larger or smaller.

Every mode works dim by dim: the weights of ops/resample.py along the last one, then along the one before, ...
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
"""

import warnings
from operator import index

import numpy as np

from minitorch.ops.index import picked
from minitorch.ops.resample import area, cubic, linear, nearest, resample, smoothed

DIMS = {"linear": 1, "bilinear": 2, "bicubic": 2, "lanczos": 2, "trilinear": 3}  # of the images that a mode takes


def interpolate(
    input,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    """x (N, C, L...) with other sizes L, given as they are or by factors.

    mode                    nearest, nearest-exact, area (the mean); linear, bilinear, trilinear (for one, two, three
                            dims L), bicubic, lanczos
    align_corners           the centers of the outermost elements coincide, not their edges
    recompute_scale_factor  the factors of the sizes that scale_factor led to, rounded down, count
    antialias               a smaller image is smoothed, too: bilinear, bicubic, lanczos
    """
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    sizes, scales = check_sizes(input, size, scale_factor, recompute_scale_factor or mode == "area")
    if recompute_scale_factor and size is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and input.ndim == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    check_mode(input, mode, align_corners, antialias)
    check_input(input, sizes, mode)
    if sizes == list(input.shape[2:]) and (antialias or (mode == "nearest" and input.ndim == 4)):
        return input.clone()  # as torch, which then takes no notice of the factors
    real = np.float64 if input.array.dtype == np.float64 else np.float32
    for dim in reversed(range(2, input.ndim)):
        n, m, scale = input.shape[dim], sizes[dim - 2], scales[dim - 2]
        if mode in ("nearest", "nearest-exact"):
            source = nearest(n, m, scale, real, mode == "nearest-exact")
            input = picked(input, input.wrap(input.kernels.from_numpy(source)), dim=dim)
        elif mode == "area":
            input = resample(input, dim=dim, matrix=area(n, m, real))
        elif antialias:
            input = resample(input, dim=dim, matrix=smoothed(n, m, bool(align_corners), scale, real, mode))
        else:
            weights = cubic if mode == "bicubic" else linear
            input = resample(input, dim=dim, matrix=weights(n, m, bool(align_corners), scale, real))
    return input


def check_sizes(input, size, scale_factor, recompute):
    """(sizes, factors) of the dims L, a factor None where only the sizes count; torch's errors."""
    dims = input.ndim - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    given = scale_factor if size is None else size
    if not isinstance(given, list | tuple):
        given = [given] * dims
    if len(given) != dims:
        raise ValueError(
            "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions "
            f"of {list(input.shape[2:])} and {'scale_factor' if size is None else 'output size'} of {given}. Please "
            "provide input tensor in (N, C, d1, d2, ...,dK) format and one number for each of d1, d2, ...,dK."
        )
    if size is not None:
        return [index(n) for n in given], [None] * dims
    sizes = [int(n * s) for n, s in zip(input.shape[2:], given, strict=True)]
    return sizes, [None] * dims if recompute else given


def check_mode(input, mode, align_corners, antialias):
    """NotImplementedError for a mode that there is not for so many dims; ValueError for half of lanczos."""
    dims = input.ndim - 2
    if dims not in (1, 2, 3) or (mode not in ("nearest", "nearest-exact", "area") and DIMS.get(mode) != dims):
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.ndim}D) for the modes: nearest | "
            f"linear (3D) | bilinear (4D) | bicubic (4D) | trilinear (5D) | lanczos (4D) | area | nearest-exact (got "
            f"{mode})"
        )
    if mode == "lanczos" and (align_corners or not antialias):
        what = "requires antialias=True" if not antialias else "does not support align_corners=True"
        raise ValueError(f"Lanczos mode {what}")


def check_input(input, sizes, mode):
    """torch's errors for empty images, and for integers where there is something to compute.

    (torch computes bilinear, bicubic and lanczos for uint8, too, in a fixed-point arithmetic of its own.)
    """
    image = list(input.shape[2:])
    if 0 in image or min(sizes) < 0 or (0 in sizes and mode != "area"):
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input {image} and output {sizes} (interpolate)"
        )
    if input.shape[1] == 0 and mode != "area":
        raise RuntimeError(f"Non-empty {input.ndim}D data tensor expected but got a tensor with sizes {image}")
    if mode == "area" and set(sizes) == {1} and not input.dtype.is_floating_point:
        raise RuntimeError("mean(): could not infer output dtype. Input dtype must be a floating point dtype")
    by_number = mode in ("nearest", "nearest-exact")
    if not (input.dtype.is_floating_point or (by_number and input.array.dtype == np.uint8)):
        raise NotImplementedError(f"\"interpolate, mode {mode}\" not implemented for '{input.dtype.word}'")


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    """interpolate, by its old name."""
    deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    """interpolate with mode="nearest"."""
    deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input, size=None, scale_factor=None):
    """interpolate with mode="bilinear", align_corners=True."""
    deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def deprecated(name):
    warnings.warn(f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3)
