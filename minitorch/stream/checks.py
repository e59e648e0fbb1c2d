"""What the fills of a stream refuse, with torch's words: for both streams, stream.py's and philox.py's.

A dtype is NumPy's. NotImplementedError or RuntimeError for one that a distribution does not know, RuntimeError for
parameters that make no sense.
"""

import numpy as np

from minitorch.dtype import FLOATING, largest
from minitorch.stream.integer_range import INT64_MIN, check_range, largest_integer


def check_uniform(dtype, low, high):
    """Bounds must be finite numbers of the dtype, in order and not too far apart."""
    if dtype.kind not in FLOATING:
        raise NotImplementedError(f"uniform_ is not implemented for {dtype}")
    limit = largest(dtype)
    for name, bound in (("from", low), ("to", high)):
        if not -limit <= bound <= limit:
            raise RuntimeError(f"{name} is out of bounds for {dtype}")
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    if high - low > limit:
        raise RuntimeError(
            f"uniform_ expects to-from <= the largest {dtype}, but found to={high} and from={low} which result in "
            "to-from to exceed the limit"
        )


def integer_range(low, high, dtype):
    """(low, high) of the integers to draw, which the dtype must hold; all 64 bits: (-2**63, 2**63)."""
    if high is None:
        high = largest_integer(dtype) + 1
        if low == INT64_MIN:  # torch has it for these three dtypes
            if dtype not in (np.int64, np.float32, np.float64):
                raise RuntimeError(f"from is out of bounds for {dtype}")
            return INT64_MIN, 1 << 63
    elif low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    return check_range(low, high, dtype)


def check_permutation(n, dtype):
    """n must not be negative, and the dtype must be able to count to it."""
    if n < 0:
        raise RuntimeError(f"n must be non-negative, got {n}")
    if dtype == np.bool_:
        raise NotImplementedError("randperm is not implemented for bool")
    if n - 1 > largest_integer(dtype):
        raise RuntimeError(f"n cannot be greater than {largest_integer(dtype) + 1} for {dtype}")


def check_probability(p):
    """A number p must be in [0, 1]."""
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")


def check_exponential(dtype, rate):
    if dtype.kind not in FLOATING:
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you "
            f"specified {dtype}"
        )
    if not rate > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={rate}")


def check_geometric(dtype, p):
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    if dtype.kind == "b":
        raise NotImplementedError(f"geometric_ is not implemented for {dtype}")


def check_cauchy(dtype, sigma):
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    if dtype.kind not in FLOATING:
        raise RuntimeError(
            "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you "
            f"specified {dtype}"
        )


def check_normal(dtype, std):
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    if dtype.kind not in FLOATING:
        raise NotImplementedError(f"normal_ is not implemented for {dtype}")


def check_log_normal(dtype, std):
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    if dtype.kind not in FLOATING:
        raise NotImplementedError(f"log_normal_ is not implemented for {dtype}")


def check_rates(rates):
    """Of Poisson numbers."""
    if rates.dtype.kind != "f":
        raise NotImplementedError(f"poisson is not implemented for {rates.dtype}")
    if not ((rates >= 0) & (rates < np.inf)).all():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative and finite")
