"""Convolution, recurrence and self-attention on a sequence: work, time, steps in a row, and the longest path.

python examples/attention_costs.py        draws attention_costs.png

For length n, width d and a window of k (d2l.ai, section 11.6; Vaswani et al., arXiv 1706.03762, table 1):

                    multiply-adds      steps in a row   longest path
    convolution     k n d^2            1 a layer        (n - 1) / (k - 1) layers, with k to one side
    recurrence      2 n d^2            n                n - 1
    self-attention  2 n^2 d + 4 n d^2  1                1

A path is short where a gradient need not go far between two places. Here it is measured: how many layers (or steps)
it takes until the last output has a gradient for the first input. (It grows with n for convolution too: with the number
of layers as the answer, as some notes have it, one has only renamed the question.)
"""

import time

import numpy as np
from _program import options, plt
from rich.progress import track

import minitorch
from minitorch import nn

D, K = 64, 3
COLOURS = {"convolution": "#0072B2", "recurrence": "#D55E00", "self-attention": "#009E73"}


def layers():
    """{name: a function from (1, n, D) to (1, n, D)}."""
    convolution, recurrence = nn.Conv1d(D, D, K, padding="same"), nn.RNN(D, D, batch_first=True)
    attention = nn.MultiheadAttention(D, 1, batch_first=True)
    return {
        "convolution": lambda x: convolution(x.mT).mT,
        "recurrence": lambda x: recurrence(x)[0],
        "self-attention": lambda x: attention(x, x, x, need_weights=False)[0],
    }


WORK = {
    "convolution": lambda n: K * n * D**2,
    "recurrence": lambda n: 2 * n * D**2,
    "self-attention": lambda n: 2 * n**2 * D + 4 * n * D**2,
}


def seconds(layer, n):
    """The best time of forward and backward, over some runs."""
    x, best = minitorch.randn(1, n, D, requires_grad=True), float("inf")
    for _ in range(5):
        start = time.perf_counter()
        layer(x).sum().backward()
        best = min(best, time.perf_counter() - start)
    return best


def window_before(y, width):
    """Each place's sum of itself and those before it, `width` in all. y (1, n, 1)."""
    before = nn.functional.pad(y.mT, (width - 1, 0))
    return nn.functional.conv1d(before, minitorch.ones(1, 1, width, dtype=y.dtype)).mT


STEPS = {  # what each place gets to know in one step
    "convolution": lambda y: window_before(y, K),
    "recurrence": lambda y: window_before(y, 2),  # its own input, and the state of the place before
    "self-attention": lambda y: nn.functional.scaled_dot_product_attention(y, y, y),
}


def path(step, n):
    """The number of steps after which the last place depends on the first one."""
    x = y = minitorch.rand(1, n, 1, dtype=minitorch.float64, requires_grad=True)
    for done in range(1, n + 1):
        y = step(y)
        (gradient,) = minitorch.autograd.grad(y[0, -1, 0], x, retain_graph=True)
        if gradient[0, 0, 0] != 0:
            return done


def main():
    arguments = options(__doc__, "attention_costs.png")

    minitorch.manual_seed(0)
    lengths = 2 ** np.arange(4, 8 if arguments.quick else 13)
    short = 2 ** np.arange(1, 5 if arguments.quick else 8)
    times = {name: [seconds(layer, int(n)) for n in track(lengths, name)] for name, layer in layers().items()}
    paths = {name: [path(step, int(n)) for n in short] for name, step in STEPS.items()}

    figure, (work, timed, far) = plt.subplots(1, 3, figsize=(15, 4.6))
    for name, colour in COLOURS.items():
        work.loglog(lengths, [WORK[name](n) for n in lengths], color=colour, lw=1.8, label=name)
        timed.loglog(lengths, 1e3 * np.array(times[name]), "o-", ms=4, color=colour, lw=1.8, label=name)
        far.loglog(short, paths[name], "o-", ms=4, color=colour, lw=1.8, label=name)
        print(f"{name:14}  n = {lengths[-1]}: {WORK[name](int(lengths[-1])) / 1e6:6.0f} million multiply-adds, "
              f"{1e3 * times[name][-1]:6.1f} ms;  n = {short[-1]}: longest path {paths[name][-1]}")  # fmt: skip
    work.set(xlabel="length n", ylabel="multiply-adds", title=f"Work of a layer (width {D}, window {K})")
    timed.set(xlabel="length n", ylabel="milliseconds", title="Forward and backward, measured")
    far.set(xlabel="length n", ylabel="layers or steps", title="Longest path, measured by a gradient")
    for axes in (work, timed, far):
        axes.set_xscale("log", base=2)
        axes.legend()
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
