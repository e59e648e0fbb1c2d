"""Convolution by windows of three lines, two lines of results at a time: with 4 products of lines and not 6.

Of four lines x0 to x3 and a window's lines w0, w1, w2 (each product is a convolution along the line) come two results:

    y0 = w0 x0 + w1 x1 + w2 x2 = m0 + m1 + m2        m0 = w0 (x0 - x2)    m1 = (w0 + w1 + w2) / 2 (x1 + x2)
    y1 = w0 x1 + w1 x2 + w2 x3 = m1 - m2 - m3        m3 = w2 (x1 - x3)    m2 = (w0 - w1 + w2) / 2 (x2 - x1)

The sums of the w are taken once for all images, those of the x once for all output channels, those of the m once for
all input channels. So with many channels it takes 0.8 times as long as conv_direct.py, whose rows of numbers these are:
four for a channel, for the sums of lines that m0 to m3 need, and in each a pair of lines takes the place of one.

The gradient for x is such a convolution of g, by the weights turned around; that for the weight is made of the products
m0 to m3 of those sums of x with g0, g0 + g1, g0 - g1, -g1:

    gw0 = m0 + (m1 + m2) / 2        gw1 = (m1 - m2) / 2        gw2 = (m1 + m2) / 2 + m3

Winograd, "Arithmetic Complexity of Computations", 1980; Lavin and Gray, arXiv 1509.09308, do it along both dims, which
takes 4/9 of the multiplications, but more additions and copies.
"""

import functools
import itertools
import math

import numpy as np

from kernels.cpu import conv_direct
from kernels.cpu.conv_direct import COPIED, LINE, MACS, PIECES, VECTORS, memory, volume, volumes
from kernels.cpu.threads import spread

SUMS = 4  # of lines
CACHED = 300_000  # numbers in the rows of all channels
FACTOR = 0.36  # nanoseconds for a sum of the weights, on one core
CHANNELS = 16  # of a group, at least, on both sides: with less, what is saved is spent on sums of lines


def suits(weight_shape, result, stride, dilation, groups):
    """Are the windows three lines high, next to each other, and the channels many?"""
    outer, inner, *kernel_size = weight_shape
    many = min(outer // groups, inner) >= CHANNELS
    return many and len(kernel_size) > 1 and kernel_size[0] == 3 and max(stride) == dilation[0] == 1 and result[0] > 3


class Layout:
    """How the pairs of lines of images (N, C, I) with results (N, O, *O) lie in rows, `together` of them in each.

    The pairs of all images are numbered. A *plane* is a line (W), or for volumes a plane (H, W), with its padding.
    """

    def __init__(self, x_shape, shape, kernel_size, padding, dilation, groups):
        n, channels, outer = x_shape[0], x_shape[1], shape[1]
        self.groups, self.pairs = groups, -(-max(x_shape[2], shape[2]) // 2)
        image, result = volume(x_shape[2:], 1)[1:], volume(shape[2:], 1)[1:]
        self.padding = volume(padding, 0)
        self.plane = tuple(max(m + p, o) for m, p, o in zip(image, self.padding[1:], result, strict=True))
        size = math.prod(self.plane)
        blocks = -(-n * self.pairs * size * SUMS * (channels + outer) // CACHED)
        self.together = -(-n * self.pairs // (2 if blocks <= 2 else -(-blocks // PIECES) * PIECES))
        self.blocks = -(-n * self.pairs // self.together)
        self.length = -(-self.together * size // VECTORS) * VECTORS
        taps = itertools.product(*map(range, volume(kernel_size, 1)[1:]))
        steps = [s * d for s, d in zip((self.plane[1], 1), volume(dilation, 1)[1:], strict=True)]
        self.shifts = np.array([u * steps[0] + v * steps[1] for u, v in taps])
        self.reach = -(-self.shifts.max() // LINE) * LINE
        self.numbers = self.together, self.pairs, self.length, self.plane, self.reach  # as conv_pairs_jit.py needs them
        self.forward, self.backward = self.starts(channels, 1), self.starts(outer, -1)

    def starts(self, channels, sign):
        """Where in a buffer the taps of the channels of a group begin: (channels/groups taps, groups)."""
        starts = np.arange(channels)[:, None] * self.length + self.reach + sign * self.shifts
        return np.ascontiguousarray(starts.reshape(self.groups, -1).T)

    def room(self, use, channels):
        """Memory for the rows of so many channels, with what the shifts reach before and after."""
        return memory.reserve(use, SUMS * channels * self.length + 2 * self.reach + VECTORS)

    def duration(self, channels, outer):
        """Nanoseconds, about, by one core."""
        macs = channels // self.groups * outer * len(self.shifts) / MACS
        return SUMS * (macs + (channels + outer) / COPIED) * self.blocks * self.length


@functools.lru_cache(1000)
def layout_of(x_shape, shape, kernel_size, padding, dilation, groups):
    return Layout(x_shape, shape, tuple(kernel_size), padding, dilation, groups)


def convolution(x, weight, shape, stride, padding, dilation, groups, bias=None):
    """x (N, C, I), weight (O, C/groups, K), bias (O) -> y (N, O, *O), which is the shape given."""
    layout = layout_of(x.shape, shape, weight.shape[2:], padding, dilation, groups)
    starts, (above, *before) = layout.forward, layout.padding
    y = sums_of_images(layout, (x, -above, tuple(before)), shape, (0, 0), starts, weight, (0, 1, 2), bias)
    return conv_direct.convolution(x, weight, shape, stride, padding, dilation, groups, bias) if y is None else y


def convolution_input(g, weight, shape, stride, padding, dilation, groups, bias=None):
    """The gradient for x, of the shape given: line l is the sum of g's lines l + p - u by the weights' lines u."""
    layout = layout_of(shape, g.shape, weight.shape[2:], padding, dilation, groups)
    starts, (above, *before) = layout.backward, layout.padding
    turned = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)  # (groups, C/groups, O/groups, K)
    gx = sums_of_images(layout, (g, above - 2, (0, 0)), shape, tuple(before), starts, turned, (2, 1, 0), bias)
    if gx is None:
        return conv_direct.convolution_input(g, weight, shape, stride, padding, dilation, groups, bias)
    return gx


def sums_of_images(layout, x_side, shape, y_place, starts, weight, lines, bias):
    """The images of the shape given, or None where an infinite number, or NaN, may have come into wrong places.

    x_side: (x, the number of the first line that the first pair needs, the place in the planes of rows where lines
    begin). y_place: where in its planes y begins. lines: those of the weight, from the first one to the last.
    """
    from kernels.cpu.conv_pairs_jit import factors_of, sums_of_images

    (x, *places), outer, taps = x_side, shape[1], len(layout.shifts)
    weight = np.ascontiguousarray(weight).reshape(outer, -1, 3, taps)  # (O, C/groups, 3, taps of a line)
    factors = np.empty((SUMS, outer, weight.shape[1] * taps), np.float32)
    spread(lambda start, stop: factors_of(start, stop, weight, lines, factors), outer, factors.size * FACTOR)
    biases = np.zeros((SUMS, outer), np.float32)
    if bias is not None:
        biases[1] = bias  # of m1, which both lines of a pair have
    y, finite = np.empty(shape, np.float32), np.zeros(layout.blocks, np.bool_)
    sides = (volumes(x), *places), (volumes(y), y_place)

    def run(start, stop):
        rows = layout.room("read", x.shape[1]), layout.room("write", outer)
        sums_of_images(start, stop, layout.numbers, *rows, *sides, starts, factors, biases, finite)

    spread(run, layout.blocks, layout.duration(x.shape[1], outer))
    return y if finite.all() else None


def convolution_weight(g, x, shape, stride, padding, dilation, groups):
    """The gradient for the weight, of the shape given: products of sums of g's lines and of x's, summed up."""
    from kernels.cpu.conv_pairs_jit import products_of_images

    layout = layout_of(x.shape, g.shape, shape[2:], padding, dilation, groups)
    starts, (above, *before) = layout.forward, layout.padding
    sums = np.zeros((PIECES, SUMS, shape[0], len(starts)), np.float32)  # by so many pieces, whatever the threads
    sides = volumes(g), (volumes(x), -above, tuple(before))

    def run(start, stop):
        rows = layout.room("read too", shape[0]), layout.room("read", x.shape[1])
        products_of_images(start, stop, layout.numbers, *rows, *sides, starts, sums)

    spread(run, PIECES, layout.duration(x.shape[1], shape[0]))
    m0, m1, m2, m3 = sums.sum(0).reshape(SUMS, *shape[:2], -1)  # (O, C/groups, taps)
    half = (m1 + m2) / 2
    return np.stack([m0 + half, (m1 - m2) / 2, half + m3], 2).reshape(shape)  # (O, C/groups, 3, taps) -> (O, ..., K)
