"""The loops of index.py, compiled. Indices are taken as unsigned numbers, of which a negative one is very large.

They have been checked; but those of a gradient since forward, after which somebody may have written to them behind the
engine's back, through .numpy(): IndexError rather than a write to any memory.
"""

import numba
import numpy as np

compiled = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def take_at(rows, index, out):
    """out[r, i] = rows[r, index[r, i]]"""
    for r in range(len(rows)):
        for i in range(index.shape[1]):
            out[r, i] = rows[r, np.uint64(index[r, i])]


@compiled
def add_at(rows, index, src):
    """rows[r, index[r, i]] += src[r, i]"""
    n = np.uint64(rows.shape[1])
    for r in range(len(rows)):
        for i in range(index.shape[1]):
            j = np.uint64(index[r, i])
            if j >= n:
                raise IndexError("index out of bounds")
            rows[r, j] += src[r, i]


@compiled
def add_rows(tables, rows, src):
    """tables[t, rows[i], j] += src[t, i, j]"""
    n = np.uint64(tables.shape[1])
    for t in range(len(tables)):
        for i in range(rows.size):
            r = np.uint64(rows[i])
            if r >= n:
                raise IndexError("index out of bounds")
            row, values = tables[t, r], src[t, i]
            for j in range(row.size):
                row[j] += values[j]
