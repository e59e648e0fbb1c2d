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
elements.
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
    """Buffers that each thread keeps for the next convolution, by what they are for."""

    def __init__(self):
        self.kept = {}

    def reserve(self, use, size):
        """So many numbers, from the beginning of a cache line on: vectors that span two take twice the time."""
        if use not in self.kept or self.kept[use].size < size:
            cells = np.empty(size + LINE, np.float32)
            self.kept[use] = cells[-cells.ctypes.data % (4 * LINE) // 4 :]
        return self.kept[use][:size]


memory = Memory()


def plane_of(image, result, stride, padding):
    """The size of an image with its padding, or of one of its phases.

    The last pixels of a line and the first of the next share their padding; lines have theirs for themselves.
    """
    lines, *line = zip(image, result, stride, padding, strict=True)
    m, _, s, p = lines
    return -(-(m + 2 * p) // s), *(max(m + p, o) if s == 1 else -(-(m + 2 * p) // s) for m, o, s, p in line)


class Layout:
    """How images (N, C, I) with results (N, O, *O) lie in rows: `images` of them in each of `blocks` rows."""

    def __init__(self, x_shape, shape, kernel_size, stride, padding, dilation, groups):
        (n, channels, *image), (_, outer, *result) = x_shape, shape
        self.channels, self.outer, self.groups = channels, outer, groups
        self.image, self.result, self.stride, self.padding = image, result, stride, padding
        self.phases = [*itertools.product(*map(range, stride))]
        self.plane = plane_of(image, result, stride, padding)
        row = max(ROW, CACHED // (channels * len(self.phases) + outer))
        rows = -(-n * math.prod(self.plane) // row)
        self.images = -(-n // (2 if rows <= 2 else -(-rows // PIECES) * PIECES))
        self.blocks = -(-n // self.images)
        self.line = self.images * math.prod(self.plane[1:])  # numbers in the first lines of all images of a row
        steps = [self.line, *(math.prod(self.plane[i + 1 :]) for i in range(1, len(image)))]  # to the next along a dim
        self.taps = [[] for _ in self.phases]  # for each phase: (number of the tap, its shift)
        for number, u in enumerate(itertools.product(*map(range, kernel_size))):
            places = [i * d for i, d in zip(u, dilation, strict=True)]
            phase = self.phases.index(tuple(e % s for e, s in zip(places, stride, strict=True)))
            shift = sum(e // s * step for e, s, step in zip(places, stride, steps, strict=True))
            self.taps[phase].append((number, shift))
        reach = max(shift for taps in self.taps for _, shift in taps)
        self.reach = -(-reach // LINE) * LINE

    def length(self, lines):
        """Of a row of so many lines of all images."""
        return -(-lines * self.line // VECTORS) * VECTORS

    def rows(self, use, channels, lines):
        """A buffer for a row of each channel, those rows, and a view of their images: (channels, lines, images, ...).

        Before the first and after the last row lie as many zeros as the shifts reach. use: "write" for a buffer of
        any numbers, "read" or "read too" for one of zeros. It is the same as of this thread's last call with that word:
        new memory, which the system hands out page by page, can cost more time than the sums.
        """
        length = self.length(lines)
        buffer = memory.reserve(use, channels * length + 2 * self.reach + VECTORS)
        if use != "write":
            buffer[:] = 0
        rows = buffer[self.reach : self.reach + channels * length].reshape(channels, length)
        images = rows[:, : lines * self.line].reshape(channels, lines, self.images, *self.plane[1:], copy=False)
        return buffer, rows, images

    def part(self, phase):
        """(where in a plane the elements of an image lie that belong to the phase, which ones these are)."""
        there, here = [], []
        for r, s, p, m in zip(phase, self.stride, self.padding, self.image, strict=True):
            first = -(-(p - r) // s) if p > r else 0
            start = first * s + r - p
            there.append(slice(first, first + len(range(start, m, s))))
            here.append(slice(start, m, s))
        return there, (slice(None), slice(None), *here)

    def batch(self, block):
        """The images of a row."""
        return slice(block * self.images, (block + 1) * self.images)

    def starts(self, rows, phase, sign, first=0):
        """Where in a buffer the rows (numbers) begin, from a line on, shifted by each tap of the phase.

        (groups, rows/groups taps)
        """
        shifts = np.array([shift for _, shift in self.taps[phase]], np.int64)
        rows = np.array(rows, np.int64)[:, None] * self.length(self.plane[0])
        starts = rows + self.reach + first * self.line + sign * shifts
        return starts.reshape(self.groups, len(rows) // self.groups * shifts.size)

    def numbers(self, phase):
        """The numbers of the taps of the phase."""
        return [number for number, _ in self.taps[phase]]

    @functools.cached_property
    def forward_taps(self):
        """(starts, order): where each tap of each channel of a group begins; which of C/groups prod(K) weights it has.

        starts (groups, taps), order (taps)
        """
        inner, count = self.channels // self.groups, sum(map(len, self.taps))
        starts, order = [], []
        for phase in range(len(self.phases)):
            channels = range(phase * self.channels, (phase + 1) * self.channels)
            starts.append(self.starts(channels, phase, 1))
            order.append((np.arange(inner)[:, None] * count + np.array(self.numbers(phase), np.int64)).reshape(-1))
        return np.concatenate(starts, 1), np.concatenate(order)

    @functools.cached_property
    def backward_taps(self):
        """Of each phase: where each tap of each output channel of a group begins (groups, taps), seen from x."""
        lines = [self.part(place)[0][0] for place in self.phases]
        return [self.starts(range(self.outer), f, -1, there.start) for f, there in enumerate(lines)]

    def write_images(self, images, x, channels):
        """Images x (n, C, I) into the planes (phases C, lines, images, ...) of a buffer."""
        for phase, place in enumerate(self.phases):
            (lines, *line), here = self.part(place)
            planes = images[phase * channels : (phase + 1) * channels]
            planes[:, lines, : len(x), *line] = np.moveaxis(x[here], 0, 2)

    def results(self, images, n):
        """The results in the planes (O, lines, images, ...) of a buffer: a view (n, O, *O)."""
        lines, *line = map(slice, self.result)
        return np.moveaxis(images[:, lines, :n, *line], 2, 0)

    def duration(self, macs):
        """Nanoseconds, about, for so many multiplications and additions per place of a result."""
        copied = self.channels * len(self.phases) + self.outer
        return (macs / MACS + copied / COPIED) * self.blocks * self.length(self.plane[0])


def by_tap(weight):
    """(O, C/groups, K) -> (O, C/groups, prod(K))."""
    return weight.reshape(*weight.shape[:2], math.prod(weight.shape[2:]))


@functools.lru_cache(1000)  # a network asks for the same few at every step: 50 us each
def layout_of(x_shape, shape, kernel_size, stride, padding, dilation, groups):
    return Layout(x_shape, shape, kernel_size, stride, padding, dilation, groups)


def convolution(x, weight, shape, stride, padding, dilation, groups, bias=None):
    """x (N, C, I), weight (O, C/groups, K), bias (O) -> y (N, O, *O), which is the shape given."""
    from kernels.cpu.conv_jit import shifted_sums

    channels, outer = x.shape[1], shape[1]
    layout = layout_of(x.shape, shape, weight.shape[2:], stride, padding, dilation, groups)
    starts, order = layout.forward_taps
    weight = np.ascontiguousarray(weight.reshape(outer, order.size)[:, order].T)  # (taps, O)
    bias = np.zeros(outer, np.float32) if bias is None else np.ascontiguousarray(bias)
    y = np.empty(shape, np.float32)

    def run(first, last):
        buffer, _, images = layout.rows("read", channels * len(layout.phases), layout.plane[0])
        _, rows, sums = layout.rows("write", outer, layout.result[0])
        for block in range(first, last):
            batch = layout.batch(block)
            layout.write_images(images, x[batch], channels)
            shifted_sums(rows, bias, buffer, starts, weight)
            y[batch] = layout.results(sums, len(y[batch]))

    spread(run, layout.blocks, layout.duration(weight.size))
    return y


def convolution_input(g, weight, shape, stride, padding, dilation, groups, bias=None):
    """The gradient for x, of the shape given: every phase of it is a sum of g's rows, shifted the other way."""
    from kernels.cpu.conv_jit import shifted_sums

    channels, outer = shape[1], g.shape[1]
    layout = layout_of(shape, g.shape, weight.shape[2:], stride, padding, dilation, groups)
    parts = [layout.part(place) for place in layout.phases]
    starts = layout.backward_taps
    weight = by_tap(weight).reshape(groups, outer // groups, channels // groups, -1).swapaxes(1, 2)
    weight = [
        np.ascontiguousarray(weight[..., layout.numbers(f)].reshape(channels, taps.shape[1]).T)
        for f, taps in enumerate(starts)
    ]
    bias = np.zeros(channels, np.float32) if bias is None else np.ascontiguousarray(bias)
    gx = np.empty(shape, np.float32)

    def run(first, last):
        buffer, _, images = layout.rows("read", outer, layout.plane[0])
        for block in range(first, last):
            batch = layout.batch(block)
            layout.results(images, len(g[batch]))[...] = g[batch]
            for f, ((lines, *line), here) in enumerate(parts):
                _, rows, sums = layout.rows("write", channels, lines.stop - lines.start)
                shifted_sums(rows, bias, buffer, starts[f], weight[f])
                gx[batch][here] = np.moveaxis(sums[:, :, : len(g[batch]), *line], 2, 0)

    spread(run, layout.blocks, layout.duration(sum(w.size for w in weight)))
    return gx


def convolution_weight(g, x, shape, stride, padding, dilation, groups):
    """The gradient for the weight, of the shape given: products of g's rows and the shifted rows of x, summed up."""
    from kernels.cpu.conv_jit import shifted_products

    channels, outer = x.shape[1], g.shape[1]
    layout = layout_of(x.shape, g.shape, shape[2:], stride, padding, dilation, groups)
    starts, order = layout.forward_taps
    sums = np.zeros((PIECES, outer, order.size), np.float32)  # by as many pieces whatever the number of threads

    def run(first, last):
        buffer, _, images = layout.rows("read", channels * len(layout.phases), layout.plane[0])
        _, rows, g_images = layout.rows("read too", outer, layout.result[0])
        out = np.empty_like(sums[0])
        for piece in range(first, last):
            for block in range(piece * layout.blocks // PIECES, (piece + 1) * layout.blocks // PIECES):
                batch = layout.batch(block)
                layout.write_images(images, x[batch], channels)
                g_images[:, :, len(g[batch]) :] = 0  # images that the last row lacks
                layout.results(g_images, len(g[batch]))[...] = g[batch]
                shifted_products(rows, buffer, starts, out)
                sums[piece] += out

    spread(run, PIECES, layout.duration(sums[0].size))
    gw = np.empty((outer, order.size), np.float32)
    gw[:, order] = sums.sum(0)
    return gw.reshape(shape)
