"""A small GPT: self-attention, positions and a feed-forward network, twice over, learn to write Python's documentation.

python examples/transformer.py            draws transformer.png

Tokens are byte pairs. Each place looks at itself and at those before it, by four heads; the maps show where. Attention
by itself sees a set of tokens: what tells places apart is the encoding that is added, and the mask that hides what is
to come. Perplexity is by character, and can be compared with that of char_models.py, whatever the tokens are.
"""

import itertools
import math

from _program import options, plt
from rich.progress import track

import minitorch
from minitorch import nn
from minitorch.text import BytePair, datasets, seq_data_iter_random

WIDTH, HEADS, BLOCKS, LENGTH = 96, 4, 2, 64
SENTENCE = "The function returns a list of strings. The list is sorted"


class Block(nn.Module):
    """x + attention(norm(x)), then x + feed-forward(norm(x)): (B, T, WIDTH) -> the same, T places looking back."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.feed_forward = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x, look=False):
        """With look, self.weights (B, HEADS, T, T) has where each place has looked."""
        mask, n = nn.Transformer.generate_square_subsequent_mask(x.shape[1]), self.norm1(x)  # -inf for what is to come
        out, self.weights = self.attention(n, n, n, attn_mask=mask, need_weights=look, average_attn_weights=False)
        x = x + out
        return x + self.feed_forward(self.norm2(x))


class GPT(nn.Module):
    """Tokens (B, T) -> scores of the next token (B, T, V)."""

    def __init__(self, size):
        super().__init__()
        self.embed = nn.Embedding(size, WIDTH)
        self.positions = nn.PositionalEncoding(WIDTH, dropout=0)
        self.blocks = nn.ModuleList([Block() for _ in range(BLOCKS)])
        self.norm, self.scores = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, size)

    def forward(self, tokens, look=False):
        x = self.positions(self.embed(tokens))
        for block in self.blocks:
            x = block(x, look)
        return self.scores(self.norm(x))


def train(net, corpus, steps):
    """The losses of so many batches."""
    optimizer = minitorch.optim.AdamW(net.parameters(), lr=2e-3)
    epochs = itertools.chain.from_iterable(seq_data_iter_random(corpus, 16, LENGTH) for _ in itertools.count())
    losses = []
    for X, Y in track(itertools.islice(epochs, steps), "batches", total=steps):
        loss = nn.functional.cross_entropy(net(X).flatten(0, 1), Y.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


def nats(net, corpus):
    """The mean cross-entropy of a token in a text that was not trained on, read in pieces of LENGTH."""
    pieces = corpus[: (len(corpus) - 1) // LENGTH * LENGTH + 1]
    X, Y = pieces[:-1].reshape(-1, LENGTH), pieces[1:]  # (P * LENGTH) -> (P, LENGTH)
    with minitorch.no_grad():
        return nn.functional.cross_entropy(net(X).flatten(0, 1), Y).item()


def generate(net, tokens, length):
    """Append tokens, each drawn from the network's distribution at temperature 0.5."""
    with minitorch.no_grad():
        for _ in range(length):
            scores = net(minitorch.tensor([tokens[-LENGTH:]]))[0, -1]
            tokens = [*tokens, minitorch.multinomial((scores / 0.5).softmax(0), 1).item()]
    return tokens


def main():
    arguments = options(__doc__, "transformer.png")
    steps, size = (2, 258) if arguments.quick else (600, 1000)
    text = " ".join(" ".join(datasets.docs().values()).split())  # without the layout
    tokeniser = BytePair().train(text[:-5000], size)
    corpus, test = (minitorch.tensor(tokeniser.encode(part)) for part in (text[:-5000], text[-5000:]))
    print(f"{len(tokeniser)} tokens; {len(text):,} characters are {len(corpus) + len(test):,} tokens")

    minitorch.manual_seed(0)
    net = GPT(len(tokeniser))
    losses = train(net, corpus, steps)
    score = math.exp(nats(net, test) * len(test) / 5000)  # a token's nats -> a character's
    print(f"perplexity {score:.2f} a character, on text it has not read")
    print("    " + tokeniser.decode(generate(net, tokeniser.encode("The function returns"), 40)))

    figure, grid = plt.subplots(2, 3, figsize=(15, 9.5))
    grid[0, 0].plot(losses, lw=0.8)
    grid[0, 0].set(xlabel="batch", ylabel="cross-entropy of a token", title="Learning")
    grid[0, 1].imshow(net.positions.P[0, :LENGTH].T, cmap="RdBu", aspect="auto")
    grid[0, 1].grid(False)
    grid[0, 1].set(xlabel="place", ylabel="feature", title="What tells the places apart: sines and cosines")

    tokens = tokeniser.encode(SENTENCE)
    labels = [tokeniser.pieces[token].decode(errors="replace").replace(" ", "·") for token in tokens]
    with minitorch.no_grad():
        net(minitorch.tensor([tokens]), look=True)
    for head, axes in enumerate([grid[0, 2], *grid[1]]):
        axes.imshow(net.blocks[-1].weights[0, head], cmap="Blues", vmin=0)
        axes.set(title=f"Head {head + 1} of the last block", xlabel="looks at", ylabel="place")
        axes.set_xticks(range(len(labels)), labels, rotation=90)
        axes.set_yticks(range(len(labels)), labels)
        axes.grid(False)
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
