"""Word vectors: what words they are trained on, and a loss that does not look at the whole vocabulary.

Skip-gram predicts the words around a word, CBOW a word from those around it (Mikolov et al., Efficient estimation of
word representations in vector space, arXiv 1301.3781; d2l.ai, chapter 15). Sentences are lists of numbers.
"""

from collections import Counter

from minitorch.creation import tensor
from minitorch.dtype import float32, int64
from minitorch.nn import init
from minitorch.nn.functional import logsigmoid
from minitorch.nn.module import Module
from minitorch.nn.sparse import Embedding
from minitorch.ops.draw import multinomial
from minitorch.ops.join import cat
from minitorch.random import rand, randint
from minitorch.text.batches import truncate_pad


def subsample(sentences, threshold=1e-4, generator=None):
    """Leave out a word with probability max(1 - sqrt(threshold / f), 0), f its share of all words.

    What is frequent says little of its neighbours; and without it the windows reach farther. (Mikolov et al.,
    Distributed representations of words and phrases, arXiv 1310.4546)
    """
    counts = Counter(word for sentence in sentences for word in sentence)
    keep = {word: (threshold * counts.total() / count) ** 0.5 for word, count in counts.items()}
    draws = iter(rand(counts.total(), generator=generator).tolist())
    return [[word for word in sentence if next(draws) < keep[word]] for sentence in sentences]


def windows(sentences, window, generator):
    """(word, the words around it) of each place with neighbours, up to a random number (1 to window) on each side."""
    reach = iter(randint(1, window + 1, (sum(map(len, sentences)),), generator=generator).tolist())
    for sentence in sentences:
        for place, word in enumerate(sentence):
            width = next(reach)
            around = sentence[max(place - width, 0) : place] + sentence[place + 1 : place + 1 + width]
            if around:
                yield word, around


def skip_gram(sentences, window, generator=None):
    """centers (P,) and contexts (P,): every pair of a word and one near it, at most a random number of words away.

    The random number is from 1 to window: nearer words make more pairs.
    """
    pairs = [(center, context) for center, around in windows(sentences, window, generator) for context in around]
    return tuple(tensor(pairs, dtype=int64).reshape(-1, 2).mT)  # (P, 2) -> two of (P,)


def cbow(sentences, window, padding, generator=None):
    """contexts (P, 2 * window) and centers (P,): the words around each word, `padding` where there are fewer.

    nn.EmbeddingBag(..., mode="mean", padding_idx=padding) takes the mean of those there are.
    """
    places = list(windows(sentences, window, generator))
    contexts = [truncate_pad(around, 2 * window, padding) for _, around in places]
    centers = tensor([center for center, _ in places], dtype=int64)
    return tensor(contexts, dtype=int64).reshape(-1, 2 * window), centers  # of no pairs, too, (0, 2 window)


class NegativeSampling(Module):
    """Tell the right word from k drawn ones:  -log s(u_target . h) - sum of log s(-u_negative . h),  s the sigmoid.

    forward(h (B, E), targets (B,)) -> the mean over the batch. Negatives are drawn by counts ** power, the target left
    out; counts (V,) of words in the corpus. The work is k + 1 products of E numbers, whatever V is. (arXiv 1310.4546)
    The vectors u, (V, E), are output.weight, and begin as 0.
    """

    def __init__(self, counts, embedding_dim, k=5, power=0.75, generator=None):
        super().__init__()
        if sum(count > 0 for count in counts) < 2:
            raise ValueError("NegativeSampling needs at least two words that occur: beside a target, another one")
        self.k, self.generator = k, generator
        self.register_buffer("noise", tensor([count**power if count else 0 for count in counts], dtype=float32))
        self.output = Embedding(len(counts), embedding_dim)
        init.zeros_(self.output.weight)

    def forward(self, h, targets):
        words = cat([targets.unsqueeze(1), self.draw(targets)], 1)  # (B, 1), (B, k) -> (B, 1 + k)
        scores = (self.output(words) @ h.unsqueeze(-1)).squeeze(-1)  # (B, 1 + k, E) (B, E, 1) -> (B, 1 + k)
        return -(logsigmoid(scores[:, 0]) + logsigmoid(-scores[:, 1:]).sum(1)).mean()

    def draw(self, targets):
        """Negatives (B, k); what hit its own target is drawn again."""
        drawn = multinomial(self.noise, len(targets) * self.k, True, generator=self.generator)
        drawn = drawn.reshape(-1, self.k)  # (B * k) -> (B, k)
        while hits := (clash := drawn == targets.unsqueeze(1)).sum().item():
            drawn[clash] = multinomial(self.noise, hits, True, generator=self.generator)
        return drawn
