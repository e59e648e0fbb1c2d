"""The scan that NumPy has not, compiled."""

from numba import njit


@njit(cache=True, error_model="numpy")
def recurrence(factor, x, y, reverse):
    """y_i = factor_i y_(i-1) + x_i along the middle dim of three; reverse: y_i = factor_i y_(i+1) + x_i."""
    before, n, behind = x.shape
    for b in range(before):
        for i in range(n):
            here = n - 1 - i if reverse else i
            last = here + 1 if reverse else here - 1
            for k in range(behind):
                y[b, here, k] = x[b, here, k] + (factor[b, here, k] * y[b, last, k] if i else 0.0)
