"""Modules made of modules: Sequential, ModuleList, ModuleDict."""

import operator
from collections import OrderedDict

from minitorch.nn.module import Module


class Sequential(Module):
    """Modules one after another: the output of each is the input of the next. Takes modules, or an OrderedDict of them.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
    """

    def __init__(self, *args):
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], OrderedDict) else enumerate(args)
        for name, module in named:
            self.add_module(str(name), module)

    def forward(self, input):
        for module in self:
            input = module(input)
        return input

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

    def extend(self, sequential):
        """Add modules at the end. Returns self."""
        for module in sequential:
            self.append(module)
        return self


class ModuleList(Sequential):
    """A list of modules, whose parameters count; it has no forward of its own.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
    """

    def __init__(self, modules=None):
        super().__init__(*(() if modules is None else modules))

    forward = Module.forward

    def __getitem__(self, index):
        return type(self)(list(self)[index]) if isinstance(index, slice) else super().__getitem__(index)


class ModuleDict(Module):
    """A dict of modules, whose parameters count.

    https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
    """

    def __init__(self, modules=None):
        super().__init__()
        self.update({} if modules is None else modules)

    def update(self, modules):
        """Add the modules of a dict (or of pairs)."""
        for name, module in dict(modules).items():
            self[name] = module

    def __getitem__(self, name):
        return self._modules[name]

    def __setitem__(self, name, module):
        self._modules.pop(name, None)
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
