"""Recurrent layers over a whole sequence: the steps in order, each one product and one pass over the gates.

The rows of all steps lie one below the other: x (N, gates), N the sum of the steps' sizes. `steps` lists (first row,
rows) in the order in which the layer goes through them; a step works on the first rows of the state (sequences of
different lengths are sorted, the longest first). What the products of the input with its weights give is x already.
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
    spread(
        lambda i, j: loop(*panels, starts, sizes, i * BLOCK, min(j * BLOCK, batch), *arrays),
        -(-batch // BLOCK),
        sizes.sum() * matrices[0].size / RATE,
    )


def in_rows(*arrays):
    """The arrays without gaps, so that one compilation serves."""
    return [np.ascontiguousarray(x) for x in arrays]


def rnn(x, h0, weight, steps, relu):
    """h = tanh(x + W h) (or relu): (all h, the last ones, the h before each step)."""
    from kernels.cpu.recurrent_jit import rnn_steps

    h, y, before = h0.copy(), np.empty(x.shape, x.dtype), np.empty(x.shape, x.dtype)
    over_sequences(rnn_steps, [weight.T], steps, len(h), *in_rows(x), h, relu, before, y)
    return y, h, before


def rnn_backward(gy, gh, y, before, weight, steps, relu):
    """Gradients (of x, of h0, of the weight): d tanh = 1 - y^2, d relu = 0 where y <= 0."""
    from kernels.cpu.recurrent_jit import rnn_steps_backward

    gx, gh = np.empty(y.shape, y.dtype), gh.copy()
    over_sequences(rnn_steps_backward, [weight], steps, len(gh), *in_rows(gy), gh, relu, y, gx)
    return gx, gh, matmul(gx.T, before)


def lstm(x, h0, c0, weight, projection, steps):
    """(all h, the last ones, the last c, what backward needs); see minitorch/ops/recurrent.py for the formulas.

    projection (P, H) or None: h is then the projected output.
    """
    from kernels.cpu.recurrent_jit import lstm_steps

    h, c, rows = h0.copy(), c0.copy(), len(x)
    gates, before_h = np.empty(x.shape, x.dtype), np.empty((rows, h.shape[1]), x.dtype)
    before_c, tanh_c, outputs = (np.empty((rows, c.shape[1]), x.dtype) for _ in range(3))
    y, matrix = (outputs, None) if projection is None else (np.empty_like(before_h), projection.T)
    saved = gates, before_h, before_c, tanh_c, outputs
    over_sequences(lstm_steps, [weight.T, matrix], steps, len(h), *in_rows(x), h, c, *saved, y)
    return y, h, c, saved


def lstm_backward(gy, gh, gc, saved, weight, projection, steps):
    """Gradients (of x, of h0, of c0, of the weight, of the projection or None)."""
    from kernels.cpu.recurrent_jit import lstm_steps_backward

    gates, before_h, before_c, tanh_c, outputs = saved
    gx, gh, gc, gy = np.empty(gates.shape, gates.dtype), gh.copy(), gc.copy(), gy.copy()
    g_outputs = gy if projection is None else np.empty_like(outputs)
    arrays = gy, gh, gc, gates, before_c, tanh_c, g_outputs, gx
    over_sequences(lstm_steps_backward, [weight, projection], steps, len(gh), *arrays)
    return gx, gh, gc, matmul(gx.T, before_h), None if projection is None else matmul(gy.T, outputs)


def gru(x, h0, weight, bias, steps):
    """(all h, the last ones, what backward needs); bias (3 H) or None is that of the product with h."""
    from kernels.cpu.recurrent_jit import gru_steps

    h, (rows, width) = h0.copy(), x.shape
    bias = np.zeros(width, x.dtype) if bias is None else bias
    gates, y, before, hidden = (np.empty((rows, n), x.dtype) for n in (width, *3 * [h.shape[1]]))
    over_sequences(gru_steps, [weight.T], steps, len(h), *in_rows(x), h, *in_rows(bias), gates, before, hidden, y)
    return y, h, (gates, before, hidden)


def gru_backward(gy, gh, saved, weight, steps):
    """Gradients (of x, of h0, of the weight, of the bias)."""
    from kernels.cpu.recurrent_jit import gru_steps_backward

    gates, before, hidden = saved
    gx, g_product, gh = np.empty(gates.shape, gates.dtype), np.empty(gates.shape, gates.dtype), gh.copy()
    arrays = *in_rows(gy), gh, gates, before, hidden, np.empty_like(gh), gx, g_product
    over_sequences(gru_steps_backward, [weight], steps, len(gh), *arrays)
    return gx, gh, matmul(g_product.T, before), g_product.sum(0)
