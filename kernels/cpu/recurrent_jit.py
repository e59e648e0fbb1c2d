"""Recurrent layers step by step, compiled: the loops of recurrent.py.

A piece of work is some of the sequences, low to high, over all steps: sequences do not wait for each other. Of step t
the rows of x that belong to them begin at starts[t] + low; n of them are still running.

`product` is where the two ways differ. Compiled (float32), it takes a matrix that was packed once for all steps
(product_jit.py), for neither BLAS nor Python can be called here. Interpreted (py_func, for float64), it is BLAS, and
the gates are still compiled. Each line over the gates is a loop of its own: it has few enough arrays for LLVM to see
that they do not overlap, and make vectors.
"""

import numba
import numpy as np
from numba.extending import overload

from kernels.cpu.math_jit import compiled, sigmoid, tanh
from kernels.cpu.product_jit import WIDTH, pack, product_with_packed

inline = numba.njit(forceinline=True, error_model="numpy", fastmath={"contract"})


def product(a, b, out):
    """out = a b"""
    np.matmul(a, b, out=out)


@overload(product)
def product_of_packed(a, b, out):
    return lambda a, b, out: product_with_packed(a, b, out)


def packed(b):
    """A matrix (depth, n) as `product` takes it when it is compiled."""
    panels = np.empty((-(-b.shape[1] // WIDTH), b.shape[0], WIDTH), np.float32)
    pack(b, panels)
    return panels


@inline
def add_sigmoid(out, x):
    """out = sigmoid(out + x)"""
    for j in range(out.size):
        out[j] = sigmoid(out[j] + x[j])


@inline
def add_tanh(out, x):
    """out = tanh(out + x)"""
    for j in range(out.size):
        out[j] = tanh(out[j] + x[j])


@inline
def through_sigmoid(out, g, factor, y):
    """out = g factor y (1 - y): the gradient before a sigmoid that gave y."""
    one = y.dtype.type(1)
    for j in range(out.size):
        out[j] = g[j] * factor[j] * y[j] * (one - y[j])


@inline
def through_tanh(out, g, factor, y):
    """out = g factor (1 - y^2): the gradient before a tanh that gave y."""
    one = y.dtype.type(1)
    for j in range(out.size):
        out[j] = g[j] * factor[j] * (one - y[j] * y[j])


@inline
def move(new, state, before):
    """before = state, state = new"""
    for j in range(new.size):
        before[j] = state[j]
    for j in range(new.size):
        state[j] = new[j]


@compiled
def move_rows(new, state, before):
    """before = state, state = new"""
    for row in range(len(new)):
        move(new[row], state[row], before[row])


@compiled
def add_rows(out, x):
    """out += x"""
    for row in range(len(out)):
        a, b = out[row], x[row]
        for j in range(a.size):
            a[j] += b[j]


# -- rnn ---------------------------------------------------------------------------------------------------------------


@compiled
def rnn_gate(y, x, h, before, relu):
    """y, which is W h before, becomes tanh(y + x), or relu of it; before is h, and h is y."""
    for row in range(len(y)):
        out, new, state, kept = y[row], x[row], h[row], before[row]
        if relu:
            for j in range(out.size):
                total = out[j] + new[j]
                out[j] = out.dtype.type(0) if total < 0 else total  # NaN stays
        else:
            add_tanh(out, new)
        move(out, state, kept)


@compiled
def rnn_steps(weight, starts, sizes, low, high, x, h, relu, before, y):
    for t in range(len(starts)):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            product(h[now], weight, y[rows])
            rnn_gate(y[rows], x[rows], h[now], before[rows], relu)


@compiled
def rnn_gate_backward(gx, gh, gy, y, relu):
    """gx = (gh + gy) (1 - y^2), or 0 where y <= 0."""
    one = y.dtype.type(1)
    for row in range(len(y)):
        out, arriving, given, value = gx[row], gh[row], gy[row], y[row]
        if relu:
            for j in range(out.size):
                out[j] = out.dtype.type(0) if value[j] <= 0 else arriving[j] + given[j]
        else:
            for j in range(out.size):
                out[j] = (arriving[j] + given[j]) * (one - value[j] * value[j])


@compiled
def rnn_steps_backward(weight, starts, sizes, low, high, gy, gh, relu, y, gx):
    for t in range(len(starts) - 1, -1, -1):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            rnn_gate_backward(gx[rows], gh[now], gy[rows], y[rows], relu)
            product(gx[rows], weight, gh[now])


# -- lstm --------------------------------------------------------------------------------------------------------------


@compiled
def lstm_gates(gates, x, c, before_c, tanh_c, y):
    """The gates i, f, g, o, which are W h before, become what they are; before_c is c, and c the next one."""
    size = c.shape[1]
    for row in range(len(c)):
        now, new = gates[row], x[row]
        add_sigmoid(now[: 2 * size], new[: 2 * size])
        add_tanh(now[2 * size : 3 * size], new[2 * size : 3 * size])
        add_sigmoid(now[3 * size :], new[3 * size :])
        i, f, g, o = now[:size], now[size : 2 * size], now[2 * size : 3 * size], now[3 * size :]
        memory, kept, shown, out = c[row], before_c[row], tanh_c[row], y[row]
        for j in range(size):
            kept[j] = memory[j]
        for j in range(size):
            memory[j] = f[j] * kept[j] + i[j] * g[j]
        for j in range(size):
            shown[j] = tanh(memory[j])
        for j in range(size):
            out[j] = o[j] * shown[j]


@compiled
def lstm_steps(weight, projection, starts, sizes, low, high, x, h, c, gates, before_h, before_c, tanh_c, outputs, y):
    """outputs (N, H) and y (N, P) are one array where there is no projection."""
    for t in range(len(starts)):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            product(h[now], weight, gates[rows])
            lstm_gates(gates[rows], x[rows], c[now], before_c[rows], tanh_c[rows], outputs[rows])
            if projection is not None:
                product(outputs[rows], projection, y[rows])
            move_rows(y[rows], h[now], before_h[rows])


@compiled
def lstm_gates_backward(gx, gc, g_output, gates, before_c, tanh_c):
    """gx becomes the gradient of the gates before their sigmoid or tanh, gc that of the c before the step."""
    size, one = gc.shape[1], gc.dtype.type(1)
    for row in range(len(gc)):
        now, out, total, arriving = gates[row], gx[row], gc[row], g_output[row]
        i, f, g, o = now[:size], now[size : 2 * size], now[2 * size : 3 * size], now[3 * size :]
        shown, memory = tanh_c[row], before_c[row]
        for j in range(size):
            total[j] += arriving[j] * o[j] * (one - shown[j] * shown[j])
        through_sigmoid(out[:size], total, g, i)
        through_sigmoid(out[size : 2 * size], total, memory, f)
        through_tanh(out[2 * size : 3 * size], total, i, g)
        through_sigmoid(out[3 * size :], arriving, shown, o)
        for j in range(size):
            total[j] *= f[j]


@compiled
def lstm_steps_backward(
    weight, projection, starts, sizes, low, high, gy, gh, gc, gates, before_c, tanh_c, g_outputs, gx
):
    """gy becomes the whole gradient of y; g_outputs (N, H) is the same array where there is no projection."""
    for t in range(len(starts) - 1, -1, -1):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            add_rows(gy[rows], gh[now])
            if projection is not None:
                product(gy[rows], projection, g_outputs[rows])
            lstm_gates_backward(gx[rows], gc[now], g_outputs[rows], gates[rows], before_c[rows], tanh_c[rows])
            product(gx[rows], weight, gh[now])


# -- gru ---------------------------------------------------------------------------------------------------------------


@compiled
def gru_gates(gates, x, bias, h, before, hidden, y):
    """The gates r, z, n, which are W h before, become what they are; hidden keeps W_n h + b_n, before h; h is the next
    one, as y."""
    size = h.shape[1]
    for row in range(len(h)):
        now, new, state, out = gates[row], x[row], h[row], y[row]
        r, z, n, kept = now[:size], now[size : 2 * size], now[2 * size :], hidden[row]
        for j in range(now.size):
            now[j] += bias[j]
        for j in range(size):
            kept[j] = n[j]
        add_sigmoid(now[: 2 * size], new[: 2 * size])
        for j in range(size):
            n[j] *= r[j]
        add_tanh(n, new[2 * size :])
        for j in range(size):
            out[j] = (state[j] - n[j]) * z[j] + n[j]
        move(out, state, before[row])


@compiled
def gru_steps(weight, starts, sizes, low, high, x, h, bias, gates, before, hidden, y):
    for t in range(len(starts)):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            product(h[now], weight, gates[rows])
            gru_gates(gates[rows], x[rows], bias, h[now], before[rows], hidden[rows], y[rows])


@compiled
def gru_gates_backward(gx, g_product, gh, gy, gates, before, hidden):
    """gx becomes the gradient of x, g_product that of W h + b, and gh what passes by z to the h before."""
    size, one = gh.shape[1], gh.dtype.type(1)
    for row in range(len(gh)):
        now, out, inner, arriving, given = gates[row], gx[row], g_product[row], gh[row], gy[row]
        r, z, n = now[:size], now[size : 2 * size], now[2 * size :]
        g_r, g_z, g_n, inner_n = out[:size], out[size : 2 * size], out[2 * size :], inner[2 * size :]
        state, kept = before[row], hidden[row]
        for j in range(size):
            arriving[j] += given[j]
        for j in range(size):
            g_n[j] = arriving[j] * (one - z[j]) * (one - n[j] * n[j])
        for j in range(size):
            g_z[j] = arriving[j] * (state[j] - n[j]) * z[j] * (one - z[j])
        through_sigmoid(g_r, g_n, kept, r)
        for j in range(2 * size):
            inner[j] = out[j]
        for j in range(size):
            inner_n[j] = g_n[j] * r[j]
        for j in range(size):
            arriving[j] *= z[j]


@compiled
def gru_steps_backward(weight, starts, sizes, low, high, gy, gh, gates, before, hidden, carried, gx, g_product):
    """carried is memory for as much as gh holds."""
    for t in range(len(starts) - 1, -1, -1):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            gru_gates_backward(gx[rows], g_product[rows], gh[now], gy[rows], gates[rows], before[rows], hidden[rows])
            product(g_product[rows], weight, carried[now])
            add_rows(gh[now], carried[now])
