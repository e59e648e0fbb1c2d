"""Recurrent layers over a whole sequence: the steps in order, each one product and one pass over the gates.

The rows of all steps lie one below the other: gates (N, gates), N the sum of the steps' sizes. `steps` lists (first
row, rows) in the order in which the layer goes through them; a step works on the first rows of the state (sequences of
different lengths are sorted, the longest first). The gates come as what the input gives to them, W_ih x + b; each step
adds what the state gives, W_hh h, and puts them in the same place through their sigmoid or tanh.
Backward goes through the steps the other way round; the gradients of the weights are one product over all rows.

float32 goes through the steps in compiled loops (recurrent_jit.py), the sequences shared among the cores: an LSTM over
35 steps of 32 sequences, 256 wide, takes 1.6 ms forward, and took 5.3 by NumPy, whose BLAS shares out each small
product. float64 goes through the same loops, interpreted, with BLAS.
"""

import numpy as np

from kernels.cpu.matmul import matmul
from kernels.cpu.threads import spread

BLOCK = 8  # sequences: as many rows has a tile of the compiled product
RATE = 100  # multiplications with additions in a nanosecond, by one core


def over_sequences(loop, matrices, steps, batch, *arrays):
    """loop(*matrices, starts, sizes, low, high, *arrays), for sequences low to high: all of them, in pieces."""
    starts, sizes = np.array(steps, np.int64).T.copy()
    if arrays[0].dtype != np.float32:
        loop.py_func(*matrices, starts, sizes, 0, batch, *arrays)
        return
    from kernels.cpu.recurrent_jit import packed

    panels = [None if matrix is None else packed(matrix) for matrix in matrices]
    numbers = sum(panel.size for panel in panels if panel is not None)
    spread(
        lambda i, j: loop(*panels, starts, sizes, i * BLOCK, min(j * BLOCK, batch), *arrays),
        -(-batch // BLOCK),
        sizes.sum() * numbers / RATE,
    )


def rnn(gates, h0, weight, steps, relu):
    """h = tanh(gates + W h) (or relu): (all h, in the place of the gates; the last ones; the h before each step)."""
    from kernels.cpu.recurrent_jit import rnn_steps

    h, before = h0.copy(), np.empty_like(gates)
    over_sequences(rnn_steps, [weight.T], steps, len(h), gates, h, relu, before)
    return gates, h, before


def rnn_backward(gy, gh, y, before, weight, steps, relu):
    """Gradients (of the gates, of h0, of the weight): d tanh = 1 - y^2, d relu = 0 where y <= 0."""
    from kernels.cpu.recurrent_jit import rnn_steps_backward

    g_gates, gh = np.empty(y.shape, y.dtype), gh.copy()
    over_sequences(rnn_steps_backward, [weight], steps, len(gh), np.ascontiguousarray(gy), gh, relu, y, g_gates)
    return g_gates, gh, matmul(g_gates.T, before)


def lstm(gates, h0, c0, weight, projection, steps):
    """(all h, the last ones, the last c, what backward needs); see minitorch/ops/recurrent.py for the formulas.

    projection (P, H) or None: h is then the projected output.
    """
    from kernels.cpu.recurrent_jit import lstm_steps

    h, c, rows, dtype = h0.copy(), c0.copy(), len(gates), gates.dtype
    before_h = np.empty((rows, h.shape[1]), dtype)
    before_c, tanh_c, outputs = (np.empty((rows, c.shape[1]), dtype) for _ in range(3))
    y, matrix = (outputs, None) if projection is None else (np.empty_like(before_h), projection.T)
    kept = before_h, before_c, tanh_c, outputs
    over_sequences(lstm_steps, [weight.T, matrix], steps, len(h), gates, h, c, *kept, y)
    return y, h, c, (gates, *kept)


def lstm_backward(gy, gh, gc, saved, weight, projection, steps):
    """Gradients (of the gates, of h0, of c0, of the weight, of the projection or None)."""
    from kernels.cpu.recurrent_jit import lstm_steps_backward

    gates, before_h, before_c, tanh_c, outputs = saved
    g_gates, gh, gc = np.empty_like(gates), gh.copy(), gc.copy()
    gy, g_output = (np.ascontiguousarray(gy), None) if projection is None else (gy.copy(), np.empty_like(gc))
    arrays = gy, gh, gc, gates, before_c, tanh_c, g_output, g_gates
    over_sequences(lstm_steps_backward, [weight, projection], steps, len(gh), *arrays)
    return g_gates, gh, gc, matmul(g_gates.T, before_h), None if projection is None else matmul(gy.T, outputs)


def gru(gates, h0, weight, bias, steps):
    """(all h, the last ones, what backward needs); bias (3 H) or None is that of the product with h.

    The product for the gate n stays apart, as `hidden`, for r multiplies it.
    """
    from kernels.cpu.recurrent_jit import gru_steps

    h, two = h0.copy(), 2 * h0.shape[1]
    bias = np.zeros(len(weight), gates.dtype) if bias is None else np.ascontiguousarray(bias)
    before, hidden, y = (np.empty((len(gates), h.shape[1]), gates.dtype) for _ in range(3))
    arrays = gates, h, bias[:two], bias[two:], before, hidden, y
    over_sequences(gru_steps, [weight[:two].T, weight[two:].T], steps, len(h), *arrays)
    return y, h, (gates, before, hidden)


def gru_backward(gy, gh, saved, weight, steps):
    """Gradients (of the gates, of hidden, of h0, of the weight)."""
    from kernels.cpu.recurrent_jit import gru_steps_backward

    gates, before, hidden = saved
    g_gates, g_hidden, gh, two = np.empty_like(gates), np.empty_like(hidden), gh.copy(), 2 * gh.shape[1]
    arrays = np.ascontiguousarray(gy), gh, gates, before, hidden, g_gates, g_hidden
    over_sequences(gru_steps_backward, [weight[:two], weight[two:]], steps, len(gh), *arrays)
    g_weight = np.empty(weight.shape, weight.dtype)
    matmul(g_gates[:, :two].T, before, g_weight[:two])
    matmul(g_hidden.T, before, g_weight[two:])
    return g_gates, g_hidden, gh, g_weight
