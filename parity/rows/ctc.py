"""Connectionist temporal classification: targets padded or in one row, lengths of all kinds, a batch or none."""

import numpy as np
from hypothesis import strategies as st

from parity.draw import Case, arrays, pick, salts
from parity.harness import Row


@st.composite
def sequences(draw):
    """Scores (T, N, C) or (T, C), targets (N, longest) or in one row, lengths."""
    t, n, c, blank = draw(pick(4, 1, 7)), draw(pick(2, 1, 3)), draw(pick(3, 2, 5)), draw(pick(0, 1))
    batched = n > 1 or draw(st.booleans())
    frames = tuple(draw(st.integers(t // 2, t)) for _ in range(n))
    lengths = tuple(draw(st.integers(0, 3)) for _ in range(n))
    shape = (sum(lengths),) if draw(st.booleans()) else (n, max(lengths) + draw(pick(0, 1)))
    labels = [label for label in range(c) if label != blank]
    targets = np.random.default_rng(draw(st.integers(0, 99))).choice(labels, shape)
    scores = draw(arrays((t, n, c) if batched else (t, c), ("normal", "whole")))
    settings = {"reduction": pick("mean", "sum", "none"), "zero_infinity": pick(False, True)}
    settings = {"blank": blank, **{k: draw(s) for k, s in settings.items()}}
    if draw(st.booleans()):
        frames, lengths = np.array(frames), np.array(lengths)
    return Case((scores, targets, frames, lengths), settings, draw(salts()))


def direct(lib, log_probs, targets, *args, **settings):
    """Without a softmax, which the gradient presumes. Contiguous: of strided targets in one row torch reads others."""
    return lib.nn.functional.ctc_loss(log_probs, targets.contiguous(), *args, **settings)


def loss(lib, scores, *args, **settings):
    return direct(lib, lib.nn.functional.log_softmax(scores, -1), *args, **settings)


# No second derivative in torch, nor here. No edges: what never happens (-inf) has gradient 0 here, NaN in torch.
ROWS = [
    Row("ctc_loss", loss, sequences(), "sums", without=("grad grad", "edges")),
    Row("ctc_loss direct", direct, sequences(), "sums", without=("grad grad", "edges")),
]
