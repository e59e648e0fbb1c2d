"""Channels rearranged: into finer images, back, and among each other.

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pixel_shuffle.html
"""

from operator import index


def pixel_shuffle(input, upscale_factor):
    """(..., C r^2, H, W) -> (..., C, H r, W r): r^2 channels become the r by r pixels of a block
    (Shi et al., arXiv 1609.05158)."""
    r = index(upscale_factor)
    check_image("pixel_shuffle", input)
    *batch, channels, height, width = input.shape
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {r * r}"
        )
    c = channels // (r * r)
    x = input.reshape(-1 if input.numel() else 0, c, r, r, height, width)  # (..., C r^2, H, W) -> (N, C, r, r, H, W)
    x = x.permute(0, 1, 4, 2, 5, 3).clone()  # (N, C, H, r, W, r)
    return x.reshape(*batch, c, height * r, width * r)  # -> (..., C, H r, W r)


def pixel_unshuffle(input, downscale_factor):
    """(..., C, H r, W r) -> (..., C r^2, H, W): the inverse of pixel_shuffle."""
    r = index(downscale_factor)
    check_image("pixel_unshuffle", input)
    *batch, c, height, width = input.shape
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    for name, n in (("height", height), ("width", width)):
        if n % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but {n} is not divisible by {r}"
            )
    height, width = height // r, width // r
    x = input.reshape(-1 if input.numel() else 0, c, height, r, width, r)  # (..., C, H r, W r) -> (N, C, H, r, W, r)
    x = x.permute(0, 1, 3, 5, 2, 4).clone()  # (N, C, r, r, H, W)
    return x.reshape(*batch, c * r * r, height, width)  # -> (..., C r^2, H, W)


def check_image(name, input):
    """RuntimeError for an input of fewer than 3 dims."""
    if input.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {input.ndim} dimension(s)"
        )


def channel_shuffle(input, groups):
    """(N, C, L...) with its channels, seen as `groups` by C / groups, transposed (Zhang et al., arXiv 1707.01083)."""
    if input.ndim < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    groups = index(groups)
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    batch, channels, *image = input.shape
    if channels % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {channels} channels and {groups} groups."
        )
    x = input.reshape(batch, groups, channels // groups, *image)  # (N, C, L...) -> (N, G, C / G, L...)
    return x.transpose(1, 2).reshape(input.shape)  # -> (N, C / G, G, L...) -> (N, C, L...)
