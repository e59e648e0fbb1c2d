"""The fast ways of a float32 convolution against its definition, conv_columns.py in float64: each is asked for by name,
for the parity suite's images are too small for some of them."""

import numpy as np
import pytest
import torch

from kernels.cpu import conv, conv_columns, conv_direct, conv_pairs, conv_pixels, threads

RNG = np.random.default_rng(0)


class Problem:
    """Arrays of a convolution of images (N, C, I), and its three results by a module."""

    def __init__(self, x_shape, outer, kernel_size, stride=1, padding=0, dilation=1, groups=1):
        n, channels, *image = x_shape
        settings = zip(image, kernel_size, strict=True)
        result = [(m + 2 * padding - dilation * (k - 1) - 1) // stride + 1 for m, k in settings]
        self.shape = n, outer, *result
        self.x = RNG.standard_normal(x_shape, np.float32)
        self.weight = RNG.standard_normal((outer, channels // groups, *kernel_size), np.float32)
        self.bias, self.channel_bias = RNG.standard_normal(outer, np.float32), RNG.standard_normal(channels, np.float32)
        self.g = RNG.standard_normal(self.shape, np.float32)
        self.geometry = *((number,) * len(image) for number in (stride, padding, dilation)), groups

    def way(self):
        return conv.way(self.x.dtype, self.x.shape[2:], self.weight.shape, self.shape[2:], *self.geometry)

    def results(self, module, dtype=np.float32):
        """Forward and the two gradients, forward and the input's with a bias."""
        x, weight, bias, channel_bias, g = (
            a.astype(dtype) for a in (self.x, self.weight, self.bias, self.channel_bias, self.g)
        )
        return (
            module.convolution(x, weight, self.shape, *self.geometry, bias),
            module.convolution_input(g, weight, self.x.shape, *self.geometry, channel_bias),
            module.convolution_weight(g, x, self.weight.shape, *self.geometry),
        )


def agree(problem, module):
    """Are the results the definition's, each within 1e-6 of its largest number?"""
    pairs = zip(problem.results(module), problem.results(conv_columns, np.float64), strict=True)
    return all(a.shape == b.shape and np.abs(a - b).max() <= 1e-6 * np.abs(b).max() for a, b in pairs)


ONE_PIXEL = [
    Problem((3, 5, 8, 14), 7, (1, 1)),  # 112 pixels: the last tile has some of the one before it
    Problem((9, 6, 12, 16), 13, (1, 1)),
    Problem((6, 8, 10, 16), 4, (1, 1), groups=2),
    Problem((2, 3, 96), 1, (1,)),
    Problem((1, 1, 4, 5, 8), 2, (1, 1, 1), dilation=2),
    Problem((2, 6, 15, 31), 4, (1, 1), stride=2, groups=2),  # the last line and column are taken
    Problem((2, 3, 24, 32), 5, (1, 1), stride=2),  # they are not
]

SHIFTED = [
    Problem((5, 3, 9, 7), 7, (3, 3)),  # 7 rows of sums: tiles of 4, 2 and 1
    Problem((40, 6, 14, 14), 16, (5, 5)),  # several rows of images, the last one not full
    Problem((33, 17, 12, 12), 8, (3, 3), padding=1),
    Problem((3, 4, 11, 8), 6, (4, 3), stride=2, padding=1),
    Problem((3, 4, 11, 10), 6, (3, 2), stride=3, padding=2, dilation=2, groups=2),
    Problem((2, 6, 9, 8), 6, (3, 3), padding=1, groups=6),
    Problem((4, 2, 50), 3, (5,), stride=2, padding=3),
    Problem((2, 2, 5, 6, 7), 3, (3, 2, 3), padding=1),
    Problem((3, 2, 5, 6, 7), 4, (2, 2, 1), stride=3, padding=1),  # phases that no window sees
    Problem((5, 1, 33), 2, (3,), padding=1),  # three taps
    Problem((5, 6, 17, 9), 12, (2, 3), groups=3, dilation=2, padding=2),
]


PAIRS = [
    Problem((5, 16, 9, 8), 17, (3, 3), padding=1),  # an odd number of lines
    Problem((40, 32, 8, 8), 32, (3, 3), padding=1),  # several rows of pairs, the last one not full
    Problem((3, 40, 7, 20), 36, (3, 2), groups=2),
    Problem((2, 18, 10, 12), 16, (3, 5), padding=2),
    Problem((2, 16, 5, 6, 7), 18, (3, 3, 2), padding=1),
    Problem((2, 16, 6, 6), 16, (3, 1), padding=3),  # lines all of padding
]


@pytest.mark.parametrize("problem", PAIRS)
def test_pairs_of_lines(problem):
    assert problem.way() is conv_pairs
    assert agree(problem, conv_pairs)


@pytest.mark.parametrize("module", [conv_direct, conv_pairs])
@pytest.mark.parametrize("channels", [16, 64, 128])
def test_errors_of_sums_of_many_numbers_are_at_most_twice_those_of_torch(module, channels):
    problem = Problem((4, channels, 12, 12), channels, (3, 3), padding=1)
    x, weight, g = map(torch.from_numpy, (problem.x, problem.weight, problem.g))

    def errors(results):
        return [np.abs(a - b).max() for a, b in zip(results, problem.results(conv_columns, np.float64), strict=True)]

    bias, channel_bias = (torch.from_numpy(b).view(-1, 1, 1) for b in (problem.bias, problem.channel_bias))
    gradients = torch.ops.aten.convolution_backward(
        g, x, weight, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True, True, False]
    )
    theirs = torch.conv2d(x, weight, padding=1) + bias, gradients[0] + channel_bias, gradients[1]
    for our_error, their_error in zip(
        errors(problem.results(module)), errors([a.numpy() for a in theirs]), strict=True
    ):
        assert our_error <= 2 * their_error


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@np.errstate(invalid="ignore")
def test_what_is_not_finite_stays_in_its_windows(value):
    """Sums of lines would take it, or NaN, to the other line of a pair."""
    problem = Problem((2, 16, 8, 8), 16, (3, 3), padding=1)
    problem.x[0, 3, 4, 5] = problem.g[1, 2, 3, 4] = value
    for ours, exact in zip(problem.results(conv), problem.results(conv_columns, np.float64), strict=True):
        np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(exact))
        np.testing.assert_array_equal(ours[~np.isfinite(ours)], exact[~np.isfinite(exact)])


@pytest.mark.parametrize("problem", ONE_PIXEL)
def test_windows_of_one_pixel(problem):
    assert problem.way() is conv_pixels
    assert agree(problem, conv_pixels)


@pytest.mark.parametrize("problem", SHIFTED)
def test_shifted_images(problem):
    assert agree(problem, conv_direct)


def test_of_one_pixel_where_pixels_are_few_or_channels_many_are_columns():
    for problem in Problem((3, 4, 5, 7), 6, (1, 1)), Problem((1, 256, 24, 32), 2, (1, 1), stride=2):
        assert problem.way() is conv_columns


@pytest.mark.parametrize(
    "problem, module", [(ONE_PIXEL[1], conv_pixels), (SHIFTED[1], conv_direct), (PAIRS[1], conv_pairs)]
)
def test_the_bits_are_the_same_whatever_the_number_of_threads(monkeypatch, problem, module):
    monkeypatch.setattr(threads, "LONG", 0)  # all is split
    before, results = threads.get_num_threads(), []
    try:
        for count in 1, 2, 3:
            threads.set_num_threads(count)
            results.append([a.tobytes() for a in problem.results(module)])
    finally:
        threads.set_num_threads(before)
    assert results[0] == results[1] == results[2]
