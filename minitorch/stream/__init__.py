"""The streams of random numbers: on the CPU torch's for the same seed, number for number.

Arrays only; random.py makes tensors.

stream.py          `Stream`: uniform, normal, integers, permutations ..., and how many draws each takes
philox.py          `PhiloxStream`: the same for a GPU, whose numbers are other ones
checks.py          what both refuse
order.py           in which order the elements of a tensor are filled
mersenne.py        MT19937, where the random bits come from; seed and state
rejection.py       Poisson and binomial numbers
fma.py             x * y + z rounded once, as uniform and normal numbers are scaled
integer_range.py   which integers fit a dtype
shuffle_jit.py     shuffles of very many numbers, compiled
"""

from minitorch.stream.philox import PhiloxStream
from minitorch.stream.stream import Stream

default_streams = {"cpu": Stream(), "cuda": PhiloxStream()}
for stream in default_streams.values():
    stream.seed()  # as torch: without manual_seed, every run is another one


def get_states():
    """The states of the default streams, for set_states."""
    return {device: stream.get_state() for device, stream in default_streams.items()}


def set_states(states):
    """Go on where get_states was called."""
    for device, state in states.items():
        default_streams[device].set_state(state)


__all__ = ["PhiloxStream", "Stream", "default_streams", "get_states", "set_states"]
