"""One step ahead is easy: a network foretells a noisy sine from its last four values, and then from its own forecasts.

python examples/predict_steps.py          draws predict_steps.png

The network is autoregressive: x_t from x_(t-4), ..., x_(t-1) (d2l.ai, section 9.1). To look k steps ahead, it is fed
what it has foretold; its errors are fed too, and grow. It is trained on the first 600 values and tested on those that
follow: in time, nothing is learnt from the future.
"""

import numpy as np
from _program import options, plt
from rich.progress import track

import minitorch
from minitorch import nn

COLOURS = {1: "#0072B2", 4: "#009E73", 16: "#E69F00", 64: "#D55E00"}
TAU, TRAINED, NOISE = 4, 600, 0.2


def series(length=1000):
    """sin(0.01 t) with normal noise of standard deviation 0.2."""
    minitorch.manual_seed(0)
    time = minitorch.arange(1, length + 1, dtype=minitorch.float32)
    return (0.01 * time).sin() + NOISE * minitorch.randn(length)


def windows(x):
    """(values (N, TAU), the value after each (N, 1))."""
    return x.unfold(0, TAU, 1)[:-1], x[TAU:].unsqueeze(1)


def train(x, epochs):
    """A perceptron with one hidden layer, trained on the first TRAINED values."""
    net = nn.Sequential(nn.Linear(TAU, 10), nn.ReLU(), nn.Linear(10, 1))
    data = minitorch.utils.data.TensorDataset(*windows(x[:TRAINED]))
    loader = minitorch.utils.data.DataLoader(data, batch_size=16, shuffle=True)
    optimizer = minitorch.optim.Adam(net.parameters(), lr=0.01)
    for _ in track(range(epochs), "epochs"):
        for inputs, target in loader:
            optimizer.zero_grad()
            nn.functional.mse_loss(net(inputs), target).backward()
            optimizer.step()
    return net


def forecasts(net, x, steps):
    """(N, steps): row i has what the network says of x[i + TAU], x[i + TAU + 1], ... from those before."""
    known = x.unfold(0, TAU, 1)  # (N, TAU)
    out = []
    with minitorch.no_grad():
        for _ in range(steps):
            out.append(net(known))  # (N, 1)
            known = minitorch.cat([known[:, 1:], out[-1]], 1)  # its own forecast becomes the latest value
    return minitorch.cat(out, 1)


def errors(x, ahead):
    """The root mean square error at 1, ..., K steps ahead, over all forecasts from beyond the trained values."""
    steps = ahead.shape[1]
    rows = np.arange(TRAINED - TAU, len(x) - TAU - steps + 1)  # what lies ahead of these was never trained on
    truth = np.stack([x[rows + TAU + k] for k in range(steps)], 1)
    return np.sqrt(((ahead[rows] - truth) ** 2).mean(0))


def draw(x, ahead, rms, path):
    figure, (lines, growth) = plt.subplots(1, 2, figsize=(13, 4.6), width_ratios=(3, 2))
    lines.plot(x, color="#BBBBBB", lw=0.8, label="the noisy sine")
    for k, colour in COLOURS.items():
        start = TAU + k - 1  # the first value of which there is a forecast k steps ahead
        lines.plot(np.arange(start, len(x)), ahead[: len(x) - start, k - 1], color=colour, lw=1.4, label=f"{k} ahead")
    lines.axvline(TRAINED, color="black", ls=":", lw=1)
    lines.text(TRAINED - 8, 1.62, "trained on", ha="right")
    lines.text(TRAINED + 8, 1.62, "never seen")
    lines.set(xlabel="time", ylabel="x", ylim=(-1.9, 1.9), title="Forecasts, k steps ahead")
    lines.legend(ncols=3, loc="lower left", fontsize=9)
    growth.plot(np.arange(1, len(rms) + 1), rms, color="black", lw=1.8)
    for k, colour in COLOURS.items():
        growth.plot(k, rms[k - 1], "o", color=colour)
    growth.axhline(NOISE, color="#888888", ls="--", label="the noise: nobody can do better")
    growth.set(xlabel="steps ahead, k", ylabel="root mean square error", ylim=(0, None), title="How the error grows")
    growth.legend(loc="lower right")
    figure.savefig(path)


def main():
    arguments = options(__doc__, "predict_steps.png")

    x = series()
    net = train(x, 5 if arguments.quick else 60)
    ahead = forecasts(net, x, 64).numpy()
    rms = errors(x.numpy(), ahead)
    print(f"the noise alone makes an error of {NOISE}; forecasts of values after the {TRAINED} trained ones:")
    for k in COLOURS:
        print(f"  {k:2d} steps ahead: {rms[k - 1]:.3f}")
    draw(x.numpy(), ahead, rms, arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
