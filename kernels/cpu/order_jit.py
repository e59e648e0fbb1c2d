"""The loops of order.py, compiled, on the rows of a matrix; each gives one place a row.

As torch does: the mode by GNU's sort (topk_jit.py), the k-th value by the quickselect of "Numerical Recipes" (Press et
al., section 8.5).
"""

import numpy as np

from kernels.cpu.topk_jit import compiled, introsort, precedes, swap


@compiled
def kth(rows, k):
    """Where the element is that k others precede."""
    out = np.empty(len(rows), np.int64)
    for r in range(len(rows)):
        order = np.arange(rows.shape[1])
        quickselect(rows[r], order, k)
        out[r] = order[k]
    return out


@compiled
def quickselect(keys, order, k):
    """Move the element that belongs there to place k. The pivot is the median of the first, middle and last one."""
    left, right = 0, len(order) - 1
    while right > left + 1:
        swap(order, (left + right) // 2, left + 1)
        for i, j in ((left + 1, right), (left, right), (left + 1, left)):
            if precedes(keys[order[j]], keys[order[i]], False):
                swap(order, i, j)
        pivot, i, j = keys[order[left]], left + 1, right
        while True:
            i += 1
            while precedes(keys[order[i]], pivot, False):
                i += 1
            j -= 1
            while precedes(pivot, keys[order[j]], False):
                j -= 1
            if j < i:
                break
            swap(order, i, j)
        swap(order, left, j)
        if j <= k:
            left = i
        if j >= k:
            right = j - 1
    if right == left + 1 and precedes(keys[order[right]], keys[order[left]], False):
        swap(order, left, right)


@compiled
def mode(rows):
    """Where the last one, in sorted order, of the longest run of equal elements is. Every NaN is a run of its own."""
    n = rows.shape[1]
    out = np.empty(len(rows), np.int64)
    for r in range(len(rows)):
        keys, order, longest, length = rows[r], np.arange(n), 0, 0
        introsort(keys, order, n, False)
        for i in range(n):
            length += 1
            if i == n - 1 or keys[order[i]] != keys[order[i + 1]]:
                if length > longest:
                    out[r], longest = order[i], length
                length = 0
    return out
