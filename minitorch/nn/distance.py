"""How near vectors are, as layers.

https://docs.pytorch.org/docs/stable/nn.html#distance-functions
"""

from minitorch.nn.module import Module
from minitorch.ops.similarity import cosine_similarity, pairwise_distance


class PairwiseDistance(Module):
    """|x1 - x2 + eps|_p over the last dim."""

    def __init__(self, p=2.0, eps=1e-6, keepdim=False):
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1, x2):
        return pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """The sum of x1 x2 along dim, over the product of their 2-norms."""

    def __init__(self, dim=1, eps=1e-8):
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1, x2):
        return cosine_similarity(x1, x2, self.dim, self.eps)
