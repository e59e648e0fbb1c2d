"""The loops of resample.py, compiled: for lines side by side, which are added as a whole, and for single lines."""

import numba

compiled = numba.njit(cache=True, error_model="numpy")


@compiled
def resample_line(x, starts, sources, weights, y):
    for j in range(y.size):
        for t in range(starts[j], starts[j + 1]):
            y[j] += weights[t] * x[sources[t]]


@compiled
def add(x, weight, y):
    for b in range(y.size):
        y[b] += weight * x[b]


@compiled
def resample(x, starts, sources, weights, y):
    A, m, B = y.shape
    for a in range(A):
        if B == 1:
            resample_line(x[a, :, 0], starts, sources, weights, y[a, :, 0])
        else:
            for j in range(m):
                for t in range(starts[j], starts[j + 1]):
                    add(x[a, sources[t]], weights[t], y[a, j])
