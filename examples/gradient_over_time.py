"""How far back a gradient reaches: its norm at every time step in RNN, LSTM and GRU, before and after training.

python examples/gradient_over_time.py     draws gradient_over_time.png

The loss looks at the last state of a sequence. Going back from there, the gradient is multiplied at each step by the
same matrix (times what the activations let through), and vanishes or explodes; in LSTM and GRU it goes along a sum in
which a gate says what is kept. After that each network learns to recall the first of 30 symbols at the end.
"""

from _program import COLOURS, options, plt
from rich.progress import Progress

import minitorch
from minitorch import nn

HIDDEN, SYMBOLS = 32, 8


class Recurrent(nn.Module):
    """A cell over a sequence of symbols (B, T), and a linear layer that reads the last state: scores (B, SYMBOLS)."""

    def __init__(self, cell, radius=None):
        super().__init__()
        self.cell, self.read = cell(SYMBOLS, HIDDEN), nn.Linear(HIDDEN, SYMBOLS)
        if radius:  # all eigenvalues of the recurrent weights are so large
            nn.init.orthogonal_(self.cell.weight_hh, gain=radius)
        else:  # LSTM has the gates i, f, g, o, GRU r, z, n: the one that keeps, f or z, begins open
            self.cell.bias_hh.data[HIDDEN : 2 * HIDDEN] = 2.0

    def forward(self, symbols):
        """(scores, states): states[t] is all that goes on from step t, which keeps its gradient."""
        x, state, self.states = nn.functional.one_hot(symbols, SYMBOLS).float(), None, []
        lstm = isinstance(self.cell, nn.LSTMCell)
        for t in range(symbols.shape[1]):
            state = self.cell(x[:, t], state)
            joined = minitorch.cat(state, 1) if lstm else state  # LSTM: (h, c) as one tensor (B, 2 * HIDDEN)
            if not self.training:
                joined.retain_grad()
            self.states.append(joined)
            state = joined.chunk(2, 1) if lstm else joined
        return self.read(state[0] if lstm else state)


NETWORKS = {
    "RNN, eigenvalues 1.3": lambda: Recurrent(nn.RNNCell, 1.3),
    "RNN, eigenvalues 0.8": lambda: Recurrent(nn.RNNCell, 0.8),
    "LSTM": lambda: Recurrent(nn.LSTMCell),
    "GRU": lambda: Recurrent(nn.GRUCell),
}


def norms(net, steps):
    """The norm of d loss / d state_t for t = 0, ..., steps - 1, as a share of that at the last step."""
    symbols = minitorch.randint(0, SYMBOLS, (64, steps), generator=minitorch.Generator().manual_seed(1))
    net.eval()
    nn.functional.cross_entropy(net(symbols), symbols[:, 0]).backward()
    net.train()
    sizes = [state.grad.norm().item() for state in net.states]
    return [size / sizes[-1] for size in sizes]


def learn(net, steps, length, tell):
    """Train the net to recall the first of `length` symbols; returns its accuracy on new sequences."""
    optimizer = minitorch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(steps):
        symbols = minitorch.randint(0, SYMBOLS, (64, length))
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(symbols), symbols[:, 0]).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        tell()
    symbols = minitorch.randint(0, SYMBOLS, (500, length))
    return (net(symbols).argmax(1) == symbols[:, 0]).float().mean().item()


def main():
    arguments = options(__doc__, "gradient_over_time.png")
    steps, length = (3, 10) if arguments.quick else (400, 30)

    figure, (before, after) = plt.subplots(1, 2, figsize=(12, 4.6), sharey=True)
    with Progress() as progress:
        for (name, make), colour in zip(NETWORKS.items(), COLOURS, strict=False):
            minitorch.manual_seed(0)
            net = make()
            first = norms(net, length)
            before.semilogy(range(1 - length, 1), first, color=colour, lw=1.8, label=name)
            bar = progress.add_task(name, total=steps)
            accuracy = learn(net, steps, length, lambda bar=bar: progress.update(bar, advance=1))
            last = norms(net, length)
            after.semilogy(range(1 - length, 1), last, color=colour, lw=1.8, label=f"{name}: {accuracy:.0%} right")
            factor, learnt = (sizes[0] ** (1 / (length - 1)) for sizes in (first, last))
            print(f"{name:21} a step back multiplies the gradient by {factor:.2f}, after training by {learnt:.2f}; "
                  f"recalls {accuracy:.0%}")  # fmt: skip
    before.set(xlabel="time step, from the last one", ylabel="gradient's norm / at the last step", title="At first")
    after.set(xlabel="time step, from the last one", title=f"After learning to recall the first of {length} symbols")
    for axes in (before, after):
        axes.legend()
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
