"""Functions of single values: a million of them, forward and backward."""

from benchmarks.cases.case import MILLION, WORD, Case, forward_backward


def unary(name, function, flops, **settings):
    """function(lib) maps x to y: reads x, writes y; then reads g and x or y, writes the gradient."""

    def prepare(side):
        return forward_backward(side, function(side.lib), side.randn(MILLION))

    return Case(name, prepare, bytes=5 * WORD * MILLION, flops=flops * MILLION, **settings)


def multiply_add(side):
    """x * w + b, a weight and a bias for each of 1000 columns."""
    return forward_backward(side, lambda x, w, b: x * w + b, side.randn(1000, 1000), side.randn(1000), side.randn(1000))


CASES = [
    unary("exp", lambda lib: lib.exp, flops=2),  # g y
    unary("tanh", lambda lib: lib.tanh, flops=4),  # g (1 - y y)
    unary("sigmoid", lambda lib: lib.sigmoid, flops=6),  # g y (1 - y)
    unary("gelu", lambda lib: lib.nn.functional.gelu, flops=13),  # x (1 + erf(x / sqrt 2)) / 2
    unary("silu", lambda lib: lib.nn.functional.silu, flops=10),  # x sigmoid(x)
    unary("softplus", lambda lib: lib.nn.functional.softplus, flops=5),  # log(1 + exp(x))
    # reads x, writes y and a mask of bytes; reads g and the mask, writes the gradient
    Case(
        "dropout",
        lambda side: forward_backward(side, side.lib.nn.functional.dropout, side.randn(MILLION)),
        bytes=(4 * WORD + 2) * MILLION,
        flops=3 * MILLION,
        same_numbers=False,
    ),
    # reads x, writes y; reads g and x, writes the gradient of x; sums for those of w and b
    Case("multiply_add", multiply_add, bytes=5 * WORD * MILLION, flops=6 * MILLION),
]
