"""The printed form over shapes, dtypes, magnitudes and print options, character for character."""

from hypothesis import strategies as st

from parity.draw import arrays, case, pick, shapes
from parity.harness import Row

TEXT = {"without": ("grad", "grad grad", "dtypes"), "gpu": False}  # a text has no derivative, and the dtypes are drawn
options = st.fixed_dictionaries(
    {},
    optional={
        "precision": st.integers(0, 9),
        "threshold": pick(0, 3, 10, 1000),
        "edgeitems": st.integers(0, 4),
        "linewidth": st.integers(0, 120),
        "profile": pick("default", "short", "full"),
        "sci_mode": pick(None, False, True),
    },
)


def printed(lib, x, dtype, options, scale=1):
    """repr(x * scale) in a dtype and with print options, as if the library's name were torch."""
    lib.set_printoptions(profile="default")
    lib.set_printoptions(**options)
    try:
        return repr((x * scale).to(getattr(lib, dtype))).replace("minitorch", "torch")
    finally:
        lib.set_printoptions(profile="default")


ROWS = [
    Row(
        "repr of floats",
        printed,
        case(
            arrays(shapes(0, 4), ("whole", "normal", "wide")),
            pick("float64", "float32", "float16", "bfloat16"),
            options,
            pick(1, 1e-7, 100, 1e6, 1e12),
        ),
        **TEXT,
    ),
    Row(
        "repr of integers",
        printed,
        case(
            arrays(shapes(0, 4), "unit").map(lambda a: a * 99),  # within every dtype: beyond, a cast is undefined
            pick("int64", "uint8", "int8", "int16", "int32", "bool"),
            options,
        ),
        without=(*TEXT["without"], "edges", "errors"),  # nan as an integer is undefined
        gpu=False,
    ),
]
