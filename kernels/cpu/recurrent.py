"""Recurrent layers over a whole sequence: the steps in order, each one product by BLAS and one pass over the gates.

The rows of all steps lie one below the other: x (N, gates), N the sum of the steps' sizes. `steps` lists (first row,
rows) in the order in which the layer goes through them; a step works on the first rows of the state (sequences of
different lengths are sorted, the longest first). What the products of the input with its weights give is x already.
Backward goes through the steps the other way round; the gradients of the weights are one product over all rows.

The gates go forward by NumPy, whose exp and tanh do several numbers at once: an LSTM over 35 steps of 32 sequences, 256
wide, took 34 ms with a compiled loop that calls those of the C library, and takes 14 so (one core). They go backward by
compiled loops, which need no temporaries.
"""

import numpy as np


def sigmoid_(x):
    """x = 1 / (1 + e^-x), in its own memory.

    By a product, for np.negative (2.4) reads the wrong numbers where they lie 16 or 64 bytes apart, as do gates of one
    unit, and are written to where they lie.
    """
    np.multiply(x, -1, out=x)
    np.exp(x, out=x)
    x += 1
    np.divide(1, x, out=x)


def rnn(x, h0, weight, steps, relu):
    """h = tanh(x + W h) (or relu): (all h, the last ones, the h before each step)."""
    h, y, before = h0.copy(), np.empty_like(x), np.empty_like(x)
    for start, n in steps:
        rows = slice(start, start + n)
        before[rows] = h[:n]
        out = np.matmul(h[:n], weight.T, out=y[rows])
        out += x[rows]
        np.maximum(out, 0, out=out) if relu else np.tanh(out, out=out)
        h[:n] = out
    return y, h, before


def rnn_backward(gy, gh, y, before, weight, steps, relu):
    """Gradients (of x, of h0, of the weight): d tanh = 1 - y^2, d relu = 0 where y <= 0."""
    gx, gh = np.empty_like(y), gh.copy()
    for start, n in reversed(steps):
        rows = slice(start, start + n)
        out, arriving = y[rows], gh[:n] + gy[rows]
        gx[rows] = np.where(out <= 0, 0, arriving) if relu else arriving * (1 - out * out)
        np.matmul(gx[rows], weight, out=gh[:n])
    return gx, gh, gx.T @ before


def lstm(x, h0, c0, weight, projection, steps):
    """(all h, the last ones, the last c, what backward needs); see minitorch/ops/recurrent.py for the formulas.

    projection (P, H) or None: h is then the projected output.
    """
    h, c, size = h0.copy(), c0.copy(), c0.shape[1]
    gates, outputs, y = np.empty_like(x), np.empty((len(x), size), x.dtype), None
    before_h, before_c, tanh_c = np.empty((len(x), h.shape[1]), x.dtype), np.empty_like(outputs), np.empty_like(outputs)
    y = outputs if projection is None else np.empty_like(before_h)
    for start, n in steps:
        rows = slice(start, start + n)
        before_h[rows], before_c[rows] = h[:n], c[:n]
        now = np.matmul(h[:n], weight.T, out=gates[rows])
        now += x[rows]
        i, f, g, o = (now[:, k * size : (k + 1) * size] for k in range(4))
        sigmoid_(now[:, : 2 * size])
        np.tanh(g, out=g)
        sigmoid_(o)
        c[:n] *= f
        c[:n] += i * g
        np.tanh(c[:n], out=tanh_c[rows])
        np.multiply(o, tanh_c[rows], out=outputs[rows])
        if projection is not None:
            np.matmul(outputs[rows], projection.T, out=y[rows])
        h[:n] = y[rows]
    return y, h, c, (gates, before_h, before_c, tanh_c, outputs)


def lstm_backward(gy, gh, gc, saved, weight, projection, steps):
    """Gradients (of x, of h0, of c0, of the weight, of the projection or None)."""
    from kernels.cpu.recurrent_jit import lstm_step_backward

    gates, before_h, before_c, tanh_c, outputs = saved
    gx, gh, gc, gy = np.empty_like(gates), gh.copy(), gc.copy(), np.array(gy, order="C")
    for start, n in reversed(steps):
        rows = slice(start, start + n)
        gy[rows] += gh[:n]
        g_output = gy[rows] if projection is None else gy[rows] @ projection
        lstm_step_backward(g_output, gates[rows], before_c[rows], tanh_c[rows], gc[:n], gx[rows])
        np.matmul(gx[rows], weight, out=gh[:n])
    return gx, gh, gc, gx.T @ before_h, None if projection is None else gy.T @ outputs


def gru(x, h0, weight, bias, steps):
    """(all h, the last ones, what backward needs); bias (3 H) or None is that of the product with h."""
    h, size = h0.copy(), h0.shape[1]
    gates, y = np.empty_like(x), np.empty((len(x), size), x.dtype)
    before, hidden = np.empty_like(y), np.empty_like(y)
    for start, n in steps:
        rows = slice(start, start + n)
        before[rows] = h[:n]
        product = h[:n] @ weight.T
        if bias is not None:
            product += bias
        now, hidden[rows] = gates[rows], product[:, 2 * size :]
        np.add(x[rows, : 2 * size], product[:, : 2 * size], out=now[:, : 2 * size])
        sigmoid_(now[:, : 2 * size])
        r, z, new = (now[:, k * size : (k + 1) * size] for k in range(3))
        np.multiply(r, hidden[rows], out=new)
        new += x[rows, 2 * size :]
        np.tanh(new, out=new)
        h[:n] -= new
        h[:n] *= z
        h[:n] += new  # (h - n) z + n
        y[rows] = h[:n]
    return y, h, (gates, before, hidden)


def gru_backward(gy, gh, saved, weight, steps):
    """Gradients (of x, of h0, of the weight, of the bias)."""
    from kernels.cpu.recurrent_jit import gru_step_backward

    gates, before, hidden = saved
    gx, g_product, gh = np.empty_like(gates), np.empty_like(gates), gh.copy()
    for start, n in reversed(steps):
        rows = slice(start, start + n)
        gh[:n] += gy[rows]
        gru_step_backward(gates[rows], before[rows], hidden[rows], gh[:n], gx[rows], g_product[rows])
        gh[:n] += g_product[rows] @ weight
    return gx, gh, g_product.T @ before, g_product.sum(0)
