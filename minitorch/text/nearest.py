"""What word vectors know: words that are used alike have vectors of a small angle."""

from minitorch.nn.functional import normalize
from minitorch.ops.sorting import topk


def nearest(word, k, vocab, vectors):
    """The k words nearest to a word, [(word, cosine)]. vectors (V, E), row by row those of the vocabulary.

    KeyError for a word that is not in the vocabulary.
    """
    vectors = normalize(vectors.detach(), dim=1)
    return ranked(vectors[known(word, vocab)], {word}, k, vocab, vectors)


def analogy(a, b, c, k, vocab, vectors):
    """The k words d for which a is to b as c is to d: nearest to b - a + c, [(word, cosine)]. a, b, c are left out.

    (Mikolov et al., Linguistic regularities in continuous space word representations, NAACL 2013.)
    """
    vectors = normalize(vectors.detach(), dim=1)
    wanted = vectors[known(b, vocab)] - vectors[known(a, vocab)] + vectors[known(c, vocab)]
    return ranked(normalize(wanted, dim=0), {a, b, c}, k, vocab, vectors)


def known(word, vocab):
    """The index of a word. KeyError if it has none: that of "unknown" has no meaning here."""
    if word not in vocab:
        raise KeyError(f"{word!r} is not in the vocabulary")
    return vocab[word]


def ranked(direction, without, k, vocab, vectors):
    """The k words of the largest cosine with a direction (E,), both of length 1."""
    cosines, indices = topk(vectors @ direction, min(k + len(without), len(vocab)))
    pairs = zip(vocab.to_tokens(indices), cosines.tolist(), strict=True)
    return [(word, cosine) for word, cosine in pairs if word not in without][:k]
