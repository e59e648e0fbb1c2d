"""Dropout: torch's masks, bit for bit."""

from parity.draw import arrays, case, pick, shapes
from parity.harness import Row


def dropout(lib, x, p, training, seed):
    """Dropout after a seed."""
    lib.manual_seed(seed)
    return lib.nn.functional.dropout(x, p, training)


ROWS = [
    Row(
        "dropout",
        dropout,
        case(
            arrays(shapes(0, 3, 0, 5)),
            p=pick(0.5, 0.0, 1.0, 0.25, 1.5),
            training=pick(True, False),
            seed=pick(0, 1, 42),
        ),
        gpu=False,
        bernoulli=True,
    ),
]
