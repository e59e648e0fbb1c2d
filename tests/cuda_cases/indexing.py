"""Calls of kernels: indexing."""

import functools
import itertools

import numpy as np

from cuda_cases.recipes import (
    FLOATS,
    call,
    case,
    normal,
    of,
    part,
    permuted,
    whole,
)

ROWS, COLUMNS = np.array([2, 0, -1, 2]), np.array([[1], [3]])
MASK = np.array([[True, False, True], [False, False, True]])
INDICES = {
    "rows": ((5, 4), (ROWS,)),
    "columns": ((5, 4), (slice(None), COLUMNS)),
    "both": ((5, 4), (ROWS[:2], COLUMNS)),
    "mask": ((2, 3, 4), (MASK,)),
    "mask and rows": ((2, 3, 4), (MASK, ROWS[:3])),
    "apart": ((3, 4, 5), (ROWS[:2], slice(None), COLUMNS)),
    "slice and None": ((3, 4, 5), (slice(1, None), None, ROWS)),
    "int": ((3, 4, 5), (1, slice(0, 3, 2), ROWS)),
    "no rows": ((3, 4), (np.zeros(0, np.int64),)),
    "one": ((3, 4), (np.array(1),)),
    "a mask without dims": ((3, 2), (np.array(True),)),
    "nothing by a mask without dims": ((2,), (np.array(False),)),
}


def put(make, array, index, value, accumulate):
    array = array(make)
    make.k.index_put(array, index, value(make), accumulate)
    return array


def put_into_view(make):
    x = normal(5, 6)(make)
    view = make.k.getitem(make.k.permute(x, (1, 0)), (slice(0, 6, 2),))
    make.k.index_put(view, (slice(None), np.array([1, 1, 4])), normal(3, 1, seed=3)(make), True)
    return x


def scattered(make, array, dim, index, source, reduce):
    array = array(make)
    make.k.scatter(array, dim, index(make), source(make), reduce)
    return array


for title, (shape, index) in INDICES.items():
    call("index", title, normal(*shape), index)
    backwards = tuple(reversed(range(len(shape))))
    larger = part(normal(shape[-1] + 1, *shape[-2::-1], dtype="int64"), slice(1, None))
    call("index", f"{title} of a view", permuted(larger, *backwards), index)
    value_shape = np.zeros(shape)[index].shape
    for accumulate, dtype in itertools.product((False, True), ("float16", "float32", "int64")):
        array, value = normal(*shape, dtype=dtype), normal(*value_shape, dtype=dtype, seed=2)
        case(
            f"index_put {title} {accumulate} {dtype}",
            lambda make, x=array, i=index, v=value, a=accumulate: put(make, x, i, v, a),
        )
case("index_put into a view, broadcast", put_into_view)

for shape, index_shape, dim in (((4, 3), (5, 2), 0), ((3, 4, 2), (3, 3, 2), 1), ((), (), 0), ((3, 1), (3, 0), 1)):
    for dtype in (*FLOATS, "int64"):
        title = f"{shape} {index_shape} {dim} {dtype}"
        array, index = normal(*shape, dtype=dtype), whole(*index_shape, high=shape[dim] if shape else 1)
        source = normal(*index_shape, dtype=dtype, seed=2)
        if shape:  # NumPy has no gather of 0-d arrays: see the test of its own
            call("gather", title, array, dim, index)
            for reduce in (None, "sum", "prod", "amax", "amin"):
                arguments = array, dim, index, source, reduce
                case(f"scatter {reduce} {title}", lambda make, arguments=arguments: scattered(make, *arguments))


def nothing_outside(make, array):
    return make.k.first_outside(array(make), 0, 2) is None


for dtype in (*FLOATS, "uint8", "int32", "int64"):
    case(f"first_outside {dtype}", functools.partial(nothing_outside, array=of([[0, 1, 2]], dtype)))
case("first_outside empty", functools.partial(nothing_outside, array=normal(3, 0)))
call("gather", "views", permuted(part(normal(5, 3), slice(1, 5)), 1, 0), 1, permuted(whole(6, 3, high=4), 1, 0))
