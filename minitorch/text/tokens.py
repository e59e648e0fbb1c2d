"""Tokenisers: text -> a list of tokens.

Characters make few tokens and long sequences, words many tokens and short sequences. Byte pairs lie between: what is
frequent becomes one token, what is rare falls into pieces, and nothing is unknown.
"""

import re
from collections import Counter, defaultdict
from itertools import pairwise

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")  # letters and digits, an apostrophe within: "don't"
WORD_OR_MARK = re.compile(WORD.pattern + r"|[^\w\s]|_")
PIECE = re.compile(r"\s?\w+|\s?[^\s\w]+|\s+(?!\S)|\s+")  # a word or signs, with one space before; other spaces


def characters(text):
    """The characters of a text."""
    return list(text)


def words(text, punctuation=False):
    """The words of a text in lower case; with punctuation, each sign is a token too, as translation needs it.

    words("Don't stop, _it_ runs!") -> ["don't", "stop", "it", "runs"]
    """
    return (WORD_OR_MARK if punctuation else WORD).findall(text.lower())


class BytePair:
    """Byte-pair encoding: the most frequent pair of neighbours becomes a new token, again and again.

    (Sennrich et al., Neural machine translation of rare words with subword units, arXiv 1508.07909; on bytes: Radford
    et al., Language models are unsupervised multitask learners, 2019.)

        tokeniser = BytePair().train(text, vocab_size=1000)
        tokeniser.decode(tokeniser.encode("any text at all")) == "any text at all"

    Tokens 0 to 255 are the bytes of UTF-8, so no text is unknown; token 256 + i is the pair merges[i]. `pieces[t]` are
    the bytes of token t. No token reaches beyond a word and the space before it,
    or beyond signs, or spaces.
    """

    def __init__(self, merges=()):
        self.pieces = [bytes([byte]) for byte in range(256)]
        self.merges, self.rank = [], {}
        for pair in merges:
            self.add(pair)

    def __len__(self):
        return len(self.pieces)

    def add(self, pair):
        """Make the pair (left token, right token) a token; returns its number."""
        self.rank[pair] = len(self.merges)
        self.merges.append(pair)
        self.pieces.append(self.pieces[pair[0]] + self.pieces[pair[1]])
        return len(self.pieces) - 1

    def train(self, text, vocab_size):
        """Learn merges until there are vocab_size tokens, or no pair comes twice. Of equals the smaller pair is taken.

        Each different word is split once and counts as often as it occurs; a merge looks only at the words that hold
        its pair.
        """
        counts = Counter(PIECE.findall(text))
        split = [list(piece.encode()) for piece in counts]
        times = list(counts.values())
        frequency, holders = Counter(), defaultdict(set)  # of each pair: how often, and in which words
        for word, tokens in enumerate(split):
            for pair in pairwise(tokens):
                frequency[pair] += times[word]
                holders[pair].add(word)
        while len(self) < vocab_size and frequency:
            pair = min(frequency, key=lambda pair: (-frequency[pair], pair))
            if frequency[pair] < 2:
                break
            new = self.add(pair)
            for word in holders.pop(pair):
                for old in pairwise(split[word]):
                    frequency[old] -= times[word]
                split[word] = merged(split[word], pair, new)
                for now in pairwise(split[word]):
                    frequency[now] += times[word]
                    holders[now].add(word)
            del frequency[pair]
        return self

    def encode(self, text):
        """The tokens of a text: in each word, the merge that was learnt first is done first."""
        pieces = PIECE.findall(text)
        codes = {piece: self.encode_piece(piece.encode()) for piece in set(pieces)}
        return [token for piece in pieces for token in codes[piece]]

    def encode_piece(self, piece):
        tokens = list(piece)
        while len(tokens) > 1:
            pair = min(pairwise(tokens), key=lambda pair: self.rank.get(pair, len(self)))
            if pair not in self.rank:
                break
            tokens = merged(tokens, pair, 256 + self.rank[pair])
        return tokens

    def decode(self, tokens):
        """The text of tokens. A model may end amid a character: what is no UTF-8 becomes the sign U+FFFD."""
        return b"".join(self.pieces[token] for token in tokens).decode(errors="replace")


def merged(tokens, pair, new):
    """tokens with `new` in the place of each pair, from the left."""
    out, place = [], 0
    while place < len(tokens):
        if tuple(tokens[place : place + 2]) == pair:
            out.append(new)
            place += 2
        else:
            out.append(tokens[place])
            place += 1
    return out
