"""The hierarchical softmax: a word is found by yes-or-no questions down a tree, log2(V) of them rather than V scores.

In Huffman's tree the frequent words are near the root, which makes the mean number of questions the least that any tree
has. (Huffman, A method for the construction of minimum-redundancy codes, 1952; Morin and Bengio, Hierarchical
probabilistic neural network language model, 2005; d2l.ai, section 15.2.2)
"""

import heapq

from minitorch.creation import tensor, zeros
from minitorch.dtype import float32, int64
from minitorch.nn import init
from minitorch.nn.functional import logsigmoid
from minitorch.nn.module import Module
from minitorch.nn.sparse import Embedding


def huffman_codes(counts):
    """The code of each word, a list of (inner node, bit) from the root; inner nodes are 0 (the root) to V - 2.

    The two rarest trees become one, until there is one: its count is their sum, bit 0 is the rarer one. Of equals the
    one that was there first is the rarer. The mean length sum(count * len(code)) is the least of all codes.
    """
    trees = [(count, number) for number, count in enumerate(counts)]
    heapq.heapify(trees)
    parent = {}  # of each tree: (the tree that it became part of, its bit)
    for new in range(len(counts), 2 * len(counts) - 1):
        (count0, rarer), (count1, other) = heapq.heappop(trees), heapq.heappop(trees)
        parent[rarer], parent[other] = (new, 0), (new, 1)
        heapq.heappush(trees, (count0 + count1, new))
    root = 2 * len(counts) - 2  # the tree that was made last

    def code(tree):
        path = []
        while tree in parent:
            tree, bit = parent[tree]
            path.append((root - tree, bit))
        return path[::-1]

    return [code(word) for word in range(len(counts))]


class HierarchicalSoftmax(Module):
    """P(word | h) = product over the nodes n of its code of s((1 - 2 bit_n) u_n . h),  s the sigmoid.

    As s(x) + s(-x) = 1, both ways down from a node share its probability, and those of all words sum to one.
    forward(h (B, E), targets (B,)) -> the mean of -log P. counts (V,) of words in the corpus make the tree. The vectors
    u, (V - 1, E), are output.weight, and begin as 0: each way is as likely as the other.
    """

    def __init__(self, counts, embedding_dim):
        super().__init__()
        codes = huffman_codes(counts)
        depth = max(map(len, codes))
        nodes, signs = zeros(len(codes), depth, dtype=int64), zeros(len(codes), depth, dtype=float32)
        for word, code in enumerate(codes):
            if code:
                nodes[word, : len(code)] = tensor([node for node, _ in code])
                signs[word, : len(code)] = tensor([1.0 - 2.0 * bit for _, bit in code])
        self.register_buffer("nodes", nodes)  # (V, depth)
        self.register_buffer("signs", signs)  # (V, depth): 1 and -1; 0 behind the code's end
        self.output = Embedding(len(codes) - 1, embedding_dim)
        init.zeros_(self.output.weight)

    def forward(self, h, targets):
        nodes, signs = self.nodes[targets], self.signs[targets]  # (B, depth)
        scores = (self.output(nodes) @ h.unsqueeze(-1)).squeeze(-1)  # (B, depth, E) (B, E, 1) -> (B, depth)
        return -(logsigmoid(signs * scores) * signs.abs()).sum(1).mean()

    def log_probs(self, h):
        """log P of all words, (B, V): every node's score, (B, V - 1), and then each word's sum over its code."""
        scores = (h @ self.output.weight.mT)[:, self.nodes]  # (B, E) (E, V - 1) -> (B, V, depth)
        return (logsigmoid(self.signs * scores) * self.signs.abs()).sum(2)
