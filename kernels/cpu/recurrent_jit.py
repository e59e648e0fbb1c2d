"""The passes backward over the gates of recurrent.py, compiled: all of a step's gates are read and written once."""

import numba

compiled = numba.njit(cache=True, error_model="numpy")


@compiled
def lstm_step_backward(g_output, gates, before_c, tanh_c, gc, gx):
    """gx becomes the gradient of the gates before their sigmoid or tanh, gc that of the c before the step."""
    size = gc.shape[1]
    one = gc.dtype.type(1)
    for row in range(gc.shape[0]):
        for j in range(size):
            i, f = gates[row, j], gates[row, size + j]
            g, o = gates[row, 2 * size + j], gates[row, 3 * size + j]
            t, arriving = tanh_c[row, j], g_output[row, j]
            total = gc[row, j] + arriving * o * (one - t * t)
            gx[row, j] = total * g * i * (one - i)
            gx[row, size + j] = total * before_c[row, j] * f * (one - f)
            gx[row, 2 * size + j] = total * i * (one - g * g)
            gx[row, 3 * size + j] = arriving * t * o * (one - o)
            gc[row, j] = total * f


@compiled
def gru_step_backward(gates, before, hidden, gh, gx, g_product):
    """gx becomes the gradient of x, g_product that of W h + b, and gh what passes by z to the h before."""
    size = gh.shape[1]
    one = gh.dtype.type(1)
    for row in range(gh.shape[0]):
        for j in range(size):
            r, z, n = gates[row, j], gates[row, size + j], gates[row, 2 * size + j]
            arriving = gh[row, j]
            g_n = arriving * (one - z) * (one - n * n)
            g_r = g_n * hidden[row, j] * r * (one - r)
            g_z = arriving * (before[row, j] - n) * z * (one - z)
            gx[row, j], gx[row, size + j], gx[row, 2 * size + j] = g_r, g_z, g_n
            g_product[row, j], g_product[row, size + j], g_product[row, 2 * size + j] = g_r, g_z, g_n * r
            gh[row, j] = arriving * z
