"""Dropout as a layer.

https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
"""

from minitorch.nn.module import Module
from minitorch.ops.dropout import dropout


class Dropout(Module):
    """In training each element is 0 with probability p, and multiplied by 1 / (1 - p) otherwise; else itself."""

    def __init__(self, p=0.5, inplace=False):
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input):
        return dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self):
        return f"p={self.p}, inplace={self.inplace}"
