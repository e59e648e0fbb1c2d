"""Modules made of modules: Sequential, ModuleList, ModuleDict."""

import operator
from collections import OrderedDict
from collections.abc import Iterable

from minitorch.nn.module import Module, indented


class _Listed(Module):
    """What lists of modules share; the modules' names are numbers."""

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules.values())

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._name(index)]

    def __setitem__(self, index, module):
        setattr(self, self._name(index), module)

    def __delitem__(self, index):
        names = list(self._modules)
        for name in names[index] if isinstance(index, slice) else [self._name(index)]:
            del self._modules[name]
        self._modules = {str(i): module for i, module in enumerate(self._modules.values())}

    def _name(self, index):
        index = operator.index(index)
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} is out of range")
        return list(self._modules)[index]

    def append(self, module):
        """Add a module at the end. Returns self."""
        self.add_module(str(len(self)), module)
        return self

    def insert(self, index, module):
        """Put a module before the one at index. Returns self."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}, got {type(module).__name__}")
        modules = list(self)
        if not -len(modules) <= index <= len(modules):
            raise IndexError(f"Index out of range: {index}")
        modules.insert(index, module)
        self._modules = {str(i): module for i, module in enumerate(modules)}
        return self

    def pop(self, key):
        """Take the module at this index out, and return it; or, for a slice, those modules."""
        module = self[key]
        del self[key]
        return module


class Sequential(_Listed):
    """Modules one after another: the output of each is the input of the next. Takes modules, or an OrderedDict of them.

    a + b is one after the other, a * n is a n times over (the same modules again).
    https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
    """

    def __init__(self, *args):
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            named = args[0]
        else:
            named = {str(i): module for i, module in enumerate(args)}
        for name, module in named.items():
            self.add_module(name, module)

    def forward(self, input):
        for module in self:
            input = module(input)
        return input

    def extend(self, sequential):
        """Add modules at the end. Returns self."""
        for module in list(sequential):
            self.append(module)
        return self

    def __add__(self, other):
        return Sequential(*self, *listed(other))

    def __iadd__(self, other):
        return self.extend(listed(other))

    def __mul__(self, times):
        return Sequential(*(list(self) * factor(times)))

    __rmul__ = __mul__

    def __imul__(self, times):
        return self.extend(list(self) * (factor(times) - 1))


def listed(other):
    """The modules of a Sequential; ValueError for anything else."""
    if not isinstance(other, Sequential):
        raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")
    return list(other)


def factor(times):
    """How often. TypeError or ValueError for what is no positive int."""
    if not isinstance(times, int):
        raise TypeError(f"unsupported operand type(s) for *: Sequential and {type(times).__name__}")
    if times <= 0:
        raise ValueError(f"Non-positive multiplication factor {times} for Sequential")
    return times


class ModuleList(_Listed):
    """A list of modules, whose parameters count; it has no forward of its own.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
    """

    def __init__(self, modules=None):
        super().__init__()
        self.extend(() if modules is None else modules)

    def __getitem__(self, index):
        return type(self)(list(self)[index]) if isinstance(index, slice) else super().__getitem__(index)

    def insert(self, index, module):
        """Put a module before the one at index. Returns None, as torch's does."""
        super().insert(index, module)

    def extend(self, modules):
        """Add modules at the end. Returns self."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleList.extend should be called with an iterable, but got {type(modules).__name__}")
        for module in list(modules):
            self.append(module)
        return self

    def __iadd__(self, modules):
        return self.extend(modules)

    def __add__(self, other):
        return ModuleList([*self, *other])

    def __repr__(self):
        """Like neighbours are counted, not repeated."""
        if not len(self):
            return f"{self._get_name()}()"
        groups = []
        for i, text in enumerate(map(repr, self)):
            if groups and groups[-1][2] == text:
                groups[-1][1] = i
            else:
                groups.append([i, i, text])
        lines = [
            f"({a}): {indented(text)}" if a == b else f"({a}-{b}): {b - a + 1} x {indented(text)}"
            for a, b, text in groups
        ]
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


class ModuleDict(Module):
    """A dict of modules, whose parameters count.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
    """

    def __init__(self, modules=None):
        super().__init__()
        self.update({} if modules is None else modules)

    def update(self, modules):
        """Add the modules of a dict (or of pairs)."""
        for name, module in pairs_of(type(self).__name__, modules):
            self[name] = module

    def __getitem__(self, name):
        return self._modules[name]

    def __setitem__(self, name, module):
        self.add_module(name, module)

    def __delitem__(self, name):
        del self._modules[name]

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules)

    def __contains__(self, name):
        return name in self._modules

    def keys(self):
        """The names."""
        return self._modules.keys()

    def values(self):
        """The modules."""
        return self._modules.values()

    def items(self):
        """(name, module) pairs."""
        return self._modules.items()

    def clear(self):
        """Take all out."""
        self._modules.clear()

    def pop(self, key):
        """Take a module out, and return it."""
        module = self[key]
        del self[key]
        return module


def pairs_of(name, given):
    """The (key, value) pairs of a mapping, or a list of them, checked. TypeError or ValueError for anything else."""
    if not isinstance(given, Iterable):
        raise TypeError(f"{name}.update should be called with an iterable of key/value pairs, but got {type(given)}")
    if hasattr(given, "items"):
        return list(given.items())
    pairs = list(given)
    for i, pair in enumerate(pairs):
        if not isinstance(pair, Iterable):
            raise TypeError(f"{name} update sequence element #{i} should be Iterable; is {type(pair).__name__}")
        if len(pair) != 2:
            raise ValueError(f"{name} update sequence element #{i} has length {len(pair)}; 2 is required")
    return pairs
