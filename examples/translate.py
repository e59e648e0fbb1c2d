"""Translation: an encoder, a decoder and attention between them turn dates as people write them into 1998-05-09.

python examples/translate.py              draws translate.png

No network is needed: the dates are generated, in five ways of writing, letter by letter. (text.datasets.fra_eng has the
book's English and French: split its pairs with text.words, and the rest stays as it is.) The decoder is trained by
teacher forcing: it always gets the right previous letter. Padding takes no part in attention (valid_lens) nor loss
(ignore_index). Afterwards the decoder reads its own output, by greedy and by beam search.
"""

from datetime import date, timedelta

from _program import options, plt
from rich.progress import track

import minitorch
from minitorch import nn
from minitorch.text import Vocab, beam_search, bleu, bleu_score, build_array

WIDTH, SPECIAL = 64, ["<pad>", "<bos>", "<eos>"]
WAYS = ["{0:%A} {0.day} {0:%B %Y}", "{0:%B} {0.day}, {0:%Y}", "{0.day} {0:%b %y}", "{0:%m/%d/%Y}", "{0:%d.%m.%y}"]


def pairs(count):
    """[(letters of a date of 1970 to 2069, letters of the same as year-month-day)]."""
    days = minitorch.randint(0, 36524, (count,)).tolist()
    dates = [date(1970, 1, 1) + timedelta(day) for day in days]
    return [(list(WAYS[i % len(WAYS)].format(d).lower()), list(d.isoformat())) for i, d in enumerate(dates)]


class Translator(nn.Module):
    """Encoder and decoder are GRUs; each step of the decoder looks at all states of the encoder (arXiv 1409.0473)."""

    def __init__(self, source_size, target_size):
        super().__init__()
        self.read, self.write = nn.Embedding(source_size, WIDTH), nn.Embedding(target_size, WIDTH)
        self.encoder = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.attention = nn.AdditiveAttention(WIDTH, WIDTH, WIDTH, dropout=0)
        self.decoder = nn.GRUCell(2 * WIDTH, WIDTH)
        self.scores = nn.Linear(2 * WIDTH, target_size)

    def encode(self, source, lengths):
        """source (B, S) -> memory (B, S, WIDTH), and its state at the last letter that is no padding (B, WIDTH)."""
        memory, _ = self.encoder(self.read(source))
        return memory, memory[minitorch.arange(len(source)), lengths - 1]

    def step(self, token, state, memory, lengths):
        """token (B,) and state (B, WIDTH) -> scores of the next token (B, V) and the new state."""
        context = self.attention(state.unsqueeze(1), memory, memory, lengths).squeeze(1)  # (B, 1, W) -> (B, W)
        state = self.decoder(minitorch.cat([self.write(token), context], 1), state)
        return self.scores(minitorch.cat([state, context], 1)), state

    def forward(self, source, lengths, target):
        """Teacher forcing: scores (B, T, V) of what follows each token of target (B, T)."""
        (memory, state), scores = self.encode(source, lengths), []
        for token in target.T:
            score, state = self.step(token, state, memory, lengths)
            scores.append(score)
        return minitorch.stack(scores, 1)


def train(net, source, lengths, target, bos, pad, epochs):
    """The losses. target (N, T) begins with the first letter; the decoder reads <bos> before it."""
    optimizer = minitorch.optim.Adam(net.parameters(), lr=5e-3)
    before = minitorch.cat([minitorch.full((len(target), 1), bos), target[:, :-1]], 1)  # (N, T): each one's predecessor
    losses = []
    for _ in track(range(epochs), "epochs"):
        for batch in minitorch.randperm(len(source)).split(128):
            scores = net(source[batch], lengths[batch], before[batch])
            loss = nn.functional.cross_entropy(scores.flatten(0, 1), target[batch].flatten(), ignore_index=pad)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
    return losses


def translate(net, source, length, vocab, beam_size):
    """(letters, weights (T, S)): the best translation of a source (S,), and where each step has looked."""
    with minitorch.no_grad():
        memory, state = net.encode(source[None], length[None])

        def step(token, state):
            scores, state = net.step(minitorch.tensor([token]), state, memory, length[None])
            return scores[0].log_softmax(0), state

        tokens, weights = beam_search(step, state, vocab["<bos>"], vocab["<eos>"], 12, beam_size)[0].tokens, []
        for token in [vocab["<bos>"], *tokens[:-1]]:
            _, state = step(token, state)
            weights.append(net.attention.attention_weights[0, 0, : length.item()])
    return [letter for letter in vocab.to_tokens(tokens) if letter != "<eos>"], minitorch.stack(weights)


def main():
    arguments = options(__doc__, "translate.png")
    count, epochs, tested = (128, 1, 3) if arguments.quick else (4000, 8, 100)
    minitorch.manual_seed(0)
    data = pairs(count)
    seen = [target for _, target in data]
    test = [pair for pair in pairs(2 * tested) if pair[1] not in seen][:tested]
    vocabs = [Vocab(side, reserved_tokens=SPECIAL) for side in zip(*data, strict=True)]
    sides = zip(zip(*data, strict=True), vocabs, strict=True)
    (source, lengths), (target, _) = (build_array(side, vocab, max(map(len, side)) + 1) for side, vocab in sides)
    net = Translator(*map(len, vocabs))
    losses = train(net, source, lengths, target, vocabs[1]["<bos>"], vocabs[1]["<pad>"], epochs)
    print(f"loss of a letter: {losses[0]:.3f}, after {epochs} epochs {losses[-1]:.3f}")

    read = zip(*build_array([s for s, _ in test], vocabs[0], source.shape[1]), strict=True)
    read, labels = list(read), [t for _, t in test]
    for name, beam_size in (("greedy", 1), ("beam of 4", 4)):
        found = [translate(net, *sentence, vocabs[1], beam_size) for sentence in read]
        right = sum(out == label for (out, _), label in zip(found, labels, strict=True)) / tested
        mean = sum(bleu(out, label, 2) for (out, _), label in zip(found, labels, strict=True)) / tested
        corpus = bleu_score([out for out, _ in found], [[label] for label in labels])
        print(f"{name:9}: {right:.0%} of {tested} new dates right; BLEU {mean:.3f} (the book's), {corpus:.3f} (corpus)")
    figure, grid = plt.subplots(2, 2, figsize=(11, 8))
    for axes, (s, _), (out, weights) in zip(grid.flat, test, found, strict=False):
        axes.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        axes.set_xticks(range(len(s) + 1), [*s, "end"])
        axes.set_yticks(range(len(weights)), [*out, "end"][: len(weights)])
        axes.set(title="".join(s) + " → " + "".join(out), xlabel="looks at", ylabel="writes")
        axes.grid(False)
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
