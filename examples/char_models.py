"""Character models: RNN, LSTM and GRU read Python's documentation and go on writing it.

python examples/char_models.py            draws char_models.png

The layers are modules; those of rnn_from_scratch.py train on the first batches too, with the same losses. Batches
follow each other in the text: the state is carried from one to the next, detached, so that backward ends where the
batch begins (what came before has no gradient: truncated backpropagation through time). Perplexity tells among how many
characters a network hesitates. Two layers read deeper. Two directions are not for this: the one that comes from behind
has read the answer; its perplexity of almost 1 is worth nothing.
"""

import copy

import numpy as np
from _program import options, plt
from rich.progress import Progress
from rnn_from_scratch import FromScratch, gru_cell, lstm_cell, rnn_cell

import minitorch
from minitorch import nn
from minitorch.text import Vocab, characters, datasets, seq_data_iter_sequential

HIDDEN, BATCH, STEPS, PREFIX = 128, 32, 32, "the function returns "
LAYERS = {
    "RNN": (rnn_cell, nn.RNN, {}),
    "LSTM": (lstm_cell, nn.LSTM, {}),
    "GRU": (gru_cell, nn.GRU, {}),
    "GRU, 2 layers": (None, nn.GRU, {"num_layers": 2}),
    "GRU, 2 directions": (None, nn.GRU, {"bidirectional": True}),
}


class CharModel(nn.Module):
    """Scores of the next character. X (B, T) -> (T * B, V), and the state behind the last step."""

    def __init__(self, recurrent, read):
        super().__init__()
        self.recurrent, self.read = recurrent, read

    def forward(self, X, state=None):
        x = nn.functional.one_hot(X.T, self.read.out_features).float()  # (B, T) -> (T, B, V)
        outputs, state = self.recurrent(x, state)
        return self.read(outputs).flatten(0, 1), state


def detached(state):
    """A state without its history."""
    return tuple(map(detached, state)) if isinstance(state, tuple) else state.detach()


def train(net, corpus, steps, tell):
    """The losses of so many batches."""
    minitorch.manual_seed(1)
    optimizer, losses = minitorch.optim.Adam(net.parameters(), lr=4e-3), []
    while True:
        state = None  # a new epoch begins elsewhere
        for X, Y in seq_data_iter_sequential(corpus, BATCH, STEPS):
            scores, state = net(X, state)
            state = detached(state)
            loss = nn.functional.cross_entropy(scores, Y.T.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
            tell()
            if len(losses) == steps:
                return losses


def perplexity(net, corpus):
    """Of a text that was not trained on, read from its beginning in one go."""
    with minitorch.no_grad():
        scores, _ = net(corpus[:-1].unsqueeze(0))
        return nn.functional.cross_entropy(scores, corpus[1:]).exp().item()


def generate(net, prefix, vocab, length, temperature=0.5):
    """Read the prefix (the state warms up), then feed the network what was drawn from softmax(scores / temperature)."""
    chars, state, read = list(prefix), None, vocab[list(prefix)]
    with minitorch.no_grad():
        for _ in range(length):
            scores, state = net(minitorch.tensor([read]), state)
            read = minitorch.multinomial((scores[-1] / temperature).softmax(0), 1).tolist()
            chars += vocab.to_tokens(read)
    return "".join(chars)


def main():
    arguments = options(__doc__, "char_models.png")
    steps, compared = (3, 2) if arguments.quick else (400, 20)
    text = characters(" ".join(" ".join(datasets.docs().values()).lower().split()))  # without the layout
    vocab = Vocab(text, min_freq=10)
    corpus, test = (minitorch.tensor(vocab[part]) for part in (text[:-5000], text[-5000:]))
    print(f"{len(corpus):,} characters, {len(vocab)} different ones")
    figure, axes = plt.subplots(figsize=(7.5, 4.6))
    with Progress() as progress:
        for name, (cell, layer, settings) in LAYERS.items():
            minitorch.manual_seed(0)
            recurrent = layer(len(vocab), HIDDEN, **settings)
            net = CharModel(recurrent, nn.Linear(HIDDEN * (1 + recurrent.bidirectional), len(vocab)))
            bar = progress.add_task(name, total=steps + compared * (cell is not None))
            tell = lambda bar=bar: progress.update(bar, advance=1)
            if cell:
                scratch = CharModel(FromScratch(cell, recurrent), copy.deepcopy(net.read))
                ours = train(scratch, corpus, compared, tell)
            losses = train(net, corpus, steps, tell)
            smooth, score = np.exp(np.convolve(losses, np.ones(20) / 20, "valid")), perplexity(net, test)
            axes.semilogy(smooth, label=f"{name}: {score:.2f} on other text")
            print(f"{name}: perplexity {score:.2f} on text it has not read")
            if cell:
                print(f"    loss of batch {compared}: {losses[compared - 1]:.6f}; from scratch: {ours[-1]:.6f}")
            if not recurrent.bidirectional:
                print("    " + generate(net, PREFIX, vocab, 70))
    axes.set(xlabel="batch", ylabel="perplexity of the batch", title="Character models read Python's documentation")
    axes.set_yticks(ticks := [1, 2, 3, 5, 7, 10, 20, 30], ticks)
    axes.minorticks_off()
    axes.legend()
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
