"""The loops of index.py, compiled. (Indices as unsigned numbers: no question whether they count from the end.)"""

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
    for r in range(len(rows)):
        for i in range(index.shape[1]):
            rows[r, np.uint64(index[r, i])] += src[r, i]


@compiled
def add_rows(tables, rows, src):
    """tables[t, rows[i], j] += src[t, i, j]"""
    for t in range(len(tables)):
        for i in range(rows.size):
            row, values = tables[t, np.uint64(rows[i])], src[t, i]
            for j in range(row.size):
                row[j] += values[j]
