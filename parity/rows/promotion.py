"""Type promotion, exhaustively: every pair of dtypes, of tensors with dims, 0-d tensors and Python numbers.

A case holds all pairs of one operation; what raises is compared by its class.
"""

import itertools
import operator

import numpy as np

from parity.draw import Fixed, case, pick, whole
from parity.harness import Row

DTYPES = "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"
NUMBERS = True, 2, 2.5
ONLY_FORWARD = ("grad", "grad grad", "float32", "dtypes", "layout", "edges", "errors")


def outcome(do):
    """The result, or the class of what was raised."""
    try:
        return do()
    except Exception as error:
        return type(error).__name__


def operands(lib, values):
    """Values (of shape (3,)) in every dtype, with dims and 0-d; the numbers."""
    tensors = [lib.from_numpy(values).to(getattr(lib, name)) for name in DTYPES]
    return [*tensors, *[x[0] for x in tensors], *NUMBERS]


def all_pairs(operation):
    """The row's function: operation(lib, a, b) of all pairs of which one is a tensor, both ways round."""

    def call(lib, first, second):
        pairs = itertools.product(operands(lib, first.numpy()), operands(lib, second.numpy()))
        return [
            outcome(lambda a=a, b=b: operation(lib, a, b))
            for a, b in pairs
            if isinstance(a, lib.Tensor) or isinstance(b, lib.Tensor)
        ]

    return call


def dtype_pairs(lib):
    """promote_types, result_type and can_cast of all pairs."""
    kinds = [getattr(lib, name) for name in DTYPES]
    things = operands(lib, np.array([1, 2, 3]))
    return [
        [lib.promote_types(a, b) for a, b in itertools.product(kinds, kinds)],
        [lib.can_cast(a, b) for a, b in itertools.product(kinds, kinds)],
        [lib.result_type(a, b) for a, b in itertools.product(things, things)],
    ]


def default(lib, name):
    """What a number makes of integers, where the default dtype is another one."""
    before = lib.get_default_dtype()
    lib.set_default_dtype(getattr(lib, name))
    try:
        x = lib.ones(2, dtype=lib.int32)
        return [x + 0.5, x / 2, x.sin(), lib.result_type(x, 2.5), lib.result_type(1, 2.5), lib.tensor(0.5)]
    finally:
        lib.set_default_dtype(before)


# Whole numbers, so that uint8 and float16 hold them and their powers; from 1 up, and 0 for bool.
both = case(whole((3,), 1, 4).map(Fixed), whole((3,), 1, 4).map(Fixed))

OPERATIONS = {
    "+": lambda lib, a, b: a + b,
    "-": lambda lib, a, b: a - b,
    "*": lambda lib, a, b: a * b,
    "/": lambda lib, a, b: a / b,
    "//": lambda lib, a, b: a // b,
    "%": lambda lib, a, b: a % b,
    "**": lambda lib, a, b: a**b,
    "<": lambda lib, a, b: a < b,
    "==": lambda lib, a, b: a == b,
    "&": lambda lib, a, b: operator.and_(a, b),
    "where": lambda lib, a, b: lib.where(lib.tensor([True, False, True]), a, b),
    "maximum": lambda lib, a, b: lib.maximum(a, b),
    "clamp": lambda lib, a, b: a.clamp(b),
    "add_": lambda lib, a, b: a.clone().add_(b),
    "mul_": lambda lib, a, b: a.clone().mul_(b),
    "div_": lambda lib, a, b: a.clone().div_(b),
    "atan2": lambda lib, a, b: lib.atan2(a, b),
    "xlogy": lambda lib, a, b: lib.xlogy(a, b),
}

ROWS = [
    *[
        Row(f"dtypes of {name}", all_pairs(operation), both, without=ONLY_FORWARD, gpu=False)  # decided on the host
        for name, operation in OPERATIONS.items()
    ],
    Row("promote_types", dtype_pairs, case(), "exact", ONLY_FORWARD),
    Row("default dtype", default, case(pick("float32", "float64", "float16")), without=ONLY_FORWARD),
]
