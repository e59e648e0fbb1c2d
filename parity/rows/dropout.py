"""Dropout: torch's masks, bit for bit."""

from parity.draw import arrays, case, pick, shapes
from parity.harness import Row


def seeded(name):
    """A kind of dropout after a seed."""

    def call(lib, x, p, training, seed):
        lib.manual_seed(seed)
        return getattr(lib.nn.functional, name)(x, p, training)

    return call


def written(name):
    """The same with inplace=True, on a copy: the result, the copy."""

    def call(lib, x, p, training, seed):
        lib.manual_seed(seed)
        y = x * 1
        z = getattr(lib.nn.functional, name)(y, p, training, inplace=True)
        return (z, y)

    return call


def tried(shape):
    """Inputs, probabilities (one wrong), seeds."""
    return case(
        arrays(shape),
        p=pick(0.5, 0.0, 1.0, 0.25, 1.5),
        training=pick(True, False),
        seed=pick(0, 1, 42),
    )


some = shapes(0, 3, 0, 5)
images = pick((2, 3, 2, 2), (1, 2, 3, 1), (2, 0, 2, 2), (3,), (2, 3))
ROWS = [
    Row(name, call(name), tried(shape), kind, gpu=False, bernoulli=True)
    for name, shape, kind in (
        ("dropout", some, "elementwise"),
        ("dropout1d", pick((2, 3, 4), (3, 4), (2,), (2, 0, 3)), "elementwise"),
        ("dropout2d", images, "elementwise"),
        ("dropout3d", pick((2, 3, 2, 2, 1), (2, 3, 1, 2), (2, 3)), "elementwise"),
        ("alpha_dropout", some, "sums"),  # a product and a sum: torch rounds them once
        ("feature_alpha_dropout", images, "sums"),
    )
    for call in (seeded,)
] + [
    Row(f"{name} inplace", written(name), tried(shape), gpu=False, bernoulli=True)
    for name, shape in (("dropout", some), ("dropout1d", pick((2, 3, 4), (3, 4))), ("dropout2d", images))
]
