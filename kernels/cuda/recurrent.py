"""Recurrent layers over a whole sequence: each step is a matrix product and one kernel over the gates.

As kernels/cpu/recurrent.py. The steps follow each other on the GPU without the host waiting for any of them.
"""

from kernels import scalar
from kernels.cuda.array import copy, copy_into, empty, full
from kernels.cuda.device import cuda, device_function, math
from kernels.cuda.elementwise import add, le, mul, sub, tanh, where
from kernels.cuda.elementwise import relu as positive_part
from kernels.cuda.launch import elements, launch
from kernels.cuda.matmul import matmul
from kernels.cuda.shape import getitem, permute

sigmoid = device_function(scalar.sigmoid)


def part(array, start, n):
    """n rows from start."""
    return getitem(array, (slice(start, start + n),))


def transposed(matrix):
    return permute(matrix, (1, 0))


def rnn(gates, h0, weight, steps, relu):
    """h = tanh(gates + W h) (or relu): (all h, in the place of the gates; the last ones; the h before each step)."""
    h, before = copy(h0), empty(gates.shape, gates.dtype)
    for start, n in steps:
        now, y = part(h, 0, n), part(gates, start, n)
        copy_into(part(before, start, n), now)
        total = add(matmul(now, transposed(weight)), y)
        copy_into(y, positive_part(total) if relu else tanh(total))
        copy_into(now, y)
    return gates, h, before


def rnn_backward(gy, gh, y, before, weight, steps, relu):
    """Gradients (of the gates, of h0, of the weight): d tanh = 1 - y^2, d relu = 0 where y <= 0."""
    g_gates, gh = empty(y.shape, y.dtype), copy(gh)
    zero, one = full((), 0, y.dtype), full((), 1, y.dtype)
    for start, n in reversed(steps):
        out, arriving = part(y, start, n), add(part(gh, 0, n), part(gy, start, n))
        copy_into(
            part(g_gates, start, n),
            where(le(out, zero), zero, arriving) if relu else mul(arriving, sub(one, mul(out, out))),
        )
        copy_into(part(gh, 0, n), matmul(part(g_gates, start, n), weight))
    return g_gates, gh, matmul(transposed(g_gates), before)


@cuda.jit
def lstm_step(gates, product, c, before_c, tanh_c, output, start, n, size):
    """(i, f, g, o), which are W x + b before, c and the output of one step. Grid: 1-d; one thread a unit of a row;
    global memory only."""
    for k in range(cuda.grid(1), n * size, cuda.gridsize(1)):
        row, j = k // size, k % size
        at, mine = (start + row) * 4 * size + j, row * 4 * size + j
        i = sigmoid(gates[at] + product[mine])
        f = sigmoid(gates[at + size] + product[mine + size])
        g = math.tanh(gates[at + 2 * size] + product[mine + 2 * size])
        o = sigmoid(gates[at + 3 * size] + product[mine + 3 * size])
        gates[at], gates[at + size], gates[at + 2 * size], gates[at + 3 * size] = i, f, g, o
        before_c[start * size + k] = c[k]
        c[k] = f * c[k] + i * g
        tanh_c[start * size + k] = math.tanh(c[k])
        output[start * size + k] = o * tanh_c[start * size + k]


def lstm(gates, h0, c0, weight, projection, steps):
    """(all h, the last ones, the last c, what backward needs); projection (P, H) or None."""
    h, c, (rows, _), size = copy(h0), copy(c0), gates.shape, c0.shape[1]
    before_h, *others = (empty((rows, n), gates.dtype) for n in (h.shape[1], size, size, size))
    before_c, tanh_c, outputs = others
    y = outputs if projection is None else empty(before_h.shape, gates.dtype)
    for start, n in steps:
        now = part(h, 0, n)
        copy_into(part(before_h, start, n), now)
        product = matmul(now, transposed(weight))
        launch(lstm_step, elements(n * size), gates, product, c, before_c, tanh_c, outputs, start, n, size)
        if projection is not None:
            copy_into(part(y, start, n), matmul(part(outputs, start, n), transposed(projection)))
        copy_into(now, part(y, start, n))
    return y, h, c, (gates, before_h, before_c, tanh_c, outputs)


@cuda.jit
def lstm_step_backward(g_output, gates, before_c, tanh_c, gc, g_gates, start, n, size):
    """Gradients of the gates and of c before a step. Grid: 1-d; one thread a unit of a row; global memory only."""
    for k in range(cuda.grid(1), n * size, cuda.gridsize(1)):
        row, j = k // size, k % size
        at, here = (start + row) * 4 * size + j, start * size + k
        i, f, g, o = gates[at], gates[at + size], gates[at + 2 * size], gates[at + 3 * size]
        t, arriving = tanh_c[here], g_output[k]
        one = gc.dtype.type(1)
        total = gc[k] + arriving * o * (one - t * t)
        g_gates[at] = total * g * i * (one - i)
        g_gates[at + size] = total * before_c[here] * f * (one - f)
        g_gates[at + 2 * size] = total * i * (one - g * g)
        g_gates[at + 3 * size] = arriving * t * o * (one - o)
        gc[k] = total * f


def lstm_backward(gy, gh, gc, saved, weight, projection, steps):
    """Gradients (of the gates, of h0, of c0, of the weight, of the projection or None)."""
    gates, before_h, before_c, tanh_c, outputs = saved
    g_gates, gh, gc, gy, size = empty(gates.shape, gates.dtype), copy(gh), copy(gc), copy(gy), before_c.shape[1]
    for start, n in reversed(steps):
        copy_into(part(gy, start, n), add(part(gy, start, n), part(gh, 0, n)))
        arriving = part(gy, start, n)
        g_output = copy(arriving) if projection is None else matmul(arriving, projection)
        launch(lstm_step_backward, elements(n * size), g_output, gates, before_c, tanh_c, gc, g_gates, start, n, size)
        copy_into(part(gh, 0, n), matmul(part(g_gates, start, n), weight))
    g_projection = None if projection is None else matmul(transposed(gy), outputs)
    return g_gates, gh, gc, matmul(transposed(g_gates), before_h), g_projection


@cuda.jit
def gru_step(gates, product, h, before, hidden, start, n, size):
    """(r, z, n), which are W x + b before, and the new h of one step. Grid: 1-d; one thread a unit of a row; global
    memory only."""
    for k in range(cuda.grid(1), n * size, cuda.gridsize(1)):
        row, j = k // size, k % size
        at, mine = (start + row) * 3 * size + j, row * 3 * size + j
        r = sigmoid(gates[at] + product[mine])
        z = sigmoid(gates[at + size] + product[mine + size])
        new = math.tanh(gates[at + 2 * size] + r * product[mine + 2 * size])
        gates[at], gates[at + size], gates[at + 2 * size] = r, z, new
        hidden[start * size + k] = product[mine + 2 * size]
        before[start * size + k] = h[k]
        h[k] = (h[k] - new) * z + new


def gru(gates, h0, weight, bias, steps):
    """(all h, the last ones, what backward needs); bias (3 H) or None is that of the product with h."""
    h, rows, size = copy(h0), gates.shape[0], h0.shape[1]
    y, before, hidden = (empty((rows, size), gates.dtype) for _ in range(3))
    for start, n in steps:
        product = matmul(part(h, 0, n), transposed(weight))
        if bias is not None:
            product = add(product, bias)
        launch(gru_step, elements(n * size), gates, product, h, before, hidden, start, n, size)
        copy_into(part(y, start, n), part(h, 0, n))
    return y, h, (gates, before, hidden)


@cuda.jit
def gru_step_backward(gates, before, hidden, gh, g_gates, g_hidden, start, n, size):
    """Gradients of the gates, of hidden and, but for the products, of h before a step. Grid: 1-d; one thread a unit of
    a row; global memory only."""
    for k in range(cuda.grid(1), n * size, cuda.gridsize(1)):
        row, j = k // size, k % size
        at, here = (start + row) * 3 * size + j, start * size + k
        r, z, new = gates[at], gates[at + size], gates[at + 2 * size]
        arriving, one = gh[k], gh.dtype.type(1)
        g_new = arriving * (one - z) * (one - new * new)
        g_gates[at] = g_new * hidden[here] * r * (one - r)
        g_gates[at + size] = arriving * (before[here] - new) * z * (one - z)
        g_gates[at + 2 * size] = g_new
        g_hidden[here] = g_new * r
        gh[k] = arriving * z


def gru_backward(gy, gh, saved, weight, steps):
    """Gradients (of the gates, of hidden, of h0, of the weight)."""
    gates, before, hidden = saved
    g_gates, g_hidden = (empty(x.shape, x.dtype) for x in (gates, hidden))
    gh, size = copy(gh), gh.shape[1]
    two = 2 * size
    g_rz = getitem(g_gates, (slice(None), slice(two)))
    weight_rz, weight_n = part(weight, 0, two), part(weight, two, size)
    for start, n in reversed(steps):
        now = part(gh, 0, n)
        copy_into(now, add(now, part(gy, start, n)))
        arrays = gates, before, hidden, gh, g_gates, g_hidden
        launch(gru_step_backward, elements(n * size), *arrays, start, n, size)
        for g, w in ((g_rz, weight_rz), (g_hidden, weight_n)):
            copy_into(now, add(now, matmul(part(g, start, n), w)))
    g_weight = empty(weight.shape, weight.dtype)
    copy_into(part(g_weight, 0, two), matmul(transposed(g_rz), before))
    copy_into(part(g_weight, two, size), matmul(transposed(g_hidden), before))
    return g_gates, g_hidden, gh, g_weight
