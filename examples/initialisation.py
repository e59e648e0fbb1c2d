"""How weights begin: equal ones stay equal, and through 20 layers only the right variance passes.

python examples/initialisation.py                prints all figures, draws initialisation.png

Units of a layer that begin with the same weights compute the same, get the same gradient, and stay one unit: the
network is as good as one with a single hidden unit. Random weights break the symmetry; so do dropout's masks, slowly.

A layer y = x @ W.T of n inputs makes Var(y) = n Var(W) E[x^2]; backward, of m outputs, Var(gx) = m Var(W) Var(gy). So
N(0, 0.01^2), which the book begins with, is right for n = 10,000 inputs only; Xavier takes Var(W) = 2 / (n + m), for
what is nearly linear around 0 (tanh), and He 2 / n, since ReLU halves E[x^2]. (Glorot and Bengio, 2010; He et al.,
2015.)
"""

from _program import options, plt
from rich.progress import track

import minitorch
from minitorch import nn, optim

ACTIVATIONS = {"tanh": nn.Tanh, "ReLU": nn.ReLU, "sigmoid": nn.Sigmoid}
INITIALISERS = {
    "N(0, 0.01²)": lambda w: nn.init.normal_(w, 0.0, 0.01),
    "N(0, 1)": lambda w: nn.init.normal_(w),
    "nn.Linear's own": lambda w: nn.init.kaiming_uniform_(w, a=5**0.5),  # Var(W) = 1 / (3n)
    "Xavier": nn.init.xavier_normal_,
    "He": lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"),
    "orthogonal": nn.init.orthogonal_,
}


def passed(activation, initialise, layers, width):
    """(E[x^2] after each layer, E[g^2] of the gradient that arrives there), relative to what went in at each end."""
    x = minitorch.randn(256, width, requires_grad=True)
    y, outputs = x, []
    for _ in range(layers):
        layer = nn.Linear(width, width, bias=False)
        initialise(layer.weight)
        y = activation()(layer(y))
        y.retain_grad()
        outputs.append(y)
    y.backward(minitorch.randn(256, width))
    mean_square = lambda z: max(z.detach().double().square().mean().item(), 1e-30)
    return [mean_square(y) for y in outputs], [mean_square(y.grad) for y in outputs]


def symmetry(steps):
    """{start: (losses, how many different hidden units there are at the end)}, of 8 units that learn y = sin(2x)."""
    x = minitorch.linspace(-2, 2, 64)[:, None]
    y = (2 * x).sin()
    starts = {
        "equal weights": lambda net: [nn.init.constant_(p, 0.5) for p in net.parameters()],
        "equal weights, dropout": lambda net: [nn.init.constant_(p, 0.5) for p in net.parameters()],
        "random weights": lambda net: None,
    }
    results = {}
    for name, begin in track(starts.items(), "symmetry"):
        net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Dropout(0.2 if "dropout" in name else 0), nn.Linear(8, 1))
        begin(net)
        optimizer, losses = optim.Adam(net.parameters(), lr=0.01), []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(net(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        net.eval()
        losses.append(nn.functional.mse_loss(net(x), y).item())
        results[name] = losses, len(net[0].weight.round(decimals=4).unique())
    return results


def lazy():
    """A lazy layer takes its sizes from the first input; only then are there weights to initialise."""
    net = nn.Sequential(nn.LazyLinear(256), nn.ReLU(), nn.LazyLinear(10))
    print("\nbefore the first input:", net[0].weight)
    net(minitorch.rand(2, 20))
    print("after it:               weights of", [tuple(p.shape) for p in net.parameters() if p.ndim == 2])
    try:
        net(minitorch.rand(2, 30))
    except RuntimeError as error:
        print("another size later:     RuntimeError:", str(error).split("(")[0].strip())


def main():
    arguments = options(__doc__, "initialisation.png")
    layers, width, steps = (5, 64, 50) if arguments.quick else (20, 256, 1000)
    minitorch.manual_seed(0)
    figure, grid = plt.subplots(2, 4, figsize=(17, 8))
    for column, (name, activation) in enumerate(track(ACTIVATIONS.items(), "20 layers")):
        print(f"\nmean square after {layers} layers of {name} and {width} units: forward, and of the gradient backward")
        for (label, initialise), style in zip(INITIALISERS.items(), ("-", "--", "-.", "-", "-", ":"), strict=True):
            forward, backward = passed(activation, initialise, layers, width)
            print(f"    {label:16} {forward[-1]:10.1e} {backward[0]:10.1e}")
            grid[0, column].semilogy(range(1, layers + 1), forward, style, label=label)
            grid[1, column].semilogy(range(1, layers + 1), backward, style, label=label)
        grid[0, column].set(title=name, ylabel="mean square of the output")
        grid[1, column].set(ylabel="mean square of the gradient")
        for axes in grid[:, column]:
            axes.set(xlabel="layer", ylim=(1e-12, 1e6), xticks=range(0, layers + 1, 5))
    results = symmetry(steps)
    for name, (losses, units) in results.items():
        print(f"{name:24} loss {losses[-1]:.4f}, {units} different hidden units of 8")
        grid[0, 3].semilogy(losses[:-1], label=f"{name}: {units} different")
    grid[0, 3].set(title="8 hidden units learn a sine", xlabel="step", ylabel="mean squared error")
    grid[0, 3].legend()
    grid[1, 3].axis("off")
    grid[1, 3].legend(*grid[0, 0].get_legend_handles_labels(), loc="center", title="weights begin as", fontsize=12)
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")
    lazy()


if __name__ == "__main__":
    main()
