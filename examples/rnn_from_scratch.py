"""RNN, LSTM and GRU from scratch: a cell is three lines, and gives what torch's layers give.

python examples/rnn_from_scratch.py

Each layer is made twice with the same weights: as nn.RNN, nn.LSTM or nn.GRU, which are one operation, and step by step
as below. Outputs and gradients are compared, and the time they take.
"""

import argparse
import time

from rich.console import Console
from rich.table import Table

import minitorch
from minitorch import nn


def rnn_cell(i, r, h):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh). i is the input's part of the sum, r the recurrent part."""
    return (minitorch.tanh(i + r),)


def lstm_cell(i, r, h, c):
    """c' = f c + i g, h' = o tanh(c'): the gates say what is kept, written and shown, between 0 and 1."""
    write, forget, new, show = (i + r).chunk(4, 1)  # (B, 4 H) -> four of (B, H)
    c = forget.sigmoid() * c + write.sigmoid() * new.tanh()
    return show.sigmoid() * c.tanh(), c


def gru_cell(i, r, h):
    """h' = (1 - z) n + z h, n = tanh(i_n + r r_n). (As in torch; books often have z and 1 - z exchanged.)"""
    reset, keep = ((a + b).sigmoid() for a, b in zip(i.chunk(3, 1)[:2], r.chunk(3, 1)[:2], strict=True))
    new = (i.chunk(3, 1)[2] + reset * r.chunk(3, 1)[2]).tanh()
    return ((1 - keep) * new + keep * h,)


class FromScratch(nn.Module):
    """A recurrent layer with the parameters and the numbers of `module` (nn.RNN, nn.LSTM or nn.GRU)."""

    def __init__(self, cell, module):
        super().__init__()
        self.cell = cell
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = (nn.Parameter(p.detach().clone()) for p in module.parameters())

    def forward(self, x, state=None):
        zeros = minitorch.zeros(x.shape[1], self.W_hh.shape[1], dtype=x.dtype)
        state, outputs = state or ((zeros, zeros) if self.cell is lstm_cell else (zeros,)), []
        for x_t in x:  # (T, B, V): a step is (B, V)
            state = self.cell(x_t @ self.W_ih.T + self.b_ih, state[0] @ self.W_hh.T + self.b_hh, *state)
            outputs.append(state[0])
        return minitorch.stack(outputs), state


def outputs_and_gradients(layer, x):
    """What a layer makes of x, and the gradients of the squares' mean for x and the parameters; and the seconds."""
    x, start = x.clone().requires_grad_(), time.perf_counter()
    outputs, _ = layer(x)
    gradients = minitorch.autograd.grad(outputs.square().mean(), [x, *layer.parameters()])
    return [outputs, *gradients], time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short sequences, to see that it runs")
    arguments = parser.parse_args()

    steps, batch, inputs, hidden = 5 if arguments.quick else 50, 32, 64, 128
    table = Table("layer", "largest difference, relative", "from scratch", "as one operation")
    for cell, module in ((rnn_cell, nn.RNN), (lstm_cell, nn.LSTM), (gru_cell, nn.GRU)):
        minitorch.manual_seed(0)
        layer = module(inputs, hidden, dtype=minitorch.float64)
        scratch, x = FromScratch(cell, layer), minitorch.randn(steps, batch, inputs, dtype=minitorch.float64)
        runs = [(outputs_and_gradients(scratch, x), outputs_and_gradients(layer, x)) for _ in range(4)]
        (ours, _), (theirs, _) = runs[0]
        slow, fast = min(seconds for (_, seconds), _ in runs), min(seconds for _, (_, seconds) in runs)
        worst = max(((a - b).norm() / b.norm()).item() for a, b in zip(ours, theirs, strict=True))
        table.add_row(module.__name__, f"{worst:.0e}", f"{1e3 * slow:.0f} ms", f"{1e3 * fast:.0f} ms")
    title = f"{steps} steps, {batch} sequences, {inputs} inputs, {hidden} hidden units; forward and backward"
    Console().print(title, table, sep="\n")


if __name__ == "__main__":
    main()
