"""Random numbers: the same seed, the same bits (randn: within torch's own error)."""

from parity.draw import arrays, case, pick, shapes
from parity.harness import Row

seed = pick(0, 1, 42, 2**40, 123456789)
shape = pick((3,), (), (2, 5), (16,), (17,), (0,), (40,), (5, 7))
dtype = pick("float32", "float64")
# Numbers without inputs have no derivatives, dtypes, layouts or edges; those that fill a tensor have some.
BITS = {"kind": "exact", "without": ("grad", "grad grad", "dtypes", "layout", "edges"), "gpu": False}
NORMAL = {**BITS, "kind": "normal"}
FILL = {**BITS, "without": ("grad", "grad grad", "edges")}
WRITTEN = {**BITS, "without": ("edges",)}


def seeded(draw):
    """The row's function: seed the library, draw, and one more draw (that the stream goes on alike)."""

    def call(lib, *args, seed, **settings):
        lib.manual_seed(seed)
        if "dtype" in settings:
            settings["dtype"] = getattr(lib, settings["dtype"])
        return (draw(lib, *args, **settings), lib.rand(2))

    return call


def own_generator(lib, seed, shape):
    """A Generator beside the default one."""
    g = lib.Generator().manual_seed(seed)
    return (
        lib.rand(shape, generator=g),
        lib.randint(5, shape, generator=g),
        lib.randperm(6, generator=g),
        g.initial_seed(),
    )


def restored(lib, seed, shape):
    """A state taken and put back."""
    lib.manual_seed(seed)
    lib.randn(3)
    state = lib.get_rng_state()
    first = lib.rand(shape)
    lib.set_rng_state(state)
    return (first, lib.rand(shape), lib.initial_seed())


def forked(lib, seed, shape):
    """Numbers drawn on the side, and those drawn after them."""
    lib.manual_seed(seed)
    with lib.random.fork_rng():
        inside = lib.rand(shape)
    with lib.random.fork_rng(enabled=False):
        beside = lib.rand(2)
    return (inside, beside, lib.rand(shape))


def written(name):
    """The row's function: the method of that name on a copy, so that its gradient can be asked for."""
    return seeded(lambda lib, x, *args: getattr(x.clone(), name)(*args))


def initialised(name):
    """The row's function: nn.init's function of that name on an empty tensor."""

    def call(lib, shape, *args, seed, **settings):
        lib.manual_seed(seed)
        return (getattr(lib.nn.init, name)(lib.empty(shape), *args, **settings), lib.rand(2))

    return call


fans = pick((3, 4), (2, 3, 2, 2), (5,), (16, 2))
he = {"a": pick(0, 0.5), "mode": pick("fan_in", "fan_out"), "nonlinearity": pick("leaky_relu", "relu", "tanh")}

ROWS = [
    Row(
        "rand",
        seeded(lambda lib, shape, dtype: lib.rand(shape, dtype=dtype)),
        case(shape, dtype=dtype, seed=seed),
        **BITS,
    ),
    Row(
        "randn",
        seeded(lambda lib, shape, dtype: lib.randn(shape, dtype=dtype)),
        case(shape, dtype=dtype, seed=seed),
        **NORMAL,
    ),
    Row(
        "randint",
        seeded(lambda lib, low, high, shape: lib.randint(low, high, shape)),
        case(pick(0, -3, 5), pick(10, 6, 2**20, 2**28, 2**40, 0), shape, seed=seed),
        **BITS,
    ),
    Row("randperm", seeded(lambda lib, n: lib.randperm(n)), case(pick(5, 0, 1, 2, 30, 100, -1), seed=seed), **BITS),
    Row("bernoulli", seeded(lambda lib, p: lib.bernoulli(p)), case(arrays(shape, "unit"), seed=seed), **WRITTEN),
    Row(
        "bernoulli number",
        seeded(lambda lib, x, p: lib.bernoulli(x, p)),
        case(arrays(shape), pick(0.5, 0.0, 1.0, 0.3, 2.0), seed=seed),
        **FILL,
        bernoulli=True,
    ),
    Row(
        "normal",
        seeded(lambda lib, m, s: lib.normal(m, s)),
        case(arrays(shape), pick(1.0, 0.5, 2.0, -1.0), seed=seed),
        **{**FILL, "kind": "normal"},
    ),
    Row(
        "uniform_",
        seeded(lambda lib, x, a, b: x.uniform_(a, b)),
        case(arrays(shape), pick(0, -1.5, 2.0), pick(1, 3.25, 2.0), seed=seed),
        **FILL,
    ),
    Row(
        "normal_",
        seeded(lambda lib, x, m, s: x.normal_(m, s)),
        case(arrays(shape), pick(0, -1.5), pick(1, 3.25, 0.0), seed=seed),
        **{**FILL, "kind": "sums", "without": (*FILL["without"], "float32")},
    ),
    Row(
        "exponential_",
        seeded(lambda lib, x, lambd: x.exponential_(lambd)),
        case(arrays(shape), pick(1.0, 0.5, 2.0, -1.0), seed=seed),
        **{**FILL, "kind": "sums", "without": (*FILL["without"], "float32")},
    ),
    Row(
        "bernoulli_",
        seeded(lambda lib, x, p: x.bernoulli_(p)),
        case(arrays(shape), pick(0.5, 0.3, 0.0, 1.0, -1.0), seed=seed),
        **FILL,
        bernoulli=True,
    ),
    Row(
        "random_", seeded(lambda lib, x, n: x.random_(n)), case(arrays(shape), pick(10, 1, 2**20, 0), seed=seed), **FILL
    ),
    Row("rand_like", seeded(lambda lib, x: lib.rand_like(x)), case(arrays(shapes()), seed=seed), **FILL),
    Row(
        "randn_like",
        seeded(lambda lib, x: lib.randn_like(x)),
        case(arrays(shapes()), seed=seed),
        **{**FILL, "kind": "normal"},
    ),
    Row(
        "randint_like",
        seeded(lambda lib, x, low, high: lib.randint_like(x, low, high)),
        case(arrays(shapes()), pick(0, -4), pick(10, 3, -9), seed=seed),
        **FILL,
    ),
    Row(
        "geometric_",
        written("geometric_"),
        case(arrays(shape), pick(0.5, 0.1, 0.9, 0.0, 1.0), seed=seed),
        **WRITTEN,
    ),
    Row(
        "cauchy_",
        written("cauchy_"),
        case(arrays(shape), pick(0, -1.5), pick(1, 3.25, 0.0), seed=seed),
        **{**WRITTEN, "kind": "sums", "without": ("edges", "float32")},
    ),
    Row(
        "log_normal_",
        written("log_normal_"),
        case(arrays(shape), pick(0, -1.5), pick(1, 0.25, 0.0), seed=seed),
        **{**WRITTEN, "kind": "sums", "without": ("edges", "float32")},
    ),
    Row(
        "bernoulli_ tensor",
        seeded(lambda lib, x, p: x.clone().bernoulli_(p)),
        case(arrays((2, 5)), arrays(pick((2, 5), (5,), ()), "unit"), seed=seed),
        **WRITTEN,
    ),
    Row(
        "poisson",
        seeded(lambda lib, x, scale: lib.poisson(x * scale)),
        case(arrays(shape, "unit"), pick(1.0, 5.0, 30.0, 2000.0, -1.0), seed=seed),
        **WRITTEN,
    ),
    Row(
        "binomial",
        seeded(lambda lib, p, n: lib.binomial(lib.full_like(p, n), p)),
        case(arrays(shape, "unit"), pick(4.0, 50.0, 1000.0, 0.0), seed=seed),
        **WRITTEN,
    ),
    Row(
        "multinomial",
        seeded(lambda lib, p, n, replacement: lib.multinomial(p, n, replacement)),
        case(
            arrays(pick((4,), (1,), (3, 5), (2, 30), (0, 2), (2, 2, 2)), "unit"),
            pick(1, 2, 4, 0, 9),
            pick(False, True),
            seed=seed,
        ),
        **WRITTEN,
    ),
    Row(
        "gumbel_softmax",
        seeded(lambda lib, x, tau, hard, dim: lib.nn.functional.gumbel_softmax(x, tau, hard, dim=dim)),
        case(arrays(pick((4,), (3, 5), (2, 3, 2))), pick(1, 0.5), pick(False, True), pick(-1, 0, 5), seed=seed),
        "sums",
        ("edges", "float32"),
        gpu=False,
    ),
    Row("fork_rng", forked, case(seed=seed, shape=shape), **BITS),
    Row("Generator", own_generator, case(seed=seed, shape=shape), **BITS),
    Row("rng_state", restored, case(seed=seed, shape=shape), **BITS),
    Row("init.uniform_", initialised("uniform_"), case(fans, pick(0.0, -2.0), pick(1.0, 0.5), seed=seed), **BITS),
    Row("init.normal_", initialised("normal_"), case(fans, seed=seed), **NORMAL),
    Row("init.constant_", initialised("constant_"), case(fans, pick(0.5, 2), seed=seed), **BITS),
    Row("init.ones_", initialised("ones_"), case(fans, seed=seed), **BITS),
    Row("init.zeros_", initialised("zeros_"), case(fans, seed=seed), **BITS),
    Row("init.xavier_uniform_", initialised("xavier_uniform_"), case(fans, pick(1.0, 0.5), seed=seed), **BITS),
    Row("init.xavier_normal_", initialised("xavier_normal_"), case(fans, seed=seed), **NORMAL),
    Row("init.kaiming_uniform_", initialised("kaiming_uniform_"), case(fans, seed=seed, **he), **BITS),
    Row("init.kaiming_normal_", initialised("kaiming_normal_"), case(fans, seed=seed, **he), **NORMAL),
    Row(
        "init.calculate_gain",
        lambda lib, name, param: lib.nn.init.calculate_gain(name, param),
        case(pick("linear", "tanh", "relu", "leaky_relu", "selu", "none"), pick(None, 0.2, 1)),
        **BITS,
    ),
]
