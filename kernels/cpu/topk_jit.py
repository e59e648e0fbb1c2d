"""The k first of n elements, without sorting the others: introselect, introsort and heap select.

These are nth_element, sort and partial_sort of GNU's C++ library, step by step, which torch calls: so of equal elements
the same ones are chosen, in the same order. `order` holds the numbers of the elements of `keys`, and is what is moved.
D. Musser, "Introspective Sorting and Selection Algorithms", 1997; https://en.cppreference.com/w/cpp/algorithm
"""

import numba
import numpy as np

compiled = numba.njit(cache=True, error_model="numpy")
SHORT = 16  # elements that insertion sort is left with
FEW = 64  # k is few where n is at least so many times k: then a heap is kept of the k best


@compiled
def precedes(x, y, largest):
    """Whether x comes before y. NaN is the largest."""
    if largest:
        return (x != x and y == y) or x > y
    return (x == x and y != y) or x < y


@compiled
def swap(order, i, j):
    order[i], order[j] = order[j], order[i]


@compiled
def partition(keys, order, first, last, largest):
    """The median of three elements as pivot, to `first`; what precedes it to the left of the place returned."""
    a, b, c = first + 1, first + (last - first) // 2, last - 1
    x, y, z = keys[order[a]], keys[order[b]], keys[order[c]]
    if precedes(x, y, largest):
        median = b if precedes(y, z, largest) else c if precedes(x, z, largest) else a
    else:
        median = a if precedes(x, z, largest) else c if precedes(y, z, largest) else b
    swap(order, first, median)
    pivot, low, high = keys[order[first]], first + 1, last
    while True:
        while precedes(keys[order[low]], pivot, largest):
            low += 1
        high -= 1
        while precedes(pivot, keys[order[high]], largest):
            high -= 1
        if low >= high:
            return low
        swap(order, low, high)
        low += 1


@compiled
def insertion_sort(keys, order, first, last, largest):
    for i in range(first + 1, last):
        element = order[i]
        j = i
        while j > first and precedes(keys[element], keys[order[j - 1]], largest):
            order[j] = order[j - 1]
            j -= 1
        order[j] = element


@compiled
def sift(keys, order, first, hole, n, element, largest):
    """Put `element` in the heap of n elements at `first`, whose place `hole` is free: down to a leaf, then up."""
    top, child = hole, hole
    while child < (n - 1) // 2:
        child = 2 * (child + 1)
        if precedes(keys[order[first + child]], keys[order[first + child - 1]], largest):
            child -= 1
        order[first + hole] = order[first + child]
        hole = child
    if n % 2 == 0 and child == (n - 2) // 2:
        child = 2 * child + 1
        order[first + hole] = order[first + child]
        hole = child
    parent = (hole - 1) // 2
    while hole > top and precedes(keys[order[first + parent]], keys[element], largest):
        order[first + hole] = order[first + parent]
        hole = parent
        parent = (hole - 1) // 2
    order[first + hole] = element


@compiled
def heap_select(keys, order, first, middle, last, largest):
    """The best elements to [first, middle), as a heap with the last of them on top."""
    n = middle - first
    for parent in range((n - 2) // 2, -1, -1):
        sift(keys, order, first, parent, n, order[first + parent], largest)
    for i in range(middle, last):
        if precedes(keys[order[i]], keys[order[first]], largest):
            element, order[i] = order[i], order[first]
            sift(keys, order, first, 0, n, element, largest)


@compiled
def sort_heap(keys, order, first, last, largest):
    while last - first > 1:
        last -= 1
        element, order[last] = order[last], order[first]
        sift(keys, order, first, 0, last - first, element, largest)


@compiled
def depth_limit(n):
    """2 log2(n) partitions are enough where they go well."""
    limit = 0
    while n > 1:
        n //= 2
        limit += 2
    return limit


@compiled
def select(keys, order, first, nth, last, largest):
    """Introselect: the element that belongs there to nth, and those that precede it to its left."""
    limit = depth_limit(last - first)
    while last - first > 3:
        if limit == 0:
            heap_select(keys, order, first, nth + 1, last, largest)
            swap(order, first, nth)
            return
        limit -= 1
        cut = partition(keys, order, first, last, largest)
        if cut <= nth:
            first = cut
        else:
            last = cut
    insertion_sort(keys, order, first, last, largest)


@compiled
def introsort(keys, order, last, largest):
    """Sort [0, last): quicksort down to parts of at most SHORT elements, a heap where it goes badly, then insertion."""
    waiting = np.empty((3, 2 * 64), np.int64)  # first, last and limit of the parts to do: fewer than 2 log2(n)
    waiting[0, 0], waiting[1, 0], waiting[2, 0] = 0, last, depth_limit(last)
    count = 1
    while count:
        count -= 1
        low, high, limit = waiting[0, count], waiting[1, count], waiting[2, count]
        while high - low > SHORT:
            if limit == 0:
                heap_select(keys, order, low, high, high, largest)
                sort_heap(keys, order, low, high, largest)
                break
            limit -= 1
            cut = partition(keys, order, low, high, largest)
            waiting[0, count], waiting[1, count], waiting[2, count] = cut, high, limit
            count += 1
            high = cut
    insertion_sort(keys, order, 0, last, largest)


@compiled
def topk(rows, k, largest, in_order):
    """The numbers of the k first elements of each row: (rows, k)."""
    n = rows.shape[1]
    out = np.empty((len(rows), k), np.int64)
    for r in range(len(rows)):
        keys, order = rows[r], np.arange(n)
        if k * FEW <= n:
            heap_select(keys, order, 0, k, n, largest)
            sort_heap(keys, order, 0, k, largest)
        else:
            select(keys, order, 0, k - 1, n, largest)
            if in_order:
                introsort(keys, order, k - 1, largest)
        out[r] = order[:k]
    return out
