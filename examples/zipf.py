"""Counting words: Zipf's law, stop words, and the language model that is made of counts of n-grams.

python examples/zipf.py                   draws zipf.png

The text is Python's own documentation. A few words make up most of it, and most n-grams occur once: the longer they
are, the less their counts say of a text that was not counted. Smoothing lends the rest to what was never seen.
"""

from collections import Counter

import numpy as np
from _program import COLOURS, options, plt
from rich.progress import track

from minitorch.text import STOP_WORDS, LaplaceModel, Vocab, datasets, ngrams, words

NAMES = ["words", "pairs", "triples"]


def frequencies(tokens, n):
    """How often the n-grams occur, the most frequent first."""
    return np.array(sorted(Counter(ngrams(tokens, n)).values(), reverse=True))


def exponent(counts):
    """a in Zipf's law, count = C / rank^a: the slope of the logarithms over ranks 10 to 1,000, as a straight line."""
    ranks = np.arange(10, min(len(counts), 1000))
    return -np.polyfit(np.log(ranks), np.log(counts[ranks - 1]), 1)[0]


def perplexities(train, test, size, strengths):
    """{n: perplexity of the test text at each strength}, for models of 1 to 4 words."""
    todo = [(n, e) for n in (1, 2, 3, 4) for e in strengths]
    found = [LaplaceModel(train, size, n, e).perplexity(test) for n, e in track(todo, "smoothing")]
    return {n: found[(n - 1) * len(strengths) : n * len(strengths)] for n in (1, 2, 3, 4)}


def draw(tokens, strengths, curves, size, path):
    figure, (zipf, smooth) = plt.subplots(1, 2, figsize=(12, 4.6))
    for n, (name, colour) in enumerate(zip(NAMES, COLOURS, strict=False), 1):
        counts = frequencies(tokens, n)
        label = f"{name}: 1 / rank^{exponent(counts):.2f}, {(counts == 1).mean():.0%} occur once"
        zipf.loglog(np.arange(1, len(counts) + 1), counts, color=colour, lw=1.8, label=label)
    zipf.set(xlabel="rank", ylabel="how often", title="Zipf's law: frequency against rank")
    for (n, curve), colour in zip(curves.items(), COLOURS, strict=False):
        smooth.loglog(strengths, curve, "o-", ms=4, color=colour, label=f"{n} word{'s' * (n > 1)}")
    smooth.axvline(size, color="#888888", ls=":", label="strength of the rule “add one”")
    smooth.set(xlabel="strength e of the smoothing", ylabel="perplexity", title="n-gram models on other text")
    ticks = [100, 200, 300, 500, 1000, 2000, 4000]
    smooth.set_yticks(ticks, ticks)
    smooth.minorticks_off()
    for axes in (zipf, smooth):
        axes.legend()
    figure.savefig(path)


def main():
    arguments = options(__doc__, "zipf.png")

    topics = [words(topic) for topic in datasets.docs().values()]
    tokens = [word for topic in topics for word in topic]
    counts = Vocab(tokens).token_freqs
    print(f"{len(tokens):,} words, {len(counts):,} different ones; the 50 most frequent are "
          f"{sum(n for _, n in counts[:50]) / len(tokens):.0%} of the text")  # fmt: skip
    print("most frequent:        ", *(f"{word} {n}" for word, n in counts[:10]))
    rest = [(word, n) for word, n in counts if word not in STOP_WORDS]
    print("without stop words:   ", *(f"{word} {n}" for word, n in rest[:10]))

    test = [word for topic in topics[::5] for word in topic]  # every fifth topic
    train = [word for place, topic in enumerate(topics) if place % 5 for word in topic]
    vocab = Vocab(train, min_freq=3)  # what is rarer is "<unk>", so that the model knows how often new words come
    strengths = np.logspace(-1, 4, 3 if arguments.quick else 11)
    curves = perplexities(vocab[train], vocab[test], len(vocab), strengths)
    print(f"perplexity of {len(test):,} words of other topics, {len(vocab):,} words in the vocabulary:")
    for n, curve in curves.items():
        print(f"  {n}-grams: {min(curve):6.1f} with strength {strengths[np.argmin(curve)]:g}")
    draw(tokens, strengths, curves, len(vocab), arguments.picture)
    print(f"picture: {arguments.picture}")


if __name__ == "__main__":
    main()
