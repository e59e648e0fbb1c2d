"""In which order the CPU's stream fills a tensor."""


def memory_order(array):
    """The dims of an array from the outermost to the innermost in memory: from the largest stride to the smallest.

    Of equal strides the larger dim is the outer one. Dims of stride 0 (expanded ones) keep their places between the
    others. An insertion sort from the last dim on, which passes over them, as torch's TensorIterator sorts dims.
    """
    order = list(range(array.ndim))
    for start in reversed(range(array.ndim - 1)):
        place = start
        for after in range(start + 1, array.ndim):
            here, there = ((array.strides[d], array.shape[d]) for d in (order[place], order[after]))
            if here[0] and there[0]:
                if here < there:
                    order[place], order[after] = order[after], order[place]
                    place = after
                elif here[0] > there[0]:
                    break
    return order
