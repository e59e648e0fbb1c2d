"""Calls of kernels: making, copying, viewing."""

import numpy as np

from cuda_cases.recipes import FLOATS, INTS, call, case, expanded, normal, of, part, permuted
from kernels.bfloat16 import BFLOAT16

for dtype in (*FLOATS, *INTS, "bool"):
    call("full", dtype, (3, 5), 2, np.dtype(dtype))
    call("copy", dtype, permuted(normal(3, 4, dtype=dtype), 1, 0))
    for other in (*FLOATS, *INTS, "bool"):
        call("cast", f"{dtype} to {other}", of([0, 1, 2.75, 100, 0.25], dtype), np.dtype(other))
call("full", "0-d", (), 2.5, np.dtype("float32"))
call("full", "zero-size", (0, 3), 2.5, np.dtype("float32"))
call("arange", "17", 17)
call("arange", "0", 0)
case(
    "empty_strided",
    lambda make: [
        (a.shape, a.strides, make.k.is_contiguous(a))
        for a in (
            make.k.empty_strided((2, 3, 4), (12, 1, 3), np.dtype("float32")),
            make.k.empty_strided((2, 0), (7, 1), np.dtype("int64")),
            make.k.empty_strided((), (), np.dtype("float64")),
        )
    ],
)
call("empty", "zero-size", (2, 0, 3), np.dtype("int32"))
call("from_numpy", "of a view", np.arange(12.0).reshape(3, 4).T[::2])
call("from_numpy", "0-d", np.array(3))
call("to_numpy", "of a view", permuted(part(normal(3, 4), slice(1, 3)), 1, 0))


def copied_into_view(make):
    x = normal(4, 6)(make)
    make.k.copy_into(make.k.getitem(make.k.permute(x, (1, 0)), (slice(1, 5, 2),)), make([[1.75], [-2.5]], "float64"))
    return x


def filled_view(make):
    x = normal(4, 6)(make)
    make.k.fill(make.k.getitem(make.k.permute(x, (1, 0)), (slice(1, 5, 2),)), 0.1)
    return x


def copied_into_overlapping(make):
    x = normal(64)(make)
    make.k.copy_into(make.k.getitem(x, (slice(1, None),)), make.k.getitem(x, (slice(0, 63),)))
    return x


def distance(make):
    x = normal(3, 4)(make)
    return make.k.address(make.k.getitem(x, (1, slice(2, None)))) - make.k.address(x)


def overlaps(make):
    """Of a view with its base, with nothing of it, and with an array of its own memory."""
    x, other = normal(3, 4)(make), normal(3, 4)(make)
    parts = make.k.getitem(x, (1,)), make.k.getitem(x, (slice(0, 0),)), other
    return [make.k.may_overlap(x, part) for part in parts]


def moved_bfloat16(make):
    """bfloat16 made, viewed, copied, joined, written to, and widened, so that it can be compared."""
    k = make.k
    x = k.cast(normal(3, 4)(make), BFLOAT16)
    view = k.getitem(k.permute(x, (1, 0)), (slice(1, 3),))
    joined = k.cat([view, k.full((1, 3), 1 / 3, BFLOAT16)], 0)
    k.copy_into(k.getitem(joined, (0,)), of([0.1, -2, np.inf])(make))
    return [k.cast(y, np.dtype("float32")) for y in (x, k.copy(view), joined, k.index(x, (np.array([2, 0, 2]),)))]


def rounded_to_bfloat16(make):
    """Ties, carries, infinities, NaN and subnormals, and back."""
    bits = np.array([0x3F808000, 0x3F818000, 0x3F80FFFF, 0x7F7FFFFF, 0x7F800000, 0xFF800001, 0x00008001, 0x80000000])
    x = make.k.cast(make.k.from_numpy(bits.astype(np.uint32).view(np.float32)), BFLOAT16)
    return make.k.cast(x, np.dtype("float32")), make.k.cast(x, np.dtype("float64"))


case("cast bfloat16 rounding", rounded_to_bfloat16)
case("cast bfloat16 and moves of it", moved_bfloat16)
case("copy_into a view, broadcast and cast", copied_into_view)
case("fill a view", filled_view)
case("copy_into overlapping", copied_into_overlapping)
case("address of a view", distance)
case("may_overlap", overlaps)
call("is_contiguous", "new", normal(3, 4))
call("is_contiguous", "permuted", permuted(normal(3, 4), 1, 0))
call("is_contiguous", "rows", part(normal(3, 4), slice(1, 3)))
call("is_contiguous", "columns", part(normal(3, 4), slice(None), slice(1, 3)))
call("is_contiguous", "expanded", expanded(normal(1, 4), 3, 4))
call("view", "of rows", part(normal(5, 4), slice(1, 3)), (2, 2, 2))
call("view", "0-d", normal(1, 1), ())
call("reshape", "by copy", permuted(normal(3, 4), 1, 0), (2, 6))
call("permute", "3-d", normal(2, 3, 4), (2, 0, 1))
call("expand", "both ends", normal(2, 1, 4), (3, 2, 5, 4))
call("expand", "0-d", normal(), (2, 3))
call("getitem", "mixed", normal(4, 5, 6), (1, None, slice(1, 4, 2)))
call("getitem", "element", normal(4, 5), (1, 2))
call("getitem", "nothing", normal(4, 5), (slice(2, 2),))
call("getitem", "of a view", part(normal(9, 9), slice(2, 8, 2)), (1, slice(3, 8)))
call("diagonal", "above", normal(3, 4), 1, 0, 1)
call("diagonal", "of a part", permuted(part(normal(3, 4, 2), slice(1, 3)), 2, 0, 1), -1, 2, 0)
call("sliding", "windows", normal(2, 7), 1, 3, 2)
call("sliding", "of columns", permuted(normal(3, 4), 1, 0), 0, 2, 1)
call("memory", "of a part", part(normal(3, 4), slice(1, 3)))
call("offset", "of a part", part(normal(3, 4), slice(1, 3), 2))
call("strided", "overlapping", part(normal(3, 4), slice(1, 3)), (2, 3), (1, 2), 3)
call("is_shared", "new", normal(3))
call("is_shared", "part", part(normal(3), slice(1, 3)))
case("is_shared base", lambda make: (lambda x: (make.k.getitem(x, (0,)), make.k.is_shared(x))[1])(normal(3)(make)))
PARTS = normal(2, 3), permuted(normal(3, 4), 1, 0), normal(0, 3)
case("cat rows", lambda make: make.k.cat([recipe(make) for recipe in PARTS], 0))
case("split columns", lambda make: make.k.split(normal(2, 5)(make), [3, 0, 2], 1))
case("cat columns", lambda make: make.k.cat([normal(2, 3)(make), normal(2, 1)(make)], 1))
