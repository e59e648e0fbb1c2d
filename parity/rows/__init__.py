"""The rows: a file a family, as minitorch/ops has them. `all_rows()` gives them all, `row(name)` one."""

from dataclasses import replace
from functools import cache
from importlib import import_module

FAMILIES = (
    "elementwise",
    "functions",
    "promotion",
    "compare",
    "reduce",
    "scan",
    "order",
    "shape",
    "index",
    "indexing",
    "scatter",
    "matmul",
    "products",
    "einsum",
    "linalg",
    "distance",
    "activation",
    "conv",
    "pool",
    "norm",
    "pad",
    "interpolate",
    "grid_sample",
    "loss",
    "ctc",
    "dropout",
    "embedding",
    "recurrent",
    "attention",
    "random",
    "inplace",
    "convert",
    "bfloat16",
    "printing",
    "create",
    "modules",
    "layers",
    "optimizers",
    "schedulers",
    "formula_schedulers",
    "data",
    "distributions",
)


@cache
def all_rows():
    """Every row, family by family."""
    return [replace(r, family=f) for f in FAMILIES for r in import_module(f"parity.rows.{f}").ROWS]


def row(name):
    """The row of that name."""
    return next(r for r in all_rows() if r.name == name)
