"""The likeliest continuation of a sequence model, token by token: greedy and beam search (d2l.ai, section 10.8).

Any model will do that is a function step(token, state) -> (log_probs, state): it reads one token and gives the
logarithms of the next one's probabilities, (V,), and the state from which it goes on. It must leave the state that it
was given as it is, for a beam goes on from one state in several ways.
"""

import math
from typing import NamedTuple

import numpy as np


class Hypothesis(NamedTuple):
    """What a search has found. `tokens` without the first one given, "<eos>" included where it came to that."""

    tokens: list
    log_prob: float
    score: float  # log_prob / len(tokens) ** alpha: by it beams are compared


def greedy_search(step, state, bos, eos, max_steps):
    """Take the likeliest token each time, until it is eos or there are max_steps. max_steps runs of the model."""
    return beam_search(step, state, bos, eos, max_steps, beam_size=1)[0]


def beam_search(step, state, bos, eos, max_steps, beam_size=4, alpha=0.75):
    """Keep the beam_size likeliest beginnings; returns as many Hypothesis at most, the best score first.

    Each step continues all beginnings by all tokens, and keeps the likeliest. One that ends in eos is set aside, and
    the beam is one narrower from then on. All in all up to beam_size * max_steps runs of the model: beam_size = 1 is
    greedy search, and with beam_size of V ** max_steps nothing is lost.

    A longer sequence has more factors below 1. Dividing by length ** alpha makes up for it: 0 compares
    probabilities, 1 their geometric mean.
    """
    if beam_size < 1 or max_steps < 1:
        raise ValueError(f"beam_search: beam_size and max_steps must be at least 1, got {beam_size} and {max_steps}")
    finished, live = [], [([], 0.0, state)]
    for _ in range(max_steps):
        candidates = []
        for tokens, log_prob, state in live:
            log_probs, after = step(tokens[-1] if tokens else bos, state)
            log_probs = np.asarray(log_probs.tolist() if hasattr(log_probs, "tolist") else log_probs)
            likeliest = np.argsort(-log_probs, kind="stable")[:beam_size]  # no other one can be among the best
            candidates += [([*tokens, t], log_prob + log_probs[t], after) for t in likeliest.tolist()]
        candidates = [c for c in candidates if c[1] > -math.inf]
        candidates.sort(key=lambda candidate: -candidate[1])
        best = candidates[: beam_size - len(finished)]
        finished += [c for c in best if c[0][-1] == eos]
        live = [c for c in best if c[0][-1] != eos]
        if not live:
            break
    if not finished and not live:
        raise ValueError("beam_search: no token had a probability above 0")
    found = [Hypothesis(tokens, float(p), float(p / len(tokens) ** alpha)) for tokens, p, _ in finished + live]
    return sorted(found, key=lambda hypothesis: -hypothesis.score)
