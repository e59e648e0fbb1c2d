"""Convolution as a weighted sum of shifted images, without windows laid side by side.

All the windows of an image read their element number u by the same weight. So where the padded image is one long row of
numbers, line after line,

    y = sum over c, u of  weight[o, c, u] * x[c] shifted by u

with one shift for all of its pixels (u[0] lines and u[1] pixels): long loops, whatever the size of windows and images.
Several images make one row: first the first lines of all of them, then their second lines, and so on. A shifted line
runs over its end into the padding at the beginning of the next one, which is its own padding, too; the results at the
end of a line that begin so far right are not looked at.

With a stride s, pixel s i + r of an image is pixel i of its *phase* r: the phases are s[0] s[1] images with stride 1.
Both gradients are the transposes of that sum: the shifts go the other way, or the weights are sums of products.

This needs 1 to 1.3 times the memory of the images; columns (conv_columns.py) need a multiple, as many as a window has
elements. Here stands where everything lies; conv_rows_jit.py goes there, several rows in one compiled call.
"""

import functools
import itertools
import math
import threading

import numpy as np

from kernels.cpu.threads import spread

ROW = 2048  # about the numbers in a row of several images: loops over 1024 cost a tenth more, over 256 a half
CACHED = 200_000  # numbers in the rows of all channels, which the second cache (1 MiB) is to hold
PIECES = 4  # the number of rows is a multiple of it (or 2, or 1), for the cores to have the same work
VECTORS = 96  # the length of a row is a multiple of it: of the loops' tiles and vectors (conv_jit.py)
LINE = 16  # float32 in a cache line
MACS = 120  # multiplications with additions in a nanosecond, by one core (see threads.spread)
COPIED = 6  # numbers into rows or out of them in a nanosecond


class Memory(threading.local):
    """Buffers that each thread keeps for the next convolution, by what they are for: new memory, which the system hands
    out page by page, can cost more time than the sums."""

    def __init__(self):
        self.kept = {}

    def reserve(self, use, size):
        """So many numbers, from the beginning of a cache line on: vectors that span two take twice the time."""
        if use not in self.kept or self.kept[use].size < size:
            cells = np.empty(size + LINE, np.float32)
            self.kept[use] = cells[-cells.ctypes.data % (4 * LINE) // 4 :]
        return self.kept[use][:size]


memory = Memory()


def volume(numbers, one):
    """Three numbers, (D, H, W), for one to three dims: (W) -> (one, one, W), (H, W) -> (H, one, W).

    The lines of a row of several images are those of the first dim: so an image has its H lines there.
    """
    return (numbers[0], one, numbers[1]) if len(numbers) == 2 else (*[one] * (3 - len(numbers)), *numbers)


def volumes(x):
    """(N, C, I) -> (N, C, D, H, W), contiguous."""
    return np.ascontiguousarray(x).reshape(*x.shape[:2], *volume(x.shape[2:], 1))


def plane_of(image, result, stride, padding):
    """The size (D, H, W) of an image with its padding, or of one of its phases.

    The last pixels of a line and the first of the next share their padding; lines have theirs for themselves.
    """
    lines, *line = zip(volume(image, 1), volume(result, 1), volume(stride, 1), volume(padding, 0), strict=True)
    m, _, s, p = lines
    return -(-(m + 2 * p) // s), *(max(m + p, o) if s == 1 else -(-(m + 2 * p) // s) for m, o, s, p in line)


class Layout:
    """How images (N, C, I) with results (N, O, *O) lie in rows: `images` of them in each of `blocks` rows.

    A *part* of an image, which lies in a plane, is an array (3, 3): the place in the plane where it begins, the place
    in the image, and how many elements there are of it, along each dim.
    """

    def __init__(self, x_shape, shape, kernel_size, stride, padding, dilation, groups):
        n, channels, outer = x_shape[0], x_shape[1], shape[1]
        self.channels, self.outer, self.groups = channels, outer, groups
        self.image, result = volume(x_shape[2:], 1), volume(shape[2:], 1)
        self.stride, self.padding = volume(stride, 1), volume(padding, 0)
        self.plane = plane_of(x_shape[2:], shape[2:], stride, padding)
        self.phases = [*itertools.product(*map(range, self.stride))]
        self.results = np.array([[(0, 0, 0), (0, 0, 0), result]]), (1, 1, 1)  # a single part, and the stride
        row = max(ROW, CACHED // (channels * len(self.phases) + outer))
        rows = -(-n * math.prod(self.plane) // row)
        self.images = -(-n // (2 if rows <= 2 else -(-rows // PIECES) * PIECES))
        self.blocks = -(-n // self.images)
        self.line = self.images * math.prod(self.plane[1:])  # numbers in the first lines of all images of a row
        steps = self.line, self.plane[2], 1  # to the next along a dim
        self.taps = [[] for _ in self.phases]  # for each phase: (number of the tap, its shift)
        for number, u in enumerate(itertools.product(*map(range, volume(kernel_size, 1)))):
            places = [i * d for i, d in zip(u, volume(dilation, 1), strict=True)]
            phase = self.phases.index(tuple(e % s for e, s in zip(places, self.stride, strict=True)))
            shift = sum(e // s * step for e, s, step in zip(places, self.stride, steps, strict=True))
            self.taps[phase].append((number, shift))
        reach = max(shift for taps in self.taps for _, shift in taps)
        self.reach = -(-reach // LINE) * LINE
        self.numbers = self.images, self.plane, self.reach  # as conv_rows_jit.py needs them

    def length(self, lines):
        """Of a row of so many lines of all images."""
        return -(-lines * self.line // VECTORS) * VECTORS

    def room(self, use, channels, lines):
        """Memory for a row of each channel. Before the first and after the last is as much more as the shifts reach."""
        return memory.reserve(use, channels * self.length(lines) + 2 * self.reach + VECTORS)

    def part(self, phase):
        """The elements of an image that belong to the phase."""
        columns = []
        for r, s, p, m in zip(phase, self.stride, self.padding, self.image, strict=True):
            there = -(-(p - r) // s) if p > r else 0
            here = there * s + r - p
            columns.append((there, here, len(range(here, m, s))))
        return np.array(columns).T

    def starts(self, rows, phase, sign, first=0):
        """Where in a buffer the rows (numbers) begin, from a line on, shifted by each tap of the phase.

        (rows/groups taps, groups)
        """
        shifts = np.array([shift for _, shift in self.taps[phase]], np.int64)
        rows = np.array(rows, np.int64)[:, None] * self.length(self.plane[0])
        starts = rows + self.reach + first * self.line + sign * shifts
        return np.ascontiguousarray(starts.reshape(self.groups, len(rows) // self.groups * shifts.size).T)

    def taps_of(self, phase):
        """The numbers of the taps of the phase."""
        return np.array([number for number, _ in self.taps[phase]], np.int64)

    @functools.cached_property
    def forward(self):
        """(parts, starts, order): the phases that windows see, (phases, 3, 3); where each tap of each channel of a
        group begins, (taps, groups); which of C/groups prod(K) weights it has, (taps), or all."""
        inner, count = self.channels // self.groups, sum(map(len, self.taps))
        seen = [phase for phase, taps in enumerate(self.taps) if taps]
        starts, order = [], []
        for place, phase in enumerate(seen):
            channels = range(place * self.channels, (place + 1) * self.channels)
            starts.append(self.starts(channels, phase, 1))
            order.append((np.arange(inner)[:, None] * count + self.taps_of(phase)).reshape(-1))
        parts = np.array([self.part(self.phases[phase]) for phase in seen])
        return parts, np.concatenate(starts), np.concatenate(order) if len(self.phases) > 1 else slice(None)

    @functools.cached_property
    def backward(self):
        """(parts, starts, ends, order): all phases, each in rows that begin with its first line, (phases, 3, 3); where
        each tap of each output channel of a group begins, seen from x, (taps, groups); which of these taps is the last
        of each phase, (phases); for each phase which of O/groups prod(K) weights its taps have, or all."""
        inner, count = self.outer // self.groups, sum(map(len, self.taps))
        parts = np.array([self.part(phase) for phase in self.phases])
        starts = [self.starts(range(self.outer), f, -1, part[0, 0]) for f, part in enumerate(parts)]
        order = [(np.arange(inner)[:, None] * count + self.taps_of(f)).reshape(-1) for f in range(len(parts))]
        parts[:, 0, 0] = 0
        ends = np.cumsum([len(taps) for taps in starts])
        return parts, np.concatenate(starts), ends, order if len(parts) > 1 else [slice(None)]

    def duration(self, macs):
        """Nanoseconds, about, for so many multiplications and additions per place of a result."""
        copied = self.channels * len(self.phases) + self.outer
        return (macs / MACS + copied / COPIED) * self.blocks * self.length(self.plane[0])


@functools.lru_cache(1000)  # a network asks for the same few at every step: 50 us each
def layout_of(x_shape, shape, kernel_size, stride, padding, dilation, groups):
    return Layout(x_shape, shape, tuple(kernel_size), stride, padding, dilation, groups)


def convolution(x, weight, shape, stride, padding, dilation, groups, bias=None):
    """x (N, C, I), weight (O, C/groups, K), bias (O) -> y (N, O, *O), which is the shape given."""
    layout = layout_of(x.shape, shape, weight.shape[2:], stride, padding, dilation, groups)
    parts, starts, order = layout.forward
    weight = weight.reshape(shape[1], -1)[:, order].reshape(-1)  # (O, C/groups, K) -> (O, taps) -> (O taps)
    y = np.empty(shape, np.float32)
    x_side, y_side = (x, parts, layout.stride), (y, *layout.results)
    sums_of_images(layout, x_side, y_side, starts, np.array([len(starts)]), weight, bias)
    return y


def convolution_input(g, weight, shape, stride, padding, dilation, groups, bias=None):
    """The gradient for x, of the shape given: every phase of it is a sum of g's rows, shifted the other way."""
    layout = layout_of(shape, g.shape, weight.shape[2:], stride, padding, dilation, groups)
    parts, starts, ends, order = layout.backward
    inner = shape[1] // groups
    weight = weight.reshape(groups, g.shape[1] // groups, inner, -1)  # -> (groups, O/groups, C/groups, prod(K))
    weight = weight.swapaxes(1, 2).reshape(shape[1], -1)  # -> (C, O/groups prod(K))
    weight = np.concatenate([weight[:, of_phase].reshape(-1) for of_phase in order])  # phase by phase: (C, taps)
    gx = np.empty(shape, np.float32)
    sums_of_images(layout, (g, *layout.results), (gx, parts, layout.stride), starts, ends, weight, bias)
    return gx


def sums_of_images(layout, x_side, y_side, starts, ends, weight, bias):
    """Into y = y_side[0], phase by phase, the sums of shifted rows of x = x_side[0]."""
    from kernels.cpu.conv_rows_jit import sums_of_images

    (x, x_parts, x_stride), (y, y_parts, y_stride) = x_side, y_side
    x, y = volumes(x), volumes(y)
    bias = np.zeros(y.shape[1], np.float32) if bias is None else np.ascontiguousarray(bias)
    sums = starts, ends, np.ascontiguousarray(weight), bias

    def run(first, last):
        x_rows = layout.room("read", x.shape[1] * len(x_parts), layout.plane[0])
        y_rows = layout.room("write", y.shape[1], layout.plane[0])
        x_side, y_side = (x_rows, x, x_parts, x_stride), (y_rows, y, y_parts, y_stride)
        sums_of_images(first, last, layout.numbers, x_side, y_side, *sums)

    spread(run, layout.blocks, layout.duration(weight.size))


def convolution_weight(g, x, shape, stride, padding, dilation, groups):
    """The gradient for the weight, of the shape given: products of g's rows and the shifted rows of x, summed up."""
    from kernels.cpu.conv_rows_jit import products_of_images

    layout = layout_of(x.shape, g.shape, shape[2:], stride, padding, dilation, groups)
    parts, starts, order = layout.forward
    g, x = volumes(g), volumes(x)
    sums = np.zeros((PIECES, shape[0], len(starts)), np.float32)  # by as many pieces whatever the number of threads

    def run(first, last):
        g_rows = layout.room("read too", g.shape[1], layout.plane[0])
        x_rows = layout.room("read", x.shape[1] * len(parts), layout.plane[0])
        g_side, x_side = (g_rows, g, *layout.results), (x_rows, x, parts, layout.stride)
        products_of_images(first, last, layout.numbers, g_side, x_side, starts, sums)

    spread(run, PIECES, layout.duration(sums[0].size))
    gw = np.empty(sums.shape[1:], np.float32)
    gw[:, order] = sums.sum(0)
    return gw.reshape(shape)
