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


def add_product(a, b, out):
    """out += a b"""
    out += np.matmul(a, b)


@overload(product)
def product_of_packed(a, b, out):
    return lambda a, b, out: product_with_packed(a, b, out, False)


@overload(add_product)
def add_product_of_packed(a, b, out):
    return lambda a, b, out: product_with_packed(a, b, out, True)


def packed(b):
    """A matrix (depth, n) as `product` takes it when it is compiled."""
    panels = np.empty((-(-b.shape[1] // WIDTH), b.shape[0], WIDTH), np.float32)
    pack(b, panels)
    return panels


@inline
def to_sigmoid(x):
    """x = sigmoid(x)"""
    for j in range(x.size):
        x[j] = sigmoid(x[j])


@inline
def to_tanh(x):
    """x = tanh(x)"""
    for j in range(x.size):
        x[j] = tanh(x[j])


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
def rnn_gate(y, h, before, relu):
    """y becomes tanh(y), or relu of it; before is h, and h is y."""
    for row in range(len(y)):
        out = y[row]
        if relu:
            for j in range(out.size):
                out[j] = out.dtype.type(0) if out[j] < 0 else out[j]  # NaN stays
        else:
            to_tanh(out)
        move(out, h[row], before[row])


@compiled
def rnn_steps(weight, starts, sizes, low, high, y, h, relu, before):
    """y is W x + b before."""
    for t in range(len(starts)):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            add_product(h[now], weight, y[rows])
            rnn_gate(y[rows], h[now], before[rows], relu)


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
def lstm_gates(gates, c, before_c, tanh_c, y):
    """The gates i, f, g, o go through their sigmoid or tanh; before_c is c, and c the next one."""
    size = c.shape[1]
    for row in range(len(c)):
        now = gates[row]
        i, f, g, o = now[:size], now[size : 2 * size], now[2 * size : 3 * size], now[3 * size :]
        to_sigmoid(now[: 2 * size])
        to_tanh(g)
        to_sigmoid(o)
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
def lstm_steps(weight, projection, starts, sizes, low, high, gates, h, c, before_h, before_c, tanh_c, outputs, y):
    """The gates are W x + b before; outputs (N, H) and y (N, P) are one array where there is no projection."""
    for t in range(len(starts)):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            add_product(h[now], weight, gates[rows])
            lstm_gates(gates[rows], c[now], before_c[rows], tanh_c[rows], outputs[rows])
            if projection is not None:
                product(outputs[rows], projection, y[rows])
            move_rows(y[rows], h[now], before_h[rows])


@compiled
def lstm_gates_backward(g_gates, gc, g_output, gates, before_c, tanh_c):
    """g_gates becomes the gradient of the gates before their sigmoid or tanh, gc that of the c before the step."""
    size, one = gc.shape[1], gc.dtype.type(1)
    for row in range(len(gc)):
        now, out, total, arriving = gates[row], g_gates[row], gc[row], g_output[row]
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
    weight, projection, starts, sizes, low, high, gy, gh, gc, gates, before_c, tanh_c, g_output, g_gates
):
    """With a projection gy becomes the whole gradient of y; g_output (B, H) is memory for that of what it projects."""
    for t in range(len(starts) - 1, -1, -1):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            if projection is None:
                add_rows(gh[now], gy[rows])
                arriving = gh[now]
            else:
                add_rows(gy[rows], gh[now])
                product(gy[rows], projection, g_output[now])
                arriving = g_output[now]
            lstm_gates_backward(g_gates[rows], gc[now], arriving, gates[rows], before_c[rows], tanh_c[rows])
            product(g_gates[rows], weight, gh[now])


# -- gru ---------------------------------------------------------------------------------------------------------------


@compiled
def gru_gates(gates, hidden, bias_rz, bias_n, h, before, y):
    """The gates r, z, n (n without what r multiplies: hidden, W_n h) become what they are; before is h, and h the next
    one, as y."""
    size = h.shape[1]
    for row in range(len(h)):
        now, kept, state, out = gates[row], hidden[row], h[row], y[row]
        rz, r, z, n = now[: 2 * size], now[:size], now[size : 2 * size], now[2 * size :]
        for j in range(2 * size):
            rz[j] += bias_rz[j]
        for j in range(size):
            kept[j] += bias_n[j]
        to_sigmoid(rz)
        for j in range(size):
            n[j] += r[j] * kept[j]
        to_tanh(n)
        for j in range(size):
            out[j] = (state[j] - n[j]) * z[j] + n[j]
        move(out, state, before[row])


@compiled
def gru_steps(weight_rz, weight_n, starts, sizes, low, high, gates, h, bias_rz, bias_n, before, hidden, y):
    """The gates are W x + b before."""
    for t in range(len(starts)):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            add_product(h[now], weight_rz, gates[rows, : bias_rz.size])
            product(h[now], weight_n, hidden[rows])
            gru_gates(gates[rows], hidden[rows], bias_rz, bias_n, h[now], before[rows], y[rows])


@compiled
def gru_gates_backward(g_gates, g_hidden, gh, gy, gates, before, hidden):
    """g_gates becomes the gradient of the gates before their sigmoid or tanh, g_hidden that of what r multiplies, and
    gh what passes by z to the h before."""
    size, one = gh.shape[1], gh.dtype.type(1)
    for row in range(len(gh)):
        now, out, inner, arriving, given = gates[row], g_gates[row], g_hidden[row], gh[row], gy[row]
        r, z, n = now[:size], now[size : 2 * size], now[2 * size :]
        g_r, g_z, g_n = out[:size], out[size : 2 * size], out[2 * size :]
        state, kept = before[row], hidden[row]
        for j in range(size):
            arriving[j] += given[j]
        for j in range(size):
            g_n[j] = arriving[j] * (one - z[j]) * (one - n[j] * n[j])
        for j in range(size):
            g_z[j] = arriving[j] * (state[j] - n[j]) * z[j] * (one - z[j])
        through_sigmoid(g_r, g_n, kept, r)
        for j in range(size):
            inner[j] = g_n[j] * r[j]
        for j in range(size):
            arriving[j] *= z[j]


@compiled
def gru_steps_backward(weight_rz, weight_n, starts, sizes, low, high, gy, gh, gates, before, hidden, g_gates, g_hidden):
    two = 2 * gh.shape[1]
    for t in range(len(starts) - 1, -1, -1):
        n = min(sizes[t], high) - low
        if n > 0:
            rows, now = slice(starts[t] + low, starts[t] + low + n), slice(low, low + n)
            gru_gates_backward(
                g_gates[rows], g_hidden[rows], gh[now], gy[rows], gates[rows], before[rows], hidden[rows]
            )
            add_product(g_gates[rows, :two], weight_rz, gh[now])
            add_product(g_hidden[rows], weight_n, gh[now])
