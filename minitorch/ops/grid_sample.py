"""Images read at places that a grid names: grid_sample; and the grid of an affine map: affine_grid.

Together they turn, shift and stretch images by numbers that can be learned (Spatial Transformer Networks, Jaderberg et
al., arXiv 1506.02025). https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html
"""

import functools
import itertools
import math
import operator
import warnings

import numpy as np

from minitorch.ops.elementwise import where
from minitorch.ops.gather import gathered
from minitorch.ops.refusals import floating_only
from minitorch.ops.resample import far_cubic, near_cubic
from minitorch.size import unpack_sizes

MODES, PADDINGS = ("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection")
CHANGED = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
    "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details."
)


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    """input (N, C, H, W) at the places grid (N, H', W', 2): (N, C, H', W'); or with three dims (N, C, D, H, W) and 3.

    A place is (x, y), or (x, y, z): -1 and 1 are the outer edges of the image; or, with align_corners, the centers of
    its outermost elements. Beyond them are zeros, the outermost elements (border), or the image mirrored (reflection).
    """
    name = "nn.functional.grid_sample()"
    if mode not in MODES:
        raise ValueError(f"{name}: expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in PADDINGS:
        raise ValueError(
            f"{name}: expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(CHANGED, stacklevel=2)
    check(input, grid, mode)
    image = input.shape[2:]
    along = []  # for each dim of the image: [(index, inside, weight), ...]
    for d, n in enumerate(image):
        place = cell(grid.select(-1, len(image) - 1 - d).flatten(1), n, align_corners)  # (N, H', W') -> (N, P)
        along.append(neighbours(place, n, mode, padding_mode, align_corners))
    lines = input.flatten(2)  # (N, C, H, W) -> (N, C, H W)
    total = 0
    for corner in itertools.product(*along):
        indices, inside, weights = zip(*corner, strict=True)
        flat = indices[0]  # (N, P)
        for i, n in zip(indices[1:], image[1:], strict=True):
            flat = flat * n + i
        index = flat.unsqueeze(1).expand(*input.shape[:2], flat.shape[1])
        mask = functools.reduce(operator.and_, inside)
        weight = where(mask, math.prod(weights[1:], start=weights[0]), 0.0)
        values = gathered(lines, index, dim=2)  # (N, C, P)
        total = total + where(mask.unsqueeze(1), values, 0.0) * weight.unsqueeze(1)  # (N, 1, P)
    return total.reshape(*input.shape[:2], *grid.shape[1:-1])  # (N, C, P) -> (N, C, H', W')


def cell(x, n, align_corners):
    """A coordinate from -1 to 1 as one from element 0 to element n - 1."""
    return (x + 1) / 2 * (n - 1) if align_corners else ((x + 1) * n - 1) / 2


def neighbours(place, n, mode, padding_mode, align_corners):
    """What is read along one dim for each place: [(index, whether it is inside, weight), ...]."""
    if mode != "bicubic":  # there the neighbours are brought inside, not the place
        place = brought_inside(place, n, padding_mode, align_corners)
    at = place.detach()
    if mode == "nearest":
        return [reading(at.round(), n, place * 0 + 1)]  # its derivative is 0 everywhere
    left = at.floor()
    t = place - left
    if mode == "bilinear":
        return [reading(left, n, 1 - t), reading(left + 1, n, t)]
    weights = far_cubic(t + 1, -0.75), near_cubic(t, -0.75), near_cubic(1 - t, -0.75), far_cubic(2 - t, -0.75)
    sources = [brought_inside(left + k, n, padding_mode, align_corners) for k in (-1, 0, 1, 2)]
    return [reading(s, n, w) for s, w in zip(sources, weights, strict=True)]


def reading(at, n, weight):
    """(index, whether it is inside, weight); index 0 for what is outside."""
    inside = (at >= 0) & (at < n)
    return where(inside, at, 0.0).long(), inside, weight


def brought_inside(place, n, padding_mode, align_corners):
    """A place beyond the image as the one inside that stands for it."""
    if padding_mode == "zeros":
        return place
    if padding_mode == "reflection":
        low, span = (0, n - 1) if align_corners else (-0.5, n)
        if span == 0:
            return place * 0
        distance = place - low
        distance = where(distance < 0, -distance, distance)
        turns = (distance.detach() / span).floor()
        rest = distance - turns * span
        place = where(turns % 2 == 0, rest, span - rest) + low
    return place.masked_fill(place <= 0, 0).masked_fill(place >= n - 1, n - 1)


def check(input, grid, mode):
    """torch's errors for shapes and dtypes."""
    shapes = f"(input {list(input.shape)}, grid {list(grid.shape)})"
    dims = input.ndim - 2
    if input.ndim not in (4, 5) or grid.ndim != input.ndim:
        raise RuntimeError(
            f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with "
            f"sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
        )
    if len(grid) != len(input):
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size {shapes}")
    if grid.shape[-1] != dims:
        raise RuntimeError(f"grid_sampler(): expected grid to have size {dims} in last dimension {shapes}")
    if 0 in input.shape[2:]:
        raise RuntimeError(f"grid_sampler(): expected input to have non-empty spatial dimensions {shapes}")
    if dims == 3 and mode == "bicubic":
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    floating_only(f"grid_sampler_{dims}d_cpu", input)
    if grid.dtype is not input.dtype:
        raise RuntimeError(f"grid_sampler(): expected grid and input of one dtype, got {grid.dtype} and {input.dtype}")


def affine_grid(theta, size, align_corners=None):
    """The places theta (x, y, 1) for all elements (x, y) of an image of that size: theta (N, 2, 3) and size
    (N, C, H, W) -> (N, H, W, 2); theta (N, 3, 4) and size (N, C, D, H, W) -> (N, D, H, W, 3)."""
    if align_corners is None:
        warnings.warn(CHANGED, stacklevel=2)
    if not theta.dtype.is_floating_point:
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in (4, 5):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. "
            f"Got size {size}."
        )
    dims = len(size) - 2
    if theta.ndim != 3 or theta.shape[1:] != (dims, dims + 1):
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size {size}. Got "
            f"{theta.shape}."
        )
    if align_corners and min(size[2:]) == 1:
        warnings.warn("affine_grid with align_corners=True has no corners in a dim of size 1.", stacklevel=2)
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    size = unpack_sizes((tuple(size),))
    if len(theta) != size[0]:
        raise RuntimeError(f"Expected one matrix for each of the {size[0]} images, got {len(theta)}")
    axes = [np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in size[2:]]
    if not align_corners:
        axes = [axis * (len(axis) - 1) / len(axis) for axis in axes]
    places = [a.reshape(-1) for a in np.meshgrid(*axes, indexing="ij")][::-1]  # x, y, ...: each (H W)
    base = np.stack([*places, np.ones_like(places[0])], 1).astype(theta.array.dtype)  # (H W, 3)
    grid = theta.wrap(theta.kernels.from_numpy(base)) @ theta.mT  # (H W, 3) (N, 3, 2) -> (N, H W, 2)
    return grid.reshape(len(theta), *size[2:], dims)  # -> (N, H, W, 2)
