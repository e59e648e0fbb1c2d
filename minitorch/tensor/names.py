"""Rules about the names of dims: tuples of names (or None) in, tuples of names out. See named.py.

https://docs.pytorch.org/docs/2.0/name_inference.html
"""

import re


def check_names(names, ndim):
    """RuntimeError unless there is one name a dim: None or a Python identifier, none of them twice."""
    if len(names) != ndim:
        raise RuntimeError(
            f"Number of names ({len(names)}) and number of dimensions in tensor ({ndim}) do not match. Attempted to "
            f"create a tensor with names {list(names)}"
        )
    for name in names:
        if name is not None and not (isinstance(name, str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)):
            raise RuntimeError(f"Invalid name: a valid identifier contains only digits, letters and '_', got {name!r}")
        if name is not None and names.count(name) > 1:
            raise RuntimeError(f"Cannot construct a tensor with duplicate names. Got names: {list(names)}.")


def unify(ours, theirs, action="broadcast"):
    """The names of two tensors that broadcast: matched from the right; None matches every name."""
    names = []
    for back in range(1, max(len(ours), len(theirs)) + 1):
        a = ours[-back] if back <= len(ours) else None
        b = theirs[-back] if back <= len(theirs) else None
        if None not in (a, b) and a != b:
            raise RuntimeError(
                f"Error when attempting to {action} dims {list(ours)} and dims {list(theirs)}: dim {a!r} and dim {b!r} "
                "are at the same position from the right but do not match."
            )
        names.insert(0, b if a is None else a)
    for name in names:
        if name is not None and names.count(name) > 1:
            raise RuntimeError(
                f"Misaligned dims when attempting to {action} dims {list(ours)} and dims {list(theirs)}: dim {name!r} "
                "appears in a different position from the right across both lists."
            )
    return tuple(names)


def expand_ellipsis(given, names):
    """`given` with '...' (or Ellipsis) replaced by those of `names` that it does not say."""
    given = ["..." if name is ... else name for name in given]
    if given.count("...") > 1:
        raise RuntimeError("expected at most one '...' in the names")
    if "..." not in given:
        return given
    at = given.index("...")
    return [*given[:at], *[name for name in names if name not in given], *given[at + 1 :]]


def contract(left, right):
    """The names of left @ right. RuntimeError where the product would have a name twice."""
    batch = unify(left[:-2], right[:-2], "matmul")
    names = (*batch, *(left[-2:-1]), *(right[-1:] if len(right) > 1 else ()))
    for name in names:
        if name is not None and names.count(name) > 1:
            raise RuntimeError(
                f"matmul of dims {list(left)} and {list(right)} would have two dims of the name {name!r}"
            )
    return names
