"""Recipes for the arrays that the cases are called on, and the list of cases."""

import itertools

import numpy as np

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 100.0, -100.0, np.inf, -np.inf, np.nan]
INTEGERS = [0, 1, -1, 2, 3, -3, 7, 100, -100]
FLOATS = "float16", "float32", "float64"
INTS = "uint8", "int8", "int32", "int64"


class Make:
    """Makes arrays for the kernel module k. widen: float16 numbers come as float32."""

    def __init__(self, k, widen=False):
        self.k = k
        self.widen = widen

    def __call__(self, values, dtype):
        with np.errstate(all="ignore"):
            array = np.array(values).astype(dtype)
        return self.k.from_numpy(array.astype(np.float32) if self.widen and dtype == "float16" else array)


CASES = {}


def case(title, function):
    assert title not in CASES, title
    CASES[title] = function


def call(kernel, title, *arguments):
    """The case of one kernel called with settings and recipes, which are functions of `make` as the ones below."""
    case(f"{kernel} {title}", lambda make: getattr(make.k, kernel)(*[a(make) if callable(a) else a for a in arguments]))


def of(values, dtype="float32"):
    """These values."""
    return lambda make: make(values, dtype)


def normal(*shape, dtype="float32", seed=0):
    """Numbers from a normal distribution, times 3; for integers without their fraction."""
    return lambda make: make(3 * np.random.default_rng([seed, *shape]).standard_normal(shape), dtype)


def whole(*shape, high, dtype="int64"):
    """Whole numbers from 0 to below high."""
    return lambda make: make(np.random.default_rng([1, *shape]).integers(0, high, shape), dtype)


def permuted(recipe, *dims):
    return lambda make: make.k.permute(recipe(make), dims)


def part(recipe, *index):
    return lambda make: make.k.getitem(recipe(make), index)


def expanded(recipe, *shape):
    return lambda make: make.k.expand(recipe(make), shape)


def pairs(values, dtype):
    """Two arrays that hold all pairs of values."""
    first, second = zip(*itertools.product(values, values), strict=True)
    return of(first, dtype), of(second, dtype)
