"""Sums, extremes, scans and what is made of them: about a million values, forward and backward."""

from benchmarks.cases.case import WORD, Case, forward_backward

SHAPE = (64, 128, 128)
N = 64 * 128 * 128
ROWS, COLUMNS = 1024, 1000


def over_dim(name, function, dim, arrays, flops):
    """function(x, dim) on (64, 128, 128); it moves so many arrays of x's size."""

    def prepare(side):
        return forward_backward(side, lambda x: function(side.lib, x, dim), side.randn(*SHAPE))

    return Case(name, prepare, bytes=arrays * WORD * N, flops=flops * N)


def over_each_dim(name, function, arrays, flops):
    return [over_dim(f"{name}_{dim}", function, dim, arrays, flops) for dim in range(3)]


def layer_norm(side):
    x, weight, bias = side.randn(ROWS, COLUMNS), side.randn(COLUMNS), side.randn(COLUMNS)
    norm = side.lib.nn.functional.layer_norm
    return forward_backward(side, lambda x, weight, bias: norm(x, (COLUMNS,), weight, bias), x, weight, bias)


def cross_entropy(side):
    x, target = side.randn(ROWS, COLUMNS), side.randint(COLUMNS, ROWS)
    return forward_backward(side, side.lib.nn.functional.cross_entropy, x, target)


CASES = [
    *over_each_dim("sum", lambda lib, x, dim: x.sum(dim), arrays=2, flops=1),  # reads x; writes the gradient
    over_dim("max", lambda lib, x, dim: x.max(dim)[0], -1, arrays=2, flops=1),
    over_dim("var", lambda lib, x, dim: x.var(dim), -1, arrays=3, flops=6),  # reads x twice
    over_dim("cumsum", lambda lib, x, dim: x.cumsum(dim), -1, arrays=4, flops=2),
    # reads x, writes y; reads y and g, writes the gradient
    *over_each_dim("softmax", lambda lib, x, dim: x.softmax(dim), arrays=5, flops=9),
    *over_each_dim("log_softmax", lambda lib, x, dim: x.log_softmax(dim), arrays=5, flops=8),
    Case("layer_norm", layer_norm, bytes=5 * WORD * ROWS * COLUMNS, flops=18 * ROWS * COLUMNS),
    # reads the scores; reads them again, writes the gradient
    Case("cross_entropy", cross_entropy, bytes=3 * WORD * ROWS * COLUMNS, flops=6 * ROWS * COLUMNS),
]
