"""Vocabulary: each token has a number, the frequent ones the small numbers."""

from collections import Counter


class Vocab:
    """Numbers of tokens: "<unk>" is 0, then the reserved tokens, then the others by falling frequency (d2l.ai, 9.2).

    tokens     a list of tokens, or of such lists
    min_freq   rarer ones are left out: they are unknown

        vocab = Vocab(words(text), min_freq=2, reserved_tokens=["<pad>", "<bos>", "<eos>"])
        vocab["the"], vocab[["the", "xyzzy"]], vocab.to_tokens([4, 0])  # 4, [4, 0], ["the", "<unk>"]

    Equally frequent tokens stand in the order in which they came. `token_freqs` are all tokens that were seen with
    their frequencies, `unk` is the number of what is unknown. `counts[i]` is how often number i was seen; unk's is that
    of all tokens left out.
    """

    unk = 0

    def __init__(self, tokens=(), min_freq=0, reserved_tokens=()):
        if len(tokens) and isinstance(tokens[0], (list, tuple)):
            tokens = [token for line in tokens for token in line]
        self.token_freqs = Counter(tokens).most_common()
        frequent = [token for token, count in self.token_freqs if count >= min_freq]
        self.idx_to_token = list(dict.fromkeys(["<unk>", *reserved_tokens, *frequent]))  # each one once
        self.token_to_idx = {token: index for index, token in enumerate(self.idx_to_token)}
        self.counts = [0] * len(self)
        for token, count in self.token_freqs:
            self.counts[self[token]] += count

    def __len__(self):
        return len(self.idx_to_token)

    def __contains__(self, token):
        return token in self.token_to_idx

    def __getitem__(self, tokens):
        """The number of a token (unk for an unknown one); of a list or tuple of them, a list of numbers."""
        if isinstance(tokens, (list, tuple)):
            return [self[token] for token in tokens]
        return self.token_to_idx.get(tokens, self.unk)

    def to_tokens(self, indices):
        """The token of a number; of a list, tuple or tensor of numbers, a list. IndexError for other numbers."""
        if getattr(indices, "ndim", 0):
            indices = indices.tolist()
        if isinstance(indices, (list, tuple)):
            return [self.to_tokens(index) for index in indices]
        if not 0 <= indices < len(self):
            raise IndexError(f"Vocab: there is no token {indices}, only 0 to {len(self) - 1}")
        return self.idx_to_token[indices]
