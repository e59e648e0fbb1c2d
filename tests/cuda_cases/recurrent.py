"""Calls of kernels: recurrent layers, and attention."""

import functools

from cuda_cases.recipes import (
    call,
    case,
    normal,
)

STEPS = ((0, 2), (2, 2), (4, 1))  # of sequences of lengths 3 and 2


def lstm_both_ways(make, dtype, width=3, steps=STEPS):
    """Forward, and backward with what forward saved. A state that is not 3 wide is projected."""
    x, h, c, weight, projection = (
        normal(*shape, dtype=dtype)(make) for shape in [(5, 12), (2, width), (2, 3), (12, width), (width, 3)]
    )
    projection = None if width == 3 else projection
    y, h, c, saved = make.k.lstm(x, h, c, weight, projection, steps)
    gradients = make.k.lstm_backward(y, h, c, saved, weight, projection, steps)
    return y, h, c, *saved, *(g for g in gradients if g is not None)


def attention_both_ways(make, dtype, causal):
    """Forward, and backward with what forward saved; keys and values of one head serve both heads of queries."""
    q, k, v, g = (normal(*shape, dtype=dtype)(make) for shape in [(2, 3, 2), (1, 4, 2), (1, 4, 3), (2, 3, 3)])
    y, weights = make.k.attention(q, k, v, 0.7, causal)
    return y, *make.k.attention_backward(g, q, k, v, y, weights, 0.7, causal)


def gru_both_ways(make, dtype, biased=True, steps=STEPS):
    """Forward, and backward with what forward saved."""
    x, h, weight, bias = (normal(*shape, dtype=dtype)(make) for shape in [(5, 9), (2, 3), (9, 3), (9,)])
    y, h, saved = make.k.gru(x, h, weight, bias if biased else None, steps)
    return y, h, *saved, *make.k.gru_backward(y, h, saved, weight, steps)


for dtype in ("float32", "float64"):
    x, g, h, weight = (normal(*shape, dtype=dtype) for shape in [(5, 3), (5, 3), (2, 3), (3, 3)])
    for relu in (False, True):
        call("rnn", f"{dtype} relu={relu}", x, h, weight, STEPS, relu)
        call("rnn_backward", f"{dtype} relu={relu}", g, h, x, x, weight, STEPS, relu)
    case(f"lstm {dtype}", functools.partial(lstm_both_ways, dtype=dtype))
    case(f"lstm_backward {dtype} projected", functools.partial(lstm_both_ways, dtype=dtype, width=2))
    case(f"attention {dtype}", functools.partial(attention_both_ways, dtype=dtype, causal=False))
    case(f"attention_backward {dtype} causal", functools.partial(attention_both_ways, dtype=dtype, causal=True))
    case(f"gru {dtype}", functools.partial(gru_both_ways, dtype=dtype))
    case(
        f"gru_backward {dtype} without bias, backwards in time",
        functools.partial(gru_both_ways, dtype=dtype, biased=False, steps=STEPS[::-1]),
    )
