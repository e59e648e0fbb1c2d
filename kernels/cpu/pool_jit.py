"""The loops of pool.py, compiled: over planes, windows (i, j, k) and the elements (d, h, w) of a window.

Sums go through whole rows of the image at a time, in vector instructions: the rows of the windows are added to one
(`above`), in which each window then has a few numbers next to each other; a share is handed out the other way. So a
mean of 3 x 3 takes 3 single additions and not 9. Largest elements are looked for row by row of the image, too, for all
windows of a row, which takes a third less time than window by window.
"""

import numba
import numpy as np

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def max_pool(first, last, x, values, places, starts, ends, steps):
    """values come filled with the lowest number."""
    height, width = x.shape[2:]
    _, depths, rows, columns = values.shape
    for plane in range(first, last):
        pd, ph, pw = plane % len(starts[0]), plane % len(starts[1]), plane % len(starts[2])
        lefts, rights = starts[2][pw], ends[2][pw]
        for i in range(depths):
            for j in range(rows):
                best, place = values[plane, i, j], places[plane, i, j]
                place[:] = -1
                for d in range(starts[0][pd, i], ends[0][pd, i], steps[0]):
                    for h in range(starts[1][ph, j], ends[1][ph, j], steps[1]):
                        row, before = x[plane, d, h], (d * height + h) * width
                        for k in range(columns):
                            b, p = best[k], place[k]
                            for w in range(lefts[k], rights[k], steps[2]):
                                value = row[w]
                                if value > b or value != value or p < 0:
                                    b, p = value, before + w
                            best[k], place[k] = b, p


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
