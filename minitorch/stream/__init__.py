"""The stream of random numbers: torch's for the same seed, number for number. Arrays only; random.py makes tensors.

stream.py          `Stream`: uniform, normal, integers, permutations ..., and how many draws each takes
mersenne.py        MT19937, where the random bits come from; seed and state
rejection.py       Poisson and binomial numbers
fma.py             x * y + z rounded once, as uniform and normal numbers are scaled
integer_range.py   which integers fit a dtype
shuffle_jit.py     shuffles of very many numbers, compiled
"""

from minitorch.stream.stream import Stream, default_stream

__all__ = ["Stream", "default_stream"]
