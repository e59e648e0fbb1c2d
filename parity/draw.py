"""What a row is tried on: hypothesis strategies for arrays, shapes and settings, and the variants made of one draw.

A case is drawn as NumPy arrays and plain Python values, so that both libraries get the same. Arrays come from a drawn
shape, style and seed: cheap to draw, and hypothesis shrinks all three (towards few elements and small whole numbers).
"""

from dataclasses import dataclass, field, replace

import numpy as np
from hypothesis import strategies as st


@dataclass(frozen=True)
class Fixed:
    """An array that no derivative is asked for (a buffer, a mask's weights)."""

    array: np.ndarray


@dataclass(frozen=True)
class Case:
    """One call: positional arguments, keyword settings, and a salt from which cotangents and variants follow."""

    args: tuple = ()
    settings: dict = field(default_factory=dict)
    salt: int = 0
    layout: str = "contiguous"

    def map(self, change):
        """The same case with change(array) in place of every array, also of those inside lists and Fixed."""
        return replace(self, args=map_arrays(change, self.args), settings=map_arrays(change, self.settings))

    def rng(self):
        """The generator of all that follows from the salt."""
        return np.random.default_rng(self.salt)


def map_arrays(change, value):
    """value with change(array) in place of its arrays."""
    if isinstance(value, np.ndarray):
        return np.asarray(change(value))
    if isinstance(value, Fixed):
        return Fixed(np.asarray(change(value.array)))
    if type(value) in (tuple, list):
        return type(value)(map_arrays(change, v) for v in value)
    if isinstance(value, dict):
        return {k: map_arrays(change, v) for k, v in value.items()}
    return value


# Strategies ----------------------------------------------------------------------------------------------------------

STYLES = ("whole", "normal", "wide")


def values(shape, style, seed):
    """float64 values: whole (-3 ... 3: ties and zeros), normal, wide (1e-3 ... 1e3), positive, unit (0 ... 1)."""
    rng = np.random.default_rng(seed)
    if style == "whole":
        x = rng.integers(-3, 4, shape)
    elif style == "wide":
        x = rng.standard_normal(shape) * 10.0 ** rng.uniform(-3, 3, shape)
    elif style == "positive":
        x = rng.uniform(0.1, 4, shape)
    elif style == "unit":
        x = rng.uniform(0, 1, shape)
    else:
        x = rng.standard_normal(shape)
    return np.asarray(np.round(x, 4), np.float64)


def shapes(min_dims=0, max_dims=3, min_side=0, max_side=4):
    """Shapes; with the defaults also () and shapes without elements."""
    side = st.sampled_from([s for s in (2, 3, 1, 4, 5, 0) if min_side <= s <= max_side])
    return st.integers(min_dims, max_dims).flatmap(lambda d: st.tuples(*[side] * d))


@st.composite
def arrays(draw, shape=None, style=STYLES):
    """A float64 array of the drawn or given shape, in one of the styles."""
    shape = shapes() if shape is None else shape
    shape = draw(shape) if isinstance(shape, st.SearchStrategy) else shape
    style = style if isinstance(style, str) else draw(st.sampled_from(style))
    return values(shape, style, draw(st.integers(0, 999)))


@st.composite
def whole(draw, shape, low, high):
    """An int64 array of values low <= v < high."""
    shape = draw(shape) if isinstance(shape, st.SearchStrategy) else shape
    return np.random.default_rng(draw(st.integers(0, 999))).integers(low, high, shape, dtype=np.int64)


@st.composite
def masks(draw, shape):
    """A bool array."""
    shape = draw(shape) if isinstance(shape, st.SearchStrategy) else shape
    return np.asarray(np.random.default_rng(draw(st.integers(0, 999))).random(shape) < 0.5)


@st.composite
def broadcasting(draw, n=2, style=STYLES, max_dims=3):
    """n arrays whose shapes broadcast to one."""
    full = draw(shapes(0, max_dims))
    out = []
    for _ in range(n):
        keep = draw(st.integers(0, len(full)))
        ones = draw(st.tuples(*[st.booleans()] * keep))
        tail = full[len(full) - keep :] if keep else ()
        out.append(draw(arrays(tuple(1 if one else s for s, one in zip(tail, ones, strict=True)), style)))
    return tuple(out)


def salts():
    """Seeds of cotangents and variants."""
    return st.integers(0, 9999)


def case(*args, **settings):
    """A strategy of cases: a strategy (or a value) an argument."""
    parts = st.tuples(*[a if isinstance(a, st.SearchStrategy) else st.just(a) for a in args])
    named = {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in settings.items()}
    return st.builds(lambda a, s, salt: Case(a, s, salt), parts, st.fixed_dictionaries(named), salts())


def spread(arguments, **settings):
    """A strategy of cases whose positional arguments are one drawn tuple (broadcasting(), say)."""
    named = {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in settings.items()}
    return st.builds(lambda a, s, salt: Case(tuple(a), s, salt), arguments, st.fixed_dictionaries(named), salts())


def as_case(drawn):
    """What a strategy drew as a Case: a Case itself, a tuple of arguments, or the only argument."""
    if not isinstance(drawn, Case):
        drawn = Case(drawn if isinstance(drawn, tuple) else (drawn,))
    settings = {name: as_array(value) for name, value in drawn.settings.items()}
    return replace(drawn, args=tuple(map(as_array, drawn.args)), settings=settings)


def as_array(value):
    """A scalar that NumPy's arithmetic made of a 0-d array as an array again."""
    return np.asarray(value) if isinstance(value, np.generic) else value


def pick(*choices):
    """One of the choices; the first is the simplest."""
    return st.sampled_from(choices)


dims = st.sampled_from([0, -1, 1, -2, 2, 3, -4])  # some out of range: then torch says with which error


# Variants of a case --------------------------------------------------------------------------------------------------


def is_float(array):
    """Whether the array is a floating one: the arrays that change type, and that have derivatives."""
    return array.dtype.kind == "f"


def has_empty(case):
    """Whether an array of the case has no elements."""
    sizes = []
    case.map(lambda a: sizes.append(a.size) or a)
    return 0 in sizes


def dtypes(case):
    """The dtypes of the case's arrays."""
    found = set()
    case.map(lambda a: found.add(a.dtype) or a)
    return found


def as_float32(case):
    """The floating arrays in float32."""
    return case.map(lambda a: a.astype(np.float32) if is_float(a) else a)


def exactly_float32(case):
    """The floating arrays rounded to float32 values, still float64: what the truth is computed from."""
    return case.map(lambda a: a.astype(np.float32).astype(np.float64) if is_float(a) else a)


def other_dtypes(case):
    """The floating arrays in integer types and bool: one for all, or each its own (promotion)."""
    rng = case.rng()
    types = ("int64", "int32", "uint8", "bool", "int16", "int8")
    one = types[rng.integers(len(types))] if rng.integers(2) else None
    mixed = (*types, "float32", "float64")

    def change(a):
        if not is_float(a):
            return a
        name = one or mixed[rng.integers(len(mixed))]
        a = a if name.startswith("float") else np.nan_to_num(a.round().clip(-99, 99))
        return (np.abs(a) if name == "uint8" else a).astype(name)

    return case.map(change)


def other_layout(case):
    """The arrays in another memory order: transposed, every other element of a larger one, or expanded."""
    layout = ("transposed", "strided", "expanded")[case.salt % 3]
    if layout == "expanded":  # the values must repeat
        case = case.map(lambda a: np.broadcast_to(a[:1], a.shape).copy() if is_float(a) and a.ndim else a)
    return replace(case, layout=layout)


def laid_out(array, layout, make):
    """make(array), a tensor of either library, in that layout: a view of a tensor that is stored otherwise."""
    if layout == "transposed" and array.ndim > 1:
        return make(array.T.copy("C")).permute(*range(array.ndim)[::-1])
    if layout == "strided" and array.ndim:
        return make(np.repeat(array, 2, axis=-1))[..., 1::2]
    if layout == "expanded" and array.ndim and is_float(array) and len(array):
        return make(array[:1].copy("C")).expand(*array.shape)
    return make(array.copy("C"))


def with_edges(case):
    """A third of the floating elements become nan, inf, -inf, 0.0 or -0.0."""
    rng = case.rng()

    def change(a):
        if not is_float(a):
            return a
        hit = rng.random(a.shape) < 0.35
        return np.where(hit, rng.choice([np.nan, np.inf, -np.inf, 0.0, -0.0], a.shape), a)

    return case.map(change)


def spoiled(case):
    """One argument made wrong, or at least odd: torch says which. A dim more or less, a size, a dtype, a number."""
    rng = case.rng()
    places = [("args", i) for i in range(len(case.args))] + [("settings", k) for k in case.settings]
    if not places:
        return case
    where, key = places[rng.integers(len(places))]
    old = case.args[key] if where == "args" else case.settings[key]
    new = odd(old, rng)
    if where == "args":
        return replace(case, args=(*case.args[:key], new, *case.args[key + 1 :]))
    return replace(case, settings={**case.settings, key: new})


def odd(value, rng):
    """Something near `value` that may well be wrong in its place."""
    if isinstance(value, Fixed):
        return Fixed(odd(value.array, rng))
    if isinstance(value, np.ndarray):
        kind = rng.integers(6)
        if kind == 0:
            return value[None]
        if kind == 1 and value.ndim and value.shape[0]:
            return np.asarray(value[0])
        if kind == 2 and value.ndim:
            return np.concatenate([value, value[-1:]], axis=0)
        if kind == 3 and value.ndim:
            return np.concatenate([value, value[..., -1:]], axis=-1)
        if kind == 4:
            value = np.asarray(np.nan_to_num(value.clip(-99, 99)))
            return value.astype(np.int64 if is_float(value) else np.float64)
        return value.astype(np.float32 if value.dtype.kind == "f" else np.bool_)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return [-7, 9, -1, 0, value + 1, 1.5][rng.integers(6)]
    if isinstance(value, float):
        return [-1.5, 0.0, 2.5, -0.1, 3][rng.integers(5)]
    if isinstance(value, str):
        return "wrong"
    if isinstance(value, (tuple, list)) and len(value):
        i = rng.integers(len(value) + 2)
        if i == len(value):
            return value[1:]
        if i > len(value):
            return (*value, *value[:1]) if isinstance(value, tuple) else [*value, *value[:1]]
        return type(value)([*value[:i], odd(value[i], rng), *value[i + 1 :]])
    return value
