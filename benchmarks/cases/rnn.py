"""Recurrent layers over 35 steps of 32 sequences, 256 wide, forward and backward through time."""

from benchmarks.cases.case import WORD, Case, Work

STEPS, BATCH, WIDTH = 35, 32, 256


def layers(name, kind, gates, count):
    """kind(lib): nn.RNN, nn.LSTM or nn.GRU of so many layers.

    Each step multiplies (32, 256) by two matrices (256, gates 256): 2 operations a weight and sequence, thrice. Bytes:
    the weights read at each step, forward and backward, and their gradients; per step the states and gates.
    """

    def prepare(side):
        net = kind(side.lib)(WIDTH, WIDTH, count).to(side.device)
        x, g = side.randn(STEPS, BATCH, WIDTH).requires_grad_(), side.randn(STEPS, BATCH, WIDTH)
        leaves = [x, *net.parameters()]

        def run():
            for leaf in leaves:
                leaf.grad = None
            y, _ = net(x)
            y.backward(g)
            return y

        return Work(run, lambda y: [y, *(leaf.grad for leaf in leaves)])

    weights, states = 2 * gates * WIDTH * WIDTH, (gates + 2) * BATCH * WIDTH
    moved = WORD * count * (2 * STEPS * weights + 2 * weights + 3 * STEPS * states)
    return Case(name, prepare, bytes=moved, flops=6 * count * STEPS * BATCH * weights, compiles=False)


CASES = [
    layers(f"{name}_{count}", kind, gates, count)
    for count in (1, 2)
    for name, kind, gates in (
        ("rnn", lambda lib: lib.nn.RNN, 1),
        ("lstm", lambda lib: lib.nn.LSTM, 4),
        ("gru", lambda lib: lib.nn.GRU, 3),
    )
]
