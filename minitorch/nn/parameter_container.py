"""Parameters in a list or a dict: ParameterList, ParameterDict."""

import operator
from collections import OrderedDict
from collections.abc import Mapping

from minitorch.nn.container import pairs_of
from minitorch.nn.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor


def counted(value):
    """A tensor as a Parameter, so that it counts; anything else as it is."""
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def described(value, kind_of):
    """How a ParameterList or ParameterDict prints one of its values; kind_of tells of what a tensor is."""
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    size = "x".join(map(str, value.shape))
    place = f" ({value.device})" if value.is_cuda else ""
    return f"{kind} containing: [{kind_of(value)} of size {size}{place}]"


class ParameterList(Module):
    """A list of tensors, which become Parameters, or of anything else.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
    """

    def __init__(self, values=None):
        super().__init__()
        self._size = 0
        self.extend([] if values is None else values)

    def _name(self, index):
        index = operator.index(index)
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} is out of range")
        return str(index % len(self))

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return getattr(self, self._name(index))

    def __setitem__(self, index, value):
        setattr(self, self._name(index), counted(value))

    def __len__(self):
        return self._size

    def __iter__(self):
        return (getattr(self, str(i)) for i in range(len(self)))

    def __iadd__(self, values):
        return self.extend(values)

    def append(self, value):
        """Add a value at the end. Returns self."""
        self._size += 1
        self[-1] = value
        return self

    def extend(self, values):
        """Add values at the end. Returns self."""
        if isinstance(values, Tensor) or not hasattr(values, "__iter__"):
            raise TypeError(f"ParameterList.extend should be called with an iterable, but got {type(values).__name__}")
        for value in list(values):
            self.append(value)
        return self

    def __call__(self, *args):
        raise RuntimeError("ParameterList should not be called.")

    def extra_repr(self):
        return "\n".join(f"  ({i}): {described(value, lambda t: t.dtype)}" for i, value in enumerate(self))


class ParameterDict(Module):
    """A dict of tensors, which become Parameters, or of anything else; the keys are strings, in order.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html
    """

    def __init__(self, parameters=None):
        super().__init__()
        self._keys = {}
        self.update({} if parameters is None else parameters)

    def __getitem__(self, key):
        return getattr(self, self._name(key))

    def _name(self, key):
        if not isinstance(key, str):
            raise TypeError(
                f"Index given to ParameterDict cannot be used as a key as it is not a string (type: {key})."
            )
        return key

    def __setitem__(self, key, value):
        self._keys[self._name(key)] = None
        setattr(self, key, counted(value))

    def __delitem__(self, key):
        del self._keys[key]
        delattr(self, key)

    def __len__(self):
        return len(self._keys)

    def __iter__(self):
        return iter(self._keys)

    def __reversed__(self):
        return reversed(self._keys)

    def __contains__(self, key):
        return key in self._keys

    def keys(self):
        """The keys."""
        return self._keys.keys()

    def items(self):
        """(key, value) pairs."""
        return ((key, self[key]) for key in self._keys)

    def values(self):
        """The values."""
        return (self[key] for key in self._keys)

    def get(self, key, default=None):
        """The value of a key, or the default."""
        return getattr(self, key) if key in self._keys else default

    def setdefault(self, key, default=None):
        """The value of a key, which gets the default if it is not there yet."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key):
        """Take a value out, and return it."""
        value = self[key]
        del self[key]
        return value

    def popitem(self):
        """Take the last (key, value) out, and return it."""
        if not self._keys:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def clear(self):
        """Take all out."""
        for key in list(self._keys):
            del self[key]

    def copy(self):
        """Another ParameterDict with the same values."""
        return ParameterDict(list(self.items()))

    def update(self, parameters):
        """Add the values of a mapping or of pairs; those of a plain dict in the order of its keys, as torch does."""
        pairs = pairs_of("ParameterDict", parameters)
        unordered = isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict)
        for key, value in sorted(pairs, key=lambda pair: pair[0]) if unordered else pairs:
            self[key] = value

    def __or__(self, other):
        """Both in a new one; of equal keys, the other's values."""
        new = self.copy()
        new.update(other)
        return new

    def __ror__(self, other):
        new = other.copy()
        new.update(self)
        return new

    def __ior__(self, other):
        self.update(other)
        return self

    def fromkeys(self, keys, default=None):
        """A new one, with this value for all keys."""
        return ParameterDict([(key, default) for key in keys])

    def __call__(self, *args):
        raise RuntimeError("ParameterDict should not be called.")

    def extra_repr(self):
        return "\n".join(f"  ({key}): {described(value, lambda t: t.type())}" for key, value in self.items())
