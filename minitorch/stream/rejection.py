"""Poisson and binomial numbers one at a time, out of as many uniform ones as it takes.

Small means are counted out. For larger ones both follow W. Hoermann's transformed rejection: of a point (u, v) drawn in
a box, u is stretched to a candidate k, which is kept if v lies below the ratio of the wanted distribution to the one
that u gave. In the greatest part of the box that is certain without a look at the distribution.

W. Hoermann: The transformed rejection method for generating Poisson random variables. Insurance: Mathematics and
Economics 12, 1993 (PTRS); The generation of binomial random variates. Journal of Statistical Computation and Simulation
46, 1993 (BTRS). The order of the draws, and with it each number, is that of torch's ATen/native/Distributions.cpp.
"""

import math

FEW = 10  # the mean from which on counting takes longer than trying


def poisson(rate, uniform):
    """A number k >= 0 of probability rate**k exp(-rate) / k!; uniform() gives numbers of [0, 1)."""
    if rate >= FEW:
        return poisson_by_rejection(rate, uniform)
    # Events at distances of density exp(-x): how many fit into `rate`.
    count, product, limit = 0, 1.0, math.exp(-rate)
    if rate == 0:
        return 0
    while True:
        product *= uniform()
        if product <= limit:
            return count
        count += 1


def poisson_by_rejection(rate, uniform):
    """PTRS."""
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    log_rate, inverse_alpha, certain = math.log(rate), 1.1239 + 1.1328 / (b - 3.4), 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = uniform() - 0.5, uniform()
        room = 0.5 - abs(u)
        k = stretched(u, room, a, b, rate + 0.43)
        if room >= 0.07 and v <= certain:
            return k
        if k < 0 or (room < 0.013 and v > room):
            continue
        ratio = log(v) + math.log(inverse_alpha) - math.log(a / (room * room) + b)
        if ratio <= -rate + k * log_rate - math.lgamma(k + 1):
            return k


def stretched(u, room, a, b, center):
    """The candidate: u of [-1/2, 1/2), its tails stretched to infinity as the room to the end gets small."""
    if room == 0:
        return -1  # u = -1/2: infinitely far on the left
    return math.floor((2 * a / room + b) * u + center)


def log(v):
    """The logarithm, of 0 too."""
    return math.log(v) if v > 0 else -math.inf


def binomial(count, p, uniform):
    """How many of `count` tries succeed, with probability p each. NaN for p NaN and for a count that is not finite.

    count and p are NumPy numbers of one dtype, which decides how many are few.
    """
    if count <= 0 or p <= 0:
        return 0
    if p >= 1:
        return count
    if p > 0.5:  # count the failures
        return count - binomial(count, 1 - p, uniform)
    if not (p <= 0.5 and count < math.inf):
        return math.nan
    if count * p >= FEW:
        return binomial_by_rejection(float(count), float(p), uniform)
    # From success to success it takes a geometric number of tries.
    successes, tries, log_failure = 0, 0, math.log1p(-p)
    while True:
        u = uniform()
        tries += math.ceil(math.log(u) / log_failure) if u > 0 else math.inf
        if tries > count:
            return successes
        successes += 1


def binomial_by_rejection(n, p, uniform):
    """BTRS, for p <= 1/2."""
    spread = math.sqrt(n * p * (1 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    odds, alpha, certain = p / (1 - p), (2.83 + 5.1 / b) * spread, 0.92 - 4.2 / b
    mode = math.floor((n + 1) * p)
    while True:
        u, v = uniform() - 0.5, uniform()
        room = 0.5 - abs(u)
        k = stretched(u, room, a, b, n * p + 0.5)
        if room >= 0.07 and v <= certain:
            return k
        if not 0 <= k <= n:
            continue
        bound = (
            (mode + 0.5) * math.log((mode + 1) / (odds * (n - mode + 1)))
            + (n + 1) * math.log((n - mode + 1) / (n - k + 1))
            + (k + 0.5) * math.log(odds * (n - k + 1) / (k + 1))
            + stirling_tail(mode)
            + stirling_tail(n - mode)
            - stirling_tail(k)
            - stirling_tail(n - k)
        )
        if log(v * alpha / (a / (room * room) + b)) <= bound:
            return k


def stirling_tail(k):
    """log(k!) less Stirling's approximation (k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2.

    From 10 on by the first terms of its series; below, where those do not do, directly.
    """
    if k < 10:
        return math.lgamma(k + 1) - (k + 0.5) * math.log(k + 1) + (k + 1) - 0.5 * math.log(2 * math.pi)
    square = (k + 1) ** 2
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)
