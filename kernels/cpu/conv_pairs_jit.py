"""The loops of conv_pairs.py, compiled: sums of lines into rows, sums or products of shifted rows, results out of them.

x, y and g are contiguous (N, C, D, H, W), and D are the lines. Of the rows (4 C, length), row k C + c has the k-th sums
of the lines of channel c, pair after pair: pairs `first` to `last` of all images' pairs.
"""

import numpy as np

from kernels.cpu.conv_jit import compiled, shifted_products, shifted_sums
from kernels.cpu.vectors_jit import LANES, add, broadcast, load_first, multiply_add, store_first, subtract, total


@compiled
def factors_of(start, stop, weight, lines, factors):
    """Of weight (O, C, 3, taps), for output channels from start on, before stop: factors (4, O, C taps) of m0 to m3."""
    _, C, _, taps = weight.shape
    half = np.float32(0.5)
    for o in range(start, stop):
        for c in range(C):
            for t in range(taps):
                w0, w1, w2 = weight[o, c, lines[0], t], weight[o, c, lines[1], t], weight[o, c, lines[2], t]
                to = c * taps + t
                factors[0, o, to], factors[3, o, to] = w0, w2
                factors[1, o, to], factors[2, o, to] = (w0 + w2 + w1) * half, (w0 + w2 - w1) * half


@compiled
def write_sums(rows, x, first, last, line, place, pairs, plane):
    """Of each pair's four lines of x, the first pair's from number `line` on: x0 - x2, x1 + x2, x2 - x1, x1 - x3."""
    _, C, D, H, W = x.shape
    length, step = rows.shape[1], C * rows.shape[1]
    for c in range(C):
        for pair in range(first, last):
            n, d = pair // pairs, line + 2 * (pair % pairs)
            for h in range(H):
                to = c * length + ((pair - first) * plane[0] + place[0] + h) * plane[1] + place[1]
                at = (((n * C + c) * D + d) * H + h) * W
                for w in range(0, W, LANES):
                    rest = W - w
                    x0 = load_first(x, at + w, rest if 0 <= d < D else 0)  # lines outside are zeros
                    x1 = load_first(x, at + H * W + w, rest if 0 <= d + 1 < D else 0)
                    x2 = load_first(x, at + 2 * H * W + w, rest if 0 <= d + 2 < D else 0)
                    x3 = load_first(x, at + 3 * H * W + w, rest if 0 <= d + 3 < D else 0)
                    store_first(rows, to + w, subtract(x0, x2), rest)
                    store_first(rows, to + step + w, add(x1, x2), rest)
                    store_first(rows, to + 2 * step + w, subtract(x2, x1), rest)
                    store_first(rows, to + 3 * step + w, subtract(x1, x3), rest)


@compiled
def write_results(rows, g, first, last, pairs, plane):
    """Of each pair of lines of g: g0, g0 + g1, g0 - g1, -g1."""
    _, outer, D, H, W = g.shape
    length, step, zeros = rows.shape[1], outer * rows.shape[1], broadcast(np.float32(0))
    for o in range(outer):
        for pair in range(first, last):
            n, d = pair // pairs, 2 * (pair % pairs)
            for h in range(H):
                to = o * length + ((pair - first) * plane[0] + h) * plane[1]
                at = (((n * outer + o) * D + d) * H + h) * W
                for w in range(0, W, LANES):
                    rest = W - w
                    g0 = load_first(g, at + w, rest if d < D else 0)
                    g1 = load_first(g, at + H * W + w, rest if d + 1 < D else 0)
                    store_first(rows, to + w, g0, rest)
                    store_first(rows, to + step + w, add(g0, g1), rest)
                    store_first(rows, to + 2 * step + w, subtract(g0, g1), rest)
                    store_first(rows, to + 3 * step + w, subtract(zeros, g1), rest)


@compiled
def read_sums(rows, y, first, last, place, pairs, plane):
    """Into each pair of lines of y: m0 + m1 + m2 and m1 - m2 - m3. Were all of them finite numbers?"""
    _, outer, D, H, W = y.shape
    length, step, zeros = rows.shape[1], outer * rows.shape[1], broadcast(np.float32(0))
    nothing = zeros  # plus 0 times all results
    for o in range(outer):
        for pair in range(first, last):
            n, d = pair // pairs, 2 * (pair % pairs)
            for h in range(H):
                at = o * length + ((pair - first) * plane[0] + place[0] + h) * plane[1] + place[1]
                to = (((n * outer + o) * D + d) * H + h) * W
                for w in range(0, W, LANES):
                    rest = W - w
                    m0, m1 = load_first(rows, at + w, rest), load_first(rows, at + step + w, rest)
                    m2, m3 = load_first(rows, at + 2 * step + w, rest), load_first(rows, at + 3 * step + w, rest)
                    y0, y1 = add(m0, add(m1, m2)), subtract(subtract(m1, m2), m3)
                    store_first(y, to + w, y0, rest if d < D else 0)
                    store_first(y, to + H * W + w, y1, rest if d + 1 < D else 0)
                    nothing = multiply_add(y0, zeros, multiply_add(y1, zeros, nothing))
    return total(nothing) == 0


@compiled
def sums_of_images(start, stop, numbers, x_rows, y_rows, x_side, y_side, starts, factors, bias, finite):
    """y for the rows of pairs from start on, before stop."""
    (together, pairs, length, plane, reach), (x, line, x_place), (y, y_place) = numbers, x_side, y_side
    channels, outer = x.shape[1], y.shape[1]
    x_rows[:] = 0
    into = x_rows[reach : reach + 4 * channels * length].reshape(4 * channels, length)
    out = y_rows[: 4 * outer * length].reshape(4 * outer, length)
    for block in range(start, stop):
        first, last = block * together, min((block + 1) * together, len(x) * pairs)
        write_sums(into, x, first, last, line, x_place, pairs, plane)
        for k in range(4):
            rows = out[k * outer : (k + 1) * outer]
            shifted_sums(rows, bias[k], x_rows[k * channels * length :], starts, factors[k])
        finite[block] = read_sums(out, y, first, last, y_place, pairs, plane)


@compiled
def products_of_images(start, stop, numbers, g_rows, x_rows, g, x_side, starts, sums):
    """What the rows of pairs of the pieces from start on, before stop, add to sums (pieces, 4, O, taps)."""
    (together, pairs, length, plane, reach), (x, line, place) = numbers, x_side
    channels, outer, blocks = x.shape[1], g.shape[1], -(-len(x) * pairs // together)
    x_rows[:] = 0
    g_rows[:] = 0
    into = x_rows[reach : reach + 4 * channels * length].reshape(4 * channels, length)
    rows = g_rows[: 4 * outer * length].reshape(4 * outer, length)
    products = np.empty_like(sums[0, 0])
    for piece in range(start, stop):
        for block in range(piece * blocks // len(sums), (piece + 1) * blocks // len(sums)):
            first, last = block * together, min((block + 1) * together, len(x) * pairs)
            if last - first < together:
                rows[:] = 0  # pairs that the last row lacks
            write_sums(into, x, first, last, line, place, pairs, plane)
            write_results(rows, g, first, last, pairs, plane)
            for k in range(4):
                of_k = rows[k * outer : (k + 1) * outer]
                shifted_products(of_k, x_rows[k * channels * length :], starts, products)
                sums[piece, k] += products
