"""`Size`: the shape of a tensor, a tuple that prints as `minitorch.Size([2, 3])`."""

import math
from operator import index


class Size(tuple):
    """A tuple of ints. https://docs.pytorch.org/docs/stable/size.html"""

    __slots__ = ()
    __module__ = "minitorch"

    def numel(self):
        """The product of the sizes: the number of elements."""
        return math.prod(self)

    def __repr__(self):
        return f"minitorch.Size({list(self)})"

    def __getitem__(self, key):
        part = super().__getitem__(key)
        return Size(part) if isinstance(key, slice) else part

    def __add__(self, other):
        return Size(super().__add__(tuple(other)))


def normalize_dim(dim, ndim):
    """A dim counted from the end (-1 is the last) as one from the start. IndexError when out of range."""
    if not isinstance(dim, int):
        raise TypeError(f"dim must be int, not {type(dim).__name__}")
    bound = max(ndim, 1)  # a 0-d tensor accepts dims 0 and -1
    if not -bound <= dim < bound:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {dim})")
    return dim + bound if dim < 0 else dim


def normalize_dims(dim, ndim):
    """A tuple of different dims from the start, for an int, a sequence or None (all of them)."""
    if dim is None or dim == () or dim == []:
        return tuple(range(ndim))
    dims = (normalize_dim(dim, ndim),) if isinstance(dim, int) else tuple([normalize_dim(d, ndim) for d in dim])
    if len(dims) > 1 and len(set(dims)) < len(dims):
        raise RuntimeError(
            f"dim {next(d for d in dims if dims.count(d) > 1)} appears multiple times in the list of dims"
        )
    return dims if ndim else ()


def unpack_sizes(sizes, named=None):
    """Sizes given as f(2, 3), as f((2, 3)) or, where `named` is not None, by their name: f(size=(2, 3)); as a tuple."""
    if named is not None:
        if sizes:
            raise TypeError(f"the sizes are given twice: {sizes} and {named}")
        sizes = (named,)
    if len(sizes) == 1 and isinstance(sizes[0], (list, tuple)):
        sizes = sizes[0]
    return tuple(map(index, sizes))
