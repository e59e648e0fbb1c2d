"""BLEU: how many of a translation's n-grams are in the reference, and whether it is long enough.

(Papineni et al., BLEU: a method for automatic evaluation of machine translation, ACL 2002.)
"""

import math
from collections import Counter

from minitorch.text.ngrams import ngrams


def matches(candidate, references, n):
    """(how many n-grams of candidate are in a reference, how many there are). Each one counts as often as it is in that
    reference which has it most often, so "the the the" wins nothing."""
    most = Counter()
    for reference in references:
        most |= Counter(ngrams(reference, n))  # the larger count of the two
    found = Counter(ngrams(candidate, n))
    return (found & most).total(), found.total()  # the smaller count of the two


def bleu(pred_seq, label_seq, k):
    """The book's BLEU of one sentence (d2l.ai, section 10.7): exp(min(0, 1 - len_label / len_pred)) prod p_n^(1 / 2^n).

    p_n is the share of the predicted n-grams that are in the label, n = 1 to k; longer ones weigh more. Sequences are
    lists of tokens, or strings, which are split at spaces. 1 is a perfect match, also where k n-grams do not fit in the
    prediction; 0 is nothing in common, or an empty prediction.
    """
    pred, label = (seq.split() if isinstance(seq, str) else seq for seq in (pred_seq, label_seq))
    if not pred:
        return 0.0
    score = math.exp(min(0, 1 - len(label) / len(pred)))
    for n in range(1, min(k, len(pred)) + 1):
        found, of = matches(pred, [label], n)
        score *= (found / of) ** (0.5**n)
    return score


def bleu_score(candidate_corpus, references_corpus, max_n=4, weights=None):
    """BLEU of a corpus, as in the paper and in torchtext: exp(min(0, 1 - r / c)) exp(sum of w_n log p_n).

    candidate_corpus: lists of tokens; references_corpus: for each of them, a list of references. Matches are summed
    over the corpus before they are divided. c is the length of all candidates, r that of the references nearest in
    length. weights: w_n, 1 / max_n each by default. 0 where there is no match of some length.
    """
    weights = weights or [1 / max_n] * max_n
    if len(candidate_corpus) != len(references_corpus) or len(weights) != max_n:
        raise ValueError(
            f"bleu_score: {len(candidate_corpus)} candidates need as many lists of references, not "
            f"{len(references_corpus)}; and max_n={max_n} needs as many weights, not {len(weights)}"
        )
    pairs = list(zip(candidate_corpus, references_corpus, strict=True))
    c = sum(len(candidate) for candidate in candidate_corpus)
    r = sum(min((abs(len(ref) - len(cand)), len(ref)) for ref in refs)[1] for cand, refs in pairs)
    log_score = min(0.0, 1 - r / c) if c else -math.inf
    for n, weight in enumerate(weights, 1):
        counts = [matches(candidate, references, n) for candidate, references in pairs]
        found, of = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0)
        log_score += weight * math.log(found / of) if found else -math.inf
    return math.exp(log_score)
