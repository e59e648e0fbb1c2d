"""Pooling: the largest element, or the mean, of every window of a signal, an image or a volume; the mean's gradient.

Where the windows lie is told dim by dim, by *spans* (starts, ends, step) as in kernels/cpu/pool.py: along that dim,
window number i holds the elements starts[., i], starts[., i] + step, ... before ends[., i]; starts and ends, NumPy
arrays, have one row for all planes of the image or a row for each. The kernels are written for three dims; signals and
images are volumes with sides of 1. https://docs.pytorch.org/docs/stable/nn.functional.html#pooling-functions
"""

import numpy as np

from kernels.cuda.array import empty, from_numpy, in_float32, packed
from kernels.cuda.device import cuda, device_function
from kernels.cuda.launch import elements, launch
from kernels.cuda.reduce import lowest
from kernels.cuda.windows import volume

# In the kernels, image is (D, H, W), result (Z, P, Q). table holds the starts and then the ends of each of the three
# dims; those of a dim begin at its base, and have so many rows, one or as many as there are planes.


@device_function
def bounds(table, base, rows, size, plane, i):
    """Where window i of a plane begins and ends along a dim with `size` windows."""
    at = base + plane % rows * size + i
    return table[at], table[at + rows * size]


def arguments(image, spans):
    """(table, bases, rows, image, result) of the kernels; an (N, C, ...) image has as many dims as there are spans."""
    whole = np.zeros((1, 1), np.int64), np.ones((1, 1), np.int64), 1
    spans = volume(spans, whole)
    parts = [np.concatenate([starts.reshape(-1), ends.reshape(-1)]) for starts, ends, _ in spans]
    bases = (0, parts[0].size, parts[0].size + parts[1].size)
    rows, result = zip(*[starts.shape for starts, _, _ in spans], strict=True)
    return from_numpy(np.concatenate(parts)), bases, rows, volume(image), result


def result_shape(x, spans):
    """(N, C, result)."""
    return (*x.shape[: x.ndim - len(spans)], *[starts.shape[1] for starts, _, _ in spans])


@cuda.jit
def max_pool_kernel(values, places, x, table, bases, rows, image, result, steps, lowest_value):
    """values, and the places (d * H + h) * W + w of where they come from. Grid: 1-d; one thread a window; global memory
    only. Of equal elements the first is chosen, of NaNs the last, as in torch; of none place -1."""
    (D, H, W), (Z, P, Q) = image, result
    for at in range(cuda.grid(1), values.size, cuda.gridsize(1)):
        q, p, z, plane = at % Q, at // Q % P, at // (Q * P) % Z, at // (Q * P * Z)
        front, back = bounds(table, bases[0], rows[0], Z, plane, z)
        top, bottom = bounds(table, bases[1], rows[1], P, plane, p)
        left, right = bounds(table, bases[2], rows[2], Q, plane, q)
        best, place = lowest_value, -1
        for d in range(front, back, steps[0]):
            for h in range(top, bottom, steps[1]):
                for w in range(left, right, steps[2]):
                    value = x[((plane * D + d) * H + h) * W + w]
                    if value > best or value != value or place < 0:
                        best, place = value, (d * H + h) * W + w
        values[at], places[at] = best, place


@cuda.jit
def avg_pool_kernel(out, x, count, table, bases, rows, image, result):
    """out, the sums over count, of which there is one a window. Grid: 1-d; one thread a window; global memory only."""
    (D, H, W), (Z, P, Q) = image, result
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        q, p, z, plane = at % Q, at // Q % P, at // (Q * P) % Z, at // (Q * P * Z)
        front, back = bounds(table, bases[0], rows[0], Z, plane, z)
        top, bottom = bounds(table, bases[1], rows[1], P, plane, p)
        left, right = bounds(table, bases[2], rows[2], Q, plane, q)
        total = out.dtype.type(0)
        for d in range(front, back):
            for h in range(top, bottom):
                for w in range(left, right):
                    total += x[((plane * D + d) * H + h) * W + w]
        out[at] = total / count[(z * P + p) * Q + q]


@cuda.jit
def avg_pool_backward_kernel(out, g, count, table, bases, rows, image, result):
    """out, the gradient of x: the gradients over their count of all windows that hold (d, h, w), added up.

    Grid: 1-d; one thread an element of x; global memory only. Each thread looks through the bounds of all windows: the
    few numbers of the table are in the cache, and nothing has to be known about how the windows lie.
    """
    (D, H, W), (Z, P, Q) = image, result
    for at in range(cuda.grid(1), out.size, cuda.gridsize(1)):
        w, h, d, plane = at % W, at // W % H, at // (W * H) % D, at // (W * H * D)
        total = out.dtype.type(0)
        for z in range(Z):
            front, back = bounds(table, bases[0], rows[0], Z, plane, z)
            if front <= d < back:
                for p in range(P):
                    top, bottom = bounds(table, bases[1], rows[1], P, plane, p)
                    if top <= h < bottom:
                        for q in range(Q):
                            left, right = bounds(table, bases[2], rows[2], Q, plane, q)
                            if left <= w < right:
                                total += g[((plane * Z + z) * P + p) * Q + q] / count[(z * P + p) * Q + q]
        out[at] = total


@in_float32
def max_pool(x, spans):
    """(the largest element of each window, its place in the plane, row by row): both (N, C, result)."""
    shape = result_shape(x, spans)
    values, places = empty(shape, x.dtype), empty(shape, np.int64)
    steps = tuple([step for _, _, step in volume(spans, (None, None, 1))])
    given = arguments(x.shape[-len(spans) :], spans)
    launch(max_pool_kernel, elements(values.size), values, places, packed(x), *given, steps, lowest(x.dtype))
    return values, places


def counts(count, result, dtype):
    """count, a NumPy array that broadcasts to the result, on the GPU, one number a window."""
    return from_numpy(np.broadcast_to(count, result).astype(dtype))


@in_float32
def avg_pool(x, spans, count):
    """The sum of each window over its count. NotImplementedError for integers, as in torch on CUDA."""
    if x.dtype.kind != "f":
        raise NotImplementedError(f"avg_pool on CUDA is not implemented for {x.dtype}")
    shape = result_shape(x, spans)
    out, given = empty(shape, x.dtype), arguments(x.shape[-len(spans) :], spans)
    launch(avg_pool_kernel, elements(out.size), out, packed(x), counts(count, shape[-len(spans) :], x.dtype), *given)
    return out


@in_float32
def avg_pool_backward(g, input_shape, spans, count):
    """The gradient of x, of shape input_shape, from the gradient g of the means."""
    out, given = empty(input_shape, g.dtype), arguments(input_shape[-len(spans) :], spans)
    count = counts(count, g.shape[-len(spans) :], g.dtype)
    launch(avg_pool_backward_kernel, elements(out.size), out, packed(g), count, *given)
    return out
