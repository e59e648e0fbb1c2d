"""Calls of kernels: steps of optimizers."""

import itertools

from cuda_cases.recipes import call, case, normal, permuted
from kernels import steps

REMEMBERED = {  # rule -> how many arrays it keeps beside the parameter, and its numbers
    "sgd": (0, (0.1,)),
    "sgd_momentum": (1, (0.1, 0.9, 0.9, 0.5, 1)),
    "asgd": (1, (0.99, 0.1, 0.5)),
    "adagrad": (1, (0.1, 1e-6)),
    "rmsprop": (1, (0.1, 0.9, 0.1, 1e-6)),
    "rmsprop_momentum": (2, (0.1, 0.9, 0.1, 1e-6, 0.9)),
    "rmsprop_centered": (2, (0.1, 0.9, 0.1, 1e-6)),
    "rmsprop_centered_momentum": (3, (0.1, 0.9, 0.1, 1e-6, 0.9)),
    "adadelta": (2, (1, 0.9, 0.1, 1e-6)),
    "adam": (2, (1, 0.1, 0.99, 0.01, 0.3, 0.2, 1e-6)),
    "amsgrad": (3, (0.9, 0.1, 0.99, 0.01, 0.3, 0.2, 1e-6)),
    "adamax": (2, (0.1, 0.99, 0.3, 1e-6)),
    "nadam": (2, (1, 0.1, 0.99, 0.01, 0.2, 0.1, 0.3, 1e-6)),
    "radam": (2, (0.9, 0.1, 0.99, 0.01, 0.3, 0.7, 1e-6)),
    "yogi": (2, (0.1, 0.01, 0.3, 0.2, 1e-6)),
    "rprop": (2, (0.5, 1.2, 0.01, 0.9)),
    "muon_momentum": (1, (0.9, 0.1, 1)),
    "muon": (0, (0.9, 0.1)),
}


def optimizer_step(make, name, dtype, sign, weight_decay):
    """A step of a parameter that does not lie row by row, and what it leaves."""
    count, settings = REMEMBERED[name]
    p, g = permuted(normal(3, 4, dtype=dtype), 1, 0)(make), normal(4, 3, dtype=dtype, seed=1)(make)
    kept = [normal(4, 3, dtype=dtype, seed=n)(make) for n in range(2, 2 + count)]
    kept = kept if name == "rprop" else [make.k.mul(x, x) for x in kept]  # roots are taken of most of them
    if "centered" in name:
        kept[0] = make.k.mul(kept[1], kept[1])  # the mean of squares is never below the square of the mean
    make.k.take_steps([(getattr(steps, name), (p, g, *kept), (sign, weight_decay, *settings))])
    return (p, *kept) if kept else p


for name, dtype in itertools.product(REMEMBERED, ("float32", "float64")):
    for numbers in ((1, 0), (-1, 0.1)):  # sign, weight_decay
        title = f"take_steps {name} {numbers} {dtype}"
        case(title, lambda make, n=name, d=dtype, s=numbers: optimizer_step(make, n, d, *s))
for dtype in ("float32", "float64"):
    call("dot", dtype, normal(7, dtype=dtype), normal(7, dtype=dtype, seed=1))
    call("largest", dtype, normal(7, dtype=dtype))


def add_and_dot(make, dtype):
    """What comes of x, and the product."""
    x, y, z = (normal(7, dtype=dtype, seed=n)(make) for n in range(3))
    return make.k.add_and_dot(x, y, 0.3, 0.9, z), x


for dtype in ("float32", "float64"):
    case(f"add_and_dot {dtype}", lambda make, d=dtype: add_and_dot(make, d))


def adafactor_step(make, shape, averages, dtype):
    """A step of Adafactor of one parameter, and what it leaves."""
    p, g = (normal(*shape, dtype=dtype, seed=n)(make) for n in (0, 1))
    kept = [make.k.copy(make.k.mul(x, x)) for x in (normal(*s, dtype=dtype, seed=2)(make) for s in averages)]
    make.k.adafactor([((p, g, *kept), (0.3, 0.1, 0.9, -1, 1e-7, 1e-3, 1.0))])
    return (p, *kept)


for sizes in [((4, 3), (4, 1), (1, 3)), ((2, 1, 3), (2, 1, 1), (2, 1, 3)), ((5,), (5,)), ((), ())]:
    for dtype in ("float32", "float64"):
        case(f"adafactor {sizes[0]} {dtype}", lambda make, s=sizes, d=dtype: adafactor_step(make, s[0], s[1:], d))
for shape in ((4, 3), (2, 5)):
    matrix = (normal(*shape), (3.4445, -4.7750, 2.0315), 2, 1e-7)
    case(f"orthogonal {shape}", lambda make, m=matrix: make.k.orthogonal([(m[0](make), *m[1:])]))
