"""Word vectors: skip-gram and CBOW, each with negative sampling and with a hierarchical softmax, and what they cost.

python examples/word_vectors.py           draws word_vectors.png

The text is Python's own documentation: 53,000 words, where a million is little. So what is learnt is modest: words that
stand in the same places (types, exceptions, numbers) come to lie near each other. The picture shows the time of loss
and gradient against the size of the vocabulary. A softmax scores every word, negative sampling 1 + 5, and a Huffman
tree asks about log2 of their number.
"""

import time

from _program import options, plt
from rich.progress import Progress

import minitorch
from minitorch import nn, text
from minitorch.text import HierarchicalSoftmax, NegativeSampling

COLOURS = {"softmax": "#D55E00", "negative sampling": "#0072B2", "hierarchical softmax": "#009E73"}
PAD, WIDTH = 1, 48


class Softmax(nn.Module):
    """The loss that the others spare: a score for each word."""

    def __init__(self, counts, embedding_dim):
        super().__init__()
        self.output = nn.Linear(embedding_dim, len(counts), bias=False)

    def forward(self, h, targets):
        return nn.functional.cross_entropy(self.output(h), targets)


LOSSES = {"softmax": Softmax, "negative sampling": NegativeSampling, "hierarchical softmax": HierarchicalSoftmax}


def pairs(kind, sentences):
    """contexts (P, C) and targets (P,): the words that are known, and the one to foretell."""
    sentences = text.subsample(sentences, threshold=1e-3)
    if kind == "CBOW":
        return text.cbow(sentences, window=4, padding=PAD)
    centers, contexts = text.skip_gram(sentences, window=4)
    return centers.unsqueeze(1), contexts


def train(kind, loss, sentences, vocab, steps, tell):
    """The vectors (V, WIDTH): the mean of the known words' is h, of which the loss makes the target likely."""
    embed = nn.EmbeddingBag(len(vocab), WIDTH, mode="mean", padding_idx=PAD)
    nn.init.uniform_(embed.weight, -0.5 / WIDTH, 0.5 / WIDTH)
    criterion = LOSSES[loss](vocab.counts, WIDTH)
    optimizer = minitorch.optim.Adam([*embed.parameters(), *criterion.parameters()], lr=5e-3)
    done = 0
    while done < steps:  # an epoch draws its words and windows anew
        contexts, targets = pairs(kind, sentences)
        order = minitorch.randperm(len(targets))
        for batch in order.split(1024)[: steps - done]:
            optimizer.zero_grad()
            criterion(embed(contexts[batch]), targets[batch]).backward()
            optimizer.step()
            done += 1
            tell()
    return embed.weight


def seconds(loss, size):
    """The best time of a loss of 128 words and of its gradient for h, in a Zipf vocabulary of so many words.

    (The gradient for the vectors is a dense (V, WIDTH) here: to fill it with zeros, and to step, costs V again.)
    """
    criterion = LOSSES[loss]([1 + size // rank for rank in range(1, size + 1)], WIDTH)
    h = minitorch.randn(128, WIDTH, requires_grad=True)
    targets = minitorch.multinomial(1 / minitorch.arange(1, size + 1, dtype=minitorch.float32), 128, True)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        minitorch.autograd.grad(criterion(h, targets), h)
        best = min(best, time.perf_counter() - start)
    return best


def main():
    arguments = options(__doc__, "word_vectors.png")
    steps, sizes = (2, [100, 1000]) if arguments.quick else (700, [300, 1000, 3000, 10000, 30000])

    minitorch.manual_seed(0)
    paragraphs = [text.words(p) for topic in text.datasets.docs().values() for p in topic.split("\n\n")]
    vocab = text.Vocab(paragraphs, min_freq=5, reserved_tokens=["<pad>"])
    sentences = [[vocab[word] for word in paragraph if word in vocab] for paragraph in paragraphs]
    print(f"{sum(map(len, sentences)):,} words, {len(vocab):,} different ones")
    found = {}
    with Progress() as progress:
        for kind in ("skip-gram", "CBOW"):
            for loss in ("negative sampling", "hierarchical softmax"):
                bar = progress.add_task(f"{kind}, {loss}", total=steps)
                tell = lambda bar=bar: progress.update(bar, advance=1)
                found[f"{kind}, {loss}"] = train(kind, loss, sentences, vocab, steps, tell)
    for name, vectors in found.items():
        print(f"{name}:")
        for word in ("list", "integer", "typeerror", "imported", "2"):
            print(f"  {word:10} is near to", ", ".join(near for near, _ in text.nearest(word, 6, vocab, vectors)))
        for a, b, c in (("integer", "integers", "string"), ("function", "functions", "method")):
            best = ", ".join(word for word, _ in text.analogy(a, b, c, 3, vocab, vectors))
            print(f"  {a} is to {b} as {c} to", best)

    figure, axes = plt.subplots(figsize=(7, 4.6))
    for loss, colour in COLOURS.items():
        times = [1e3 * seconds(loss, size) for size in sizes]
        axes.loglog(sizes, times, "o-", color=colour, lw=1.8, label=loss)
        print(f"{loss:21} {times[0]:6.2f} ms with {sizes[0]} words, {times[-1]:6.2f} ms with {sizes[-1]:,}")
    axes.set(xlabel="words in the vocabulary", ylabel="milliseconds", title="Loss and gradient of 128 words")
    axes.legend()
    figure.savefig(arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
