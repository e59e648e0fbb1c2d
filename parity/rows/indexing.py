"""x[...] by random indices of all kinds mixed: reading, writing, into views too, and the derivatives of each."""

from dataclasses import dataclass

import numpy as np
import torch
from hypothesis import strategies as st

from parity.draw import Case, arrays, pick, salts, shapes, whole
from parity.harness import Row

COMMON = pick((2,), (3,), (1,), (2, 2), (1, 3), ())  # the shape to which the index arrays of a key broadcast


@dataclass(frozen=True)
class Plain:
    """An array that both libraries get as NumPy's."""

    array: np.ndarray


# Strategies ----------------------------------------------------------------------------------------------------------


@st.composite
def slices(draw, n):
    """Slices of a dim of size n: also from the end, beyond it, empty, and with steps."""
    ends = st.none() | st.integers(-n - 1, n + 1)
    return slice(draw(ends), draw(ends), draw(pick(None, None, 1, 2, 3)))


@st.composite
def positions(draw, n, common):
    """An array of indices into a dim of size n, whose shape broadcasts to `common`: as a tensor, NumPy's, or a list."""
    keep = draw(st.integers(0, len(common)))
    shape = tuple(1 if draw(st.integers(0, 3)) == 3 else size for size in common[len(common) - keep :])
    array = draw(whole(shape if n else (0,), -n, max(n, 1)))
    kind = draw(pick("tensor", "tensor", "tensor", "NumPy", "list"))
    if kind == "list" and array.ndim:
        return array.tolist()
    return Plain(array) if kind == "NumPy" and array.ndim else array


@st.composite
def mask(draw, shape, common):
    """A mask of that shape: mostly with as many True as the other index arrays of the key have elements."""
    size = int(np.prod(shape))
    count = common[-1] if common and draw(st.integers(0, 4)) else draw(st.integers(0, size))
    chosen = np.random.default_rng(draw(st.integers(0, 999))).permutation(size)[:count]
    return np.isin(np.arange(size), chosen).reshape(shape)


@st.composite
def keys(draw, shape):
    """A key for a tensor of that shape: ints, slices, Ellipsis, None, bools, arrays of ints and masks, all mixed."""
    common, items, d = draw(COMMON), [], 0
    kinds = ("int", "slice", "slice", "array", "array", "mask", "None", "...", "bool", "0-d")
    while draw(st.integers(0, 5)) and len(items) < 7:
        kind, left = draw(pick(*kinds)), len(shape) - d
        if kind == "None":
            items.append(None)
        elif kind == "..." and not any(i is Ellipsis for i in items):
            items.append(...)
            d += draw(st.integers(0, left))
        elif kind == "bool":
            items.append(draw(pick(True, True, False, np.array(True), np.array(False))))
        elif kind == "mask" and left:
            dims = draw(st.integers(1, min(left, 2)))
            items.append(draw(mask(shape[d : d + dims], common)))
            d += dims
        elif kind in ("int", "0-d") and left and shape[d]:
            i = draw(st.integers(-shape[d], shape[d] - 1))
            items.append(i if kind == "int" else np.array(i))
            d += 1
        elif kind == "array" and left:
            items.append(draw(positions(shape[d], common)))
            d += 1
        elif kind == "slice" and left:
            items.append(draw(slices(shape[d])))
            d += 1
    return from_the_right(items, shape, d)


def from_the_right(items, shape, d):
    """The key as a tuple, or its only item; what follows an Ellipsis must be drawn for the dims at the end."""
    behind = next((items[i + 1 :] for i, item in enumerate(items) if item is Ellipsis), [])
    missing = len(shape) - d if behind else 0
    items += [slice(None)] * missing
    return items[0] if len(items) == 1 and not isinstance(items[0], list) else tuple(items)


def native(key):
    """The key with Plain arrays unpacked."""
    if isinstance(key, tuple):
        return tuple(native(k) for k in key)
    return key.array if isinstance(key, Plain) else key


def as_torch(key):
    """The key as torch takes it."""
    if isinstance(key, tuple):
        return tuple(as_torch(k) for k in key)
    return torch.from_numpy(key) if isinstance(key, np.ndarray) else native(key)


def result_shape(shape, key):
    """The shape of x[key]; () where torch refuses the key."""
    try:
        return tuple(torch.zeros(shape)[as_torch(key)].shape)
    except (IndexError, RuntimeError, TypeError, ValueError):
        return ()


@st.composite
def reading(draw):
    """A tensor and a key."""
    x = draw(arrays(shapes(0, 4, 1, 4) | shapes(0, 4, 0, 4), "normal"))
    return Case((x, draw(keys(x.shape))), salt=draw(salts()))


@st.composite
def writing(draw):
    """A tensor, a key and a value that broadcasts to x[key]: an array or a number."""
    x = draw(arrays(shapes(0, 4, 1, 4) | shapes(0, 4, 0, 4), "normal"))
    key = draw(keys(x.shape))
    shape = result_shape(x.shape, key)
    shape = shape[draw(st.integers(0, len(shape))) :]
    shape = tuple(1 if draw(st.integers(0, 3)) == 3 else n for n in shape)
    value = draw(arrays(draw(pick(shape, shape, (1, *shape), ())), "normal") | pick(1, -0.5, True))
    return Case((x, key, value), salt=draw(salts()))


@st.composite
def putting(draw, *numbers):
    """A tensor, index tensors for its first dims (repeated places, too), and the values for them.

    numbers: () for index tensors of 0 dims, too.
    """
    x = draw(arrays(shapes(1, 3, 1, 4), "normal"))
    common = draw(pick((4,), (3,), (2, 2), (1,), *numbers))
    count = draw(st.integers(1, x.ndim))
    indices = tuple(draw(whole(draw(pick(common, common[-1:], *numbers)), -n, n)) for n in x.shape[:count])
    lead = np.broadcast_shapes(*[i.shape for i in indices])
    values = draw(arrays(draw(pick((*lead, *x.shape[count:]), x.shape[count:], ())), "normal"))
    places = np.arange(np.prod(x.shape[:count])).reshape(x.shape[:count])[indices]
    twice = np.unique(places).size < places.size  # which of several values stays is nobody's promise
    return Case((x, indices, values, twice or draw(st.booleans())), salt=draw(salts()))


# Rows ----------------------------------------------------------------------------------------------------------------


def written(x, key, value):
    """A changed copy of x."""
    x = x.clone()
    x[native(key)] = value
    return x


def written_view(x, key, value):
    """A copy of x changed through a view with its dims the other way round and back; the copy, and the view."""
    backwards = tuple(reversed(range(x.ndim)))
    base = x.permute(backwards).clone()
    view = base.permute(backwards)
    view[native(key)] = value
    return (base * 2, view)


def put_in_place(x, indices, values, accumulate):
    """A copy of x, written by index_put_."""
    x = x.clone()
    x.index_put_(indices, values, accumulate)
    return x


ROWS = [
    Row("read", lambda lib, x, key: x[native(key)], reading(), "sums"),
    Row("write", lambda lib, *args: written(*args), writing(), "sums"),
    Row("write into a view", lambda lib, *args: written_view(*args), writing(), "sums"),
    Row("index_put", lambda lib, x, i, v, add: lib.index_put(x, i, v, add), putting(), "sums"),
    Row("index_put_", lambda lib, *args: put_in_place(*args), putting(), "sums"),
    # Without errors: a number that becomes a bool is a mask of 0 dims, which for index_put in torch is no index at all.
    *[
        Row(f"{name} at numbers", call, putting(()), "sums", ("errors",))
        for name, call in (
            ("index_put", lambda lib, x, i, v, add: lib.index_put(x, i, v, add)),
            ("index_put_", lambda lib, *args: put_in_place(*args)),
        )
    ],
]
