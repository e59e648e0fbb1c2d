"""The two loops of conv_direct.py, compiled: a weighted sum of shifted rows of numbers, and its transpose.

Four rows of sums at a time take a number at four shifts: 16 products for 8 numbers read and 4 written. All are read
before any is written, for the compiler then knows that none has changed. Measured on one core with AVX-512, in GFLOP/s:
rows by shifts 1 x 1 30, 1 x 8 99, 2 x 4 145, 4 x 4 182, 4 x 8 153, 8 x 2 103 (OpenBLAS: 120).
"""

import numba

TILE = 1024  # numbers of a row at a time: the sums, and the row at its shifts, stay in the first cache (48 KiB)

compiled = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
sums = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"})  # in vectors


@compiled
def add_one(y, x, w):
    for j in range(y.size):
        y[j] += w * x[j]


@compiled
def add_eight(y, x, at, w):
    n = y.size
    a, b, c, d = x[at[0] : at[0] + n], x[at[1] : at[1] + n], x[at[2] : at[2] + n], x[at[3] : at[3] + n]
    e, f, g, h = x[at[4] : at[4] + n], x[at[5] : at[5] + n], x[at[6] : at[6] + n], x[at[7] : at[7] + n]
    p, q, r, s, t, u, v, z = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]
    for j in range(n):
        y[j] += p * a[j] + q * b[j] + r * c[j] + s * d[j] + t * e[j] + u * f[j] + v * g[j] + z * h[j]


@compiled
def add_four_to_four(y, start, n, x, at, w):
    y0, y1 = y[0][start : start + n], y[1][start : start + n]  # not y[0, start : ...]: numbers apart, for all it knows
    y2, y3 = y[2][start : start + n], y[3][start : start + n]
    x0, x1, x2, x3 = x[at[0] : at[0] + n], x[at[1] : at[1] + n], x[at[2] : at[2] + n], x[at[3] : at[3] + n]
    a0, a1, a2, a3 = w[0, 0], w[0, 1], w[0, 2], w[0, 3]
    b0, b1, b2, b3 = w[1, 0], w[1, 1], w[1, 2], w[1, 3]
    c0, c1, c2, c3 = w[2, 0], w[2, 1], w[2, 2], w[2, 3]
    d0, d1, d2, d3 = w[3, 0], w[3, 1], w[3, 2], w[3, 3]
    for j in range(n):
        p, q, r, s = x0[j], x1[j], x2[j], x3[j]
        a = y0[j] + a0 * p + a1 * q + a2 * r + a3 * s
        b = y1[j] + b0 * p + b1 * q + b2 * r + b3 * s
        c = y2[j] + c0 * p + c1 * q + c2 * r + c3 * s
        d = y3[j] + d0 * p + d1 * q + d2 * r + d3 * s
        y0[j], y1[j], y2[j], y3[j] = a, b, c, d


@compiled
def shifted_sums(y, bias, x, starts, weight):
    """y[r] = bias[r] + sum over t of weight[r, t] x[starts[k, t] : starts[k, t] + y.shape[1]], k the group of row r."""
    groups, taps = starts.shape
    rows = y.shape[0] // groups  # of one group
    for r in range(y.shape[0]):
        y[r] = bias[r]
    for start in range(0, y.shape[1], TILE):
        here, n = x[start:], min(TILE, y.shape[1] - start)
        for k in range(groups):
            at, first, last = starts[k], k * rows, (k + 1) * rows
            fours = last - rows % 4
            for r in range(first, fours, 4):
                for t in range(0, taps - 3, 4):
                    add_four_to_four(y[r : r + 4], start, n, here, at[t : t + 4], weight[r : r + 4, t : t + 4])
                for t in range(taps - taps % 4, taps):
                    for i in range(r, r + 4):
                        add_one(y[i][start : start + n], here[at[t] : at[t] + n], weight[i, t])
            for r in range(fours, last):
                out = y[r][start : start + n]
                for t in range(0, taps - 7, 8):
                    add_eight(out, here, at[t : t + 8], weight[r, t : t + 8])
                for t in range(taps - taps % 8, taps):
                    add_one(out, here[at[t] : at[t] + n], weight[r, t])


@sums
def product(g, x):
    total = g.dtype.type(0)
    for j in range(g.size):
        total += g[j] * x[j]
    return total


@sums
def products_four_by_four(g, x, at, out):
    n = g.shape[1]
    g0, g1, g2, g3 = g[0], g[1], g[2], g[3]
    x0, x1, x2, x3 = x[at[0] : at[0] + n], x[at[1] : at[1] + n], x[at[2] : at[2] + n], x[at[3] : at[3] + n]
    a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = c0 = c1 = c2 = c3 = d0 = d1 = d2 = d3 = g.dtype.type(0)
    for j in range(n):
        a, b, c, d = g0[j], g1[j], g2[j], g3[j]
        p, q, r, s = x0[j], x1[j], x2[j], x3[j]
        a0, a1, a2, a3 = a0 + a * p, a1 + a * q, a2 + a * r, a3 + a * s
        b0, b1, b2, b3 = b0 + b * p, b1 + b * q, b2 + b * r, b3 + b * s
        c0, c1, c2, c3 = c0 + c * p, c1 + c * q, c2 + c * r, c3 + c * s
        d0, d1, d2, d3 = d0 + d * p, d1 + d * q, d2 + d * r, d3 + d * s
    out[0, 0], out[0, 1], out[0, 2], out[0, 3] = a0, a1, a2, a3
    out[1, 0], out[1, 1], out[1, 2], out[1, 3] = b0, b1, b2, b3
    out[2, 0], out[2, 1], out[2, 2], out[2, 3] = c0, c1, c2, c3
    out[3, 0], out[3, 1], out[3, 2], out[3, 3] = d0, d1, d2, d3


@compiled
def shifted_products(g, x, starts, out):
    """out[r, t] = sum over j of g[r, j] x[starts[k, t] + j], with k the group of row r."""
    groups, taps = starts.shape
    rows = g.shape[0] // groups  # of one group
    for k in range(groups):
        at, first = starts[k], k * rows
        if rows < 4 or taps < 4:
            for r in range(first, first + rows):
                for t in range(taps):
                    out[r, t] = product(g[r], x[at[t] : at[t] + g.shape[1]])
            continue
        for r in range(0, rows, 4):
            r = first + min(r, rows - 4)  # the last four rows may be some of the four before them; and so the taps
            for t in range(0, taps, 4):
                t = min(t, taps - 4)
                products_four_by_four(g[r : r + 4], x, at[t : t + 4], out[r : r + 4, t : t + 4])
