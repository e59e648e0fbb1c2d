"""Views and rearrangements; the strides of a view are torch's too."""

from hypothesis import strategies as st

from parity.draw import arrays, case, dims, pick, shapes
from parity.harness import Row


def laid(x):
    """A view with what torch says of it: strides and contiguity.

    The strides of an empty tensor and of a dim of size 1 say nothing, and NumPy chooses them otherwise.
    """
    strides = tuple(step for step, n in zip(x.stride(), x.shape, strict=True) if n > 1) if x.numel() else ()
    return (x, strides, x.is_contiguous())


def many(shape, n):
    """A strategy of lists of n arrays of that shape."""
    return st.lists(arrays(shape, "normal"), min_size=n, max_size=n)


x = arrays(style="normal")
six = arrays(pick((2, 3), (6,), (3, 2, 1), (1, 6)), "normal")
EXACT = {"kind": "exact"}

ROWS = [
    Row(
        "view",
        lambda lib, x, shape: laid(x.view(shape)),
        case(six, shape=pick((6,), (3, 2), (-1, 2), (2, -1, 1), (4, -1), (-1, -1), (0, 6))),
        **EXACT,
    ),
    Row(
        "reshape",
        lambda lib, x, shape: lib.reshape(x, shape),
        case(six, shape=pick((6,), (3, 2), (-1, 2), (2, -1, 1), (5,))),
        **EXACT,
    ),
    Row(
        "reshape empty",
        lambda lib, x, shape: x.reshape(shape),
        case(arrays(pick((0,), (2, 0), ())), shape=pick((0,), (-1,), (0, -1), (), (1, 1), (0, 3))),
        **EXACT,
    ),
    Row(
        "flatten",
        lambda lib, x, start, end: lib.flatten(x, start, end),
        case(x, start=dims, end=pick(-1, 1, 2, -2, 5)),
        **EXACT,
    ),
    Row(
        "unflatten",
        lambda lib, x, dim, sizes: lib.unflatten(x, dim, sizes),
        case(six, dim=pick(0, -1, 1), sizes=pick((2, 3), (-1, 2), (3, -1), (1, 6))),
        **EXACT,
    ),
    Row("ravel", lambda lib, x: lib.ravel(x), case(x), **EXACT),
    Row("squeeze", lambda lib, x: laid(lib.squeeze(x)), case(x), **EXACT),
    Row(
        "squeeze dim",
        lambda lib, x, dim: laid(lib.squeeze(x, dim)),
        case(x, dim=pick(0, -1, 1, (0, 1), 3, (-1,))),
        **EXACT,
    ),
    Row("unsqueeze", lambda lib, x, dim: laid(lib.unsqueeze(x, dim)), case(x, dim=dims), **EXACT),
    Row("transpose", lambda lib, x, a, b: laid(lib.transpose(x, a, b)), case(x, dims, dims), **EXACT),
    Row("t", lambda lib, x: laid(lib.t(x)), case(x), **EXACT),
    Row("mT", lambda lib, x: laid(x.mT), case(x), **EXACT),
    Row(
        "permute",
        lambda lib, x, dims: laid(lib.permute(x, dims)),
        case(x, pick((0,), (1, 0), (2, 0, 1), (), (-1, 0, 1), (0, 0), (0, 3))),
        **EXACT,
    ),
    Row(
        "movedim",
        lambda lib, x, a, b: laid(lib.movedim(x, a, b)),
        case(x, pick(0, 1, -1, (0, 1), (0, 0)), pick(0, -1, 2, (1, 0), (1, 2))),
        **EXACT,
    ),
    Row(
        "expand",
        lambda lib, x, shape: laid(x.expand(shape)),
        case(
            arrays(pick((1,), (2, 1), (1, 3), (), (3,), (0, 1)), "normal"),
            pick((2,), (2, 3), (4, 2, 3), (-1, 3), (0,), (-1,), (3, -1)),
        ),
        kind="sums",
    ),
    Row(
        "expand_as",
        lambda lib, x, y: x.expand_as(y),
        case(arrays(shapes(0, 2, 1, 2)), arrays(shapes(0, 2, 1, 2))),
        kind="sums",
    ),
    Row(
        "broadcast_to",
        lambda lib, x, shape: lib.broadcast_to(x, shape),
        case(arrays(shapes(0, 2, 1, 3)), pick((2, 3), (3, 1), (2, 2, 2), ())),
        kind="sums",
    ),
    Row(
        "sum_to_size",
        lambda lib, x, shape: x.sum_to_size(shape),
        case(arrays(pick((2, 3), (4, 2, 3), (3,))), pick((3,), (2, 1), (1,), (), (1, 3), (2, 3))),
        kind="sums",
    ),
    Row("select", lambda lib, x, dim, i: laid(lib.select(x, dim, i)), case(x, dims, pick(0, 1, -1, 3, -3)), **EXACT),
    Row(
        "narrow",
        lambda lib, x, dim, start, n: laid(lib.narrow(x, dim, start, n)),
        case(x, dims, pick(0, 1, -1, 3), pick(1, 0, 2)),
        **EXACT,
    ),
    Row(
        "split",
        lambda lib, x, size, dim: lib.split(x, size, dim),
        case(x, pick(1, 2, 3, (1, 2), (2, 2), (1, 1), 0), dims),
        **EXACT,
    ),
    Row("chunk", lambda lib, x, n, dim: lib.chunk(x, n, dim), case(x, pick(1, 2, 3, 5, 0), dims), **EXACT),
    Row("unbind", lambda lib, x, dim: lib.unbind(x, dim), case(x, dims), **EXACT),
    Row("iterate", lambda lib, x: list(x), case(x), **EXACT),
    Row(
        "cat",
        lambda lib, tensors, dim: lib.cat(tensors, dim),
        case(
            pick((2,), (2, 3), (1, 2, 2), (0,), ()).flatmap(lambda s: pick(1, 2, 3).flatmap(lambda n: many(s, n))), dims
        ),
        **EXACT,
    ),
    Row(
        "cat sizes",
        lambda lib, x, y, dim: lib.cat([x, y], dim),
        case(arrays(pick((2, 3), (2, 1), (0,), (1, 3))), arrays(pick((2, 3), (2, 2), (0,), (3, 3))), pick(0, 1, -1)),
        **EXACT,
    ),
    Row(
        "stack",
        lambda lib, tensors, dim: lib.stack(tensors, dim),
        case(pick((2,), (2, 3), (0,), ()).flatmap(lambda s: pick(1, 2, 3).flatmap(lambda n: many(s, n))), dims),
        **EXACT,
    ),
    Row("clone", lambda lib, x: lib.clone(x), case(x), **EXACT),
    Row("contiguous", lambda lib, x: laid(x.contiguous()), case(x), **EXACT),
]
