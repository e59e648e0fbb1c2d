"""Reading: the object that a pickle describes, by one of two readers.

A pickle is a program for a little stack machine, and one of its instructions calls any function that it names: a
hostile file can do what it likes. `SafeUnpickler` therefore runs the program itself, instruction by instruction, knows
only those that build containers and numbers, and calls only what stands on a short list. `TrustingUnpickler` is
pickle's own.
https://docs.python.org/3/library/pickletools.html
"""

import pickle
import pickletools
from collections import Counter, OrderedDict
from contextlib import contextmanager

import numpy as np

from minitorch.device import device
from minitorch.dtype import dtype, uint8
from minitorch.serialization.archive import damaged
from minitorch.serialization.storage import (
    DTYPES,
    EVERY,
    Storage,
    rebuild_parameter,
    rebuild_tensor,
    rebuild_tensor_of_dtype,
)
from minitorch.size import Size, unpack_sizes


def encode(text, encoding):
    """How pickle's protocol 2 writes bytes: as the text whose characters have these numbers."""
    if encoding != "latin1":
        raise refused(f"text is encoded as {encoding!r:.20}")
    return text.encode(encoding)


# What torch writes by name, and what takes its place here.
NAMES = {
    "torch._utils _rebuild_tensor_v2": rebuild_tensor,
    "torch._utils _rebuild_tensor_v3": rebuild_tensor_of_dtype,
    "torch._utils _rebuild_parameter": rebuild_parameter,
    "torch._utils _rebuild_parameter_with_state": rebuild_parameter,
    "torch Size": lambda sizes=(): Size(unpack_sizes((tuple(sizes),))),
    "torch device": device,
    "torch.serialization _get_layout": lambda name: name,
    "collections OrderedDict": OrderedDict,
    "collections Counter": Counter,
    "_codecs encode": encode,
    "builtins bytes": lambda: b"",
    "builtins set": set,
    "builtins frozenset": frozenset,
    **{f"torch {d.name}": d for d in EVERY},
    **{f"torch {name}": d for name, d in DTYPES.items()},
    "torch.storage UntypedStorage": uint8,
}
OLD_MODULES = {"__builtin__": "builtins"}  # pickle's protocol 2 writes Python 2's names
_safe = {}  # "module name" -> what the user allowed besides


def add_safe_globals(safe_globals):
    """Let load(weights_only=True) make these classes and call these functions: a list of them, or (object, "its name").

    They are then run on whatever a file says. https://docs.pytorch.org/docs/stable/notes/serialization.html
    """
    for item in safe_globals:
        value, name = item if isinstance(item, tuple) else (item, f"{item.__module__}.{item.__qualname__}")
        _safe[" ".join(name.rsplit(".", 1))] = value


def get_safe_globals():
    """What add_safe_globals was given."""
    return list(_safe.values())


def clear_safe_globals():
    """Allow nothing of the user's any more."""
    _safe.clear()


@contextmanager
def safe_globals(safe_globals):
    """add_safe_globals inside a `with`."""
    before = dict(_safe)
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        _safe.clear()
        _safe.update(before)


class Storages:
    """The storages of an archive, each read once, so that tensors that shared memory do so again.

    map_location: a device, {place in the file: device}, or a function (storage, place) -> storage, or None for the
    place in the file.
    """

    def __init__(self, archive, map_location=None):
        self.archive, self.map_location = archive, map_location
        order = archive.read("byteorder") if "byteorder" in archive else b"little"
        if order not in (b"little", b"big"):
            raise damaged(f"its byte order is {order!r:.50}")
        self.big = order == b"big"
        self.loaded = {}

    def load(self, reference):
        """The storage of a reference ("storage", dtype, key, place, number of elements)."""
        match reference:
            case ("storage", dtype() as kind, str(key), str(place), int(count)) if key.isalnum() and count >= 0:
                pass
            case _:
                raise damaged(f"it refers to a storage as {reference!r:.200}")
        if key not in self.loaded:
            data = self.archive.read(f"data/{key}")
            if len(data) != count * kind.itemsize:
                raise damaged(f"storage {key} has {len(data)} bytes, not {count} elements of {kind}")
            array = np.frombuffer(bytearray(data), kind.numpy)
            self.loaded[key] = self.placed(array.byteswap() if self.big else array, place)
        if self.loaded[key].kind is not kind:
            raise damaged(f"storage {key} has two dtypes")
        return self.loaded[key]

    def placed(self, array, place):
        """A storage, at the place that map_location gives it."""
        where = self.map_location
        if callable(where):
            moved = where(Storage(array), place)
            return Storage(array, place) if moved is None else moved
        if isinstance(where, dict):
            where = where.get(place)
        return Storage(array, place if where is None else str(where))


REFUSED = (
    "Weights only load failed: {}. By default nothing is loaded but tensors and plain containers. If you trust the "
    "source of the file, allow it by serialization.add_safe_globals, or load with weights_only=False, which lets the "
    "file run any code."
)


def refused(what):
    """The error for what a safe reader does not do."""
    return pickle.UnpicklingError(REFUSED.format(what))


SINCE_MARK = {"TUPLE", "APPENDS", "SETITEMS", "ADDITEMS", "FROZENSET"}  # take what was pushed since the last mark
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
NEW = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "EMPTY_SET": set}
TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
LITERALS = {
    "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES",
    "SHORT_BINBYTES",
}  # fmt: skip


class SafeUnpickler:
    """Runs a pickle's program without ever calling what is not allowed."""

    def __init__(self, data, storages):
        self.data, self.storages = data, storages

    def load(self):
        """The object. UnpicklingError for an instruction or a name that is not allowed, or a program that is wrong."""
        try:
            return self.run()
        except (pickle.UnpicklingError, RuntimeError, AssertionError):
            raise
        except Exception as error:  # whatever a wrong program runs into: an empty stack, a list as a key ...
            raise pickle.UnpicklingError(f"the pickle is damaged: {type(error).__name__}: {error}") from None

    def run(self):
        stack, below, memo = [], [], {}  # below: the stacks below each mark

        for opcode, value, _ in pickletools.genops(self.data):
            name = opcode.name
            if name in SINCE_MARK:
                items, stack = stack, below.pop()
            if name in LITERALS:
                stack.append(value)
            elif name in CONSTANTS:
                stack.append(CONSTANTS[name])
            elif name in NEW:
                stack.append(NEW[name]())
            elif name == "MARK":
                below.append(stack)
                stack = []
            elif name in TUPLES:
                items = [stack.pop() for _ in range(TUPLES[name])]
                stack.append(tuple(reversed(items)))
            elif name == "TUPLE":
                stack.append(tuple(items))
            elif name == "APPEND":
                item = stack.pop()
                of_type(list, stack[-1]).append(item)
            elif name == "APPENDS":
                of_type(list, stack[-1]).extend(items)
            elif name == "SETITEM":
                item, key = stack.pop(), stack.pop()
                of_type(dict, stack[-1])[key] = item
            elif name == "SETITEMS":
                of_type(dict, stack[-1]).update(zip(items[::2], items[1::2], strict=True))
            elif name == "ADDITEMS":
                of_type(set, stack[-1]).update(items)
            elif name == "FROZENSET":
                stack.append(frozenset(items))
            elif name in ("BINPUT", "LONG_BINPUT"):
                memo[value] = stack[-1]
            elif name == "MEMOIZE":
                memo[len(memo)] = stack[-1]
            elif name in ("BINGET", "LONG_BINGET"):
                stack.append(memo[value])
            elif name == "GLOBAL":
                stack.append(found(*value.split(" ", 1)))
            elif name == "STACK_GLOBAL":
                of, module = stack.pop(), stack.pop()
                stack.append(found(module, of))
            elif name == "BINPERSID":
                stack.append(self.storages.load(stack.pop()))
            elif name == "REDUCE":
                args = of_type(tuple, stack.pop())
                stack.append(called(stack.pop(), args))
            elif name == "NEWOBJ":
                args = of_type(tuple, stack.pop())
                stack.append(made(stack.pop(), args))
            elif name == "BUILD":
                state = stack.pop()
                set_state(stack[-1], state)
            elif name == "STOP":
                if below or len(stack) != 1:
                    raise pickle.UnpicklingError("the pickle is damaged: it does not end with one object")
                return stack[0]
            elif name not in ("PROTO", "FRAME"):
                raise refused(f"the instruction {name} is not allowed")


def of_type(kind, value):
    """value, which must be of that type."""
    if not isinstance(value, kind):
        raise pickle.UnpicklingError(f"the pickle is damaged: {type(value).__name__} where {kind.__name__} should be")
    return value


def found(module, name):
    """What stands for a name in the file."""
    full = f"{OLD_MODULES.get(module, module)} {name}"
    if full in _safe:
        return _safe[full]
    if full in NAMES:
        return NAMES[full]
    if module == "torch" and name.startswith(("Complex", "Q")):
        raise RuntimeError(f"{name}: complex and quantized tensors are not supported")
    raise refused(f"{module}.{name} is not on the list of what is allowed")


def allowed(function):
    """Whether a function was named and may be called (dtypes were named, too, but are no functions)."""
    return callable(function) and any(function is f for f in (*NAMES.values(), *_safe.values()))


def called(function, args):
    """function(*args)."""
    if not allowed(function):
        raise refused(f"{function!r:.100} is called")
    return function(*args)


def made(cls, args):
    """A new object of a class of the user's, before its state."""
    if cls is not OrderedDict and not any(cls is c for c in _safe.values()):
        raise refused(f"an object of {cls!r:.100} is made")
    return cls.__new__(cls, *args)


def set_state(instance, state):
    """Give attributes: to an OrderedDict (a state_dict keeps its versions so) or to an object of the user's class."""
    if type(instance) is OrderedDict:
        attributes = of_type(dict, state)
        if any(not isinstance(name, str) or hasattr(OrderedDict, name) for name in attributes):
            raise refused("methods of an OrderedDict are replaced")
        instance.__dict__.update(attributes)
    elif any(type(instance) is c for c in _safe.values()):
        if hasattr(instance, "__setstate__"):
            instance.__setstate__(state)
        else:
            instance.__dict__.update(of_type(dict, state))
    else:
        raise refused(f"the state of {type(instance).__name__} is set")


class TrustingUnpickler(pickle.Unpickler):
    """pickle's own reader: it runs what the file says. torch's tensors become ours."""

    def __init__(self, file, storages, **settings):
        super().__init__(file, **settings)
        self.storages = storages

    def persistent_load(self, reference):
        return self.storages.load(reference)

    def find_class(self, module, name):
        full = f"{OLD_MODULES.get(module, module)} {name}"
        if full in NAMES:
            return NAMES[full]
        if module.split(".")[0] == "torch":
            raise pickle.UnpicklingError(
                f"the file holds torch's {module}.{name}: between torch and minitorch go state_dicts and containers of "
                "tensors, so save module.state_dict() there"
            )
        return super().find_class(module, name)
