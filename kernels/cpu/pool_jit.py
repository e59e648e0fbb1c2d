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
def max_pool(first, last, x, at, values, places):
    """values[p, q], places[p, q]: the largest of x[p, at[., :, q]]. x (planes, pixels), at (planes or 1, elements of a
    window, windows)."""
    for p in range(first, last):
        pixels, largest, place, window = x[p], values[p], places[p], at[p % len(at)]
        for q in range(largest.size):
            place[q] = window[0, q]
            largest[q] = pixels[window[0, q]]
        for e in range(1, len(window)):
            for q in range(largest.size):
                value = pixels[window[e, q]]
                better = (value > largest[q]) | (value != value)
                largest[q] = value if better else largest[q]
                place[q] = window[e, q] if better else place[q]


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
