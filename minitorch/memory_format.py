"""Memory formats: in which order the elements of a new tensor lie.

    contiguous_format     row by row: strides (C H W, H W, W, 1) of an image batch (N, C, H, W)
    channels_last         all channels of a pixel together: (H W C, 1, W C, C), as if stored (N, H, W, C)
    channels_last_3d      the same for (N, C, D, H, W)
    preserve_format       as those of the tensor it is made from

https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch-memory-format
"""


class memory_format:
    """contiguous_format, preserve_format, channels_last or channels_last_3d."""

    def __init__(self, name, order=None):
        self.name = name
        self.order = order  # the dims, from the one whose neighbours lie closest to the one whose lie furthest apart

    def __repr__(self):
        return f"minitorch.{self.name}"

    def __reduce__(self):
        return self.name


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last", (1, 3, 2, 0))
channels_last_3d = memory_format("channels_last_3d", (1, 4, 3, 2, 0))


def element_strides(array):
    """The strides of an array in elements, as torch counts them (NumPy's are in bytes, and 0 in a new empty array)."""
    if not array.size and not any(array.strides):
        return row_major(array.shape)
    return tuple([step // array.itemsize for step in array.strides])


def is_in_format(tensor, format):
    """Whether the elements lie in this format without gaps. (preserve_format is taken for contiguous_format.)"""
    array = tensor.array
    if format.order is None:
        return tensor.kernels.is_contiguous(array)
    return array.ndim == len(format.order) and is_dense(array.shape, element_strides(array), format.order)


def is_dense(shape, strides, order):
    """Whether the dims, taken in this order, follow one another without gaps; those of size 1 do not count."""
    expected = 1
    for d in order:
        if shape[d] != 1:
            if strides[d] != expected:
                return False
            expected *= shape[d]
    return True


def dense_strides(shape, order):
    """The strides of elements without gaps, the dims in this order from the closest to the furthest."""
    strides, step = [0] * len(shape), 1
    for d in order:
        strides[d] = step
        step *= max(shape[d], 1)
    return tuple(strides)


def row_major(shape):
    """The strides of contiguous_format."""
    return dense_strides(shape, range(len(shape) - 1, -1, -1))


def strides_for(array, format):
    """The strides in which a new array shaped as this one lies in the format.

    preserve_format keeps the strides of an array without gaps and without elements that share a place; of another one
    it keeps the order of the dims.
    """
    if format is preserve_format:
        return element_strides(array) if has_no_gaps(array) else dense_strides(array.shape, memory_order(array))
    if format.order is None:
        return row_major(array.shape)
    if array.ndim != len(format.order):
        raise RuntimeError(f"required rank {len(format.order)} tensor to use {format.name} format")
    return dense_strides(array.shape, format.order)


def has_no_gaps(array):
    """Whether each place between the first and the last element holds exactly one element."""
    strides = element_strides(array)
    counting = sorted((d for d, n in enumerate(array.shape) if n > 1), key=lambda d: strides[d])
    return array.size == 0 or is_dense(array.shape, strides, counting)


def memory_order(array):
    """The dims by their strides, smallest first; where these do not say (they are 0 or equal), the last dim first."""
    shape, strides = array.shape, array.strides
    order = list(reversed(range(array.ndim)))
    for i in range(1, len(order)):
        here = i
        for before in reversed(range(i)):
            a, b = order[before], order[here]
            if 0 in (strides[a], strides[b]):  # repeated by expand: it may stand anywhere
                continue
            if strides[a] > strides[b] or (strides[a] == strides[b] and shape[a] > shape[b]):
                order[before], order[here] = b, a
                here = before
            elif strides[a] < strides[b]:
                break
    return order


def suggested_format(array):
    """The format in which new tensors from this one are made: channels_last where its strides look like it."""
    for format in (channels_last, channels_last_3d):
        if array.ndim == len(format.order) and looks_like(array, format):
            return format
    return contiguous_format


def looks_like(array, format):
    """Whether the strides rise in the format's order. With a single channel and pixel any order would do: then not."""
    smallest = 0
    if array.strides[1] == 0 or array.size == 0:
        return False
    for d in format.order:
        if array.strides[d] < smallest or (d == 0 and smallest == array.strides[1]):
            return False
        smallest = array.strides[d] * array.shape[d]
    return True
