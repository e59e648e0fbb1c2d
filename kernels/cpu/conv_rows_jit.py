"""The loops of conv_direct.py over rows of images, compiled: images into rows, sums or products, results out of rows.

All of it is one call, so that threads meet at Python's lock once: with NumPy's copies between the sums they fought over
it, and a convolution of small images took up to twice the time.

x and y are contiguous (N, C, D, H, W). Rows lie one after another in a buffer, `reach` zeros before the first.
"""

import numpy as np

from kernels.cpu.conv_direct import VECTORS
from kernels.cpu.conv_jit import compiled, shifted_products, shifted_sums
from kernels.cpu.vectors_jit import LANES, load_first, store_first


@compiled
def rows_of(buffer, channels, lines, images, plane):
    """The rows of so many lines of so many images at the beginning of a buffer: (channels, length)."""
    length = -(-lines * images * plane[1] * plane[2] // VECTORS) * VECTORS
    return buffer[: channels * length].reshape(channels, length)


@compiled
def write_rows(rows, x, start, stop, part, stride, images, plane):
    """Images x[start:stop], or a part of them (see Layout), into rows (C, length)."""
    _, C, D, H, W = x.shape
    pixels = x.reshape(-1)
    there, here, count = part
    for c in range(C):
        row = rows[c]
        for d in range(count[0]):
            for n in range(start, stop):
                for h in range(count[1]):
                    at = (((there[0] + d) * images + n - start) * plane[1] + there[1] + h) * plane[2] + there[2]
                    line = (((n * C + c) * D + here[0] + d * stride[0]) * H + here[1] + h * stride[1]) * W + here[2]
                    if stride[2] == 1:
                        for w in range(0, count[2], LANES):
                            store_first(row, at + w, load_first(pixels, line + w, count[2] - w), count[2] - w)
                    else:
                        for w in range(count[2]):
                            row[at + w] = pixels[line + w * stride[2]]


@compiled
def read_rows(rows, x, start, stop, part, stride, images, plane):
    """The other way: out of rows into x[start:stop], or a part of it."""
    _, C, D, H, W = x.shape
    pixels = x.reshape(-1)
    there, here, count = part
    for c in range(C):
        row = rows[c]
        for d in range(count[0]):
            for n in range(start, stop):
                for h in range(count[1]):
                    at = (((there[0] + d) * images + n - start) * plane[1] + there[1] + h) * plane[2] + there[2]
                    line = (((n * C + c) * D + here[0] + d * stride[0]) * H + here[1] + h * stride[1]) * W + here[2]
                    if stride[2] == 1:
                        for w in range(0, count[2], LANES):
                            store_first(pixels, line + w, load_first(row, at + w, count[2] - w), count[2] - w)
                    else:
                        for w in range(count[2]):
                            pixels[line + w * stride[2]] = row[at + w]


# layout: (images in a row, size of a plane, reach). A side: (rows, images, parts of them, stride between their pixels).


@compiled
def sums_of_images(first, last, layout, x_side, y_side, starts, ends, weight, bias):
    """y for the rows of images from first on, before last: part f of it is the sum of taps ends[f - 1] to ends[f],
    whose weights are a matrix (O, taps), one matrix after the other."""
    (images, plane, reach), (x_rows, x, x_parts, x_stride), (y_rows, y, y_parts, y_stride) = layout, x_side, y_side
    x_rows[:] = 0
    channels, outer = x.shape[1], y.shape[1]
    rows = rows_of(x_rows[reach:], len(x_parts) * channels, plane[0], images, plane)
    for block in range(first, last):
        start, stop = block * images, min((block + 1) * images, len(x))
        for f in range(len(x_parts)):
            part = x_parts[f]
            write_rows(rows[f * channels : (f + 1) * channels], x, start, stop, part, x_stride, images, plane)
        tap = 0
        for f in range(len(y_parts)):
            sums = rows_of(y_rows, outer, y_parts[f, 2, 0], images, plane)
            if sums.size > 0:
                of_part = weight[outer * tap : outer * ends[f]].reshape(outer, ends[f] - tap)
                shifted_sums(sums, bias, x_rows, starts[tap : ends[f]], of_part)
                read_rows(sums, y, start, stop, y_parts[f], y_stride, images, plane)
            tap = ends[f]


@compiled
def products_of_images(first, last, layout, g_side, x_side, starts, sums):
    """What the images of the pieces from first on, before last, add to sums (pieces, O, taps)."""
    (images, plane, reach), (g_rows, g, g_parts, g_stride), (x_rows, x, x_parts, x_stride) = layout, g_side, x_side
    x_rows[:] = 0
    g_rows[:] = 0
    products = np.empty_like(sums[0])
    channels, blocks = x.shape[1], -(-len(x) // images)
    into = rows_of(x_rows[reach:], len(x_parts) * channels, plane[0], images, plane)
    rows = rows_of(g_rows, g.shape[1], g_parts[0, 2, 0], images, plane)
    for piece in range(first, last):
        for block in range(piece * blocks // len(sums), (piece + 1) * blocks // len(sums)):
            start, stop = block * images, min((block + 1) * images, len(x))
            if stop - start < images:
                rows[:] = 0  # images that the last row lacks
            for f in range(len(x_parts)):
                part = x_parts[f]
                write_rows(into[f * channels : (f + 1) * channels], x, start, stop, part, x_stride, images, plane)
            write_rows(rows, g, start, stop, g_parts[0], g_stride, images, plane)
            shifted_products(rows, x_rows, starts, products)
            sums[piece] += products


@compiled
def sums_of_pixels(first, last, x, y, starts, weight, bias):
    """y (N, O, pixels) for the images from first on, before last, of x (N, C pixels), which are rows as they are."""
    for n in range(first, last):
        shifted_sums(y[n], bias, x[n], starts, weight)


@compiled
def products_of_pixels(first, last, g, x, starts, sums):
    """What the images g (N, O, pixels) and x of the pieces from first on, before last, add to sums (pieces, O, C)."""
    products = np.empty_like(sums[0])
    for piece in range(first, last):
        for n in range(piece * len(g) // len(sums), (piece + 1) * len(g) // len(sums)):
            shifted_products(g[n], x[n], starts, products)
            sums[piece] += products
