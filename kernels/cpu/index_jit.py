"""The loop of index.py, compiled."""

import numba


@numba.njit(nogil=True, cache=True, error_model="numpy")
def add_at(first, last, rows, places, src):
    """rows[r, places[r, i]] += src[r, i], for the rows from the first to before the last."""
    for r in range(first, last):
        for i in range(places.shape[1]):
            rows[r, places[r, i]] += src[r, i]
