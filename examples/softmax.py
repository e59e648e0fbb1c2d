"""Softmax keeps differences and loses magnitudes: what it remembers of its input, at which temperature.

python examples/softmax.py                       prints what changes the result, draws softmax.png

    softmax(x)_i = exp(x_i) / sum over j of exp(x_j)

p_i / p_j = exp(x_i - x_j): the differences of scores are all it keeps. So softmax(x + c) is softmax(x), and the level
of the scores, log sum exp(x), is lost. (It does not keep the ratios of its inputs, as is sometimes read: softmax(2x) is
another distribution, namely that at temperature 1/2. Of softmax(x / T), T -> 0 gives argmax, T -> infinity all alike.)

What is lost can matter: a network that knows the digits 0 to 7 sees 8s and 9s. The level of its scores tells them apart
from digits that it knows, better than the greatest probability does, which is often near 1 for both.
"""

from _program import options, plt
from digits_lenet import digits
from rich.progress import track

import minitorch
from minitorch import nn, optim, softmax

X = minitorch.tensor([1.0, 2.0, 3.0])


def kept_and_lost():
    for name, x in {"x": X, "x + 100": X + 100, "2x": 2 * X, "x / 2": X / 2}.items():
        p = softmax(x, 0)
        print(f"{name:8} {x.tolist()!s:24} p = {[round(v, 4) for v in p.tolist()]}   p2 / p1 = {p[1] / p[0]:.4f}")
    print(f"exp(x2 - x1) = {(X[1] - X[0]).exp():.4f}")


def in_floating_point():
    """exp overflows where softmax does not need to: subtract the greatest score first, which changes nothing else."""
    x = minitorch.tensor([1000.0, 0.0])
    print(f"\nx = {x.tolist()}")
    print("exp(x) / exp(x).sum()   ", (x.exp() / x.exp().sum()).tolist())
    print("softmax(x)              ", softmax(x, 0).tolist())
    print("softmax(x).log()        ", softmax(x, 0).log().tolist(), "   log(0), and its gradient is nan")
    print("log_softmax(x)          ", minitorch.log_softmax(x, 0).tolist())


def train(x, y, steps):
    """Scores of 8 classes from 64 pixels."""
    net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 8))
    optimizer = optim.AdamW(net.parameters(), lr=3e-3)
    for _ in track(range(steps), "0 to 7"):
        batch = minitorch.randint(len(x), (64,))
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()
        optimizer.step()
    return net


def told_apart(known, unknown):
    """How often a known one has the greater number than an unknown one (the area under the ROC curve)."""
    return (known[:, None] > unknown).float().mean().item()


def main():
    arguments = options(__doc__, "softmax.png")
    minitorch.manual_seed(0)
    kept_and_lost()
    in_floating_point()
    (images, labels), (test, test_labels) = digits()
    images, test = (minitorch.tensor(a).float().flatten(1) for a in (images, test))  # (N, 1, 8, 8) -> (N, 64)
    labels, test_labels = minitorch.tensor(labels), minitorch.tensor(test_labels)
    net = train(images[labels < 8], labels[labels < 8], 100 if arguments.quick else 1500)
    with minitorch.no_grad():
        known, unknown = net(test[test_labels < 8]), net(minitorch.cat([images[labels > 7], test[test_labels > 7]]))
    right = (known.argmax(1) == test_labels[test_labels < 8]).float().mean().item()
    print(f"\nof the digits 0 to 7, which it knows, {right:.1%} are read rightly")
    measures = {
        "greatest probability": lambda scores: softmax(scores, 1).amax(1),
        "log sum exp of scores": lambda scores: scores.logsumexp(1),
    }
    figure, grid = plt.subplots(2, 2, figsize=(11, 8))
    for axes, (name, measure) in zip(grid[1], measures.items(), strict=True):
        a, b = measure(known), measure(unknown)
        print(f"{name:22} is greater for known than for unknown digits in {told_apart(a, b):.1%} of pairs")
        bins = minitorch.linspace(min(a.min(), b.min()).item(), max(a.max(), b.max()).item(), 30)
        axes.hist(
            [a.numpy(), b.numpy()],
            bins,
            density=True,
            histtype="stepfilled",
            alpha=0.6,
            label=["0 to 7, known", "8 and 9, unknown"],
        )
        axes.set(title=f"{name}: {told_apart(a, b):.1%} of pairs", xlabel=name, ylabel="density")
        axes.legend()
    for i, (name, x) in enumerate({"x = (1, 2, 3)": X, "x + 100": X + 100, "2x": 2 * X, "x / 2": X / 2}.items()):
        grid[0, 0].bar(minitorch.arange(3) + 0.2 * i - 0.3, softmax(x, 0), 0.2, label=f"softmax({name})")
    grid[0, 0].set(title="x + c: the same; 2x: another one", xticks=range(3), xticklabels=["x1", "x2", "x3"])
    temperatures = minitorch.logspace(-1.3, 2, 200)
    for i, p in enumerate(softmax(X / temperatures[:, None], 1).T, 1):
        grid[0, 1].semilogx(temperatures, p, label=f"p{i} of x{i} = {i}")
    grid[0, 1].axhline(1 / 3, color="#888888", ls=":")
    grid[0, 1].set(title="softmax(x / T)", xlabel="temperature T", ylabel="probability")
    for axes in grid[0]:
        axes.legend()
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
