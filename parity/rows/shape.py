"""Views and rearrangements; the strides of a view are torch's too."""

from hypothesis import strategies as st

from parity.draw import arrays, case, dims, pick, shapes, whole
from parity.harness import Row


def laid(x):
    """A view with what torch says of it: strides and contiguity.

    The strides of an empty tensor and of a dim of size 1 say nothing, and NumPy chooses them otherwise.
    """
    strides = tuple(step for step, n in zip(x.stride(), x.shape, strict=True) if n > 1) if x.numel() else ()
    return (x, strides, x.is_contiguous())


def within(x, *views):
    """Views of x: as `laid`, and where each begins in the memory of x."""
    return [(*laid(y), y.storage_offset() - x.storage_offset() if y.numel() else 0) for y in views]


def alone(x, y):
    """A result that must be a copy: y, and whether a write to it leaves x as it is."""
    z, before = y.detach(), x.detach().clone()
    z.zero_()
    return (y, bool((x.detach() == before).all()))


def many(shape, n):
    """A strategy of lists of n arrays of that shape."""
    return st.lists(arrays(shape, "normal"), min_size=n, max_size=n)


x = arrays(style="normal")
flat = arrays(shapes(1, 1), "normal")
matrix = arrays(shapes(2, 3, 0, 4), "normal")
three = case(
    arrays(pick((2, 3), (2,), (), (2, 2, 3)), "normal"),
    arrays(pick((2, 3), (2,), (), (1, 3)), "normal"),
    arrays(pick((2, 3), (2,), (1,)), "normal"),
)
numbers = pick(0, 1, -1, 2, -2, 5)
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
    Row("ravel memory", lambda lib, x: (lambda y: (y, y.data_ptr() == x.data_ptr()))(lib.ravel(x)), case(x), **EXACT),
    Row("atleast", lambda lib, x: [f(x) for f in (lib.atleast_1d, lib.atleast_2d, lib.atleast_3d)], case(x), **EXACT),
    Row("atleast several", lambda lib, *xs: [lib.atleast_1d(*xs), lib.atleast_2d(xs), lib.atleast_3d(list(xs))], three),
    Row("unfold", lambda lib, x, *at: within(x, x.unfold(*at)), case(x, dims, pick(1, 2, 3, 0), pick(1, 2, 3, 0))),
    Row(
        "as_strided",
        lambda lib, x, *at: x.as_strided(*at),
        case(
            arrays(pick((6,), (2, 3), (2, 4)), "normal"),
            pick((2, 2), (3,), (), (2, 1, 2)),
            pick((1, 1), (2,), (), (2, 0, 1), (3, 1)),
            pick(0, 1, 2, 9),
        ),
        kind="sums",
    ),
    Row("as_strided here", lambda lib, x: within(x, x[1].as_strided((2, 2), (1, 2))), case(arrays((3, 4)))),
    Row(
        "view dims by name",
        lambda lib, x: (x.view(size=(6,)), lib.reshape(x, shape=(3, 2)), lib.permute(x, dims=(1, 0))),
        case(arrays((2, 3))),
        **EXACT,
    ),
    Row("H", lambda lib, x: laid(x.H), case(x), **EXACT),
    Row("adjoint", lambda lib, x: (laid(x.mH), laid(x.adjoint()), laid(lib.adjoint(x))), case(matrix), **EXACT),
    Row("swapdims", lambda lib, x, a, b: laid(lib.swapdims(x, a, b)), case(x, dims, dims), **EXACT),
    Row("broadcast_tensors", lambda lib, *xs: [laid(y) for y in lib.broadcast_tensors(*xs)], three, kind="sums"),
    Row(
        "broadcast_shapes",
        lambda lib, *s: tuple(lib.broadcast_shapes(*s)),
        case(pick((2, 1), (3,), 3, ()), pick((2, 3), (3,), 1), pick((4, 1, 1), 2, (2, 3))),
        without=("float32", "grad", "grad grad", "dtypes", "layout", "edges"),
        gpu=False,
        **EXACT,
    ),
    Row(
        "meshgrid",
        lambda lib, x, y, z, how: [laid(g) for g in lib.meshgrid(x, y, z, indexing=how)],
        case(flat, arrays(shapes(0, 1), "normal"), arrays(pick((2,), (), (1,), (2, 2))), pick("ij", "xy", "other")),
        kind="sums",
    ),
    Row("meshgrid list", lambda lib, x, y: [laid(g) for g in lib.meshgrid([x, y])], case(flat, flat), kind="sums"),
    Row(
        "repeat",
        lambda lib, x, times: alone(x, x.repeat(times)),
        case(x, pick((2,), (2, 1), (1, 2, 3), (), (0, 2), (2, 3, 1, 1), (1, 1), (-1, 2))).filter(
            lambda case: case.args[0].size or -1 not in case.args[1]  # torch repeats that, but has no derivative of it
        ),
        kind="sums",
    ),
    Row("tile", lambda lib, x, times: lib.tile(x, times), case(x, pick((2,), (2, 1), (), (2, 1, 3, 1))), kind="sums"),
    Row(
        "repeat_interleave",
        lambda lib, x, n, dim: lib.repeat_interleave(x, n, dim=dim),
        case(x, pick(2, 1, 0, 3, -1), pick(None, 0, 1, -1, 3)),
        kind="sums",
    ),
    Row(
        "repeat_interleave each",
        lambda lib, x, n, dim, size: x.repeat_interleave(n, dim, output_size=size),
        case(
            arrays(pick((2, 3), (3, 2), (3,), (1, 3)), "normal"),
            whole(pick((3,), (2,), (1,), (), (3, 1)), 0, 3),
            pick(0, 1, None, -1),
            pick(None, 3, 4),
        ),
        kind="sums",
        without=("errors",),  # of an index in float, and of another size at once, torch names the one or the other
    ),
    Row("interleaved indices", lambda lib, n: lib.repeat_interleave(n), case(whole(shapes(1, 1), -1, 4)), **EXACT),
    Row("flip", lambda lib, x, d: alone(x, x.flip(d)), case(x, pick((0,), (0, 1), (-1,), (), (0, 0), (2, 0))), **EXACT),
    Row("fliplr flipud", lambda lib, x: (lib.fliplr(x), lib.flipud(x)), case(x), **EXACT),
    Row("flipud", lambda lib, x: lib.flipud(x), case(x), **EXACT),
    Row("roll", lambda lib, x, n: alone(x, lib.roll(x, n)), case(x, pick(1, -1, 0, 5, (1,), (1, 1))), **EXACT),
    Row(
        "roll dims",
        lambda lib, x, n, d: lib.roll(x, n, d),
        case(x, pick(1, (1, -1), (2, 1), 4), pick(0, (0, 1), (-1, 0), -1, 2, (0, 0))),
        **EXACT,
    ),
    Row(
        "rot90",
        lambda lib, x, k, d: alone(x, lib.rot90(x, k, d)) if k % 2 == 0 else lib.rot90(x, k, d),
        case(x, numbers, pick((0, 1), (1, 0), (0, -1), (0, 0), (1, 2), (0,))),
        **EXACT,
    ),
    Row(
        "diagonal",
        lambda lib, x, k, a, b: within(x, lib.diagonal(x, k, a, b)),
        case(x, numbers, pick(0, 1, -1), pick(1, 0, -1, 2)),
        **EXACT,
    ),
    Row("diag", lambda lib, x, k: alone(x, lib.diag(x, k)), case(x, numbers), **EXACT),
    Row("diag_embed", lambda lib, x, k, a, b: lib.diag_embed(x, k, a, b), case(x, numbers, pick(-2, 0), dims), **EXACT),
    Row("diagflat", lambda lib, x, k: lib.diagflat(x, k), case(arrays(shapes(0, 2)), numbers), **EXACT),
    Row(
        "diagonal_scatter",
        lambda lib, x, y, k: lib.diagonal_scatter(x, y, k),
        case(arrays(pick((3, 3), (2, 3)), "normal"), arrays(pick((2,), (3,), (1,)), "normal"), numbers),
        **EXACT,
    ),
    Row("tril", lambda lib, x, k: lib.tril(x, k), case(x, numbers), **EXACT),
    Row("triu", lambda lib, x, k: lib.triu(x, diagonal=k), case(x, numbers), **EXACT),
    Row(
        "tensor_split",
        lambda lib, x, n, dim: within(x, *lib.tensor_split(x, n, dim)),
        case(x, pick(1, 2, 3, 5, 0, (1,), (1, 2), (0, 5), (2, 1), (-1,), ()), dims),
        **EXACT,
    ),
    Row("tensor_split at", lambda lib, x, n: x.tensor_split(n), case(x, whole(pick((), (1,), (2,)), 1, 4)), **EXACT),
    *[
        Row(
            name,
            lambda lib, x, n, name=name: getattr(lib, name)(x, n),
            case(x, pick(1, 2, 3, 0, (1,), (1, 2))),
            **EXACT,
        )
        for name in ("hsplit", "vsplit", "dsplit")
    ],
    Row(
        "split_with_sizes",
        lambda lib, x, n, dim: lib.split_with_sizes(x, n, dim),
        case(x, pick((1, 1), (2,), (1, 2), (0, 3), (2, 3)), dims),
        **EXACT,
    ),
    Row(
        "select_scatter",
        lambda lib, x, y, d, i: lib.select_scatter(x, y, d, i),
        case(arrays((2, 3), "normal"), arrays(pick((2,), (3,), (1,)), "normal"), pick(0, 1, -1), pick(0, 1, 2, -1)),
        **EXACT,
    ),
    Row(
        "slice_scatter",
        lambda lib, x, y, d, *at: lib.slice_scatter(x, y, d, *at),
        case(
            arrays((2, 3), "normal"),
            arrays(pick((2, 1), (2, 2), (1, 3), (0, 3)), "normal"),
            pick(1, 0, -1),
            pick(1, None, -2),
            pick(None, 2, 9),
            pick(1, 2, 0),
        ),
        **EXACT,
    ),
    *[
        Row(name, lambda lib, *xs, name=name: getattr(lib, name)(xs), three, **EXACT)
        for name in ("hstack", "vstack", "dstack", "column_stack")
    ],
    Row(
        "column_stack columns",
        lambda lib, x, y: lib.column_stack([x, y]),
        case(arrays(pick((2,), (2, 2), ())), arrays(pick((2,), (2, 1), (1,)))),
        **EXACT,
    ),
    Row("block_diag", lambda lib, *xs: lib.block_diag(*xs), three, **EXACT),
    Row(
        "storage_offset",
        lambda lib, x: [v.storage_offset() for v in (x, x[1:], x.t()[1:], x[0, 1:])],
        case(arrays((3, 4))),
    ),
    Row(
        "resize_",
        lambda lib, x, n: laid((x * 1).detach().resize_(n).zero_()),
        case(x, pick((2,), (6,), (), (2, 3), (-1,))),
    ),
    Row(
        "resize_ keeps",
        lambda lib, x, n: x.clone().resize_(n),
        case(arrays((2, 3)), pick((2, 2), (6,), (0,), (3, 2))),
        without=("errors",),  # a larger size is none, and shows memory that nobody wrote
        **EXACT,
    ),
    Row("clone", lambda lib, x: lib.clone(x), case(x), **EXACT),
    Row("contiguous", lambda lib, x: laid(x.contiguous()), case(x), **EXACT),
]
