"""The loops of pool.py, compiled: over planes, windows (i, j, k) and the elements (d, h, w) of a window.

The largest elements of all windows of a plane are found at the same time: first among their first elements, then their
second ones, ... So the loop inside is long, without branches that random numbers decide: 3 times as fast as window by
window. Sums go through whole rows of the image at a time, in vector instructions: the rows of the windows are added to
one (`above`), in which each window then has a few numbers next to each other; a share is handed out the other way. So a
mean of 3 x 3 takes 3 single additions and not 9.
"""

import numba
import numpy as np

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def count_of(span, row, i):
    """How many elements window i has along a dim."""
    starts, ends, step = span
    return -((starts[row, i] - ends[row, i]) // step)


@compiled
def longest(span):
    """The most elements that a window has along a dim; at least 1."""
    most = 1
    for row in range(span[0].shape[0]):
        for i in range(span[0].shape[1]):
            most = max(most, count_of(span, row, i))
    return most


@compiled
def element(span, row, i, number):
    """Where along a dim such an element of window i is. After its last one comes the last one again."""
    starts, _, step = span
    return starts[row, i] + step * min(number, count_of(span, row, i) - 1)


@compiled
def find_elements(plane, image, spans, at):
    """at (elements of a window, windows): where in the plane every element is, row by row; -1 for a window that has
    none."""
    (_, H, W), (deep, high, wide) = image, spans
    a, b, c = plane % len(deep[0]), plane % len(high[0]), plane % len(wide[0])  # rows of spans
    q = 0
    for i in range(deep[0].shape[1]):
        for j in range(high[0].shape[1]):
            for k in range(wide[0].shape[1]):
                e = 0
                some = min(count_of(deep, a, i), count_of(high, b, j), count_of(wide, c, k)) > 0
                for d in range(longest(deep)):
                    for h in range(longest(high)):
                        for w in range(longest(wide)):
                            place = (element(deep, a, i, d) * H + element(high, b, j, h)) * W + element(wide, c, k, w)
                            at[e, q] = place if some else -1
                            e += 1
                q += 1


@compiled
def max_pool(first, last, image, spans, lowest, x, values, places):
    """values[p, q] and places[p, q]: the largest element of window q of plane p and where it is. x (planes, pixels),
    each plane an image (D, H, W)."""
    at = np.empty((longest(spans[0]) * longest(spans[1]) * longest(spans[2]), values.shape[1]), np.int64)
    alike = max(len(spans[0][0]), len(spans[1][0]), len(spans[2][0])) == 1  # have all planes the same windows?
    for p in range(first, last):
        if p == first or not alike:
            find_elements(p, image, spans, at)
        pixels, largest, place = x[p], values[p], places[p]
        for q in range(largest.size):
            place[q] = at[0, q]
            largest[q] = pixels[at[0, q]]  # of -1, the last pixel, for now
        for e in range(1, len(at)):
            for q in range(largest.size):
                value = pixels[at[e, q]]
                better = (value > largest[q]) | (value != value)
                largest[q] = value if better else largest[q]
                place[q] = at[e, q] if better else place[q]
        for q in range(largest.size):
            if at[0, q] < 0:
                largest[q] = lowest


@compiled
def add_to(out, row):
    for w in range(row.size):
        out[w] += row[w]


@compiled
def add_up(first, last, x, out, starts, ends):
    """out, which comes as zeros, plus the sums of all windows."""
    _, depths, rows, columns = out.shape
    above = np.empty(x.shape[3], x.dtype)
    for plane in range(first, last):
        for i in range(depths):
            for j in range(rows):
                above[:] = 0
                for d in range(starts[0][0, i], ends[0][0, i]):
                    for h in range(starts[1][0, j], ends[1][0, j]):
                        add_to(above, x[plane, d, h])
                sums = out[plane, i, j]
                for k in range(columns):
                    for w in range(starts[2][0, k], ends[2][0, k]):
                        sums[k] += above[w]


@compiled
def add_shares(first, last, g, out, starts, ends):
    """out plus every g all over its window."""
    _, depths, rows, columns = g.shape
    above = np.empty(out.shape[3], out.dtype)
    for plane in range(first, last):
        for i in range(depths):
            for j in range(rows):
                above[:] = 0
                for k in range(columns):
                    for w in range(starts[2][0, k], ends[2][0, k]):
                        above[w] += g[plane, i, j, k]
                for d in range(starts[0][0, i], ends[0][0, i]):
                    for h in range(starts[1][0, j], ends[1][0, j]):
                        add_to(out[plane, d, h], above)
