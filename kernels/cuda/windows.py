"""The windows of an image as columns, and columns added up to an image: unfold and fold.

Along one dim, window p of an image, padded by `padding`, holds the elements p * stride - padding + r * dilation for r
in 0, ..., R - 1. The kernels are written for three dims; signals and images are volumes with sides of 1.
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
"""

import math

from kernels.cuda.array import empty, in_float32, packed
from kernels.cuda.device import cuda
from kernels.cuda.launch import elements, launch

# As in conv.py: image (D, H, W), window (T, R, S), result (Z, P, Q), steps = (stride, padding, dilation) for each dim.


def volume(values, fill=1):
    """Three numbers, one a dim, for one, two or three: `fill` for the dims in front."""
    return (fill,) * (3 - len(values)) + tuple(values)


def arguments(image, window, dilation, padding, stride):
    """(image, window, result, steps) of the kernels."""
    settings = zip(image, window, stride, padding, dilation, strict=True)
    result = [(n + 2 * p - d * (r - 1) - 1) // s + 1 for n, r, s, p, d in settings]
    return volume(image), volume(window), volume(result), (volume(stride), volume(padding, 0), volume(dilation))


@cuda.jit
def unfold_kernel(out, x, image, window, result, steps):
    """out (planes, T R S, Z P Q) from x (planes, D, H, W). Grid: 1-d; one thread an element; global memory only."""
    (D, H, W), (T, R, S), (Z, P, Q) = image, window, result
    stride, padding, dilation = steps
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        q, p, z, row = at % Q, at // Q % P, at // (Q * P) % Z, at // (Q * P * Z)
        s, r, t, plane = row % S, row // S % R, row // (S * R) % T, row // (S * R * T)
        d = z * stride[0] - padding[0] + t * dilation[0]
        h = p * stride[1] - padding[1] + r * dilation[1]
        w = q * stride[2] - padding[2] + s * dilation[2]
        inside = 0 <= d < D and 0 <= h < H and 0 <= w < W
        out[at] = x[((plane * D + d) * H + h) * W + w] if inside else out.dtype.type(0)


@cuda.jit
def fold_kernel(out, columns, image, window, result, steps):
    """out (planes, D, H, W), the sums of what lies in columns (planes, T R S, Z P Q) for each element.

    Grid: 1-d; one thread an element of out; global memory only.
    """
    (D, H, W), (T, R, S), (Z, P, Q) = image, window, result
    stride, padding, dilation = steps
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        w, h, d, plane = at % W, at // W % H, at // (W * H) % D, at // (W * H * D)
        total = out.dtype.type(0)
        for t in range(T):
            # d = z * stride - padding + t * dilation, solved for z; and so h for p, w for q
            z, rest_d = divmod(d + padding[0] - t * dilation[0], stride[0])
            if rest_d == 0 and 0 <= z < Z:
                for r in range(R):
                    p, rest_h = divmod(h + padding[1] - r * dilation[1], stride[1])
                    if rest_h == 0 and 0 <= p < P:
                        for s in range(S):
                            q, rest_w = divmod(w + padding[2] - s * dilation[2], stride[2])
                            if rest_w == 0 and 0 <= q < Q:
                                row = ((plane * T + t) * R + r) * S + s
                                total += columns[((row * Z + z) * P + p) * Q + q]
        out[at] = total


def unfold(x, kernel_size, dilation, padding, stride):
    """Every window of x (N, C, image) as a column: (N, C window, result)."""
    n, c, *image = x.shape
    given = arguments(image, kernel_size, dilation, padding, stride)
    out = empty((n, c * math.prod(kernel_size), math.prod(given[2])), x.dtype)
    launch(unfold_kernel, elements(out.size), out, packed(x), *given)
    return out


@in_float32
def fold(columns, image, kernel_size, dilation, padding, stride):
    """The transpose of unfold: columns (N, C window, result) added up where they come from, (N, C, image)."""
    n, rows = columns.shape[:2]
    out = empty((n, rows // math.prod(kernel_size), *image), columns.dtype)
    given = arguments(image, kernel_size, dilation, padding, stride)
    launch(fold_kernel, elements(out.size), out, packed(columns), *given)
    return out
