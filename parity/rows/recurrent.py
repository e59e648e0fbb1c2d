"""Recurrent layers and packed sequences; every setting of a layer at once. (The modules' judge has the rest.)"""

import numpy as np
from hypothesis import strategies as st

from parity.draw import Case, arrays, case, pick, salts
from parity.harness import Row

# Weights and inputs move together through dtypes and layouts, and torch refuses mixtures by many different classes.
WITHOUT = ("dtypes", "errors")
KINDS = ("tanh", "relu", "LSTM", "GRU")


@st.composite
def layers(draw, kind):
    """A layer's settings, its input (T, B, I), states, lengths and weights."""
    directions, count = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    biased, width = draw(st.booleans()), draw(st.integers(1, 2))
    projected = 1 if kind == "LSTM" and width == 2 and draw(st.booleans()) else 0
    # Three sequences of a width of 1: states are as large as weights, and their gradients could be mistaken.
    lengths = list(draw(pick((3, 2, 1), (2, 2, 2), (3, 1), (1,))))
    packed = draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    gates, out = {"LSTM": 4, "GRU": 3}.get(kind, 1) * width, projected or width
    states = [rng.standard_normal((count * directions, len(lengths), out)).round(3)]
    if kind == "LSTM":
        states.append(rng.standard_normal((count * directions, len(lengths), width)).round(3))
    weights = []
    for number in range(count):
        for _ in range(directions):
            inner = 2 if number == 0 else out * directions
            shapes = [(gates, inner), (gates, out), *([(gates,)] * 2 if biased else [])]
            shapes += [(projected, width)] if projected else []
            weights += [rng.standard_normal(shape).round(3) for shape in shapes]
    x = rng.standard_normal((lengths[0], len(lengths), 2)).round(3)
    settings = {
        "kind": kind, "biased": biased, "count": count, "directions": directions, "width": width,
        "projected": projected, "lengths": lengths if packed else None,
    }  # fmt: skip
    return Case((x, states, weights), settings, draw(salts()))


def layer(lib, x, states, weights, kind, biased, count, directions, width, projected, lengths):
    """Outputs and last states of a layer with these weights."""
    nn, settings = lib.nn, {"num_layers": count, "bias": biased, "bidirectional": directions == 2}
    if kind == "LSTM":
        net = nn.LSTM(2, width, proj_size=projected, **settings)
    else:
        net = nn.GRU(2, width, **settings) if kind == "GRU" else nn.RNN(2, width, nonlinearity=kind, **settings)
    for (name, _), weight in zip(list(net.named_parameters()), weights, strict=True):
        delattr(net, name)
        setattr(net, name, weight)  # a plain tensor, so that gradients reach what was drawn
    if hasattr(net, "_flat_weights"):
        net._flat_weights = list(weights)
    hx = tuple(states) if kind == "LSTM" else states[0]
    if lengths is None:
        return net(x, hx)
    packed, last = net(nn.utils.rnn.pack_padded_sequence(x, lengths), hx)
    return (*nn.utils.rnn.pad_packed_sequence(packed), last)


def sequences(lib, a, b, c, **settings):
    """Three sequences, padded, packed and back again."""
    rnn = lib.nn.utils.rnn
    packed = rnn.pack_sequence([a, b, c], enforce_sorted=False)
    padded, lengths = rnn.pad_packed_sequence(packed, **settings)
    return (*packed[:2], padded, lengths, rnn.pad_sequence([a, b, c], **settings), rnn.unpack_sequence(packed))


def some(least):
    return arrays(pick(*[(n, 2) for n in range(least, 4)]), "normal")


ROWS = [
    *[Row(f"layers of {kind}", layer, layers(kind), "sums", WITHOUT) for kind in KINDS],
    Row("pack_sequence", sequences, case(some(1), some(1), some(1), batch_first=pick(False, True)), "sums", WITHOUT),
    Row(
        "pack_padded_sequence",
        lambda lib, x, lengths, **s: lib.nn.utils.rnn.pack_padded_sequence(x, lengths, **s)[:2],
        case(
            arrays((3, 3, 2), "normal"),
            # No length beyond the padding: torch reads on where nothing is.
            pick([3, 2, 1], [3, 3, 3], [1, 1, 1], [1, 2, 3], [2, 1, 0], [2, 1], []),
            batch_first=pick(False, True),
        ),
        without=WITHOUT,
    ),
]
