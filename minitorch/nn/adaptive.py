"""Softmax over many classes, most of which are rare: `AdaptiveLogSoftmaxWithLoss`.

Words are used as Zipf says: a few thousand make up most of a text, hundreds of thousands the rest. So a *head* scores
the frequent classes and, one number each, some clusters of rarer ones; a *tail* for each cluster scores its classes.

    log p(class) = log softmax(head x)[class]                                               a frequent class
    log p(class) = log softmax(head x)[cluster] + log softmax(tail x)[class in cluster]     a rare one

Only the tails that a batch needs are computed, and the rarer the classes, the narrower their tail: it is a product of
two matrices, with in_features / div_value^i numbers in between.
Grave et al., Efficient softmax approximation for GPUs, https://arxiv.org/abs/1609.04309
"""

from collections import namedtuple
from itertools import pairwise

from minitorch.nn import functional as F
from minitorch.nn.container import ModuleList, Sequential
from minitorch.nn.linear import Linear
from minitorch.nn.module import Module
from minitorch.ops.join import cat

_ASMoutput = namedtuple("_ASMoutput", ["output", "loss"])


class AdaptiveLogSoftmaxWithLoss(Module):
    """(log p of the targets (N), their mean loss), for input (N, in_features) or (in_features), target (N) or ().

    cutoffs: where clusters begin, among classes sorted by frequency, the most frequent first: with [10, 100] the head
    has the classes 0 to 9, the tails those from 10 and from 100 to n_classes - 1. ValueError for cutoffs that are not
    increasing between 1 and n_classes - 1; RuntimeError for targets out of range or another number of them.
    https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
    """

    def __init__(self, in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, dtype=None):
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if cutoffs != sorted({int(c) for c in cutoffs}) or cutoffs[0] <= 0 or cutoffs[-1] > n_classes - 1:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                "value is between 1 and n_classes-1"
            )
        self.in_features, self.n_classes, self.cutoffs = in_features, n_classes, [*cutoffs, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size, self.n_clusters = cutoffs[0], len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        where = {"device": device, "dtype": dtype}
        self.head = Linear(in_features, self.head_size, bias=head_bias, **where)
        self.tail = ModuleList()
        for i, (low, high) in enumerate(pairwise(self.cutoffs), 1):
            inner = int(in_features // div_value**i)
            down, up = Linear(in_features, inner, bias=False, **where), Linear(inner, high - low, bias=False, **where)
            self.tail.append(Sequential(down, up))

    def reset_parameters(self):
        """Draw new first values."""
        self.head.reset_parameters()
        for down, up in self.tail:
            down.reset_parameters()
            up.reset_parameters()

    def forward(self, input_, target_):
        self.check(input_, target_)
        single = target_.ndim == 0
        input, target = (input_.unsqueeze(0), target_.unsqueeze(0)) if single else (input_, target_)
        in_head, in_cluster = target.clone(), input.new_zeros(len(target))
        for i, (low, high) in enumerate(pairwise(self.cutoffs)):
            rows = ((target >= low) & (target < high)).nonzero().squeeze(1)
            if rows.numel():
                in_head[rows] = self.shortlist_size + i
                log_p = F.log_softmax(self.tail[i](input[rows]), dim=1)
                in_cluster = in_cluster.index_copy(0, rows, taken(log_p, target[rows] - low))
        output = taken(F.log_softmax(self.head(input), dim=1), in_head) + in_cluster
        return _ASMoutput(output.squeeze(0) if single else output, (-output).mean())

    def check(self, input, target):
        """RuntimeError for other shapes than the layer's, or targets that are none of its classes."""
        if target.ndim > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if input.ndim != target.ndim + 1:
            raise RuntimeError(
                f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with size "
                f"{input.shape}"
            )
        if target.shape != input.shape[:-1]:
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        if target.numel() and not bool(((target >= 0) & (target < self.n_classes)).all()):
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{target.min().item()}, "
                f"{target.max().item()}] were found."
            )

    def log_prob(self, input):
        """The logarithms of all probabilities: (N, in_features) -> (N, n_classes)."""
        head = F.log_softmax(self.head(input), dim=1)
        parts = [head[:, : self.shortlist_size]]
        for cluster, tail in enumerate(self.tail, self.shortlist_size):
            parts.append(head[:, cluster : cluster + 1] + F.log_softmax(tail(input), dim=1))  # (N, 1) + (N, classes)
        return cat(parts, dim=1)

    def predict(self, input):
        """The most probable class: (N, in_features) -> (N)."""
        best = self.head(input).argmax(dim=1)
        rows = (best >= self.shortlist_size).nonzero().squeeze(1)  # no rare class beats a frequent one that wins there
        if rows.numel():
            best[rows] = self.log_prob(input[rows]).argmax(dim=1)
        return best


def taken(table, index):
    """One element of each row: (N, C), (N) -> (N)."""
    return table.gather(1, index.unsqueeze(1)).squeeze(1)
