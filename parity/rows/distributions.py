"""Distributions: moments, densities, entropies, divergences with their gradients; samples after a seed; refusals."""

import re
from dataclasses import replace

import numpy as np

from parity.draw import arrays, case, pick
from parity.harness import Row

seed, shape, batch = pick(0, 1, 42), pick((), (2,), (20,), (2, 3)), pick((), (2,))
numbers, positive, unit = (
    arrays(pick((), (3,), (2, 1), (2, 3), (0,)), style) for style in ("normal", "positive", "unit")
)
weights = arrays(pick((3,), (2, 4), (2, 0, 3), (2, 1, 3)), "positive")
count = pick(3, 1, 0, 2)  # of more, the terms of the derivatives of entropies cancel by too many digits
# Parameters of the wrong dtype are refused somewhere on the way: where, is nobody's promise.
WITHOUT = ("dtypes",)
# One float32 parameter among float64 ones makes a float64 result with the errors of float32: of formulas only.
ROUGH = re.compile(r"log_prob|entropy|rsample|cdf|^kl |validate_args")

# Each kind: a function of the library and its parameters, which makes the distribution; and these parameters.
KINDS = {
    "Normal": (lambda lib, loc, scale: lib.distributions.Normal(loc, scale), (numbers, positive)),
    # The width keeps low and high in order; the sum of a number and an array also tries both kinds of parameters.
    "Uniform": (lambda lib, low, width: lib.distributions.Uniform(low, low + width), (numbers, positive)),
    "Exponential": (lambda lib, rate: lib.distributions.Exponential(rate), (positive,)),
    "Poisson": (lambda lib, rate: lib.distributions.Poisson(3 * rate), (positive,)),
    "Bernoulli": (lambda lib, p: lib.distributions.Bernoulli(p), (unit,)),
    "Bernoulli logits": (lambda lib, p: lib.distributions.Bernoulli(logits=p), (numbers,)),
    "Binomial": (lambda lib, p, n: lib.distributions.Binomial(n, p), (unit, count)),
    "Binomial logits": (lambda lib, p, n: lib.distributions.Binomial(n, logits=p), (numbers, count)),
    "Categorical": (lambda lib, p: lib.distributions.Categorical(p), (weights,)),
    "Categorical logits": (lambda lib, p: lib.distributions.Categorical(logits=p), (weights,)),
    "Multinomial": (lambda lib, p, n: lib.distributions.Multinomial(n, p), (weights, count)),
    "Multinomial logits": (lambda lib, p, n: lib.distributions.Multinomial(n, logits=p), (weights, count)),
}
WITH_MODE = {"Normal", "Uniform", "Exponential", "Poisson", "Bernoulli", "Binomial", "Categorical"}
CONTINUOUS = ("Normal", "Uniform", "Exponential")


def inner(name):
    """The parameters of a kind; probabilities away from 0 and 1, near which a rounding of them is many ulp of 1 / p."""
    return [unit.map(lambda p: np.asarray(0.25 + 0.5 * p)) if p is unit else p for p in KINDS[name][1]]


def printed(d):
    """The printed form, with 6 digits of numbers that are printed with all of theirs: the last ones are rounding."""
    text = repr(d).replace("minitorch", "torch")
    return re.sub(r"\d+\.\d{10,}(e-?\d+)?", lambda number: f"{float(number[0]):.6g}", text)


def facts(make, mode):
    """The row's function: the moments, the shapes, the printed form."""

    def call(lib, *params):
        d = make(lib, *params)
        before = printed(d)  # before and after both parameters are known
        found = (d.mean, d.variance, d.stddev, *((d.mode,) if mode else ()))
        shapes = (d.batch_shape, d.event_shape, d.has_rsample, d.has_enumerate_support)
        return (
            found,
            shapes,
            before,
            printed(d),
            printed(d.support),
        )

    return call


def entropy(make):
    """The row's function: entropy and perplexity."""

    def call(lib, *params):
        d = make(lib, *params)
        return d.entropy(), d.perplexity()

    return call


def density(make):
    """The row's function: log_prob at numbers, whole and not negative where the distribution is discrete."""

    def call(lib, value, *params):
        d = make(lib, *params)
        return d.log_prob(value.abs().floor() if d.support.is_discrete else value)

    return call


def cumulative(make):
    """The row's function: cdf, icdf, one after the other."""

    def call(lib, p, *params):
        d = make(lib, *params)
        x = d.icdf(p)
        return x, d.cdf(x.detach())

    return call


def sampled(make, differentiable=False):
    """The row's function: samples after a seed, those of the expanded distribution, and what the stream gives next."""

    def call(lib, *params, seed, shape, batch):
        d = make(lib, *params)
        lib.manual_seed(seed)
        draw = type(d).rsample if differentiable else type(d).sample
        return draw(d, shape), draw(d.expand((*batch, *d.batch_shape)), (2,)), lib.rand(2)

    return call


def support(make):
    """The row's function: all values."""
    return lambda lib, *params: (make(lib, *params).enumerate_support(), make(lib, *params).enumerate_support(False))


def divergence(p, q):
    """The row's function: KL(p || q); the first parameters are p's."""
    make_p, make_q, params_p, params_q = KINDS[p][0], KINDS[q][0], inner(p), inner(q)
    split = len(params_p)
    if (p, q) == ("Uniform", "Exponential"):  # of one shape, see below
        params_p, params_q = [arrays((3,), "normal"), arrays((3,), "positive")], [arrays((3,), "positive")]
    elif "Binomial" in (p, q):  # derivatives divide by p^3
        params_p, params_q = inner(p), inner(q)

    def call(lib, *params):
        return lib.distributions.kl_divergence(make_p(lib, *params[:split]), make_q(lib, *params[split:]))

    return Row(f"kl {p} {q}", call, case(*params_p, *params_q), "sums", WITHOUT)


def unchecked(lib, value, loc, scale):
    """Without validation: what the formula gives."""
    return lib.distributions.Normal(loc, scale, validate_args=False).log_prob(value)


def mixed(lib, x, number):
    """Numbers and tensors for parameters."""
    d = lib.distributions
    return (
        d.Normal(x, number).log_prob(x),
        d.Normal(number, 2.0).batch_shape,
        d.Uniform(-9, x).entropy(),
        d.Poisson(number).mean,
    )


def refused(lib, kind, args):
    """Parameters that a distribution does not take."""
    d = getattr(lib.distributions, kind)(*[lib.tensor(a) if isinstance(a, list) else a for a in args])
    return printed(d)


PAIRS = (
    *((name, name) for name in KINDS if not name.endswith("logits")),
    ("Bernoulli logits", "Bernoulli"),
    ("Bernoulli", "Poisson"),
    ("Exponential", "Normal"),
    ("Exponential", "Uniform"),
    ("Normal", "Exponential"),
    ("Normal", "Uniform"),
    ("Uniform", "Exponential"),
    ("Uniform", "Normal"),
    ("Poisson", "Bernoulli"),
    ("Poisson", "Binomial"),
    ("Bernoulli", "Normal"),
)
FORMULAS = [
    *(Row(k, facts(make, k in WITH_MODE), case(*ps), "sums", WITHOUT) for k, (make, ps) in KINDS.items()),
    *(Row(f"{k}.entropy", entropy(make), case(*inner(k)), "sums", WITHOUT) for k, (make, _) in KINDS.items()),
    *(
        Row(f"{k}.log_prob", density(make), case(arrays(pick((), (3,), (2, 3), (4, 1, 1))), *inner(k)), "sums", WITHOUT)
        for k, (make, _) in KINDS.items()
    ),
    *(Row(f"{k}.cdf", cumulative(KINDS[k][0]), case(unit, *KINDS[k][1]), "sums", WITHOUT) for k in CONTINUOUS),
    *(
        Row(
            f"{k}.rsample",
            sampled(KINDS[k][0], True),
            case(*KINDS[k][1], seed=seed, shape=shape, batch=batch),
            "sums",
            (*WITHOUT, "float32"),
            float32_part=True,
        )
        for k in CONTINUOUS
    ),
    *(
        Row(
            f"{k}.sample",
            sampled(make),
            case(*ps, seed=seed, shape=shape, batch=batch),
            "sums" if k in CONTINUOUS else "exact",
            (*WITHOUT, "float32"),
        )
        for k, (make, ps) in KINDS.items()
    ),
    *(
        Row(f"{k}.enumerate_support", support(KINDS[k][0]), case(*KINDS[k][1]), "exact", WITHOUT)
        for k in ("Bernoulli", "Binomial", "Categorical")
    ),
    *(divergence(p, q) for p, q in PAIRS),
    Row("validate_args", unchecked, case(numbers, numbers, numbers), "sums", WITHOUT),
    Row("numbers as parameters", mixed, case(positive, pick(1.0, 2, 0.5)), "sums", WITHOUT),
    Row(
        "refused parameters",
        refused,
        case(
            pick("Normal", "Uniform", "Exponential", "Poisson", "Bernoulli", "Binomial", "Categorical", "Multinomial"),
            pick(
                (0.0, 0.0),
                (0.5,),
                (),
                ([0.5], [-1.0]),
                ("a", 1.0),
                ([[1.0]], [1.0, 2.0]),
                (3, [0.5]),
                ([0.2, -1.0],),
                ([2, 1],),
                (1, [0.5], [0.5]),
            ),
        ),
        "exact",
        ("float32", "dtypes", "layout", "edges", "grad", "grad grad"),
        False,
    ),
]


def without(row):
    """The columns that a row cannot have, for the reasons above."""
    columns = row.without
    if ROUGH.search(row.name):
        columns += ("errors",)
    if row.name == "Bernoulli logits":  # its printed form shows all digits of a sigmoid
        columns += ("float32", "errors")
    if row.name == "kl Uniform Exponential":  # torch's fails where the parameters broadcast
        columns += ("errors",)
    if row.name == "Poisson.sample":  # of an infinite rate: torch gives -2**63
        columns += ("edges",)
    return columns


ROWS = [replace(row, without=without(row)) for row in FORMULAS]
