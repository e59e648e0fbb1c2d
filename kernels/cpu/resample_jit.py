"""The loop of resample.py, compiled."""

import numba


@numba.njit(cache=True, error_model="numpy")
def resample(x, starts, sources, weights, y):
    A, m, B = y.shape
    for a in range(A):
        for j in range(m):
            for t in range(starts[j], starts[j + 1]):
                line, out, weight = x[a, sources[t]], y[a, j], weights[t]
                for b in range(B):
                    out[b] += weight * line[b]
