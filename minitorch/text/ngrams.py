"""Counting: n-grams, the language model that is made of their counts, and perplexity."""

import math
from collections import Counter

from minitorch.text.tokens import words

# The words that carry grammar rather than meaning. For counts of topics they are left out; a language model needs them.
STOP_WORDS = frozenset(
    words(
        "a about after all also an and any are as at be because been but by can could did do does for from had has "
        "have he her i if in into is it its just me more most my no not of on one only or other our out over she so "
        "some such than that the their them then there these they this those to too up us was we were what when where "
        "which who will with would you your"
    )
)


def ngrams(tokens, n):
    """The runs of n neighbours, tuples: ngrams("abcd", 2) -> [("a", "b"), ("b", "c"), ("c", "d")]."""
    return list(zip(*(tokens[start:] for start in range(n)), strict=False))


def perplexity(log_probs):
    """exp(-mean of log P(x_t | what stood before)): the geometric mean of 1 / P.

    1 for a model that is always sure and right, the number of tokens for one that guesses. (The book calls it a
    harmonic mean. Of 1 / P it is not: that would be 1 / mean(P).) nan for no tokens.
    """
    log_probs = list(log_probs)
    if not log_probs:
        return math.nan
    mean = math.fsum(log_probs) / len(log_probs)
    return math.exp(-mean) if mean > -709 else math.inf


class LaplaceModel:
    """Language model of n-gram counts with Laplace smoothing, as d2l.ai section 9.3 (8.3 in its older edition) has it:

        P(x) = (n(x) + e / m) / (N + e)                          m tokens in the vocabulary, N in the corpus
        P(x | h) = (n(h, x) + e P(x | h')) / (n(h, .) + e)       h' is the context h without its first token

    tokens: a corpus of numbers from 0 to vocab_size - 1. n: the longest n-gram. strength: e, one for all lengths.
    A context that was never seen leaves the shorter one's probabilities. Over all x they sum to one: n(h, .) counts h
    where something follows it. (For three-grams the book smooths with P(x) rather than P(x | h'), which forgets what
    the two-grams know. e = m, and n = 1, is the rule "add one".)
    """

    def __init__(self, tokens, vocab_size, n=2, strength=1.0):
        if n < 1 or strength <= 0:
            raise ValueError(f"LaplaceModel: n must be at least 1 and strength positive, got {n} and {strength}")
        if tokens and not 0 <= min(tokens) <= max(tokens) < vocab_size:
            raise ValueError(f"LaplaceModel: tokens must be numbers from 0 to vocab_size - 1 = {vocab_size - 1}")
        self.n, self.vocab_size, self.strength = n, vocab_size, strength
        self.counts = [Counter(ngrams(tokens, length)) for length in range(1, n + 1)]
        self.contexts = [Counter(gram[:-1] for gram in ngrams(tokens, length)) for length in range(1, n + 1)]

    def prob(self, token, context=()):
        """P(token | the last n - 1 tokens of context)."""
        context = tuple(context)[max(len(context) - self.n + 1, 0) :]
        p = 1 / self.vocab_size
        for length in range(len(context) + 1):  # from the shortest context to the whole one
            h = context[len(context) - length :]
            seen = self.counts[length][(*h, token)] + self.strength * p
            p = seen / (self.contexts[length][h] + self.strength)
        return p

    def perplexity(self, tokens):
        """Perplexity of a list of tokens; the first ones have shorter contexts."""
        contexts = (tokens[max(place - self.n + 1, 0) : place] for place in range(len(tokens)))
        return perplexity(math.log(self.prob(x, h)) for x, h in zip(tokens, contexts, strict=True))
