"""Padding: more elements at the ends of the last dims, or with negative numbers fewer.

    constant      one number                          0 0 a b c 0 0
    reflect       the elements mirrored at the end     c b a b c b a
    replicate     the outermost element                a a a b c c c
    circular      the elements from the other end      b c a b c a b

https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
"""

import numpy as np

from minitorch.autograd.op import op
from minitorch.dtype import check_fits
from minitorch.ops.index import picked
from minitorch.ops.refusals import refuse_bool
from minitorch.size import unpack_sizes


@op(label="ConstantPadNdBackward0")
def padded(input, *, before, after, value):
    """input with before[d] and after[d] elements more in each dim d. The gradient is padded back: by as many less."""
    shape = [n + b + a for n, b, a in zip(input.array.shape, before, after, strict=True)]
    array = input.kernels.full(tuple(shape), value, input.array.dtype)
    here = tuple(slice(max(-b, 0), n - max(-a, 0)) for n, b, a in zip(input.array.shape, before, after, strict=True))
    there = tuple(slice(max(b, 0), n - max(a, 0)) for n, b, a in zip(shape, before, after, strict=True))
    if array.size and input.array.size:
        input.kernels.copy_into(input.kernels.getitem(array, there), input.kernels.getitem(input.array, here))
    less = [tuple(-n for n in side) for side in (before, after)]
    return array, lambda g: padded(g, before=less[0], after=less[1], value=0)


def constant_pad(input, pad, value):
    """pad, with a number."""
    spare = (0,) * (input.ndim - len(pad) // 2)  # dims that are left as they are
    before, after = (spare + pad[side::2][::-1] for side in (0, 1))  # pad begins at the last dim
    for d, (n, b, a) in enumerate(zip(input.shape, before, after, strict=True)):
        if min(n + b + a, n + b, n + a) < 0:
            raise RuntimeError(
                f"The input size {n}, plus negative padding {b} and {a}, resulted in a negative output size, which is "
                f"invalid. Check dimension {d} of your input."
            )
    if max(pad, default=0) <= 0:
        value = 0  # nothing is filled in
    check_fits(value, input.array.dtype)
    if value < 0 and input.array.dtype.kind == "u":
        raise RuntimeError("value cannot be converted to type uint8_t without overflow")
    return padded(input, before=before, after=after, value=value)


# -- with elements of the input ----------------------------------------------------------------------------------------


def reflected(n, before, after):
    """The elements of n that stand at the places of the padded dim: mirrored at the outermost, which come once."""
    return (n - 1) - np.abs((n - 1) - np.abs(np.arange(-before, n + after)))


def replicated(n, before, after):
    """The outermost elements, over and over."""
    return np.clip(np.arange(-before, n + after), 0, n - 1)


def circular(n, before, after):
    """From the beginning again; what a negative number cuts off does not come back at the other end."""
    first, last = max(-before, 0), n - max(-after, 0)
    return first + np.arange(-max(before, 0), last - first + max(after, 0)) % max(last - first, 1)


SOURCES = {"reflect": reflected, "replicate": replicated, "circular": circular}


def pad(input, pad, mode="constant", value=None):
    """input with more elements: pad = (before, after) of the last dim, then (before, after) of the one before, ...

    The modes other than "constant" pad the last one, two or three dims of an input that has one dim or two more.
    """
    pad = unpack_sizes((pad,))
    if mode != "constant" and mode not in SOURCES:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if len(pad) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2 (pad: {list(pad)})")
    if len(pad) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {input.ndim}"
        )
    if mode == "constant":
        return constant_pad(input, pad, 0 if value is None else value)
    if value:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    check(input, pad, mode)
    for back, (before, after) in enumerate(zip(pad[::2], pad[1::2], strict=True), 1):
        dim = input.ndim - back
        source = input.kernels.from_numpy(SOURCES[mode](input.shape[dim], before, after))
        input = picked(input, input.wrap(source), dim=dim)
    return input


def check(input, pad, mode):
    """torch's errors for padding with elements of the input."""
    dims, shape = len(pad) // 2, list(input.shape)
    if dims not in (1, 2, 3) or len(shape) not in (dims + 1, dims + 2):
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {len(shape)}D input tensor: with mode {mode!r}, 2 numbers "
            "pad a 2D or 3D input, 4 a 3D or 4D one, 6 a 4D or 5D one"
        )
    sizes = list(zip(shape[::-1], pad[::2], pad[1::2], strict=False))  # (n, before, after), from the last dim on
    if mode == "circular":
        if any(max(before, after) > n for n, before, after in sizes):
            raise RuntimeError(f"Padding value causes wrapping around more than once. (pad {pad} of {shape})")
        if any(n + before + after < 0 for n, before, after in sizes):
            raise RuntimeError(f"Negative padding value is resulting in an empty dimension. (pad {pad} of {shape})")
        return
    if 0 in shape[-dims - 1 :]:
        raise RuntimeError(
            f"Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {shape}"
        )
    for back, (n, before, after) in enumerate(sizes, 1):
        if mode == "reflect" and max(before, after) >= n:
            raise RuntimeError(
                "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
                f"({before}, {after}) at dimension {len(shape) - back} of input {shape}"
            )
    new = [n + before + after for n, before, after in sizes]
    if max(new) < 1 or min(new) < 0:
        raise RuntimeError(f"input of shape {shape} is too small for pad {list(pad)} (mode {mode!r})")
    kernel = {"reflect": "reflection", "replicate": "replication"}[mode]
    refuse_bool(input, f"\"{kernel}_pad{dims}d\" not implemented for 'Bool'", NotImplementedError)
