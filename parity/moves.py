"""The steps of random programs: what may happen to a tensor, with which arguments (parity/programs.py runs them).

A step is data: a method, its receiver and its arguments, so that it can be run with either library and shown as a line
of Python. Arguments that are tensors are names.
"""

import math
from dataclasses import dataclass

from hypothesis import strategies as st


@dataclass(frozen=True)
class Name:
    """An argument that is a tensor of the program; mask: the argument is where it is positive."""

    name: str
    mask: bool = False

    def __str__(self):
        return f"{self.name} > 0" if self.mask else self.name

    def of(self, tensors):
        """The tensor itself."""
        return tensors[self.name].detach() > 0 if self.mask else tensors[self.name]


@dataclass(frozen=True)
class Step:
    """One line of a program."""

    on: str
    method: str
    args: tuple = ()
    no_grad: bool = False

    def run(self, lib, tensors, log):
        """The line's result with one library; tensors: name -> tensor; log: what hooks note."""
        args = [a.of(tensors) if isinstance(a, Name) else a for a in self.args]
        x = tensors[self.on]
        with lib.set_grad_enabled(not self.no_grad):
            if self.method in SPECIAL:
                return SPECIAL[self.method][1](lib, x, log, *args)
            return getattr(x, self.method)(*args)

    def text(self, results=()):
        """The line as Python, with names for its results."""
        x, args = self.on, [str(a) if isinstance(a, Name) else shown(a) for a in self.args]
        if self.method in SPECIAL:
            line = SPECIAL[self.method][0].format(*args, x=x)
        elif self.method == "__setitem__":
            line = f"{x}[{args[0]}] = {args[1]}"
        elif self.method == "__getitem__":
            line = f"{x}[{args[0]}]"
        else:
            line = f"{x}.{self.method}({', '.join(args)})"
        names = ", ".join(results) + ("," if results and self.method in SEVERAL and len(results) == 1 else "")
        line = f"{names} = {line}" if names else line
        return f"with lib.no_grad(): {line}" if self.no_grad else line


def shown(value):
    """Python text of an argument; slices as they stand in brackets."""
    if isinstance(value, tuple) and any(isinstance(v, slice) for v in value):
        return ", ".join(shown(v) for v in value)
    if isinstance(value, slice):
        start, stop, step = ("" if v is None else str(v) for v in (value.start, value.stop, value.step))
        return f"{start}:{stop}" + (f":{step}" if step else "")
    return repr(value)


# name: (text, function): what is more than one method. {x} is the receiver, {0}, {1} the arguments.
SPECIAL = {
    "backward": (
        "{x}.sum().backward(retain_graph={0}, create_graph={1})",
        lambda lib, x, log, keep, create: x.sum().backward(retain_graph=keep, create_graph=create),
    ),
    "grad": (
        "lib.autograd.grad({x}.sum(), {0}, create_graph={1}, retain_graph=True)",
        lambda lib, x, log, y, create: lib.autograd.grad(x.sum(), y, create_graph=create, retain_graph=True),
    ),
    "read grad": ("{x}.grad", lambda lib, x, log: x.grad),
    "grad_fn": ("{x}.grad_fn", lambda lib, x, log: x.grad_fn),
    "drop grad": ("{x}.grad = None", lambda lib, x, log: setattr(x, "grad", None)),
    # torch calls the hooks of one of several outputs with None where no gradient arrives; we do not call them.
    "log hook": (
        "{x}.register_hook(lambda g: None if g is None else log.append(g))",
        lambda lib, x, log: x.register_hook(lambda g: None if g is None else log.append(g)),
    ),
    "double hook": (
        "{x}.register_hook(lambda g: None if g is None else g * 2)",
        lambda lib, x, log: x.register_hook(lambda g: None if g is None else g * 2),
    ),
    "cat": ("lib.cat([{x}, {0}])", lambda lib, x, log, y: lib.cat([x, y])),
    "where": ("lib.where({0}, {x}, {1})", lambda lib, x, log, mask, y: lib.where(mask, x, y)),
}
SEVERAL = {"split", "unbind", "chunk", "tensor_split", "grad"}

# Strategies -----------------------------------------------------------------------------------------------------------


def keys(shape):
    """Indices for x[...]: mostly in range."""
    choices = [0, -1, slice(1, None), slice(None, None, 2), slice(0, 1), [0], [0, 0], None]
    if len(shape) > 1:
        choices += [(slice(None), 0), (slice(None), slice(1, None)), (0, slice(None, 1)), (slice(None), [0, -1])]
    return st.sampled_from(choices)


def shapes_of(n):
    """Shapes of n elements, and sometimes of others."""
    return st.sampled_from([(-1,), (1, -1), (-1, 1), (n,), (2, -1), (-1, 3), (-1, 1, 2)])


dim = st.sampled_from([0, -1, 1])
number = st.sampled_from([0.5, -1.0, 2.0])
flag = st.booleans()


def moves(shape, tensors, masks):
    """A strategy of (no_grad, method, arguments) for a tensor of that shape. tensors, masks: strategies of Names.

    Views are not made under no_grad here: torch says of such a view of a tensor that requires grad that it requires
    grad too, against its own documentation, though no gradient ever arrives there (tests/test_inplace.py has one). Nor
    is a leaf turned there: in torch its gradient then has the new or the old shape, as the old graph is alive or not.
    """
    n, ndim = math.prod(shape), len(shape)
    other = st.one_of(tensors, tensors, number)
    none = st.just(())

    def with_(*parts):
        return st.tuples(*parts)

    views = {
        "__getitem__": with_(keys(shape)),
        "select": with_(dim, st.sampled_from([0, -1])),
        "narrow": with_(dim, st.sampled_from([0, 1]), st.sampled_from([1, 2])),
        "t": none,
        "transpose": with_(dim, dim),
        "permute": st.just((tuple(reversed(range(ndim))),)),
        "view": with_(shapes_of(n)),
        "reshape": with_(shapes_of(n)),
        "flatten": none,
        "squeeze": st.one_of(none, with_(dim)),
        "unsqueeze": with_(dim),
        "expand": st.just(((2, *shape),)),
        "diagonal": with_(st.sampled_from([0, 1, -1])),
        "unfold": with_(dim, st.sampled_from([1, 2]), st.sampled_from([1, 2])),
        "as_strided": st.sampled_from([((2,), (1,)), ((2, 2), (1, 1)), ((2,), (2,), 1)]),
        "split": with_(st.sampled_from([1, 2]), dim),
        "chunk": with_(st.sampled_from([2, 1]), dim),
        "unbind": with_(dim),
        "tensor_split": with_(st.just(2), dim),
        "view_as": with_(tensors),
        "detach": none,
    }
    writes = {
        "add_": with_(other),
        "mul_": with_(other),
        "sub_": with_(other),
        "div_": with_(number),
        "copy_": with_(tensors),
        "fill_": with_(number),
        "zero_": none,
        "sin_": none,
        "tanh_": none,
        "relu_": none,
        "clamp_": with_(st.just(-1.0), st.just(1.0)),
        "masked_fill_": with_(masks, number),
        "__setitem__": with_(st.one_of(keys(shape), masks), other),
    }
    turns = {
        "t_": none,
        "transpose_": with_(dim, dim),
        "squeeze_": st.one_of(none, with_(dim)),
        "unsqueeze_": with_(dim),
        "detach_": none,
    }
    results = {
        "add": with_(other),
        "mul": with_(other),
        "sub": with_(other),
        "sin": none,
        "tanh": none,
        "relu": none,
        "square": none,
        "clone": none,
        "contiguous": none,
        "sum": st.one_of(none, with_(dim)) if ndim < 3 else none,  # of more dims, the result has strides of its own
        "mean": none,
        "prod": none,
        "amax": with_(dim) if ndim < 3 else none,
        "cat": with_(tensors),
        "where": with_(masks, tensors),
    }
    history = {
        "requires_grad_": with_(flag),
        "retain_grad": none,
        "backward": with_(flag, st.sampled_from([False, False, True])),
        "grad": with_(tensors, flag),
        "read grad": none,
        "drop grad": none,
        "log hook": none,
        "double hook": none,
    }

    def of(family):
        quiet = st.just(False) if family is views or family is turns else st.sampled_from([False] * 5 + [True])
        return st.tuples(quiet, st.sampled_from(sorted(family))).flatmap(
            lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), family[pair[1]])
        )

    return st.sampled_from([views, writes, views, writes, results, history, turns]).flatmap(of)


@st.composite
def steps(draw, shapes):
    """A step on one of the live tensors; shapes: name -> shape."""
    names = list(shapes)
    on = draw(st.sampled_from(names))
    tensors = st.sampled_from(names).map(Name)
    fitting = [n for n in names if shapes[n] == shapes[on][: len(shapes[n])]]
    masks = st.sampled_from(fitting).map(lambda n: Name(n, mask=True))
    no_grad, method, args = draw(moves(shapes[on], tensors, masks))
    return Step(on, method, tuple(args), no_grad)
